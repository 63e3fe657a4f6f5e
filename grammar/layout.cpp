// A first pass backwards over the pieces measures, a second one forwards prints.
#include "grammar/layout.hpp"

#include <algorithm>
#include <utility>

namespace dqrewrite {

size_t display_width(std::string_view text) {
    return static_cast<size_t>(std::count_if(text.begin(), text.end(),
                                             [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

void Layout::text(std::string_view text) {
    add(Type::text, text, display_width(text));
}

class Layout::Printer {
public:
    explicit Printer(const std::vector<Piece>& pieces) : pieces_(pieces) { measure(); }

    std::string print() {
        for (size_t i = 0; i < pieces_.size(); ++i) print_piece(i);
        if (!line_.code.empty() || !line_.comment.empty()) end_line();
        return join_lines();
    }

private:
    enum class Mode { flat, broken, filled };

    struct Line {
        std::string code;
        std::string comment;
    };

    static bool may_break(Type type) { return type >= Type::space && type <= Type::empty_line; }

    // For each piece: how wide all behind it is up to where the next line may break at all (room_), and at a
    // piece of its own group or at the end of that (chunk_); for a group, how wide it is with what sticks to it.
    void measure() {
        const size_t size = pieces_.size();
        room_.assign(size + 1, 0);
        chunk_.assign(size + 1, 0);
        std::vector<size_t> open_chunks{0};
        std::vector<size_t> closes;
        std::vector<size_t> widths_behind{0};
        size_t behind = 0;  // of all pieces behind this one
        for (size_t i = size; i-- > 0;) {
            const Piece& piece = pieces_[i];
            // A comment takes no room: it goes to the end of the line.
            const size_t width = piece.type == Type::comment ? 0 : piece.width;
            room_[i] = may_break(piece.type) ? 0 : width + room_[i + 1];
            switch (piece.type) {
            case Type::close:
                // What sticks to a group counts as a part of its last chunk.
                open_chunks.push_back(room_[i + 1]);
                widths_behind.push_back(behind);
                closes.push_back(i);
                break;
            case Type::open:
            case Type::open_filled: {
                const size_t close = closes.back();
                chunk_[i] = behind - widths_behind.back() + room_[close + 1];
                const size_t group = behind - widths_behind.back();
                open_chunks.pop_back();
                widths_behind.pop_back();
                closes.pop_back();
                open_chunks.back() += group;
                break;
            }
            case Type::space:
            case Type::seam:
            case Type::new_line:
            case Type::empty_line:
                chunk_[i] = open_chunks.back();
                open_chunks.back() = 0;
                break;
            default: open_chunks.back() += width;
            }
            behind += piece.width;
        }
    }

    size_t column() const { return line_.code.empty() ? indent_ * indent_width : column_; }
    bool fits(size_t width) const { return column() + width <= max_width; }

    void print_piece(size_t i) {
        const Piece& piece = pieces_[i];
        switch (piece.type) {
        case Type::text: write(piece.text); break;
        case Type::space:
        case Type::seam: print_break(i); break;
        case Type::new_line: end_line(); break;
        case Type::empty_line:
            end_line();
            if (!lines_.empty()) lines_.emplace_back();
            break;
        case Type::open:
            modes_.push_back(modes_.back() == Mode::flat || fits(chunk_[i]) ? Mode::flat : Mode::broken);
            break;
        case Type::open_filled: modes_.push_back(modes_.back() == Mode::flat ? Mode::flat : Mode::filled); break;
        case Type::close: modes_.pop_back(); break;
        case Type::indent: ++indent_; break;
        case Type::dedent: --indent_; break;
        case Type::comment:
            if (!line_.comment.empty()) line_.comment += ' ';
            line_.comment += piece.text;
            break;
        }
    }

    void print_break(size_t i) {
        const Mode mode = modes_.back();
        const bool breaks = mode == Mode::broken ||
                            (mode == Mode::filled && (!line_.comment.empty() || !fits(pieces_[i].width + chunk_[i])));
        if (breaks) {
            end_line();
        } else if (pieces_[i].type == Type::space) {
            write(" ");
        }
    }

    void write(std::string_view text) {
        if (line_.code.empty() && !text.empty()) {
            line_.code.assign(indent_ * indent_width, ' ');
            column_ = line_.code.size();
        }
        line_.code += text;
        const size_t last = text.rfind('\n');
        column_ =
            last == std::string_view::npos ? column_ + display_width(text) : display_width(text.substr(last + 1));
    }

    void end_line() {
        line_.code.erase(line_.code.find_last_not_of(' ') + 1);
        lines_.push_back(std::exchange(line_, {}));
    }

    // The comments of lines `begin` to `end` stand in one column.
    void align_comments(size_t begin, size_t end) {
        size_t column = 0;
        for (size_t i = begin; i < end; ++i) column = std::max(column, display_width(lines_[i].code));
        for (size_t i = begin; i < end; ++i) lines_[i].code.append(column - display_width(lines_[i].code) + 2, ' ');
    }

    std::string join_lines() {
        const auto has_comment = [](const Line& line) { return !line.comment.empty() && !line.code.empty(); };
        const auto indent_of = [](const Line& line) { return line.code.find_first_not_of(' '); };
        for (size_t i = 0; i < lines_.size();) {
            size_t end = i;
            while (end < lines_.size() && has_comment(lines_[end]) && indent_of(lines_[end]) == indent_of(lines_[i]))
                ++end;
            align_comments(i, end);
            i = std::max(end, i + 1);
        }
        std::string text;
        for (const Line& line : lines_) text += line.code + line.comment + '\n';
        return text;
    }

    const std::vector<Piece>& pieces_;
    std::vector<size_t> room_;
    std::vector<size_t> chunk_;
    std::vector<Mode> modes_{Mode::broken};
    std::vector<Line> lines_;
    Line line_;
    size_t indent_ = 0;
    size_t column_ = 0;
};

std::string Layout::render() const {
    return Printer(pieces_).print();
}

}  // namespace dqrewrite
