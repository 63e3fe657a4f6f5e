// A reference to something that can be called, for parameters: never longer alive than the call.
//
// Tested by whatever uses it.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>

namespace dqrewrite {

template <class Signature>
class FunctionRef;

template <class Result, class... Parameters>
class FunctionRef<Result(Parameters...)> {
public:
    template <class Function>
    requires(!std::same_as<std::remove_cvref_t<Function>, FunctionRef>) FunctionRef(Function&& function)
        : object_(const_cast<void*>(static_cast<const void*>(std::addressof(function)))),
          call_([](void* object, Parameters... parameters) -> Result {
              return (*static_cast<std::remove_reference_t<Function>*>(object))(parameters...);
          }) {}

    Result operator()(Parameters... parameters) const { return call_(object_, parameters...); }

private:
    void* object_;
    Result (*call_)(void*, Parameters...);
};

}  // namespace dqrewrite
