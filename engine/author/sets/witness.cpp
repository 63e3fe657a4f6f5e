#include "engine/author/sets/witness.hpp"

#include "engine/author/text/block_text.hpp"
#include "engine/program/facts.hpp"
#include "engine/rewrite/graph_run.hpp"
#include "engine/rewrite/observer.hpp"
#include "grammar/escapes.hpp"
#include "grammar/words.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace dqrewrite::sets {

using program::Program;
using program::RuleId;

namespace {

constexpr uint64_t match_budget = 200'000;
constexpr size_t most_rewrites = 1'000;
constexpr size_t most_steps = 100'000;

// The graph cannot be drawn.
struct Undrawable {};

class Drawing {
public:
    Drawing(const Program& program, Demands& demands, const Solution& solution, const DrawStyle& style)
        : program_(program), demands_(demands), solution_(solution), terms_(solution.terms), style_(style) {}

    Witness draw() {
        count_uses();
        node(solution_.root);
        for (size_t i = 0; i < terms_.size(); ++i) {
            auto term = static_cast<Term>(i);
            if (terms_.find(term) != term || !nodes_.contains(term)) continue;
            for (Term user : terms_[term].read_by) node(terms_.find(user));
        }
        more_users();
        output();
        Witness witness;
        witness.root = nodes_.at(terms_.find(solution_.root));
        witness.module = std::move(module_);
        return witness;
    }

private:
    // The places of a term: the types of the schemas' arguments, and a default of one of them.
    struct Use {
        size_t count = 0;
        std::vector<std::string_view> types;
        const Value* otherwise = nullptr;
    };

    static std::string_view item_type(std::string_view type) {
        std::string_view base = program::argument_type(type).base;
        return base;
    }

    const Schema* schema(const TermCell& cell) {
        return cell.is(Opcode::call_function) && !cell.any_op ? demands_.schema(cell.ops[0]) : nullptr;
    }

    static const SchemaArgument* declared(const Schema* schema, const TermArgument& argument) {
        if (!schema) return nullptr;
        size_t index = argument.named ? schema->find(argument.name) : argument.position;
        return index < schema->arguments.size() ? &schema->arguments[index] : nullptr;
    }

    void count_uses() {
        for (size_t i = 0; i < terms_.size(); ++i) {
            auto term = static_cast<Term>(i);
            const TermCell& cell = terms_[term];
            if (terms_.find(term) != term || cell.kind != TermCell::Kind::node) continue;
            for (const TermArgument& each : cell.arguments) {
                const SchemaArgument* as = declared(schema(cell), each);
                count_use(each.term, as ? as->type : "Tensor", as && as->has_default ? &as->default_value : nullptr,
                          0);
            }
        }
    }

    void count_use(Term term, std::string_view type, const Value* otherwise, unsigned depth) {
        if (depth > 20) throw Undrawable{};
        Use& use = uses_[terms_.find(term)];
        ++use.count;
        use.types.push_back(type);
        if (!use.otherwise) use.otherwise = otherwise;
        if (terms_[term].kind != TermCell::Kind::row) return;
        for (Term item : terms_[term].items) count_use(item, item_type(type), nullptr, depth + 1);
    }

    // -- nodes

    NodeId node(Term term, unsigned depth = 0) {
        term = terms_.find(term);
        auto [known, fresh] = nodes_.try_emplace(term, no_node);
        if (!fresh) {
            if (known->second == no_node) throw Undrawable{};  // it would read itself
            return known->second;
        }
        if (depth > 500 || module_.graph.size() > largest_witness) throw Undrawable{};
        const TermCell& cell = terms_[term];
        if (cell.kind != TermCell::Kind::node) return nodes_[term] = placeholder(term);
        if (cell.is(Opcode::output)) {
            output_ = term;
            nodes_.erase(term);  // it comes last
            return no_node;
        }
        ArgumentBuilder arguments(module_.graph);
        if (cell.is(Opcode::call_function))
            call_arguments(cell, arguments, depth);
        else
            stored_arguments(cell, arguments, depth);
        Opcode opcode = opcode_of(cell);
        std::string target = target_of(cell, opcode);
        std::string name = name_of(term, target_to_name(opcode, target));
        if (opcode == Opcode::placeholder && cell.target == no_term) target = name;
        return nodes_[term] = append(opcode, target, name, arguments);
    }

    static Opcode opcode_of(const TermCell& cell) {
        for (unsigned i = 0; i < 6; ++i)
            if (cell.is(static_cast<Opcode>(i))) return static_cast<Opcode>(i);
        return Opcode::placeholder;
    }

    std::string target_of(const TermCell& cell, Opcode opcode) const {
        if (opcode == Opcode::call_function) return cell.any_op ? "operator.getitem" : program_[cell.ops[0]].target;
        if (cell.target != no_term && terms_[cell.target].kind == TermCell::Kind::constant) {
            Arena arena;
            Datum text = from_constant(*terms_[cell.target].constant, arena);
            if (text.kind == Datum::Kind::string) return std::string(text.text_view());
        }
        return opcode == Opcode::get_attr      ? "weight"
               : opcode == Opcode::call_method ? "method"
               : opcode == Opcode::call_module ? "block"
                                               : "";
    }

    NodeId append(Opcode opcode, std::string_view target, std::string_view name, ArgumentBuilder& arguments) {
        Graph::NewNode made;
        made.opcode = opcode;
        made.target = module_.symbols->intern(target);
        made.name = name;
        made.arguments = arguments.arguments();
        return module_.graph.append(made);
    }

    NodeId placeholder(Term term) {
        ArgumentBuilder none(module_.graph);
        std::string name = name_of(term, "x");
        return last_placeholder_ = append(Opcode::placeholder, name, name, none);
    }

    // The name that a rule has for it, else `otherwise`; with a number where that is taken.
    std::string name_of(Term term, const std::string& otherwise) {
        std::string base = otherwise;
        for (const auto& [named, name] : solution_.names) {
            if (term == no_term || terms_.find(named) != term || !is_name(name)) continue;
            base = name;
            break;
        }
        for (char& c : base)
            if (!is_word(std::string_view(&c, 1)) && (c < '0' || c > '9')) c = '_';
        if (!is_name(base)) base = "n";
        std::string name = base;
        for (size_t i = 1; !names_.insert(name).second; ++i) name = fmt::format("{}_{}", base, i);
        return name;
    }

    // -- arguments

    static const TermArgument* given(const TermCell& cell, const Schema* schema, size_t index) {
        for (const TermArgument& each : cell.arguments)
            if (index < schema->positional ? !each.named && each.position == index
                                           : each.named && each.name == schema->arguments[index].name)
                return &each;
        return nullptr;
    }

    void call_arguments(const TermCell& cell, ArgumentBuilder& arguments, unsigned depth) {
        const Schema* schema = this->schema(cell);
        if (!schema) return stored_arguments(cell, arguments, depth);
        bool in_row = true;
        for (size_t i = 0; i < schema->arguments.size(); ++i) {
            const SchemaArgument& as = schema->arguments[i];
            in_row = in_row && i < schema->positional && i < cell.stored.most;
            bool must = in_row && i < cell.stored.least;
            auto value = argument(cell, as, given(cell, schema, i), must, depth);
            if (!value)
                in_row = false;
            else if (in_row)
                arguments.add(*value);
            else
                arguments.add(as.name, *value);
        }
        for (const TermArgument& each : cell.arguments)
            if (!declared(schema, each)) {
                if (!each.named) throw Undrawable{};
                arguments.add(each.name, value(each.term, depth));
            }
    }

    // Nothing where it may be left out.
    std::optional<Datum> argument(const TermCell& cell, const SchemaArgument& as, const TermArgument* given,
                                  bool must, unsigned depth) {
        if (!given) {
            if (as.has_default) return must ? std::optional(from_constant(as.default_value, arena_)) : std::nullopt;
            TermArgument asked{.named = true, .name = as.name};
            for (const TermRest& rest : cell.rests)
                if (!must && !rest.mentions(asked) && rest.positions != static_cast<uint32_t>(-1)) return {};
            return filler(as.type);
        }
        const TermCell& held = terms_[given->term];
        bool is_default = as.has_default && held.kind == TermCell::Kind::constant &&
                          same_constant(*held.constant, as.default_value);
        bool is_free =
            as.has_default && held.kind == TermCell::Kind::open && uses_[terms_.find(given->term)].count == 1;
        if (!must && !given->stored && (is_default || is_free)) return {};
        return value(given->term, depth);
    }

    // Of a node without schema: as they are.
    void stored_arguments(const TermCell& cell, ArgumentBuilder& arguments, unsigned depth) {
        uint32_t count = cell.stored.least;
        for (const TermArgument& each : cell.arguments)
            if (!each.named) count = std::max(count, each.position + 1);
        if (count > largest_witness) throw Undrawable{};
        for (uint32_t i = 0; i < count; ++i) {
            auto each = std::ranges::find_if(
                cell.arguments, [&](const TermArgument& known) { return !known.named && known.position == i; });
            arguments.add(each == cell.arguments.end() ? make_integer(0) : value(each->term, depth));
        }
        for (const TermArgument& each : cell.arguments)
            if (each.named) arguments.add(each.name, value(each.term, depth));
    }

    // -- values

    Datum value(Term term, unsigned depth) {
        term = terms_.find(term);
        const TermCell& cell = terms_[term];
        switch (cell.kind) {
        case TermCell::Kind::constant: return from_constant(*cell.constant, arena_);
        case TermCell::Kind::row: {
            std::vector<Datum> items;
            for (Term item : cell.items) items.push_back(value(item, depth + 1));
            return make_items(cell.is_tuple ? Datum::Kind::tuple : Datum::Kind::list, arena_.copy(items));
        }
        case TermCell::Kind::node: {
            NodeId made = node(term, depth + 1);
            if (made == no_node) throw Undrawable{};
            return make_node(made);
        }
        case TermCell::Kind::open: break;
        }
        auto known = values_.find(term);
        if (known != values_.end()) return known->second;
        return values_[term] = any_value(term, depth);
    }

    // Of something that may be anything: a node where a tensor may stand, else what fits all its places.
    Datum any_value(Term term, unsigned depth) {
        const Use& use = uses_[term];
        bool is_tensor = std::ranges::any_of(use.types, [](std::string_view type) {
            program::ArgumentType as = program::argument_type(type);
            return as.base == "Tensor" && !as.is_list;
        });
        if (!is_tensor && use.otherwise) {
            Datum value = from_constant(*use.otherwise, arena_);
            if (fits(value, use)) return value;
        }
        for (size_t i = 0; i < use.types.size() && !is_tensor; ++i) {
            Datum value = filler(use.types[i]);
            if (fits(value, use)) return value;
        }
        return make_node(node(term, depth + 1));
    }

    static bool fits(const Datum& value, const Use& use) {
        program::Facts facts;
        switch (value.kind) {
        case Datum::Kind::none: facts.kind = program::Facts::Kind::none; break;
        case Datum::Kind::boolean: facts.kind = program::Facts::Kind::boolean; break;
        case Datum::Kind::integer: facts.kind = program::Facts::Kind::integer; break;
        case Datum::Kind::real: facts.kind = program::Facts::Kind::real; break;
        case Datum::Kind::string: facts.kind = program::Facts::Kind::text; break;
        case Datum::Kind::list: facts.kind = program::Facts::Kind::list; break;
        default: return use.types.size() == 1;
        }
        return std::ranges::all_of(
            use.types, [&](std::string_view type) { return program::takes(program::argument_type(type), facts); });
    }

    // A value of that type, any.
    Datum filler(std::string_view type) {
        program::ArgumentType as = program::argument_type(type);
        if (as.optional) return make_none();
        if (as.is_list) return make_items(Datum::Kind::list, arena_.copy(std::vector{filler(as.base)}));
        if (as.base == "Tensor") {
            if (last_placeholder_ == no_node || (style_.own_fillers && !has_filler_)) placeholder(no_term);
            has_filler_ = true;
            return make_node(last_placeholder_);
        }
        if (as.base == "float") return make_real(1.0);
        if (as.base == "bool" || as.base == "SymBool") return make_boolean(false);
        if (as.base == "str") return make_text(Datum::Kind::string, "none");
        if (as.base == "ScalarType") return make_text(Datum::Kind::dtype, "float32");
        if (as.base == "Device") return make_text(Datum::Kind::device, "cpu");
        if (as.base == "Layout") return make_text(Datum::Kind::layout, "strided");
        if (as.base == "MemoryFormat") return make_text(Datum::Kind::memory_format, "contiguous_format");
        return make_integer(1);
    }

    // -- users and the output

    // Where more users are asked for than there are, the output is one, and modules are the others.
    void more_users() {
        for (const auto& [term, made] : nodes_) {
            uint32_t least = terms_[term].users.least;
            if (least > largest_witness) throw Undrawable{};
            uint32_t count = static_cast<uint32_t>(module_.graph.user_count(made));
            if (count < least) {
                returned_.insert(made);
                ++count;
            }
            for (; count < least; ++count) {
                ArgumentBuilder arguments(module_.graph);
                arguments.add(make_node(made));
                append(Opcode::call_module, "block", name_of(no_term, "block"), arguments);
            }
        }
    }

    void output() {
        ArgumentBuilder arguments(module_.graph);
        if (output_ != no_term) {
            const TermCell& cell = terms_[output_];  // an output returns one value
            bool one = std::ranges::all_of(
                cell.arguments, [](const TermArgument& each) { return !each.named && each.position == 0; });
            if (!one || cell.stored.least > 1) throw Undrawable{};
            stored_arguments(cell, arguments, 0);
            if (cell.arguments.empty()) arguments.add(make_none());
        } else {
            std::vector<Datum> items;
            std::set<NodeId> unread;
            for (const auto& [term, made] : nodes_)
                if (terms_[term].users.most == 0) unread.insert(made);
            for (NodeId each = module_.graph.first(); each != no_node; each = module_.graph.next(each))
                if (returned_.contains(each) || (module_.graph.user_count(each) == 0 && !unread.contains(each)))
                    items.push_back(make_node(each));
            arguments.add(items.size() == 1 ? items[0] : make_items(Datum::Kind::tuple, arena_.copy(items)));
        }
        NodeId made = append(Opcode::output, "output", "output", arguments);
        if (output_ != no_term) nodes_[output_] = made;
    }

    const Program& program_;
    Demands& demands_;
    const Solution& solution_;
    const Terms& terms_;
    DrawStyle style_;
    Module module_;
    Arena arena_;
    std::map<Term, Use> uses_;
    std::map<Term, NodeId> nodes_;  // no_node while its inputs are being drawn
    std::map<Term, Datum> values_;
    std::set<std::string> names_ = {"output"};
    std::set<NodeId> returned_;
    NodeId last_placeholder_ = no_node;
    bool has_filler_ = false;
    Term output_ = no_term;
};

// The step that came furthest: steps are numbered in the order of the clauses.
class Furthest final : public MatchTrace {
public:
    void step(program::StepId step, bool succeeded, std::span<const Datum>, Datum*) override {
        if (!succeeded && (!any_ || step > furthest)) furthest = step;
        any_ = any_ || !succeeded;
    }
    program::StepId furthest{};

private:
    bool any_ = false;
};

// Ends a run that goes on for ever, long before its budget does.
class Limit final : public RunObserver {
public:
    void begin(const program::Step&, GraphRun&) override { count(steps_, most_steps); }
    void applied(RuleId, NodeId, bool, GraphRun&) override { count(rewrites_, most_rewrites); }
    bool reached() const { return steps_ > most_steps || rewrites_ > most_rewrites; }

private:
    static void count(size_t& so_far, size_t most) {
        if (++so_far > most) throw BudgetSpent{};
    }

    size_t steps_ = 0, rewrites_ = 0;
};

}  // namespace

std::optional<Witness> draw(const Program& program, Demands& demands, const Solution& solution,
                            const DrawStyle& style) {
    try {
        Witness drawn = Drawing(program, demands, solution, style).draw();
        if (block_text(drawn.module.graph)) return drawn;
    } catch (const Undrawable&) {
    } catch (const ArgumentError&) {
    } catch (const GraphError&) {
    }
    return {};
}

const program::MatchProgram& LoneRules::operator[](RuleId rule) {
    auto known = compiled_.find(rule);
    if (known == compiled_.end()) known = compiled_.emplace(rule, program::compile_as_written(program_, rule)).first;
    return known->second;
}

LoneMatch LoneRules::match(RuleId rule, Witness& witness) {
    OpTable table(*program_.declarations);
    Binding binding(program_, *witness.module.symbols, table);
    Budget budget(match_budget);
    std::vector<RunWarning> warnings;
    GraphRun run(program_, witness.module.graph, &witness.module, binding, budget, warnings);
    const program::MatchProgram& compiled = (*this)[rule];
    Furthest trace;
    try {
        if (run.matcher.match(compiled, witness.root, trace)) return {true, {}};
    } catch (const BudgetSpent& spent) {
        return {false, spent.location};
    }
    if (compiled.locations.empty()) return {false, program_[rule].location};
    return {false, compiled.locations[static_cast<size_t>(trace.furthest)]};
}

std::string test_text(const Driver& driver, const std::string& title, Witness& witness) {
    const Program& program = driver.program();
    const BlockStyle style{.indent = 4};
    auto before = block_text(witness.module.graph, style);
    if (!before) return {};  // draw() makes none such
    std::string outcome;
    Limit limit;
    try {
        OpTable table(*program.declarations);
        driver.run(witness.module, table, &limit);
        auto after = block_text(witness.module.graph, style);
        if (!after) return *before;
        outcome = *after == *before ? "unchanged" : "becomes " + *after;
    } catch (const RunError& error) {
        if (limit.reached()) return *before;
        outcome = "fails " + quoted(error.what());
    }
    return fmt::format("test {} {{\n    run {} on {}\n    {}\n}}\n", quoted(title), program[driver.pass()].name,
                       *before, outcome);
}

}  // namespace dqrewrite::sets
