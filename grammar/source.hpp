// A text that positions point into: a rule file, or any other text that a message quotes.
//
// Only byte offsets are stored anywhere; lines and columns are computed here, in one place, when a
// message is printed. Lines and columns count from 1; a column counts code points, so a tab is one
// column and so is "é". A "\r" before "\n" belongs to the line break.
// Tested by tests/grammar/source_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite {

// A half-open range of bytes of one Source.
struct Span {
    uint32_t begin = 0;
    uint32_t end = 0;

    friend bool operator==(const Span&, const Span&) = default;
};

struct Position {
    uint32_t line = 1;
    uint32_t column = 1;
};

class Source {
public:
    // `name` is what messages call the text (a path as the user gave it).
    Source(std::string name, std::string text);

    const std::string& name() const { return name_; }
    std::string_view text() const { return text_; }
    std::string_view text(Span span) const { return text().substr(span.begin, span.end - span.begin); }

    // Offsets past the end are taken as the end.
    Position locate(uint32_t offset) const;
    // The text of a line (from 1) without its line break; empty where there is no such line.
    std::string_view line(uint32_t number) const;

private:
    std::string name_;
    std::string text_;
    std::vector<uint32_t> line_starts_;
};

}  // namespace dqrewrite
