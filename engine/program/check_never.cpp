// What never holds: values that are never equal, have no order, or never match a pattern, and why.

#include "engine/program/checker.hpp"
#include "engine/program/words.hpp"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

namespace dqrewrite::program {

using E = Expression::Kind;
using F = Facts::Kind;

namespace {

std::string list_in_val(const Facts& never) {
    return fmt::format("what `val` holds of many is a list, and never {}; write it with [ ]", kind_text(never));
}

// `argument` is one of which is known what it holds by its schema, `value` what it is compared with.
std::string never_held(const Facts& argument, const Facts& value) {
    const bool text = value.kind == F::text && !value.nullable;
    if (argument.held == Value::Kind::operand) {
        if (value.kind == F::op) return "this argument is an operand, and never an op; ask `x is …`";
        return text ? "this argument is an operand, and never a string; compare `x.name`" : "";
    }
    if (argument.held == Value::Kind::none) return {};
    const bool dtype = argument.held == Value::Kind::dtype, device = argument.held == Value::Kind::device;
    Facts constant;
    constant.kind = F::other;
    constant.value_kind = argument.held;
    if (text)
        return fmt::format("this argument is {}, and never a string{}", kind_text(constant),
                           dtype    ? "; a dtype is written without quotes"
                           : device ? "; a device is written device(\"cpu\")"
                                    : "; its name stands behind torch.");
    if (value.kind == F::other && value.value_kind != Value::Kind::none && value.value_kind != argument.held)
        return fmt::format("this argument is {}, and never {}", kind_text(constant), kind_text(value));
    if (value.kind != F::plain) return {};
    return fmt::format("what `val` holds is plain text, and this argument is {}{}", kind_text(constant),
                       dtype    ? "; compare it with torch.dtype(…) of the text"
                       : device ? "; compare it with device(…) of the text"
                                : "");
}

// `plain` is of metadata. A tuple equals a list of it, where PyTorch may have had either; as a pattern it does not
// match one.
std::string never_plain(const Facts& value) {
    if (value.kind == F::set) return list_in_val(value);
    const bool constant =
        value.kind == F::other && value.value_kind != Value::Kind::none && value.value_kind != Value::Kind::symbolic;
    if (value.kind != F::node && value.kind != F::op && !constant) return {};
    return fmt::format("what `val` holds is plain text, and never {}; compare it with a string", kind_text(value));
}

bool is_target(const Facts& facts) {
    return facts.kind == F::op || facts.kind == F::target;
}

}  // namespace

std::string Checker::never_equal(const Facts& a, const Facts& b) {
    for (const auto& [one, other] : {std::pair(&a, &b), std::pair(&b, &a)})
        if (std::string why = never_held(*one, *other); !why.empty()) return why;
    if (!a.is_known() || !b.is_known()) return {};
    if ((a.kind == F::none || a.nullable) && (b.kind == F::none || b.nullable)) return {};
    if (a.kind == F::none || b.kind == F::none) {
        const Facts& other = a.kind == F::none ? b : a;
        return other.kind == F::plain ? "" : fmt::format("{} is never None", kind_text(other));
    }
    if (a.is_number() && b.is_number()) return {};
    if (a.kind == F::plain) return never_plain(b);
    if (b.kind == F::plain) return never_plain(a);
    if (is_target(a) && is_target(b)) return never_same_target(a, b);
    return never_same_kind(a, b);
}

std::string Checker::never_same_target(const Facts& a, const Facts& b) const {
    const auto only_packets = [&](const Facts& facts) {
        return facts.has_ops() && std::ranges::all_of(program_[facts.ops], [&](OpId op) { return is_packet(op); });
    };
    for (const auto& [one, other] : {std::pair(&a, &b), std::pair(&b, &a)})
        if (only_packets(*one) && !only_packets(*other) && (other->kind == F::target || !other->has_ops()))
            return fmt::format(
                "{} is a packet, and nodes call its overloads: {}", display(one->ops),
                fmt::join(files_.declarations->overloads(program_[program_[one->ops][0]].target), ", "));
    if (!a.has_ops() || !b.has_ops()) return {};
    const std::unordered_set<OpId> members(program_[a.ops].begin(), program_[a.ops].end());
    if (std::ranges::any_of(program_[b.ops], [&](OpId op) { return members.contains(op); })) return {};
    const bool mixed = only_packets(a) != only_packets(b);
    return fmt::format("{} is never {}{}", display(a.ops), display(b.ops),
                       mixed ? ": an op and a packet differ" : "");
}

std::string Checker::never_same_kind(const Facts& a, const Facts& b) const {
    const auto is_pair = [&](Facts::Kind one, Facts::Kind other) {
        return (a.kind == one && b.kind == other) || (a.kind == other && b.kind == one);
    };
    const auto is_open = [](const Facts& facts) {
        return facts.kind == F::other && facts.value_kind == Value::Kind::none;
    };
    if (is_pair(F::target, F::text) || is_open(a) || is_open(b)) return {};
    if (a.kind == b.kind && (a.kind != F::other || a.value_kind == b.value_kind)) return {};
    const std::string_view hint = is_pair(F::node, F::op)   ? "; ask `n is aten…`, or compare `n.target`"
                                  : is_pair(F::op, F::text) ? "; an op is written without quotes"
                                                            : "";
    return fmt::format("{} is never {}{}", kind_text(a), kind_text(b), hint);
}

// Why neither of two values is less than the other, or an error to ask. Numbers have an order, and texts, lists,
// tuples.
std::string Checker::no_order(const Facts& a, const Facts& b) {
    const auto is_open = [](const Facts& facts) {
        return !facts.is_known() || facts.nullable || facts.kind == F::plain || facts.kind == F::target ||
               facts.kind == F::other || facts.kind == F::set;
    };
    const auto has_order = [](const Facts& facts) {
        return facts.is_number() || facts.kind == F::text || facts.kind == F::list || facts.kind == F::tuple;
    };
    if (is_open(a) || is_open(b)) return {};
    if (has_order(a) && (a.kind == b.kind || (a.is_number() && b.is_number()))) return {};
    const bool counts = (a.is_row() && b.is_number()) || (a.is_number() && b.is_row());
    return fmt::format("{} and {} have no order{}", kind_text(a), kind_text(b), counts ? "; len(…) counts" : "");
}

// A pattern asks for one kind of value, and numbers of different types are different.
std::string Checker::never_is(ExpressionId id, PatternId pattern) {
    if (std::string why = never_node(id, pattern); !why.empty()) return why;
    const Facts value = facts(id), wanted = facts_of_pattern(pattern);
    const bool apart = value.is_number() && wanted.is_number() && value.kind != wanted.kind &&
                       value.kind != F::number && wanted.kind != F::number && !(value.nullable && wanted.nullable);
    if (apart) return fmt::format("{} is never {}; \"==\" compares numbers", kind_text(value), kind_text(wanted));
    if (value.kind == F::plain && wanted.kind == F::tuple) return list_in_val(wanted);
    return never_equal(value, wanted);
}

// What is asked for is a node, and this is something that is known of one: `n.target is aten.relu.default`.
std::string Checker::never_node(ExpressionId id, PatternId pattern) {
    const Facts value = facts(id), wanted = facts_of_pattern(pattern);
    const Expression& asked = program_[id];
    const Field field = asked.kind == E::attribute ? asked.field : Field::none;
    const bool is_target = field == Field::target || value.kind == F::op || value.kind == F::target;
    if (wanted.kind != F::node || wanted.nullable) return {};
    const std::string form = written(program_[pattern].location);
    if (value.of_nodes)
        return fmt::format("{} is never a node: ask `any(u is {} for u in {})`", kind_text(value), form,
                           written(asked.location));
    if (!is_target && field != Field::op) return {};
    std::string equals;
    const bool asks_of_op = program_[pattern].kind == Pattern::Kind::any_call && wanted.has_ops();
    if (is_target && asks_of_op && program_[wanted.ops].size() == 1)
        equals = display(wanted.ops);
    else if (!is_target && wanted.opcode)
        equals = fmt::format("\"{}\"", opcode_name(*wanted.opcode));
    const std::string node = field == Field::none ? "n" : written(program_[asked.children[0]].location);
    return fmt::format("{} is never a node: ask `{} is {}`{}", is_target ? "a target" : "the op of a node", node,
                       form,
                       equals.empty() ? "" : fmt::format(", or compare `{} == {}`", written(asked.location), equals));
}

void Checker::warn_of_never_is(ExpressionId value, PatternId pattern, Location location, bool positive) {
    if (const std::string why = never_is(value, pattern); !why.empty())
        warn(codes::constant_condition, location, fmt::format("always {}: {}", positive ? "false" : "true", why));
}

// Whether it is the target of a node, and the other what no target is: the name of an op as text, or a packet.
std::string Checker::never_target(ExpressionId target, ExpressionId other) {
    const Expression &asked = program_[target], &given = program_[other];
    if (asked.kind != E::attribute || asked.field != Field::target) return {};
    const F known = facts(target).kind;
    const bool of_name = program_[asked.children[0]].kind == E::variable;
    if (known != F::target && (known != F::unknown || !of_name)) return {};
    if (given.kind == E::op && is_packet(given.op)) {
        Facts any;
        any.kind = F::target;
        return never_equal(any, facts(other));
    }
    if (given.kind != E::constant || program_.constants[given.constant].kind != Value::Kind::string) return {};
    const std::string_view text = program_.constants[given.constant].text_view();
    const std::string name = full_target(text);
    const OpDeclarations& declared = *files_.declarations;
    const bool is_op = std::ranges::count(text, '.') > 1 &&
                       (declared.find(name) || declared.find("torch.ops." + name) || declared.is_packet(name));
    return is_op ? "an op is never text: write it without quotes" : "";
}

// Whether two expressions are never equal: a word that is none of the six is never the op of a node.
std::string Checker::never_equal(ExpressionId a, ExpressionId b) {
    for (auto [field, text] : {std::pair(a, b), std::pair(b, a)}) {
        const Expression &asked = program_[field], &given = program_[text];
        if (asked.kind != E::attribute || asked.field != Field::op || facts(field).kind != F::text) continue;
        if (given.kind != E::constant) continue;
        const Value& word = program_.constants[given.constant];
        if (word.kind != Value::Kind::string) continue;
        const NodeKind* known = find_node_kind(word.text_view());
        if (known && known->opcode) continue;
        std::vector<std::string_view> words;
        for (const NodeKind& each : node_kinds())
            if (each.opcode) words.push_back(each.word);
        return fmt::format("the op of a node is one of {}", fmt::join(words, ", "));
    }
    for (auto [held, text] : {std::pair(a, b), std::pair(b, a)}) {
        const Expression &asked = program_[held], &given = program_[text];
        if (facts(held).kind != F::plain || asked.text != "dtype" || given.kind != E::constant) continue;
        const Value& word = program_.constants[given.constant];
        if (word.kind != Value::Kind::string || !word.text_view().starts_with("torch.")) continue;
        return fmt::format("`val` holds the name of a dtype without \"torch.\": \"{}\"", word.text_view().substr(6));
    }
    for (auto [target, other] : {std::pair(a, b), std::pair(b, a)})
        if (std::string why = never_target(target, other); !why.empty()) return why;
    return never_equal(facts(a), facts(b));
}

// `x in [a, b]`, where x is none of them on any run.
void Checker::warn_of_no_item(const Expression& compare, size_t place) {
    const Expression& row = program_[compare.children[place + 1]];
    bool display = row.kind == E::list || row.kind == E::tuple || row.kind == E::set;
    if (!display || row.children.empty()) return;
    std::string why;
    for (ExpressionId item : row.children) {
        if (program_[item].kind == E::star) return;
        why = never_equal(compare.children[place], item);
        if (why.empty()) return;
    }
    warn(codes::never_equal, compare.location,
         fmt::format("always {}: {}", compare.operators[place] == Operator::in ? "False" : "True", why));
}

// `{float16: 2}.get(k)`, `{…}[k]`, `k in {…}`, where k is none of its keys on any run.
void Checker::warn_of_no_key(ExpressionId dict, ExpressionId key, Location location, std::string_view result) {
    const Expression* display = &program_[dict];
    if (display->kind == E::define && display->children.empty() && display->define != none_of<DefineId>)
        display = &program_[program_[display->define].body];
    if (display->kind != E::dict || display->children.empty()) return;
    std::string why;
    for (size_t i = 0; i < display->children.size(); i += 2) {
        if (program_[display->children[i]].kind == E::double_star) return;
        why = never_equal(key, display->children[i]);
        if (why.empty()) return;
    }
    warn(codes::never_equal, location, fmt::format("{}: {}", result, why));
}

}  // namespace dqrewrite::program
