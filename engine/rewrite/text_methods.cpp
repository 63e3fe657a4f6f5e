// The evaluator: methods of text, Python's to the letter.
//
// Text that grows is bounded by max_text, and each piece, item and stretch of text is paid for. Pieces of a text
// point into it.

#include "engine/program/words.hpp"
#include "engine/rewrite/evaluate.hpp"
#include "engine/rewrite/evaluate_scopes.hpp"
#include "engine/rewrite/strings.hpp"

#include <algorithm>

namespace dqrewrite {

using program::Method;

namespace {

Datum text(std::string_view view) {
    return make_text(Datum::Kind::string, view);
}

Datum name_of(Method method) {
    return make_text(Datum::Kind::opaque, program::word_of(method));
}

// What an argument that may be left out, or be None, says.
std::optional<std::string_view> optional_text(const Datum& datum) {
    if (datum.kind == Datum::Kind::none) return {};
    return datum.text_view();
}

// How often at most; a negative number says, as no number does: as often as there is.
size_t count_at(std::span<const Datum> arguments, size_t place) {
    if (arguments.size() <= place) return SIZE_MAX;
    const Datum& given = arguments[place];
    const int64_t count = given.kind == Datum::Kind::boolean ? given.boolean : given.integer;
    return count < 0 ? SIZE_MAX : static_cast<size_t>(count);
}

std::string_view without_prefix(std::string_view all, std::string_view prefix) {
    return all.starts_with(prefix) ? all.substr(prefix.size()) : all;
}
std::string_view without_suffix(std::string_view all, std::string_view suffix) {
    return all.ends_with(suffix) ? all.substr(0, all.size() - suffix.size()) : all;
}

// How many there are that do not overlap.
size_t occurrences(std::string_view all, std::string_view wanted) {
    if (wanted.empty()) return count_characters(all) + 1;
    size_t count = 0;
    for (size_t found; (found = all.find(wanted)) != std::string_view::npos; ++count)
        all.remove_prefix(found + wanted.size());
    return count;
}

}  // namespace

// What it takes at worst to look for a text in another.
void Evaluator::spend_on_search(const Location& at, std::string_view all, const Datum& wanted) {
    budget_.spend(all.size() / text_per_step * (wanted.size / text_per_step + 1), at);
}

// Of the arguments the first `texts` are to be text, the one behind them (where there is one) a count.
bool Evaluator::check_text_arguments(const Expression& e, std::string_view all, std::span<const Datum> arguments,
                                     size_t texts, bool may_be_none) {
    for (const Datum& each : arguments.first(std::min(texts, arguments.size()))) {
        bool fits = each.kind == Datum::Kind::string || (may_be_none && each.kind == Datum::Kind::none);
        if (!fits) return fail(e.location, "%b() takes str, not %1", each, name_of(e.method));
        spend_on_search(e.location, all, each);
    }
    if (arguments.size() <= texts) return true;
    const Datum& count = arguments[texts];
    return count.kind == Datum::Kind::integer || count.kind == Datum::Kind::boolean ||
           fail(e.location, "%b() takes a count, not %1", count, name_of(e.method));
}

bool Evaluator::text_method(const Expression& e, const Datum& object, std::span<const Datum> arguments, Datum& out) {
    const Location& at = e.location;
    if (object.kind != Datum::Kind::string) return fail(at, "%1 has no %b()", object, name_of(e.method));
    const program::MethodWord& word = *program::find_method(program::word_of(e.method));
    if (arguments.size() < word.least || arguments.size() > word.most)
        return fail(at, "this is not the number of arguments that %b() takes", {}, name_of(e.method));
    const std::string_view all = object.text_view();
    budget_.spend(all.size() / text_per_step, at);
    switch (e.method) {
    case Method::startswith:
    case Method::endswith: return has_end(e, all, arguments[0], out);
    case Method::split:
    case Method::rsplit:
        return check_text_arguments(e, all, arguments, 1, true) && split_text(e, all, arguments, out);
    case Method::join: return join(e, all, arguments[0], out);
    case Method::replace:
        return check_text_arguments(e, all, arguments, 2, false) && replace_text(e, all, arguments, out);
    case Method::strip:
    case Method::lstrip:
    case Method::rstrip: {
        if (!check_text_arguments(e, all, arguments, 1, true)) return false;
        // The few characters of a short text are looked for, too.
        if (!arguments.empty()) budget_.spend(extent_of(arguments[0]).weight, at);
        const Strippable taken = arguments.empty() ? std::nullopt : optional_text(arguments[0]);
        std::string_view left = e.method == Method::rstrip ? all : without_start(all, taken);
        out = text(e.method == Method::lstrip ? left : without_end(left, taken));
        return true;
    }
    case Method::lower:
    case Method::upper: return change_case(e, object, out);
    default: return check_text_arguments(e, all, arguments, 1, false) && search(e, object, arguments[0], out);
    }
}

// What is asked of a text and another one.
bool Evaluator::search(const Expression& e, const Datum& object, const Datum& argument, Datum& out) {
    const std::string_view all = object.text_view(), wanted = argument.text_view();
    switch (e.method) {
    case Method::removeprefix: out = text(without_prefix(all, wanted)); return true;
    case Method::removesuffix: out = text(without_suffix(all, wanted)); return true;
    case Method::count: out = make_integer(static_cast<int64_t>(occurrences(all, wanted))); return true;
    default: break;
    }
    const bool last = e.method == Method::rfind || e.method == Method::rpartition;
    const size_t found = last ? all.rfind(wanted) : all.find(wanted);
    const bool is_there = found != std::string_view::npos;
    if (e.method == Method::find || e.method == Method::rfind || e.method == Method::index) {
        if (!is_there && e.method == Method::index) return fail(e.location, "%a is not in %b", argument, object);
        out = make_integer(is_there ? static_cast<int64_t>(count_characters(all.substr(0, found))) : -1);
        return true;
    }
    if (wanted.empty()) return fail(e.location, "%b() takes a separator that is not empty", {}, name_of(e.method));
    Datum* parts = arena_.data(3);
    parts[0] = text(is_there ? all.substr(0, found) : last ? "" : all);
    parts[1] = text(is_there ? wanted : "");
    parts[2] = text(is_there ? all.substr(found + wanted.size()) : last ? all : "");
    out = make_items(Datum::Kind::tuple, {parts, 3});
    return true;
}

// A text, or a tuple of which one is enough; what stands behind that one is not looked at.
bool Evaluator::has_end(const Expression& e, std::string_view all, const Datum& argument, Datum& out) {
    const bool several = argument.kind == Datum::Kind::tuple;
    if (several) budget_.spend(argument.size, e.location);
    bool found = false;
    for (const Datum& each : several ? argument.item_span() : std::span(&argument, 1)) {
        if (each.kind != Datum::Kind::string)
            return fail(e.location, "%b() takes str or a tuple of str, not %1", each, name_of(e.method));
        spend_on_reading(e.location, each);
        found = e.method == Method::startswith ? all.starts_with(each.text_view()) : all.ends_with(each.text_view());
        if (found) break;
    }
    out = make_boolean(found);
    return true;
}

bool Evaluator::split_text(const Expression& e, std::string_view all, std::span<const Datum> arguments, Datum& out) {
    const auto separator = arguments.empty() ? std::nullopt : optional_text(arguments[0]);
    if (separator && separator->empty())
        return fail(e.location, "%b() takes a separator that is not empty", {}, name_of(e.method));
    const size_t most = count_at(arguments, 1);
    Scratch scratch(*this);
    const auto push = [&](std::string_view piece) {
        budget_.spend(1, e.location);
        stack_.push_back(text(piece));
        return stack_.size() - scratch.base() <= max_weight;
    };
    if (e.method == Method::split) {
        split(all, separator, most, push);
    } else {
        split_backward(all, separator, most, push);
        std::reverse(stack_.begin() + static_cast<std::ptrdiff_t>(scratch.base()), stack_.end());
    }
    return finish(e.location, Datum::Kind::list, pushed(scratch.base()), out);
}

bool Evaluator::join(const Expression& e, std::string_view between, const Datum& items, Datum& out) {
    std::string& made = cleared_text();
    bool first = true;
    Visit end = each_of(e.location, items, [&](const Datum& item) {
        if (item.kind != Datum::Kind::string)
            return stop(e.location, "join() takes items that are str, not %1", item);
        if (!first) made += between;
        first = false;
        made += item.text_view();
        return made.size() > max_text ? Visit::enough : Visit::more;
    });
    return end != Visit::failed && finish_text(e.location, made, out);
}

// An empty text stands before each character and at the end.
bool Evaluator::replace_text(const Expression& e, std::string_view all, std::span<const Datum> arguments,
                             Datum& out) {
    const std::string_view old = arguments[0].text_view(), by = arguments[1].text_view();
    std::string& made = cleared_text();
    for (size_t left = count_at(arguments, 2); left > 0 && made.size() <= max_text; --left) {
        const size_t found = all.find(old);
        if (found == std::string_view::npos) break;
        budget_.spend(1, e.location);
        made += all.substr(0, found);
        made += by;
        all.remove_prefix(found + old.size());
        if (!old.empty()) continue;
        if (all.empty()) break;
        made += first_character(all);
        all.remove_prefix(first_character(all).size());
    }
    made += all;
    return finish_text(e.location, made, out);
}

// Letters beyond ASCII change in ways that need tables ("ß" becomes "SS"): better no answer than a wrong one.
bool Evaluator::change_case(const Expression& e, const Datum& object, Datum& out) {
    std::string& made = cleared_text();
    made = object.text_view();
    if (std::ranges::any_of(made, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        return fail(e.location, "%b() is for text in ASCII, not for %a", object, name_of(e.method));
    const bool up = e.method == Method::upper;
    for (char& c : made)
        if (up ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z') c = static_cast<char>(c ^ 0x20);
    return finish_text(e.location, made, out);
}

}  // namespace dqrewrite
