// A "#" begins a comment unless a string holds it, and the tree knows where the strings are.
#include "grammar/comments.hpp"

#include <algorithm>

namespace dqrewrite {

namespace {

using syntax::Kind;

// The strings of a file, in order, and not those within f-strings.
std::vector<Span> find_strings(const syntax::Tree& tree) {
    std::vector<Span> strings;
    for (uint32_t i = 0; i < tree.size(); ++i) {
        const syntax::NodeId id{i};
        switch (tree.kind(id)) {
        case Kind::import:
        case Kind::test:
        case Kind::fails:
        case Kind::key:
        case Kind::string:
        case Kind::format_string: strings.push_back(tree.word_span(id)); break;
        default: break;
        }
    }
    std::sort(strings.begin(), strings.end(),
              [](Span a, Span b) { return a.begin != b.begin ? a.begin < b.begin : a.end > b.end; });
    uint32_t end = 0;
    std::erase_if(strings, [&end](Span string) {
        if (string.end <= end) return true;
        end = string.end;
        return false;
    });
    return strings;
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

bool begins_line(std::string_view text, size_t offset) {
    while (offset > 0 && is_blank(text[offset - 1])) --offset;
    return offset == 0 || text[offset - 1] == '\n';
}

}  // namespace

std::vector<Comment> find_comments(const Source& source, const syntax::Tree& tree) {
    const std::string_view text = source.text();
    const std::vector<Span> strings = find_strings(tree);
    std::vector<Comment> comments;
    auto string = strings.begin();
    for (size_t at = text.find('#'); at != std::string_view::npos;) {
        while (string != strings.end() && string->end <= at) ++string;
        if (string != strings.end() && string->begin <= at) {
            at = text.find('#', string->end);
            continue;
        }
        size_t end = std::min(text.find('\n', at), text.size());
        const size_t next = text.find('#', end);
        while (is_blank(text[end - 1])) --end;
        comments.push_back({{static_cast<uint32_t>(at), static_cast<uint32_t>(end)}, begins_line(text, at)});
        at = next;
    }
    return comments;
}

bool has_empty_line(std::string_view text, uint32_t from, uint32_t to) {
    size_t breaks = 0;
    for (uint32_t at = from; at < to && text[at] != '#'; ++at) breaks += text[at] == '\n';
    return breaks > 1;
}

}  // namespace dqrewrite
