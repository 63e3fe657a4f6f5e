#include "engine/author/diff/argument_diff.hpp"

#include "engine/author/diff/json_diff.hpp"
#include "engine/author/diff/merge_sorted.hpp"
#include "engine/dump/json_text.hpp"
#include "engine/dump/json_value.hpp"
#include "engine/rewrite/datum.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

namespace {

using Kind = Value::Kind;

bool has_items(Kind kind) {
    return kind == Kind::list || kind == Kind::tuple || kind == Kind::dict || kind == Kind::slice ||
           kind == Kind::complex;
}

// Digits without a plus and leading zeros.
std::string_view plain_digits(std::string_view digits, bool& negative) {
    negative = digits.starts_with('-');
    if (negative || digits.starts_with('+')) digits.remove_prefix(1);
    while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
    return digits;
}

// Writes values so that different ones never look alike: a letter for the kind, then text with its length.
class KeyWriter {
public:
    KeyWriter(const Graph& graph, NodeId node, const NodeNumbers& numbers, std::string& out)
        : graph_(graph), node_(node), numbers_(numbers), out_(out) {}

    void write(const Value& value) {
        switch (value.kind) {
        case Kind::none: out_ += 'N'; return;
        case Kind::boolean: out_ += value.boolean ? 'T' : 'F'; return;
        case Kind::integer: out_ += fmt::format("i{};", value.integer); return;
        case Kind::big_integer: return big_integer(value.text_view());
        case Kind::real: return real(value);
        case Kind::operand: return operand(graph_.operand(node_, value.operand));
        case Kind::dtype: return text(tag(value.kind), canonical_dtype(value.text_view()));
        default: break;
        }
        if (value.kind == Kind::complex) return complex(value);
        if (has_items(value.kind)) {
            out_ += fmt::format("{}{}[", tag(value.kind), value.size);
            for (const Value& item : value.item_span()) write(item);
            out_ += ']';
        } else {
            const auto decoded = value.escaped ? decode_string(value.text_view()) : std::nullopt;
            text(tag(value.kind), decoded ? std::string_view(*decoded) : value.text_view());
        }
    }

    void text(std::string_view kind, std::string_view content) {
        out_ += fmt::format("{}{}:{}", kind, content.size(), content);
    }

private:
    static std::string tag(Kind kind) { return {'#', static_cast<char>('a' + static_cast<int>(kind))}; }

    void big_integer(std::string_view digits) {
        bool negative = false;
        const std::string_view plain = plain_digits(digits, negative);
        out_ += fmt::format("i{}{};", negative && plain != "0" ? "-" : "", plain);
    }

    void real(const Value& value) {
        out_ += 'f';
        append_real(out_, value.as_text ? parse_real(value.text_view()) : value.real);
        out_ += ';';
    }

    // Its parts are real numbers, also where they are written without a point.
    void complex(const Value& value) {
        Arena arena;
        for (const Value& part : value.item_span()) {
            const Datum datum = from_constant(part, arena);
            out_ += 'c';
            append_real(out_, datum.kind == Datum::Kind::integer ? static_cast<double>(datum.integer) : datum.real);
            out_ += ';';
        }
    }

    void operand(NodeId operand) {
        if (operand == no_node)
            out_ += 'N';  // what FX has in an erased node
        else
            out_ += fmt::format("n{};", numbers_(operand));
    }

    const Graph& graph_;
    NodeId node_;
    const NodeNumbers& numbers_;
    std::string& out_;
};

class Comparison {
public:
    Comparison(const ArgumentSide& before, const ArgumentSide& after, const ArgumentDiffSink& sink)
        : before_(before), after_(after), sink_(sink), old_(before.graph, before.node, before.numbers, old_key_),
          fresh_(after.graph, after.node, after.numbers, fresh_key_) {}

    void positional() {
        const std::span<const Value> old = before_.graph.args(before_.node), fresh = after_.graph.args(after_.node);
        const size_t both = std::min(old.size(), fresh.size());
        for (size_t i = 0; i < both; ++i) compare(old[i], fresh[i], path_to_index("args", i));
        for (size_t i = both; i < old.size(); ++i) sink_(path_to_index("args", i), &old[i], nullptr);
        for (size_t i = both; i < fresh.size(); ++i) sink_(path_to_index("args", i), nullptr, &fresh[i]);
    }

    void keywords() {
        const auto path = [](const Keyword* each) { return path_to_key("kwargs", each->name); };
        merge_sorted(
            sorted(before_), sorted(after_), [](const Keyword* each) { return each->name; },
            [&](const Keyword* old) { sink_(path(old), &old->value, nullptr); },
            [&](const Keyword* fresh) { sink_(path(fresh), nullptr, &fresh->value); },
            [&](const Keyword* old, const Keyword* fresh) { compare(old->value, fresh->value, path(old)); });
    }

private:
    static std::vector<const Keyword*> sorted(const ArgumentSide& side) {
        std::vector<const Keyword*> all;
        for (const Keyword& each : side.graph.kwargs(side.node)) all.push_back(&each);
        std::sort(all.begin(), all.end(), [](const Keyword* a, const Keyword* b) { return a->name < b->name; });
        return all;
    }

    void compare(const Value& old, const Value& fresh, const std::string& path) {
        if (old.kind == fresh.kind && old.size == fresh.size && has_items(old.kind) && old.kind != Kind::complex)
            return items(old, fresh, path);
        if (!same(old, fresh)) sink_(path, &old, &fresh);
    }

    bool same(const Value& old, const Value& fresh) {
        old_key_.clear();
        fresh_key_.clear();
        old_.write(old);
        fresh_.write(fresh);
        return old_key_ == fresh_key_;
    }

    void items(const Value& old, const Value& fresh, const std::string& path) {
        if (old.kind == Kind::dict && !same_keys(old, fresh)) return sink_(path, &old, &fresh);
        const size_t step = old.kind == Kind::dict ? 2 : 1;
        for (size_t i = step - 1; i < old.size; i += step) compare(old.items[i], fresh.items[i], inner(path, old, i));
    }

    bool same_keys(const Value& old, const Value& fresh) {
        for (size_t i = 0; i < old.size; i += 2)
            if (!same(old.items[i], fresh.items[i])) return false;
        return true;
    }

    std::string inner(const std::string& path, const Value& container, size_t index) const {
        if (container.kind == Kind::slice) return path + (index == 0 ? ".start" : index == 1 ? ".stop" : ".step");
        if (container.kind != Kind::dict) return path_to_index(path, index);
        Arena arena;
        const Datum key = from_value(before_.graph, before_.node, container.items[index - 1], arena);
        return fmt::format("{}[{}]", path, to_repr(before_.graph, key));
    }

    const ArgumentSide& before_;
    const ArgumentSide& after_;
    const ArgumentDiffSink& sink_;
    std::string old_key_, fresh_key_;
    KeyWriter old_, fresh_;
};

}  // namespace

std::string argument_key(const Graph& graph, NodeId node, const NodeNumbers& numbers) {
    std::string key;
    KeyWriter writer(graph, node, numbers, key);
    for (const Value& value : graph.args(node)) writer.write(value);
    for (const Keyword& keyword : graph.kwargs(node)) {
        writer.text("=", keyword.name);
        writer.write(keyword.value);
    }
    return key;
}

void diff_arguments(const ArgumentSide& before, const ArgumentSide& after, const ArgumentDiffSink& sink) {
    Comparison comparison(before, after, sink);
    comparison.positional();
    comparison.keywords();
}

bool keywords_reordered(const ArgumentSide& before, const ArgumentSide& after) {
    std::vector<std::string_view> old, fresh;
    for (const Keyword& each : before.graph.kwargs(before.node)) old.push_back(each.name);
    for (const Keyword& each : after.graph.kwargs(after.node)) fresh.push_back(each.name);
    if (old == fresh) return false;
    std::sort(old.begin(), old.end());
    std::sort(fresh.begin(), fresh.end());
    return old == fresh;
}

}  // namespace dqrewrite
