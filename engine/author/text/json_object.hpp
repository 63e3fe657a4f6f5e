// An object of JSON that is written member by member, in one line.
//
// Tested by what is printed with it.
#pragma once

#include "engine/dump/json_text.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite {

class JsonObject {
public:
    // Appends to `out`, which outlives it.
    explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }
    void close() { out_ += '}'; }

    // What follows is the value.
    std::string& key(std::string_view name) {
        if (!first_) out_ += ", ";
        first_ = false;
        append_json_string(out_, name);
        return out_ += ": ";
    }
    void raw(std::string_view name, std::string_view json) { key(name) += json; }
    void number(std::string_view name, uint64_t value) { raw(name, std::to_string(value)); }
    void text(std::string_view name, std::string_view value) { append_json_string(key(name), value); }
    void texts(std::string_view name, const std::vector<std::string>& values) {
        array(name, values, [](std::string& out, const std::string& value) { append_json_string(out, value); });
    }
    template <class Items, class Print>
    void array(std::string_view name, const Items& items, Print print) {
        key(name) += '[';
        std::string_view separator;
        for (const auto& item : items) {
            out_ += separator;
            print(out_, item);
            separator = ", ";
        }
        out_ += ']';
    }

private:
    std::string& out_;
    bool first_ = true;
};

}  // namespace dqrewrite
