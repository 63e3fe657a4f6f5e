#include "engine/author/show/fx_text.hpp"

#include "engine/rewrite/datum.hpp"

#include <fmt/format.h>

namespace dqrewrite {

namespace {

using Kind = Datum::Kind;

// "<OpOverload(op='aten.mul', overload='Tensor')>" -> "aten.mul.Tensor", an op's str(); empty for other text.
std::string overload_name(std::string_view text) {
    constexpr std::string_view open = "<OpOverload(op='", middle = "', overload='", close = "')>";
    const size_t split = text.find(middle);
    if (!text.starts_with(open) || !text.ends_with(close) || split == std::string_view::npos) return {};
    const size_t overload = split + middle.size();
    return fmt::format("{}.{}", text.substr(open.size(), split - open.size()),
                       text.substr(overload, text.size() - close.size() - overload));
}

class Printer {
public:
    Printer(const Graph& graph, std::string& out) : graph_(graph), out_(out) {}

    // _format_arg: containers of its own making, within which strings have no quotes and nodes a "%".
    void argument(const Datum& datum) {
        switch (datum.kind) {
        case Kind::list: return row("[", datum.item_span(), "]", &Printer::argument);
        case Kind::tuple: return row("(", datum.item_span(), datum.size == 1 ? ",)" : ")", &Printer::argument);
        case Kind::dict: return dict(datum, &Printer::text, &Printer::argument);
        case Kind::node: out_ += '%'; return graph_.append_name(datum.node, out_);
        default: return text(datum);
        }
    }

    // Python's str().
    void text(const Datum& datum) {
        if (datum.kind == Kind::opaque) {
            const std::string name = overload_name(datum.text_view());
            out_ += name.empty() ? datum.text_view() : name;
        } else if (datum.kind == Kind::symbolic || datum.kind == Kind::string || datum.kind == Kind::device) {
            out_ += datum.text_view();
        } else {
            repr(datum);
        }
    }

private:
    using Print = void (Printer::*)(const Datum&);

    void repr(const Datum& datum) {
        switch (datum.kind) {
        case Kind::list: return row("[", datum.item_span(), "]", &Printer::repr);
        case Kind::tuple: return row("(", datum.item_span(), datum.size == 1 ? ",)" : ")", &Printer::repr);
        case Kind::slice: return row("slice(", datum.item_span(), ")", &Printer::repr);
        case Kind::dict: return dict(datum, &Printer::repr, &Printer::repr);
        case Kind::symbolic:
        case Kind::opaque: {
            const bool is_object = datum.text_view() == "Ellipsis" || !overload_name(datum.text_view()).empty();
            if (is_object && datum.kind == Kind::opaque)
                out_ += datum.text_view();
            else
                out_ += to_repr(graph_, make_text(Kind::string, datum.text_view()));
            return;
        }
        default: out_ += to_repr(graph_, datum);
        }
    }

    void row(std::string_view open, std::span<const Datum> items, std::string_view close, Print print) {
        out_ += open;
        for (const Datum& item : items) {
            if (&item != items.data()) out_ += ", ";
            (this->*print)(item);
        }
        out_ += close;
    }

    void dict(const Datum& datum, Print print_key, Print print_value) {
        out_ += '{';
        for (size_t i = 0; i + 1 < datum.size; i += 2) {
            if (i > 0) out_ += ", ";
            (this->*print_key)(datum.items[i]);
            out_ += ": ";
            (this->*print_value)(datum.items[i + 1]);
        }
        out_ += '}';
    }

    const Graph& graph_;
    std::string& out_;
};

// ExecuTorch's packet "….edge._ops.aten.add", which FX calls by what its __module__ happens to be.
std::string edge_packet_name(std::string_view target) {
    constexpr std::string_view dialects = "executorch.exir.dialects.", ops = "._ops.";
    const size_t at = target.find(ops);
    if (!target.starts_with(dialects) || at == std::string_view::npos) return {};
    const std::string_view name = target.substr(at + ops.size());
    const size_t dot = name.find('.');
    if (dot == std::string_view::npos || name.find('.', dot + 1) != std::string_view::npos) return {};
    return fmt::format("{}_ops.{}.{}", dialects, name.substr(0, dot), name);
}

// A builtin's module is said, but for `open`, whose module is another.
void append_target(std::string& out, const Graph& graph, NodeId node) {
    const std::string_view target = graph.target_text(node);
    if (graph.opcode(node) != Opcode::call_function) {
        out += target;
    } else if (target.find('.') == std::string_view::npos) {
        if (target != "open") out += "builtins.";
        out += target;
    } else {
        const std::string packet = edge_packet_name(target);
        out += packet.empty() ? target : packet;
    }
}

void append_arguments(std::string& out, const Graph& graph, NodeId node) {
    Arena arena;
    Printer printer(graph, out);
    out += "(args = (";
    const std::span<const Value> args = graph.args(node);
    for (const Value& value : args) {
        if (&value != args.data()) out += ", ";
        printer.argument(from_value(graph, node, value, arena));
    }
    out += args.size() == 1 ? ",), kwargs = {" : "), kwargs = {";
    const std::span<const Keyword> kwargs = graph.kwargs(node);
    for (const Keyword& keyword : kwargs) {
        if (&keyword != kwargs.data()) out += ", ";
        out.append(keyword.name).append(": ");
        printer.argument(from_value(graph, node, keyword.value, arena));
    }
    out += "})";
}

// str() of the first argument, which is all that FX prints of an output, and of a placeholder as its default.
void append_first_argument(std::string& out, const Graph& graph, NodeId node) {
    Arena arena;
    Printer(graph, out).text(from_value(graph, node, graph.args(node)[0], arena));
}

}  // namespace

std::string fx_line(const Graph& graph, NodeId node) {
    const Opcode opcode = graph.opcode(node);
    const bool has_args = !graph.args(node).empty();
    std::string out;
    if (opcode == Opcode::output) {
        out = has_args ? "return " : "return";
        if (has_args) append_first_argument(out, graph, node);
        return out;
    }
    out = "%";
    graph.append_name(node, out);
    out += fmt::format(" : [num_users={}] = {}[target=", graph.user_count(node), opcode_name(opcode));
    append_target(out, graph, node);
    out += ']';
    if (opcode == Opcode::placeholder && has_args) {
        out += "(default=";
        append_first_argument(out, graph, node);
        out += ')';
    } else if (opcode != Opcode::placeholder && opcode != Opcode::get_attr) {
        append_arguments(out, graph, node);
    }
    return out;
}

}  // namespace dqrewrite
