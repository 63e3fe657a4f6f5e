#include "grammar/words.hpp"

#include "grammar/tokens.hpp"

namespace dqrewrite {

namespace {

template <class Rule>
bool is_whole(std::string_view text) {
    tao::pegtl::memory_input<> in(text.data(), text.size(), "");
    return tao::pegtl::parse<tao::pegtl::seq<Rule, tao::pegtl::eof>>(in);
}

}  // namespace

bool is_word(std::string_view text) {
    return is_whole<tao::pegtl::identifier>(text);
}

bool is_name(std::string_view text) {
    return is_word(text) && !is_whole<grammar::reserved_word>(text) && !is_whole<grammar::dtype_word>(text);
}

bool is_dtype_word(std::string_view text) {
    return is_whole<grammar::dtype_word>(text);
}

}  // namespace dqrewrite
