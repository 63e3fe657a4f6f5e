// What the grammar takes for a word, a name, a dtype: for whoever writes rule files by program.
//
// Tested by tests/author/block_text_test.cpp.
#pragma once

#include <string_view>

namespace dqrewrite {

bool is_word(std::string_view text);        // [A-Za-z_][A-Za-z0-9_]*
bool is_name(std::string_view text);        // a word that is neither reserved nor a dtype
bool is_dtype_word(std::string_view text);  // int8 …

}  // namespace dqrewrite
