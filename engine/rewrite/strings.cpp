#include "engine/rewrite/strings.hpp"

#include <algorithm>
#include <iterator>

namespace dqrewrite {

namespace {

bool continues(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// The byte where the character `count` characters after `at` starts.
size_t skip(std::string_view text, size_t at, size_t count) {
    for (; count > 0 && at < text.size(); --count)
        for (++at; at < text.size() && continues(text[at]);) ++at;
    return at;
}

// What str.isspace() says of a character.
bool is_blank(std::string_view character) {
    if (character.size() == 1) {
        const char c = character[0];
        return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1C' && c <= '\x1F');
    }
    constexpr std::string_view beyond_ascii[] = {"\u0085", "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
                                                 "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200A",
                                                 "\u2028", "\u2029", "\u202F", "\u205F", "\u3000"};
    return std::ranges::find(beyond_ascii, character) != std::end(beyond_ascii);
}

bool is_taken(std::string_view character, Strippable taken) {
    return taken ? taken->find(character) != std::string_view::npos : is_blank(character);
}

}  // namespace

size_t count_characters(std::string_view text) {
    return text.size() - static_cast<size_t>(std::ranges::count_if(text, continues));
}

std::string_view first_character(std::string_view text) {
    return text.substr(0, skip(text, 0, 1));
}

std::string_view last_character(std::string_view text) {
    size_t at = text.size() - 1;
    while (at > 0 && continues(text[at])) --at;
    return text.substr(at);
}

std::string_view characters(std::string_view text, size_t start, size_t count) {
    size_t begin = skip(text, 0, start);
    return text.substr(begin, skip(text, begin, count) - begin);
}

void append_every(std::string_view text, size_t start, int64_t step, size_t count, std::string& out) {
    size_t at = skip(text, 0, start);
    const size_t stride =
        static_cast<size_t>(step < 0 ? 0 - static_cast<uint64_t>(step) : static_cast<uint64_t>(step));
    for (size_t i = 0; i < count; ++i) {
        if (i > 0 && step > 0) at = skip(text, at, stride);
        for (size_t back = i > 0 && step < 0 ? stride : 0; back > 0; --back)
            at -= last_character(text.substr(0, at)).size();
        out += first_character(text.substr(at));
    }
}

std::string_view without_start(std::string_view text, Strippable taken) {
    while (!text.empty() && is_taken(first_character(text), taken)) text.remove_prefix(first_character(text).size());
    return text;
}

std::string_view without_end(std::string_view text, Strippable taken) {
    while (!text.empty() && is_taken(last_character(text), taken)) text.remove_suffix(last_character(text).size());
    return text;
}

void split(std::string_view text, std::optional<std::string_view> separator, size_t most, VisitPiece visit) {
    if (separator) {
        for (size_t end; most > 0 && (end = text.find(*separator)) != std::string_view::npos; --most) {
            if (!visit(text.substr(0, end))) return;
            text.remove_prefix(end + separator->size());
        }
        visit(text);
        return;
    }
    for (text = without_start(text, {}); !text.empty(); text = without_start(text, {}), --most) {
        size_t end = most == 0 ? text.size() : 0;
        while (end < text.size() && !is_blank(first_character(text.substr(end))))
            end += first_character(text.substr(end)).size();
        if (!visit(text.substr(0, end))) return;
        text.remove_prefix(end);
    }
}

void split_backward(std::string_view text, std::optional<std::string_view> separator, size_t most, VisitPiece visit) {
    if (separator) {
        for (size_t begin; most > 0 && (begin = text.rfind(*separator)) != std::string_view::npos; --most) {
            if (!visit(text.substr(begin + separator->size()))) return;
            text = text.substr(0, begin);
        }
        visit(text);
        return;
    }
    for (text = without_end(text, {}); !text.empty(); text = without_end(text, {}), --most) {
        size_t begin = most == 0 ? 0 : text.size();
        while (begin > 0 && !is_blank(last_character(text.substr(0, begin))))
            begin -= last_character(text.substr(0, begin)).size();
        if (!visit(text.substr(begin))) return;
        text = text.substr(0, begin);
    }
}

}  // namespace dqrewrite
