// Lays out a text in lines: the formatter says where lines may break, the layout decides where they do.
//
// A text is pieces in a row: words, places where a line may break, groups and comments. A group stands on one
// line if it fits; otherwise it breaks at each of its own places, or, if it is filled, at those where the next
// item does not fit. Linear in the number of pieces; nothing is recursive.
// Tested by tests/grammar/layout_test.cpp and tests/grammar/format_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite {

class Layout {
public:
    static constexpr size_t max_width = 120;
    static constexpr size_t indent_width = 4;

    void text(std::string_view text);
    // Where a line may break: a space, or nothing, where it does not.
    void space() { add(Type::space, {}, 1); }
    void seam() { add(Type::seam, {}, 0); }
    // Where it does in any case; groups around it break as well.
    void new_line() { add(Type::new_line, {}, endless); }
    void empty_line() { add(Type::empty_line, {}, endless); }

    void open() { add(Type::open, {}, 0); }
    void open_filled() { add(Type::open_filled, {}, 0); }
    void close() { add(Type::close, {}, 0); }
    void indent() { add(Type::indent, {}, 0); }
    void dedent() { add(Type::dedent, {}, 0); }

    // A comment at the end of the line that is being laid out. If it `ends_line`, groups around it break.
    void comment(std::string_view text, bool ends_line) { add(Type::comment, text, ends_line ? endless : 0); }

    // The width of all so far on one line; at least `endless` if that can't be.
    size_t flat_width() const { return flat_width_; }
    static constexpr size_t endless = size_t{1} << 32;

    // The lines, each with its line break. Comments behind lines that follow each other with the same
    // indent are aligned.
    std::string render() const;

private:
    enum class Type : uint8_t {
        text,
        space,
        seam,
        new_line,
        empty_line,
        open,
        open_filled,
        close,
        indent,
        dedent,
        comment
    };

    struct Piece {
        Type type;
        std::string text;
        size_t width;  // on one line
    };

    class Printer;

    void add(Type type, std::string_view text, size_t width) {
        pieces_.push_back({type, std::string(text), width});
        flat_width_ += width;
    }

    std::vector<Piece> pieces_;
    size_t flat_width_ = 0;
};

// Columns of a text: its code points.
size_t display_width(std::string_view text);

}  // namespace dqrewrite
