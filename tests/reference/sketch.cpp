#include "tests/reference/sketch.hpp"

#include <algorithm>
#include <utility>

namespace dqrewrite::reference {

namespace {

void collect(Sketch& sketch, std::vector<Sketch*>& out) {
    out.push_back(&sketch);
    for (Sketch& part : sketch.parts) collect(part, out);
}

bool binds(const Sketch& sketch) {
    if (sketch.kind == Sketch::Kind::name || sketch.kind == Sketch::Kind::bind) return true;
    if (!sketch.as.empty() || sketch.tail.starts_with("*")) return true;
    return std::any_of(sketch.parts.begin(), sketch.parts.end(), binds);
}

void mutate_call(Sketch& call, Random& random) {
    size_t positional = 0;
    while (positional < call.parts.size() && call.parts[positional].label.empty()) ++positional;
    bool is_kind = call.text == "get_attr" || call.text == "node" || call.text == "output" ||
                   call.text == "placeholder" || call.text.starts_with("call_");
    bool is_declared = call.text == "pair" || call.text == "behind" || call.text == "twice";
    if (!call.mark.empty()) {
        call.mark = random.pick({"*", "?"});
    } else if (positional > 1 && random.chance(50)) {
        size_t from = random.below(positional);
        std::swap(call.parts[from], call.parts[(from + 1) % positional]);
    } else if (!is_kind && !binds(call) && random.chance(60)) {
        call.parts.clear();
        call.tail = "...";
        call.text = random.pick({"unary", "binary", "view_like", "simple", "bounded", "aten.relu.default",
                                 "aten.add.Tensor", "aten.view_copy.default", "aten.clamp.default"});
    } else if (call.tail.empty() && call.text != "get_attr") {  // whose path is named or left open
        call.tail = "...";
    } else if (call.tail == "..." && call.text != "get_attr" && !is_declared) {
        call.tail.clear();
    }
}

std::string print_items(const Sketch& sketch) {
    std::string out;
    for (const Sketch& part : sketch.parts) {
        if (!out.empty()) out += ", ";
        if (!part.label.empty()) out += part.label + "=";
        out += part.print();
    }
    if (!sketch.tail.empty()) out += (out.empty() ? "" : ", ") + sketch.tail;
    return out;
}

std::string print_row(const Sketch& sketch) {
    bool lone = sketch.parts.size() + !sketch.tail.empty() == 1;
    if (sketch.text == "[") return "[" + print_items(sketch) + "]";
    return "(" + print_items(sketch) + (lone ? ",)" : ")");
}

}  // namespace

std::string Sketch::print() const {
    switch (kind) {
    case Kind::anything: return "_";
    case Kind::name:
    case Kind::literal: return text;
    case Kind::bind: return text + ": " + parts[0].print();
    case Kind::row: return print_row(*this);
    case Kind::call: return text + mark + "(" + print_items(*this) + ")" + (as.empty() ? "" : " as " + as);
    case Kind::either: break;
    }
    std::string out = "(";
    for (const Sketch& part : parts) out += (out.size() > 1 ? " | " : "") + part.print();
    return out + ")";
}

void Sketch::mutate(Random& random) {
    std::vector<Sketch*> all;
    collect(*this, all);
    Sketch& chosen = *random.pick(all);
    switch (chosen.kind) {
    case Kind::literal:
        chosen.text = random.pick({"0", "1", "2", "1.0", "0.0", "-0.0", "True", "None", "\"text\"", "int8"});
        return;
    case Kind::either: std::swap(chosen.parts.front(), chosen.parts.back()); return;
    case Kind::row: chosen.tail = chosen.tail.empty() ? "..." : chosen.tail; return;
    case Kind::call: return mutate_call(chosen, random);
    default: return;
    }
}

}  // namespace dqrewrite::reference
