// Where two texts of JSON say different things.
//
// Compared is what JSON says: white space, the order of keys and how a string or a number is spelt are nothing, but
// 1, 1.0 and true are three values. Items of an array are compared one by one where both have as many.
// Text that is no JSON is compared as it stands. Deeper than max_diff_depth a value is compared as a whole.
// Work: the texts times how deep they nest, at most max_diff_depth. Tested by tests/author/json_diff_test.cpp.
#pragma once

#include "engine/dump/json_value.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dqrewrite {

inline constexpr unsigned max_diff_depth = 32;

// `path` is where, behind the path that was given: "meta.val.shape[0]", "meta['a key']". A value that is not there
// is empty text.
using JsonDiffSink = std::function<void(const std::string& path, std::string_view before, std::string_view after)>;
void diff_json(std::string_view before, std::string_view after, const std::string& path, const JsonDiffSink& sink);

// Whether the text is JSON throughout, and nests at most max_shown_depth deep: what is not is shown as it stands.
inline constexpr unsigned max_shown_depth = 64;
bool is_json(std::string_view text);

// The members of an object, sorted by their keys, which are decoded; false where it is no good object.
using JsonMemberList = std::vector<std::pair<std::string, JsonValue>>;
bool sorted_members(const JsonValue& object, JsonMemberList& out);

// `path` with a key of an object, an index of an array.
std::string path_to_key(const std::string& path, std::string_view key);
std::string path_to_index(const std::string& path, size_t index);

}  // namespace dqrewrite
