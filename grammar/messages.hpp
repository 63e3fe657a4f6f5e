// What is said about a text that is no rule file: the stable codes, the two forms of a message, and hints.
//
// Which rule of the grammar has which message is the table of grammar/message_table.hpp.
// Tested by tests/grammar/errors: every message of the table stands in one of them.
#pragma once

#include "grammar/builder.hpp"
#include "grammar/diagnostic.hpp"

#include <span>
#include <string>
#include <string_view>

namespace dqrewrite::grammar {

namespace codes {

inline constexpr std::string_view syntax = "syntax", bad_text = "bad-text", too_large = "too-large",
                                  too_deep = "too-deep", not_supported = "not-supported";

}  // namespace codes

std::span<const CodeText> parser_codes();

struct Message {
    enum class Form { none, expected, complaint };

    Form form = Form::none;
    // What was expected, or a whole sentence.
    std::string_view text;
    std::string_view code = codes::syntax;
    // The words that may stand here: a word that is none of them was perhaps meant to be one.
    std::span<const std::string_view> words{};
    // Whether an open bracket could have ended here.
    bool closes = false;
};

// "expected TEXT after "…", found "…"", and a hint where one is obvious; or the complaint as it is.
Failure failure_at(const Message& message, const Builder& builder, uint32_t offset);

}  // namespace dqrewrite::grammar
