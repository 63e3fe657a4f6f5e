#include "engine/rewrite/rewriter.hpp"

#include "engine/dump/json_value.hpp"
#include "engine/program/words.hpp"
#include "engine/rewrite/metadata.hpp"
#include "engine/rewrite/observer.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

using program::ExpressionId;
using program::Field;
using program::Location;
using program::MetaPolicy;

Rewriter::Rewriter(const program::Program& program, Graph& graph, Module* module, Binding& binding,
                   Evaluator& evaluator, Arena& arena, Tables& tables, Budget& budget,
                   std::vector<RunWarning>& warnings)
    : program_(program), graph_(graph), module_(module), binding_(binding), evaluator_(evaluator), arena_(arena),
      tables_(tables), budget_(budget), warnings_(warnings) {}

// What it calls is to stay out of line, so that it has nothing to save; but copies and replacements are so frequent
// that they are made here.
template <bool told>
[[gnu::always_inline]] inline void Rewriter::run(const Statement& statement, Datum* frame) {
    using Kind = Statement::Kind;
    switch (statement.kind) {
    case Kind::clone: return clone<told>(statement, frame);
    case Kind::insert: return insert(statement, frame);
    case Kind::replace: return replace<told>(statement, frame);
    case Kind::set_field: return set_field(statement, frame);
    case Kind::set_meta_path: return set_meta(statement, frame);
    case Kind::set_meta_from: return update_meta(statement, frame);
    case Kind::delete_meta: return delete_meta(statement, frame);
    case Kind::move: return move(statement, frame);
    case Kind::erase: return erase(statement, frame);
    case Kind::remember: return remember(statement, frame);
    case Kind::eliminate_dead_code: return eliminate_dead_code(statement.location);
    case Kind::fail: return fail_as_told(statement, frame);
    case Kind::warn: return warn(statement, frame);
    case Kind::let: return let(statement, frame);
    case Kind::if_: return branch<told>(statement, frame);
    case Kind::for_: return loop<told>(statement, frame);
    }
    __builtin_unreachable();
}

template <bool told>
[[gnu::always_inline]] inline void Rewriter::run(std::span<const program::StatementId> statements, Datum* frame) {
    for (program::StatementId id : statements) {
        const Statement& statement = program_[id];
        if constexpr (told) observer_->before(statement, frame, graph_);
        try {
            run<told>(statement, frame);
        } catch (const GraphError& error) {
            fail(statement.location, error.what());
        } catch (const ArgumentError& error) {
            fail(statement.location, error.what());
        } catch (const TollNotPaid&) {
            throw BudgetSpent{statement.location};
        }
        if constexpr (told) observer_->after(statement, frame, graph_);
    }
}

void Rewriter::apply(program::RuleId rule, Datum* frame) {
    for (program::TableId table : program_[rule].own_tables) tables_.clear(table);
    evaluator_.set_strict(true);
    observer_ ? run<true>(program_[rule].body, frame) : run<false>(program_[rule].body, frame);
    evaluator_.set_strict(false);
}

bool Rewriter::holds(ExpressionId condition, Datum* frame) {
    evaluator_.set_strict(true);
    const bool result = truth_of(condition, frame);
    evaluator_.set_strict(false);
    return result;
}

// Whether it is, or holds, what means nothing in another graph.
bool Rewriter::belongs_to_graph(const Datum& datum) {
    using Kind = Datum::Kind;
    if (datum.kind == Kind::node || datum.kind == Kind::gone_node || datum.kind == Kind::table) return true;
    Datum opened = datum;
    if (datum.kind == Kind::record && !record_to_dict(nullptr, datum.text_view(), arena_, opened)) return false;
    if (!is_container(opened) && datum.kind != Kind::slice) return false;
    const std::span<const Datum> items = opened.item_span();
    return std::any_of(items.begin(), items.end(), [this](const Datum& each) { return belongs_to_graph(each); });
}

[[gnu::noinline]] void Rewriter::remember(const Statement& statement, Datum* frame) {
    Datum key = value(statement.operands[0], frame);
    const Datum kept = value(statement.operands[1], frame);
    budget_.spend(extent_of(key).weight + extent_of(kept).weight, statement.location);
    const program::Table& table = program_.tables[static_cast<size_t>(statement.table)];
    if (table.is_shared && (belongs_to_graph(key) || belongs_to_graph(kept)))
        fail(statement.location,
             fmt::format("the table \"{}\" is shared by graphs: no node of one is kept for another", table.name));
    tables_.remember(statement.table, key, kept);
}

std::string Rewriter::text(const Statement& statement, Datum* frame) {
    return to_text(graph_, value(statement.operands[0], frame));
}

void Rewriter::fail_as_told(const Statement& statement, Datum* frame) {
    fail(statement.location, text(statement, frame));
}

void Rewriter::warn(const Statement& statement, Datum* frame) {
    warnings_.push_back({statement.location, text(statement, frame)});
}

[[gnu::noinline]] void Rewriter::let(const Statement& statement, Datum* frame) {
    bind_target(statement, value(statement.operands[0], frame), frame);
}

[[gnu::always_inline]] inline void Rewriter::bind_target(const Statement& statement, const Datum& value,
                                                         Datum* frame) {
    if (statement.variable != program::no_variable) [[likely]]
        frame[static_cast<size_t>(statement.variable)] = value;
    else if (!evaluator_.unpack(statement.target, value, frame, statement.location))
        fail_to_evaluate();
}

// An observer, if there is one, is told of an edit before and after it; else nothing is described. What `describe`
// needs it holds by value, so that the values may stay in registers.
template <bool told, class Describe>
[[gnu::always_inline]] inline void Rewriter::tell_editing(Describe describe) {
    if (!told || !observer_) return;
    told_ = describe();
    observer_->editing(told_, graph_);
}

template <bool told>
[[gnu::always_inline]] inline void Rewriter::tell_edited(NodeId made) {
    if (!told || !observer_) return;
    if (made != no_node) told_.node = made;
    observer_->edited(told_, graph_);
}

template <bool told>
[[gnu::always_inline]] inline void Rewriter::clone(const Statement& statement, Datum* frame) {
    const NodeId original = node(statement.operands[0], frame);
    const Place where = place(statement, frame);
    tell_editing<told>([=, &statement] {
        return Edit{.kind = Edit::Kind::clone, .location = statement.location, .other = original, .place = where};
    });
    const NodeId made = graph_.clone(original, where);
    bind(statement, made, frame);
    tell_edited<told>(made);
}

void Rewriter::insert(const Statement& statement, Datum* frame) {
    Opcode opcode = statement.opcode;
    Symbol target;
    uint64_t target_weight = 0;
    ArgumentBuilder arguments(graph_);
    std::span<const ExpressionId> written = statement.arguments;
    if (opcode != Opcode::call_function) {
        Datum text = value(written[0], frame);
        if (text.kind != Datum::Kind::string)
            fail(statement.location, fmt::format("{} takes {} as text, found {}", opcode_name(opcode),
                                                 program::target_word(opcode), to_brief_repr(graph_, text)));
        target_weight = text.size / text_per_step;
        budget_.spend(target_weight, statement.location);
        target = graph_.symbols().intern(text.text_view());
        written = written.subspan(1);
    } else {
        if (statement.op != program::none_of<program::OpId>) {
            target = binding_.symbol(statement.op);
        } else {
            Datum callee = value(statement.operands[0], frame);
            if (callee.kind != Datum::Kind::op)
                fail(statement.location,
                     fmt::format("expected an op to call, found {}", to_brief_repr(graph_, callee)));
            target = callee.symbol;
        }
    }
    add_arguments(written, frame, arguments);
    Place where = place(statement, frame);
    std::string meta = merged_meta(statement, "", frame);
    const Candidate candidate = candidate_for(opcode, target);
    const uint64_t weight = arguments.weight() + candidate.op_weight;
    budget_.spend(weight, statement.location);
    budget_.spend(meta.size() / metadata_per_step, statement.location);
    const Arguments given = arguments.arguments();
    tell_editing(
        [=, &statement] { return Edit{.kind = Edit::Kind::insert, .location = statement.location, .place = where}; });
    const NodeId made = graph_.create(opcode, target, given, candidate.name, where);
    if (!meta.empty()) graph_.set_meta(made, meta);
    if (target_weight + weight > Graph::short_weight) [[unlikely]]
        graph_.mark_long(made);
    bind(statement, made, frame);
    tell_edited(made);
}

// The names of ops count where they are longer than any that there is.
uint64_t Rewriter::weight_of_op(Symbol op) const {
    const size_t size = graph_.symbols().text(op).size();
    return size > Graph::short_text ? size / text_per_step : 0;
}

// Of calls it is made once for each op.
Rewriter::Candidate Rewriter::candidate_for(Opcode opcode, Symbol target) {
    const auto name = [&] { return graph_.name_candidate(target_to_name(opcode, graph_.symbols().text(target))); };
    if (opcode != Opcode::call_function) return {name(), 0};
    const auto index = static_cast<size_t>(target);
    if (index >= calls_.size()) calls_.resize(graph_.symbols().size());
    std::optional<Candidate>& known = calls_[index];
    if (!known) known = {name(), weight_of_op(target)};
    return *known;
}

void Rewriter::add_arguments(std::span<const ExpressionId> given, Datum* frame, ArgumentBuilder& arguments) {
    using Kind = program::Expression::Kind;
    for (ExpressionId id : given) {
        const program::Expression& argument = program_[id];
        if (argument.kind == Kind::keyword) {
            arguments.add(argument.text, value(argument.children[0], frame));
        } else if (argument.kind == Kind::star) {
            Datum items = value(argument.children[0], frame);
            bool row = items.kind == Datum::Kind::list || items.kind == Datum::Kind::tuple;
            if (!row)
                fail(argument.location,
                     fmt::format("* takes a list or tuple, found {}", to_brief_repr(graph_, items)));
            for (const Datum& item : items.item_span()) arguments.add(item);
        } else if (argument.kind == Kind::double_star) {
            Datum items = value(argument.children[0], frame);
            if (items.kind != Datum::Kind::dict)
                fail(argument.location, fmt::format("** takes a dict, found {}", to_brief_repr(graph_, items)));
            for (size_t i = 0; i + 1 < items.size; i += 2) {
                if (items.items[i].kind != Datum::Kind::string) fail(argument.location, "keywords must be strings");
                arguments.add(items.items[i].text_view(), items.items[i + 1]);
            }
        } else {
            arguments.add(value(id, frame));
        }
    }
}

template <bool told>
[[gnu::always_inline]] inline void Rewriter::replace(const Statement& statement, Datum* frame) {
    const NodeId old = node(statement.operands[0], frame);
    const NodeId fresh = node(statement.operands[1], frame);
    const bool all = statement.operands.size() == 2;
    const NodeId user = all ? no_node : node(statement.operands[2], frame);
    tell_editing<told>([=, &statement] {
        return Edit{.kind = all ? Edit::Kind::replace : Edit::Kind::replace_input,
                    .location = statement.location,
                    .node = old,
                    .other = fresh,
                    .user = user};
    });
    all ? graph_.replace_all_uses(old, fresh) : graph_.replace_input(user, old, fresh);
    tell_edited<told>();
}

void Rewriter::move(const Statement& statement, Datum* frame) {
    const NodeId moved = node(statement.operands[0], frame);
    const Place where = place(statement, frame);
    tell_editing([=, &statement] {
        return Edit{.kind = Edit::Kind::move, .location = statement.location, .node = moved, .place = where};
    });
    graph_.move(moved, where);
    tell_edited();
}

void Rewriter::erase(const Statement& statement, Datum* frame) {
    const NodeId erased = node(statement.operands[0], frame);
    tell_editing(
        [=, &statement] { return Edit{.kind = Edit::Kind::erase, .location = statement.location, .node = erased}; });
    graph_.erase(erased);
    tell_edited();
}

void Rewriter::set_field(const Statement& statement, Datum* frame) {
    NodeId changed = node(statement.operands[0], frame);
    Datum fresh = value(statement.operands[1], frame);
    if (statement.field == Field::none) return set_argument(statement, changed, fresh);
    if (statement.field == Field::target) {
        bool is_op = fresh.kind == Datum::Kind::op, is_text = fresh.kind == Datum::Kind::string;
        if (is_op != (graph_.opcode(changed) == Opcode::call_function) || (!is_op && !is_text))
            fail(statement.location, fmt::format("{} cannot be the target of a {}", to_brief_repr(graph_, fresh),
                                                 opcode_name(graph_.opcode(changed))));
        budget_.spend(is_text ? fresh.size / text_per_step : weight_of_op(fresh.symbol), statement.location);
        Symbol target = is_op ? fresh.symbol : graph_.symbols().intern(fresh.text_view());
        tell_editing([=, &statement] {
            return Edit{.kind = Edit::Kind::set_target, .location = statement.location, .node = changed};
        });
        graph_.set_target(changed, target);
        if (graph_.target_text(changed).size() > Graph::short_text) graph_.mark_long(changed);
        return tell_edited();
    }
    bool args = statement.field == Field::args;
    bool fits =
        args ? fresh.kind == Datum::Kind::list || fresh.kind == Datum::Kind::tuple : fresh.kind == Datum::Kind::dict;
    if (!fits)
        fail(statement.location, fmt::format("{} takes a {}, found {}", args ? "args" : "kwargs",
                                             args ? "list" : "dict", to_brief_repr(graph_, fresh)));
    ArgumentBuilder arguments(graph_);
    Arena scratch;
    if (args) {
        for (const Datum& item : fresh.item_span()) arguments.add(item);
    } else {
        for (const Value& stored : graph_.args(changed)) arguments.add(from_value(graph_, changed, stored, scratch));
    }
    if (args) {
        for (const Keyword& stored : graph_.kwargs(changed))
            arguments.add(stored.name, from_value(graph_, changed, stored.value, scratch));
    } else {
        for (size_t i = 0; i + 1 < fresh.size; i += 2) {
            if (fresh.items[i].kind != Datum::Kind::string) fail(statement.location, "keywords must be strings");
            arguments.add(fresh.items[i].text_view(), fresh.items[i + 1]);
        }
    }
    set_arguments(statement, changed, arguments);
}

void Rewriter::set_arguments(const Statement& statement, NodeId changed, ArgumentBuilder& arguments) {
    const uint64_t weight = arguments.weight();
    budget_.spend(weight, statement.location);
    const Arguments given = arguments.arguments();
    tell_editing([=, &statement] {
        return Edit{.kind = Edit::Kind::set_arguments, .location = statement.location, .node = changed};
    });
    graph_.set_arguments(changed, given);
    if (weight > Graph::short_weight) graph_.mark_long(changed);
    tell_edited();
}

// An argument goes where it is stored now; one that is not stored becomes positional if all before it are and
// it is not keyword-only, else a keyword at the end.
void Rewriter::set_argument(const Statement& statement, NodeId changed, const Datum& fresh) {
    bool call = graph_.opcode(changed) == Opcode::call_function;
    const Schema* schema = call ? binding_.schema(graph_.target(changed)) : nullptr;
    size_t position = schema ? schema->find(statement.text) : Schema::npos;
    bool positional = position != Schema::npos && !schema->arguments[position].keyword_only;
    size_t stored_count = graph_.args(changed).size();
    std::span<const Keyword> kwargs = graph_.kwargs(changed);
    bool by_keyword =
        std::any_of(kwargs.begin(), kwargs.end(), [&](const Keyword& each) { return each.name == statement.text; });
    if (position == Schema::npos && !by_keyword)
        fail(statement.location, fmt::format("{} has no argument \"{}\"", graph_.name(changed), statement.text));
    bool append = positional && position == stored_count && !by_keyword;
    ArgumentBuilder arguments(graph_);
    Arena scratch;
    for (size_t i = 0; i < stored_count; ++i)
        arguments.add(positional && i == position ? fresh
                                                  : from_value(graph_, changed, graph_.args(changed)[i], scratch));
    if (append) arguments.add(fresh);
    for (const Keyword& stored : kwargs)
        arguments.add(stored.name, from_value(graph_, changed, stored.value, scratch));
    if (!append && !(positional && position < stored_count)) arguments.add(statement.text, fresh);
    set_arguments(statement, changed, arguments);
}

// -- metadata

void Rewriter::set_meta(const Statement& statement, Datum* frame) {
    NodeId changed = node(statement.operands[0], frame);
    std::string json;
    Datum fresh = value(statement.operands[1], frame);
    // A tensor in `val` has its dtype as plain text.
    TypeForm form = statement.path[0] == "val" ? TypeForm::text : TypeForm::object;
    const uint64_t paid_for = budget_.left() * metadata_per_step;
    try {
        if (!to_json(graph_, fresh, json, form, std::min<uint64_t>(paid_for, Evaluator::max_text)))
            fail(statement.location, fmt::format("a {} has no form in metadata", type_name(fresh)));
    } catch (const JsonTooLong&) {
        if (paid_for < Evaluator::max_text) throw BudgetSpent{statement.location};
        fail(statement.location, "the value is too long for metadata");
    }
    std::vector<std::string_view> path(statement.path.begin(), statement.path.end());
    auto text = dqrewrite::set_member(graph_.meta(changed), path, json);
    if (!text)
        fail(statement.location, fmt::format("{} of {} cannot be set: what it is in is no record",
                                             fmt::join(path, "."), graph_.name(changed)));
    write_meta(statement, changed, *text);
}

void Rewriter::write_meta(const Statement& statement, NodeId changed, std::string_view json) {
    budget_.spend(json.size() / metadata_per_step, statement.location);
    tell_editing([=, &statement] {
        return Edit{.kind = Edit::Kind::set_meta, .location = statement.location, .node = changed};
    });
    graph_.set_meta(changed, json);
    tell_edited();
}

namespace {

// A dump has "meta" only where there is any.
std::string_view some_meta(std::string_view object) {
    return JsonValue(object).empty() ? std::string_view() : object;
}

// `text` without the members `keys`.
std::string without(std::string text, const std::vector<std::string>& keys) {
    for (const std::string& key : keys) {
        std::string_view path[] = {key};
        if (auto shorter = remove_member(text, path)) text = some_meta(*shorter);
    }
    return text;
}

void set_key(std::string& text, std::string_view key, std::string_view json) {
    std::string_view path[] = {key};
    if (auto updated = set_member(text, path, json)) text = std::move(*updated);
}

}  // namespace

void Rewriter::delete_meta(const Statement& statement, Datum* frame) {
    NodeId changed = node(statement.operands[0], frame);
    std::vector<std::string_view> path(statement.path.begin(), statement.path.end());
    budget_.spend(graph_.meta(changed).size() / read_per_step, statement.location);
    auto text = remove_member(graph_.meta(changed), path);
    if (text && *text != graph_.meta(changed)) write_meta(statement, changed, some_meta(*text));
}

// Python's dict(into, **{those keys of the source that the policy lets through}).
std::string Rewriter::merged_meta(const Statement& statement, std::string_view into, Datum* frame) {
    const Statement::Meta& meta = statement.meta;
    std::string text(into);
    if (meta.policy == MetaPolicy::none) return text;
    std::string_view source = graph_.meta(node(meta.node, frame));
    if (source.empty()) return text;
    budget_.spend((into.size() + source.size()) / read_per_step * (1 + meta.keys.size()), statement.location);
    if (meta.policy == MetaPolicy::from_only) {
        for (const std::string& key : meta.keys)
            if (auto json = find_member(source, key)) set_key(text, key, *json);
        return text;
    }
    std::string taken = without(std::string(source), meta.keys);
    if (into.empty()) return std::string(some_meta(taken));
    return set_members(into, taken).value_or(text);
}

void Rewriter::update_meta(const Statement& statement, Datum* frame) {
    NodeId changed = node(statement.operands[0], frame);
    if (statement.meta.policy == MetaPolicy::none) return write_meta(statement, changed, "");
    std::string text = merged_meta(statement, graph_.meta(changed), frame);
    if (text != graph_.meta(changed)) write_meta(statement, changed, text);
}

// -- control

template <bool told>
void Rewriter::branch(const Statement& statement, Datum* frame) {
    run<told>(decide<told>(statement, statement.operands[0], frame) ? statement.body : statement.otherwise, frame);
}

template <bool told>
inline bool Rewriter::decide(const Statement& statement, ExpressionId condition, Datum* frame) {
    const bool holds = truth_of(condition, frame);
    if constexpr (told) observer_->decided(statement, holds);
    return holds;
}

// The list is read once, before the first round.
template <bool told>
void Rewriter::loop(const Statement& statement, Datum* frame) {
    Datum room;
    const Datum* found = evaluator_.find(program_[statement.operands[0]], frame, room);
    if (!found) fail_to_evaluate();
    const Datum items = *found;  // a round may set its variable anew
    bool row = items.kind == Datum::Kind::list || items.kind == Datum::Kind::tuple || items.kind == Datum::Kind::set;
    bool dict = items.kind == Datum::Kind::dict;
    if (!row && !dict)
        fail(statement.location, fmt::format("`for` takes a list, found {}", to_brief_repr(graph_, items)));
    budget_.spend(dict ? items.size / 2 : items.size, statement.location);
    // What a round makes is not seen after it: a loop over a million users needs the memory of one round.
    const Arena::Mark round = arena_.mark();
    const bool look_ahead = evaluator_.touches_meta();
    for (size_t i = 0; i < items.size; i += dict ? 2 : 1) {
        arena_.release(round);
        const size_t ahead = i + Graph::look_ahead;
        if (look_ahead && ahead < items.size && items.items[ahead].kind == Datum::Kind::node)
            graph_.prefetch_meta(index_of(items.items[ahead].node));
        bind_target(statement, items.items[i], frame);
        if (statement.operands.size() > 1 && !decide<told>(statement, statement.operands[1], frame)) continue;
        run<told>(statement.body, frame);
    }
}

void Rewriter::eliminate_dead_code(const Location& location) {
    DeadNode tell;
    if (observer_)
        tell = [&](const Graph& graph, NodeId node) {
            observer_->editing({.kind = Edit::Kind::dead, .location = location, .node = node}, graph);
        };
    const DeadCode found = module_ ? dqrewrite::eliminate_dead_code(*module_, binding_.impure_target(), tell)
                                   : graph_.eliminate_dead_code(binding_.impure_target(), tell);
    budget_.spend(found.looked_at / nodes_per_step, location);
}

// -- operands

void Rewriter::fail_to_evaluate() {
    fail(evaluator_.failure().location, evaluator_.failure().message);
}

// What is no variable that holds a node: it may be one all the same, else it is an error.
NodeId Rewriter::evaluated_node(ExpressionId expression, Datum* frame) {
    const Datum found = value(expression, frame);
    if (is_node(found)) return found.node;
    const Location& location = program_[expression].location;
    if (found.kind != Datum::Kind::node)
        fail(location, fmt::format("expected a node, found {}", to_brief_repr(graph_, found)));
    fail(location, fmt::format("{} was erased", graph_.name(found.node)));
}

void Rewriter::remember_made(const Statement& statement, NodeId made, Datum* frame) {
    const Datum key = value(statement.result_key, frame);
    budget_.spend(extent_of(key).weight, statement.location);
    tables_.remember(statement.table, key, make_node(made));
}

}  // namespace dqrewrite
