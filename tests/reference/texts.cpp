// The reference engine: text as a row of code points, and its methods, letter by letter.

#include "tests/reference/engine.hpp"

#include <algorithm>

namespace dqrewrite::reference {

namespace {

using Text = std::u32string;

Object encoded(const Text& text) {
    std::string utf8;
    for (char32_t c : text) {
        if (c < 0x80) {
            utf8 += static_cast<char>(c);
            continue;
        }
        int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
        utf8 += static_cast<char>((0xF0 << (3 - more) & 0xFF) | c >> (6 * more));
        while (more-- > 0) utf8 += static_cast<char>(0x80 | (c >> (6 * more) & 0x3F));
    }
    return make_text(utf8);
}

bool stands_at(const Text& all, size_t place, const Text& wanted) {
    if (place + wanted.size() > all.size()) return false;
    for (size_t i = 0; i < wanted.size(); ++i)
        if (all[place + i] != wanted[i]) return false;
    return true;
}

bool is_blank(char32_t c) {
    return (c >= 9 && c <= 13) || (c >= 28 && c <= 32) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

constexpr size_t nowhere = SIZE_MAX;

size_t first_place(const Text& all, const Text& wanted, size_t from = 0) {
    for (size_t i = from; i <= all.size(); ++i)
        if (stands_at(all, i, wanted)) return i;
    return nowhere;
}
size_t last_place(const Text& all, const Text& wanted) {
    size_t last = nowhere;
    for (size_t i = 0; i <= all.size(); ++i)
        if (stands_at(all, i, wanted)) last = i;
    return last;
}

std::vector<Text> split(const Text& all, const Text& separator, size_t most) {
    std::vector<Text> pieces;
    size_t begin = 0;
    for (size_t i; pieces.size() < most && (i = first_place(all, separator, begin)) != nowhere;
         begin = i + separator.size())
        pieces.push_back(all.substr(begin, i - begin));
    pieces.push_back(all.substr(begin));
    return pieces;
}

std::vector<Text> split_at_blanks(const Text& all, size_t most) {
    std::vector<Text> pieces;
    for (size_t i = 0; i < all.size();) {
        if (is_blank(all[i])) {
            ++i;
            continue;
        }
        size_t end = i;
        while (end < all.size() && (pieces.size() == most || !is_blank(all[end]))) ++end;
        pieces.push_back(all.substr(i, end - i));
        i = end;
    }
    return pieces;
}

Text turned(const Text& text) {
    return {text.rbegin(), text.rend()};
}

Object split_method(std::string_view name, const Text& all, const std::vector<Object>& arguments) {
    bool at_blanks = arguments.empty() || arguments[0].kind == Object::Kind::none;
    size_t most =
        arguments.size() < 2 || arguments[1].integer < 0 ? nowhere : static_cast<size_t>(arguments[1].integer);
    Text separator = at_blanks ? Text() : code_points(arguments[0].text);
    if (!at_blanks && separator.empty()) throw CannotEvaluate{};
    bool backward = name == "rsplit";
    Text row = backward ? turned(all) : all;
    auto pieces = at_blanks ? split_at_blanks(row, most) : split(row, backward ? turned(separator) : separator, most);
    Object list = make_items(Object::Kind::list, {});
    for (const Text& piece : pieces) list.items.push_back(encoded(backward ? turned(piece) : piece));
    if (backward) std::reverse(list.items.begin(), list.items.end());
    return list;
}

Object replace(const Text& all, const Text& old, const Text& by, size_t most) {
    Text made;
    for (size_t i = 0; i <= all.size();) {
        if (most > 0 && stands_at(all, i, old)) {
            --most;
            made += by;
            i += old.size();
            if (!old.empty()) continue;
        }
        if (i < all.size()) made += all[i];
        ++i;
    }
    return encoded(made);
}

Object strip(std::string_view name, Text left, const std::vector<Object>& arguments) {
    bool blanks = arguments.empty() || arguments[0].kind == Object::Kind::none;
    Text taken = blanks ? Text() : code_points(arguments[0].text);
    auto goes = [&](char32_t c) { return blanks ? is_blank(c) : taken.find(c) != Text::npos; };
    while (name != "rstrip" && !left.empty() && goes(left.front())) left.erase(0, 1);
    while (name != "lstrip" && !left.empty() && goes(left.back())) left.pop_back();
    return encoded(left);
}

Object partition(const Text& all, const Text& separator, bool last) {
    if (separator.empty()) throw CannotEvaluate{};
    size_t place = last ? last_place(all, separator) : first_place(all, separator);
    std::vector<Text> parts{all.substr(0, place), separator, {}};
    if (place == nowhere)
        parts = last ? std::vector<Text>{{}, {}, all} : std::vector<Text>{all, {}, {}};
    else
        parts[2] = all.substr(place + separator.size());
    return make_items(Object::Kind::tuple, {encoded(parts[0]), encoded(parts[1]), encoded(parts[2])});
}

bool has_end(const Text& all, const Object& end, bool at_start) {
    if (end.kind != Object::Kind::text) throw CannotEvaluate{};
    Text wanted = code_points(end.text);
    return wanted.size() <= all.size() && stands_at(all, at_start ? 0 : all.size() - wanted.size(), wanted);
}

Object in_case(const Text& all, bool upper) {
    Text made = all;
    for (char32_t& c : made) {
        if (c >= 0x80) throw CannotEvaluate{};
        if (upper && c >= 'a' && c <= 'z') c -= 32;
        if (!upper && c >= 'A' && c <= 'Z') c += 32;
    }
    return encoded(made);
}

}  // namespace

std::u32string code_points(std::string_view utf8) {
    Text text;
    for (unsigned char byte : utf8) {
        if (byte < 0x80)
            text += byte;
        else if (byte < 0xC0)
            text.back() = text.back() << 6 | (byte & 0x3F);
        else
            text += byte & (byte < 0xE0 ? 0x1F : byte < 0xF0 ? 0x0F : 0x07);
    }
    return text;
}

std::vector<Object> letters_of(std::string_view text) {
    std::vector<Object> letters;
    for (char32_t letter : code_points(text)) letters.push_back(encoded({letter}));
    return letters;
}

Object Engine::join(const Object& between, const Object& items) {
    std::string made;
    bool first = true;
    each_of(items, [&](const Object& item) {
        if (item.kind != Object::Kind::text) throw CannotEvaluate{};
        made += (first ? "" : between.text) + item.text;
        first = false;
        return true;
    });
    return make_text(made);
}

Object Engine::text_method(std::string_view name, const Object& object, const std::vector<Object>& arguments) {
    using K = Object::Kind;
    if (object.kind != K::text) throw CannotEvaluate{};
    const Text all = code_points(object.text);
    if (name == "join") return join(object, arguments[0]);
    if (name == "lower" || name == "upper") return in_case(all, name == "upper");
    if (name == "startswith" || name == "endswith") {
        bool at_start = name == "startswith";
        if (arguments[0].kind != K::tuple) return make_boolean(has_end(all, arguments[0], at_start));
        for (const Object& each : arguments[0].items)
            if (has_end(all, each, at_start)) return make_boolean(true);
        return make_boolean(false);
    }
    bool may_be_none = name.ends_with("split") || name.ends_with("strip");
    size_t texts = name == "replace" ? 2 : 1;
    for (size_t i = 0; i < arguments.size(); ++i) {
        bool is_count = arguments[i].kind == K::integer || arguments[i].kind == K::boolean;
        bool is_text = arguments[i].kind == K::text || (may_be_none && arguments[i].kind == K::none);
        if (i < texts ? !is_text : !is_count) throw CannotEvaluate{};
    }
    if (name.ends_with("split")) return split_method(name, all, arguments);
    if (name.ends_with("strip")) return strip(name, all, arguments);
    const Text wanted = code_points(arguments[0].text);
    if (name == "replace")
        return replace(all, wanted, code_points(arguments[1].text),
                       arguments.size() < 3 || arguments[2].integer < 0 ? nowhere
                                                                        : static_cast<size_t>(arguments[2].integer));
    if (name == "partition" || name == "rpartition") return partition(all, wanted, name == "rpartition");
    if (name == "removeprefix") return encoded(stands_at(all, 0, wanted) ? all.substr(wanted.size()) : all);
    if (name == "removesuffix")
        return encoded(has_end(all, arguments[0], false) ? all.substr(0, all.size() - wanted.size()) : all);
    size_t place = name == "rfind" ? last_place(all, wanted) : first_place(all, wanted);
    if (name != "count") {
        if (place == nowhere && name == "index") throw CannotEvaluate{};
        return make_integer(place == nowhere ? -1 : static_cast<int64_t>(place));
    }
    int64_t count = 0;
    for (; place != nowhere; place = first_place(all, wanted, place + std::max<size_t>(wanted.size(), 1))) ++count;
    return make_integer(count);
}

}  // namespace dqrewrite::reference
