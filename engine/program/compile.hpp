// A checked program's patterns -> matchers: steps for a small machine with registers.
//
// All rules of a sweep become one matcher. Its root table leads from the target (or opcode) of a node to the
// steps of just the rules that can start there, in the order of the sweep; rules that begin with the same
// tests share them, and where many rules ask which op stands at one place, one table look-up answers all.
//
// A step tests or reads something. On success the machine goes to `next`; on failure back to the latest
// alternative: every step that has an `otherwise` leaves one behind when it is entered. (`found` first drops those
// that were left since `try_not`.) So a matcher is a decision tree whose branches, read from first to last, are the
// solutions in the order that the language defines: clauses from top to bottom, arguments from left to right,
// alternatives and rules as written, chains longest first. A step that has several solutions itself (`chain`) is
// never shared between rules, for else a later rule could win over an earlier one's second solution.
//
// Registers hold places of the pattern, or a number of alternatives, and are written before they are read on every
// path, so nothing is restored on going back. Tested by tests/program/cases (text form) and against the slow matcher.
#pragma once

#include "engine/program/program.hpp"

#include <array>
#include <span>

#include <tsl/robin_map.h>

namespace dqrewrite::program {

enum class StepId : uint32_t {};
enum class Register : uint32_t {};

struct MatchStep {
    enum class Kind : uint8_t {
        is_node,          // a holds a node
        is_opcode,        // … of `opcode`
        is_call,          // … that is a call_function of an op in `op_set`
        which_op,         // the same, for several op sets at once: goes to `tables[index]` of its op
        argument,         // b <- argument of a at position `index`
        call_argument,    // … and b holds a call_function of an op in `op_set`
        named_argument,   // b <- argument of a called `texts[index]`
        target,           // b <- the target of a, as text
        rest_is_default,  // the arguments of a that `rests[index]` does not mention are absent or at their default
        rest,             // b <- list of the arguments of a from position `index` on
        is_list,          // a holds a list of `index` items
        is_tuple,
        is_long_list,  // a holds a list of at least `index` items
        is_long_tuple,
        item,         // b <- item `index` of a
        items_from,   // b <- list of the items of a from `index` on
        is_constant,  // a is the same, type and value, as `constants[index]`
        is_same,      // a is the same as b
        is_variable,  // a is the same as the variable `index`
        chain,        // b <- end, c <- list of nodes: calls of `op_set` along the first argument of a
        copy,         // b <- a
        bind,         // variable `index` <- a
        evaluate,     // b <- value of the expression `index`
        has_users,    // the variable `index` holds a node with `b` users or more, or no node
        let,          // the expression `index` is unpacked into the target `b`, which may be the variable `c`
        matches,      // the variable `b` matches the pattern `index`
        matches_not,  // … does not
        try_not,  // c <- how many alternatives were open; what must not match follows, its `otherwise` if it did not
        found,    // it matched, which is a failure: only the alternatives that a counts are open any more
        has_at_least,  // the variable `b` holds a list or tuple of `c` items or more; of anything else …
        where,         // the expression `index` is true
        unless,        // the expression `index` is false
        pass,          // nothing: where alternatives meet
        accept,        // the rule `index` matches
    };

    Kind kind = Kind::pass;
    Opcode opcode = Opcode::call_function;
    bool at_most_one = false;  // of chain
    // Of argument and call_argument: what comes next asks for a node, and there is no alternative to that.
    bool of_node = false;
    Register a{}, b{}, c{};
    uint32_t index = 0;
    OpSetId op_set = none_of<OpSetId>;
    StepId next = none_of<StepId>;
    StepId otherwise = none_of<StepId>;
};

// What a step was made of: for explanations.
struct StepOrigin {
    PatternId pattern = no_pattern;  // none: a clause that is no pattern
    uint32_t clause = 0;             // index into the rule's clauses; of a pattern alone 0
    // The longest way to it, in steps: of two steps that fail the one that is deeper got further.
    uint32_t depth = 0;
};

struct MatchProgram {
    struct Rest {
        uint32_t positions = 0;
        std::vector<std::string_view> names;
        friend bool operator==(const Rest&, const Rest&) = default;
    };
    using OpTable = tsl::robin_map<uint32_t, StepId>;  // by OpId

    std::vector<MatchStep> steps;
    std::vector<Location> locations;  // of each step
    std::vector<StepOrigin> origins;  // likewise; empty unless compiled for tracing
    std::vector<Rest> rests;
    std::vector<std::string_view> texts;
    std::vector<OpTable> tables;  // of which_op
    uint32_t registers = 1;       // register 0 holds the root
    uint32_t variables = 0;       // the largest frame of its rules

    // Where to start at a node; no step where no rule can match it.
    struct Start {
        StepId step = none_of<StepId>;
        uint32_t able = 0;         // index into `able`
        uint32_t least_users = 0;  // with fewer users none of the rules can match
    };
    std::vector<Start> by_op;               // call_function, by OpId
    Start other_call;                       // call_function of an op that the program does not speak of
    std::array<Start, 6> by_opcode{};       // the others
    std::vector<std::vector<RuleId>> able;  // the rules that can start at one kind of node
};

// Where a rule can start, as its root pattern says.
struct Roots {
    std::vector<OpId> ops;          // in the order of the text, each once
    bool any_call = false;          // at call_functions of other ops too
    std::array<bool, 6> opcodes{};  // at nodes of these opcodes; never at call_function
};
Roots roots_of(const Program& program, RuleId rule);

// The rules of a sweep, in order. Of what the starts have asked already, nothing is asked again; and what is
// necessary for a rule (necessary.hpp) may be asked before it.
MatchProgram compile_rules(const Program& program, std::span<const RuleId> rules);
// One rule, with just the steps that its text asks for: for who counts or names its conditions.
MatchProgram compile_as_written(const Program& program, RuleId rule);
// One pattern, against a value in register 0; `variables` of the rule or define that it stands in.
MatchProgram compile_pattern(const Program& program, PatternId pattern);

// One rule or pattern against a value in register 0, for Matcher::trace(): starts at `other_call`, has origins, and
// asks for ops one by one, without tables.
MatchProgram compile_traced(const Program& program, RuleId rule);
MatchProgram compile_traced(const Program& program, PatternId pattern);

}  // namespace dqrewrite::program
