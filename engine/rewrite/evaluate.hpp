// Evaluates the expressions of a program on a graph: Python's semantics, without its exceptions.
//
// What cannot be evaluated (None + 1, an index out of range, a node that is gone …) makes evaluate() return
// false, and failure() says at which expression and why: in a clause that is "no match", in a rewrite an error.
// Of Python's ways these are left: range(), zip(), enumerate(), reversed(), items(), keys(), values() and
// generators are lists, but any(), all() and next() ask a generator for no more items than they need; nan is not
// equal to itself in a list either; only lists and tuples are unpacked to several names.
// A path through metadata that is missing, None or no record reads None (S3 of the language).
// Values are made in the arena, nothing else is allocated once the evaluator has warmed up, except for text that
// is put together. Nesting of expressions, defines in each other included, is bounded by the checker; that of values
// and their size by max_nesting, max_weight and max_text; everything that could go on and on spends from the budget:
// an item that is iterated over or compared with, a call of a define, a step of a walk, 4 KiB of metadata. Tested by
// tests/rewrite/evaluate_test.cpp.
#pragma once

#include "engine/dump/json_value.hpp"
#include "engine/rewrite/arguments.hpp"
#include "engine/rewrite/budget.hpp"
#include "engine/rewrite/function_ref.hpp"
#include "engine/rewrite/tables.hpp"

#include <optional>

namespace dqrewrite {

// Whether a value matches a pattern, asked by `e is P`: the matcher answers.
class PatternTest {
public:
    virtual bool matches(program::PatternId pattern, const Datum& value, Datum* frame) = 0;

protected:
    ~PatternTest() = default;
};

class Evaluator {
public:
    struct Failure {
        program::Location location;
        std::string message;  // "None has no length"
    };

    static constexpr size_t max_text = size_t{1} << 26;

    // All references outlive the evaluator.
    Evaluator(const program::Program& program, Graph& graph, Binding& binding, Arena& arena, Tables& tables,
              Budget& budget, PatternTest& patterns);

    // In a rewrite (strict) `.users`, `.meta` … of what is no node cannot be evaluated, in a clause they are None.
    void set_strict(bool strict) { strict_ = strict; }

    // `frame` holds the variables of the rule, define or test that the expression belongs to; comprehensions
    // and `walk` write to theirs.
    bool evaluate(program::ExpressionId expression, Datum* frame, Datum& out) {
        return evaluate(program_[expression], frame, out);
    }
    bool evaluate(const program::Expression& e, Datum* frame, Datum& out) {
        if (e.kind == program::Expression::Kind::variable) {
            out = frame[static_cast<size_t>(e.variable)];
            return true;
        }
        if (e.kind == program::Expression::Kind::constant) {
            out = constants_[e.constant];
            return true;
        }
        return compute(e, frame, out);
    }
    // The same without a copy, where the value lies somewhere already; `room` is for one that does not. Null where it
    // cannot be evaluated.
    const Datum* find(const program::Expression& e, Datum* frame, Datum& room) {
        if (e.kind == program::Expression::Kind::variable) return &frame[static_cast<size_t>(e.variable)];
        return evaluate(e, frame, room) ? &room : nullptr;
    }
    const Datum& constant(uint32_t index) const { return constants_[index]; }  // of the program
    // Evaluates and takes Python's truth of the value. False in `ok` where it cannot be evaluated.
    bool truth_of(program::ExpressionId expression, Datum* frame, bool& ok) {
        bool result = false;
        ok = judge(program_[expression], frame, result);
        return ok && result;
    }
    // From now on nothing but metadata is looked at: a path in it that comes to a node cannot be evaluated.
    void stay_in_metadata() { may_leave_metadata_ = false; }
    // Whether the metadata of node after node is likely to be looked at: the rules read it, and answers to their
    // questions are not there yet.
    bool touches_meta() const { return touches_meta_; }
    // Keeps the answer to a question of the program, by its number, if there is one. The node is in its variable.
    void answer(uint32_t question, Datum* frame);
    // Binds a value to a target: a variable, or the items of a list or tuple to a row of targets.
    bool unpack(uint32_t target, const Datum& value, Datum* frame, const program::Location& location) {
        const program::Target& to = program_.targets[target];
        if (!to.parts.empty()) return unpack_row(to, value, frame, location);
        frame[static_cast<size_t>(to.variable)] = value;
        return true;
    }
    // Of what was false last; to be asked before the arena is released.
    Failure failure() const;

private:
    using Expression = program::Expression;
    using ExpressionId = program::ExpressionId;
    using Location = program::Location;

    enum class Visit : uint8_t { more, enough, failed };
    using Visitor = FunctionRef<Visit(const Datum&)>;
    using Iteration = FunctionRef<Visit(Visitor)>;

    // In the message "%%" is a percent sign, "%1" and "%2" stand for the types of the data, "%a" and "%b" for their
    // values.
    struct Problem {
        Location location;
        const char* message = "";
        Datum first, second;
    };

    // What an expression stands for before it is made a datum, so that of `n.args[0][1]` and of `n.meta.a.b` only
    // the end is converted.
    struct Referent {
        enum class Kind : uint8_t { datum, arguments, stored, json };
        Kind kind = Kind::datum;
        NodeId owner = no_node;  // of arguments and stored
        union {
            Datum datum;
            std::span<const Value> values;  // all arguments; of stored the one
            JsonValue json;
        };
        Referent() : datum() {}
    };

    class Scratch;
    class NodeScratch;

    // -- evaluate.cpp
    [[gnu::cold]] bool fail(const Location& at, const char* message, const Datum& first = {},
                            const Datum& second = {});
    bool fail_as_spread(const Location& at);
    bool compute(const Expression& e, Datum* frame, Datum& out);
    bool named_value(const Expression& e, Datum& out);
    bool boolean_of(const Expression& e, Datum* frame, Datum& out);
    bool unpack_row(const program::Target& to, const Datum& value, Datum* frame, const Location& location);
    bool evaluate_item(ExpressionId expression, Datum* frame, Datum& out);
    bool row(std::span<const ExpressionId> children, Datum* frame, std::span<const Datum>& out);
    bool push_row(std::span<const ExpressionId> children, Datum* frame);
    bool sequence(const Expression& e, Datum::Kind kind, Datum* frame, Datum& out);
    bool set_display(const Expression& e, Datum* frame, Datum& out);
    bool dict_display(const Expression& e, Datum* frame, Datum& out);
    bool conditional(const Expression& e, Datum* frame, Datum& out);
    bool is(const Expression& e, Datum* frame, bool& out);
    bool format(const Expression& e, Datum* frame, Datum& out);
    bool define(const Expression& e, Datum* frame, Datum& out);
    Datum* enter_define(const Expression& e, Datum* frame);
    bool is_call_of(NodeId node, program::OpSetId set) {
        return graph_.opcode(node) == Opcode::call_function && binding_.contains(set, graph_.target(node));
    }
    bool is_call_of(const Datum& value, program::OpSetId set) {
        return value.kind == Datum::Kind::node && is_call_of(value.node, set);
    }
    // The truth of an expression, which is not made a value where that is not needed.
    bool judge(const Expression& e, Datum* frame, bool& out) {
        if (e.form == Expression::Form::call_test) {
            out = call_test(e, frame);
            return true;
        }
        if (e.question != program::no_question) return ask(e, frame, out);
        return e.form == Expression::Form::length_test ? compare_length(e, frame, out) : judge_other(e, frame, out);
    }
    // A question about the metadata of a node, which may have been answered before.
    bool ask(const Expression& e, Datum* frame, bool& out) {
        const Datum& asked = frame[static_cast<size_t>(e.asked)];
        if (asked.kind != Datum::Kind::node || graph_.erased(asked.node)) [[unlikely]]
            return judge_other(e, frame, out);
        const MetaAnswers::Answer answer = graph_.meta_answers().answer(asked.node, e.question);
        if (answer == MetaAnswers::Answer::unknown) return find_answer(e, asked.node, e.question, frame, out);
        budget_.spend(1, e.location);
        out = answer == MetaAnswers::Answer::yes;
        return true;
    }
    bool find_answer(const Expression& e, NodeId asked, uint32_t question, Datum* frame, bool& out);
    bool call_test(const Expression& e, const Datum* frame) {
        return is_call_of(frame[static_cast<size_t>(e.variable)], e.op_set) == e.in_set;
    }
    bool judge_other(const Expression& e, Datum* frame, bool& out);
    bool finish(const Location& at, Datum::Kind kind, std::span<const Datum> items, Datum& out);
    std::span<const Datum> pushed(size_t base);
    bool finish_text(const Location& at, std::string_view text, Datum& out);
    bool check_extent(const Location& at, std::span<const Datum> items);
    bool check_key(const Location& at, const Datum& key);
    bool truth_of_value(const Datum& value) const;

    // -- referents.cpp
    bool refer(ExpressionId expression, Datum* frame, Referent& out);
    bool either(const Expression& e, Datum* frame, Referent& out);
    bool truth_of_referent(const Location& at, const Referent& referent, bool& out);
    bool is_attribute(ExpressionId id) const { return program_[id].kind == Expression::Kind::attribute; }
    // `n.arg`, which is a word before the name of an argument.
    bool is_arg(ExpressionId id) const { return is_attribute(id) && program_[id].field == program::Field::arg; }
    bool is_users(ExpressionId id) const {
        return is_attribute(id) && program_[id].field == program::Field::users && !is_arg(program_[id].children[0]);
    }
    bool follow(const Expression& e, Datum* frame, Referent& out);
    bool attribute(const Expression& e, Datum* frame, Referent& out);
    bool attribute_of_referent(const Expression& e, const Referent& object, Referent& out);
    bool attribute_of(const Expression& e, const Datum& value, bool strict, Referent& out);
    bool subscript(const Expression& e, Datum* frame, Referent& out);
    bool value_of(const Location& at, const Referent& referent, Datum& out);
    bool referred(const Expression& e, Datum* frame, Datum& out);
    bool list_of(const Location& at, Datum::Kind kind, NodeId owner, std::span<const Value> values, Datum& out);
    bool member(std::string_view key, const JsonValue& record, Referent& out);
    bool element(const Expression& e, const Datum& object, const Datum& index, Datum& out);
    bool slice(const Expression& e, Datum* frame, Datum& out);
    bool slice_of(const Expression& e, const Referent& object, const Datum& slice, Datum& out);
    bool look_up(const Location& at, const Datum& object, const Datum& key, bool& found, Datum& out);
    bool length(const Expression& e, size_t enough, Datum* frame, size_t& out);
    bool length_or_none(const Location& at, const Expression& e, size_t enough, Datum* frame, size_t& out);
    bool length_of(const Location& at, const Referent& referent, size_t enough, size_t& out);
    bool count_items(const Location& at, const JsonValue& array, size_t enough, size_t& out);

    // -- fields.cpp
    bool alive(const Location& at, NodeId node) { return !graph_.erased(node) || fail_as_erased(at, node); }
    [[gnu::cold]] bool fail_as_erased(const Location& at, NodeId node);
    bool node_field(const Expression& e, NodeId node, Datum& out);
    bool schema_argument(const Location& at, NodeId node, std::string_view name, Datum& out);
    bool nodes_field(const Location& at, NodeId node, program::Field field, Datum& out);
    bool bound_arguments(const Expression& e, NodeId node, Datum& out);
    Datum kwargs_of(NodeId node);
    bool gone_field(const Expression& e, const Datum& node, Datum& out);

    // -- operators.cpp
    bool negative(const Expression& e, Datum* frame, Datum& out);
    bool binary(const Expression& e, Datum* frame, Datum& out);
    bool calculated(const Location& at, program::Operator op, const Datum& a, const Datum& b, Datum& out);
    bool concatenate(const Location& at, const Datum& a, const Datum& b, Datum& out);
    bool repeat(const Location& at, const Datum& a, int64_t times, Datum& out);
    bool compare(const Expression& e, Datum* frame, bool& out);
    bool compare_length(const Expression& e, Datum* frame, bool& out);
    bool is_in_users(const Expression& e, const Datum& item, Datum* frame, bool& out);
    bool compare_two(const Location& at, program::Operator op, const Datum& a, const Datum& b, bool& out);
    bool contains(const Location& at, const Datum& container, const Datum& item, bool& out);
    void spend_on_comparison(const Location& at, const Datum& a, const Datum& b);
    // What it takes to go over a text, or all that hangs together in a datum, once; nothing where that is little.
    void spend_on_reading(const Location& at, const Datum& datum);
    void spend_on_items(const Location& at, const Datum& row, const Datum& wanted);

    // -- loops.cpp
    Visit stop(const Location& at, const char* message, const Datum& first = {});
    Visit each(ExpressionId expression, Datum* frame, Visitor visit);
    Visit each_of(const Location& at, const Datum& value, Visitor visit);
    Visit each_user(const Expression& e, Datum* frame, Visitor visit);
    Visit each_in_range(const Expression& e, Datum* frame, Visitor visit);
    Visit each_numbered(const Expression& e, Datum* frame, Visitor visit);
    Visit loops(const Expression& e, size_t loop, Datum* frame, FunctionRef<Visit()> visit);
    // Whether all filters of a loop hold; false comes back where one cannot be evaluated.
    bool passes(std::span<const ExpressionId> filters, Datum* frame, bool& out) {
        for (const ExpressionId id : filters) {
            const Expression& filter = program_[id];
            if (filter.form == Expression::Form::call_test)
                out = call_test(filter, frame);
            else if (!judge_item(filter, frame, out))
                return false;
            if (!out) break;
        }
        return true;
    }
    bool judge_item(const Expression& e, Datum* frame, bool& out);
    bool collect_users(const Expression& e, Datum* frame, Datum& out);
    bool list_comprehension(const Expression& e, Datum* frame, Datum& out);
    bool hashed_comprehension(const Expression& e, Datum* frame, Datum& out);
    bool walk(const Expression& e, Datum* frame, Datum& out);
    Visit each_walked(const Expression& e, Datum* frame, Visitor visit);
    Visit enter(const Expression& e, Datum* frame, const Datum& next, class HashedItems& seen, Visitor visit);

    // -- functions.cpp
    bool call(const Expression& e, Datum* frame, Datum& out);
    bool call_on_items(const Expression& e, Iteration items, std::span<const Datum> rest, Datum& out);
    bool call_on_values(const Expression& e, std::span<const Datum> values, Datum& out);
    bool any_or_all(const Expression& e, Iteration items, Datum& out);
    bool extreme(const Expression& e, Iteration items, Datum& out);
    bool total(const Expression& e, Iteration items, std::span<const Datum> rest, Datum& out);
    bool next(Iteration items, const Datum& otherwise, Datum& out);
    bool collect(const Location& at, Datum::Kind kind, Iteration items, Datum& out);
    bool make_set(const Location& at, Iteration items, Datum& out);
    bool make_dict(const Location& at, const Datum& value, Datum& out);
    bool sorted(const Location& at, Iteration items, Datum& out);
    bool sort(const Location& at, std::span<Datum> items);
    bool reversed(const Location& at, const Datum& value, Datum& out);
    bool zip(const Location& at, std::span<const Datum> values, Datum& out);

    // -- conversions.cpp
    bool is_instance(const Location& at, const Datum& value, const Datum& types, bool& out);
    bool convert(const Expression& e, const Datum& value, Datum& out);
    bool convert_to_integer(const Location& at, const Datum& value, Datum& out);
    bool convert_to_real(const Location& at, const Datum& value, Datum& out);
    void leaves(const Datum& value);
    Datum with_leaves(const Datum& like, std::span<const Datum>& leaves);
    bool replace_leaves(const Location& at, const Datum& like, const Datum& leaves, Datum& out);
    bool make_slice(const Location& at, std::span<const Datum> values, Datum& out);
    bool make_complex(const Location& at, std::span<const Datum> values, Datum& out);
    bool convert_to_dtype(const Location& at, const Datum& value, Datum& out);

    // -- methods.cpp
    bool method(const Expression& e, Datum* frame, Datum& out);
    bool get(const Location& at, const Datum& object, std::span<const Datum> arguments, Datum& out);
    bool find_item(const Expression& e, const Datum& object, const Datum& wanted, Datum& out);
    bool as_dict(const Location& at, const Datum& value, bool& is_mapping, Datum& out);
    bool dict_view(const Expression& e, const Datum& object, Datum& out);

    // -- text_methods.cpp
    bool text_method(const Expression& e, const Datum& object, std::span<const Datum> arguments, Datum& out);
    void spend_on_search(const Location& at, std::string_view all, const Datum& wanted);
    bool check_text_arguments(const Expression& e, std::string_view all, std::span<const Datum> arguments,
                              size_t texts, bool may_be_none);
    std::string& cleared_text() {
        text_.clear();
        return text_;
    }
    bool search(const Expression& e, const Datum& object, const Datum& argument, Datum& out);
    bool has_end(const Expression& e, std::string_view all, const Datum& argument, Datum& out);
    bool split_text(const Expression& e, std::string_view all, std::span<const Datum> arguments, Datum& out);
    bool join(const Expression& e, std::string_view between, const Datum& items, Datum& out);
    bool replace_text(const Expression& e, std::string_view all, std::span<const Datum> arguments, Datum& out);
    bool change_case(const Expression& e, const Datum& object, Datum& out);

    const program::Program& program_;
    Graph& graph_;
    Binding& binding_;
    Arena& arena_;
    Tables& tables_;
    Budget& budget_;
    PatternTest& patterns_;
    Arena constant_memory_;
    std::vector<Datum> constants_;              // by index of constant
    std::vector<Datum> stack_;                  // items of lists that are being made
    std::vector<NodeId> nodes_;                 // a stack: what the graph appends to
    std::string text_;                          // that is being put together
    std::vector<std::string_view> last_found_;  // by Expression::path: the metadata before what it found last
    Problem problem_;
    bool strict_ = false;
    bool touches_meta_ = false;
    bool left_metadata_ = false;  // a path through metadata came to a node: what followed is not of metadata alone
    bool may_leave_metadata_ = true;
};

}  // namespace dqrewrite
