// The word that was probably meant.
#include "grammar/suggest.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <vector>

using namespace dqrewrite;

TEST_CASE("the nearest word, if it is near enough") {
    struct Row {
        std::string_view word;
        std::vector<std::string_view> candidates;
        std::string_view meant;
    };
    const Row rows[] = {
        {"erase", {"erase"}, "erase"},
        {"erace", {"clone", "erase", "replace"}, "erase"},  // replaced
        {"eras", {"erase"}, "erase"},                       // dropped
        {"errase", {"erase"}, "erase"},                     // inserted
        {"eraes", {"erase"}, "erase"},                      // swapped
        {"rplce", {"replace"}, ""},                         // two of five are too many
        {"remenber_th", {"remember_the"}, "remember_the"},  // two of eleven are not
        {"abd", {"abc", "abe"}, "abc"},                     // the first of equals
        {"abcdef", {"abcxyf", "abcdxf"}, "abcdxf"},         // the nearer one
        {"x", {"y"}, "y"},
        {"x", {"abc"}, ""},
        {"", {"a", "abc"}, "a"},
        {"abc", {}, ""},
        {std::string_view("ab\0c", 4), {"abc"}, "abc"},
    };
    for (const Row& row : rows) {
        INFO(row.word);
        CHECK(closest(row.word, row.candidates) == row.meant);
    }
}

TEST_CASE("a word of any length has an answer at once") {
    const std::string word(1 << 20, 'a');
    const std::string near = word + "b";
    const std::vector<std::string_view> candidates{near};
    CHECK(closest(word, candidates) == "");
    CHECK(closest("a", candidates) == "");
}
