// A checked rule file: every name resolved, every construct known to be legal; still close to the text.
//
// The checker (check.hpp) makes it from syntax trees; the compiler (compile.hpp) makes matchers of its
// patterns; engine/rewrite runs it. Everything is an id into a vector of Program, so that a program is one
// immutable value that any number of runs share. text.hpp prints it.
//
// Variables. A rule, a define and a test graph each have a frame of numbered variables: captures of
// patterns, `let`s, loop and comprehension variables, results of rewrite statements.
#pragma once

#include "engine/graph/graph.hpp"
#include "engine/ops/op_table.hpp"
#include "grammar/source.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite::program {

enum class OpId : uint32_t {};
enum class OpSetId : uint32_t {};
enum class ExpressionId : uint32_t {};
enum class PatternId : uint32_t {};
enum class StatementId : uint32_t {};
enum class DefineId : uint32_t {};
enum class RuleId : uint32_t {};
enum class PassId : uint32_t {};
enum class TableId : uint32_t {};
enum class VariableId : uint32_t {};

template <class Id>
inline constexpr Id none_of{0xFFFFFFFF};
inline constexpr VariableId no_variable = none_of<VariableId>;
inline constexpr ExpressionId no_expression = none_of<ExpressionId>;
inline constexpr PatternId no_pattern = none_of<PatternId>;

// A place in one of the files that the program was made of.
struct Location {
    uint32_t file = 0;  // index into Program::sources
    Span span;
};

struct Op {
    std::string target;  // "torch.ops.aten.add.Tensor"
};

// -- expressions

// What may follow a dot and is the same for every node; any other name is an argument of the schema.
enum class Field : uint8_t {
    name,
    op,
    target,
    args,
    kwargs,
    users,
    uses,
    inputs,
    only_user,
    meta,
    arg,
    impure,
    mutates,
    bound_args,    // the call as its schema binds it, defaults written out: by position,
    bound_kwargs,  // and keyword-only
    none
};

enum class Function : uint8_t {
    len,
    all,
    any,
    min,
    max,
    sum,
    prod,
    zip,
    range,
    sorted,
    reversed,
    enumerate,
    list,
    tuple,
    set,
    dict,
    int_,
    float_,
    bool_,
    str,
    abs,
    round,
    next,
    isinstance,
    dtype,
    device,
    slice,
    complex,
    sym,         // a symbolic number, by its text
    structure,   // the containers of a value, without what is in them: equal text, equal nesting
    leaves,      // what nested lists and tuples hold, left to right
    with_leaves  // the same nesting with other leaves
};

enum class Method : uint8_t {
    get,
    items,
    keys,
    values,
    index,
    count,
    startswith,  // from here on, of text alone
    endswith,
    removeprefix,
    removesuffix,
    find,
    rfind,
    partition,
    rpartition,
    split,
    rsplit,
    join,
    replace,
    strip,
    lstrip,
    rstrip,
    lower,
    upper
};

enum class Operator : uint8_t {
    add,
    subtract,
    multiply,
    divide,
    floor_divide,
    modulo,
    power,
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    in,
    not_in
};

inline constexpr uint32_t no_question = 0xFFFFFFFF;

struct Expression {
    enum class Kind : uint8_t {
        constant,  // constant
        variable,  // variable
        op,        // op: an op as a value
        type,      // function: a Python type as a value (bool, int, float, str, list, tuple, dict)
        list,
        tuple,
        set,   // children; a `star` child is spread
        dict,  // children: key, value, key, value …; a `double_star` stands alone
        star,
        double_star,  // one child
        keyword,      // text; one child; in the arguments of insert and of calls
        list_comprehension,
        set_comprehension,
        generator,           // children: element; loops
        dict_comprehension,  // children: key, value; loops
        attribute,           // text, field (or none); one child
        subscript,           // children: object, index
        slice,               // children: start, stop, step (constants None where absent)
        call,                // function; children: arguments
        method,              // method; children: object, arguments
        define,              // define; children: arguments
        not_,
        negate,  // one child
        and_,
        or_,      // children
        binary,   // operators[0]; two children
        compare,  // operators; one child more than operators
        is,
        is_not,       // one child; pattern
        conditional,  // children: value, condition, other
        walk,         // variable; children: start, step, condition (or constant True); bound
        format,       // children: constants of text, and values
        table,        // table: what `remember` fills
    };
    // A frequent case that has a shorter way: see forms.hpp.
    enum class Form : uint8_t {
        general,
        call_test,    // is, is_not: whether `variable` is a call of an op in `op_set`, or is none if not `in_set`
        length_test,  // compare: the length of something, which may be `variable`, and the integer `constant`
        users_list,   // list_comprehension: users of `variable`, filtered; by `op_set` and `in_set` alone where it is
                      // there
        meta_path,    // attribute: `keys` in the metadata of `variable`
        or_empty,     // or_: something, or else what has no items
        plain_define  // define: as many arguments as parameters, none of them spread
    };
    struct Loop {
        uint32_t target = 0;  // index into Program::targets
        ExpressionId iterable = ExpressionId{0xFFFFFFFF};
        std::vector<ExpressionId> filters;
    };

    Kind kind = Kind::constant;
    Form form = Form::general;
    Field field = Field::none;
    Function function = Function::len;
    Method method = Method::get;
    Location location;
    uint32_t constant = 0;
    VariableId variable = no_variable;
    OpId op = none_of<OpId>;
    DefineId define = none_of<DefineId>;
    TableId table = none_of<TableId>;
    PatternId pattern = no_pattern;
    uint32_t bound = 0xFFFFFFFF;  // of walk: the depth
    std::string text;
    std::vector<ExpressionId> children;
    std::vector<Operator> operators;
    std::vector<Loop> loops;
    OpSetId op_set = none_of<OpSetId>;
    bool in_set = true;
    std::vector<std::string> keys;
    uint32_t path = 0;  // of meta_path: its number
    // Of a condition on the metadata of one node alone: which question, of the node in which variable; see
    // questions.hpp.
    uint32_t question = no_question;
    VariableId asked = no_variable;
};

// An expression that is true or false of a variable's metadata and of nothing else.
struct MetaQuestion {
    ExpressionId expression = no_expression;
    VariableId variable = no_variable;  // in the expression's own frame, which needs to hold no other one
};

// What a `for` or `let` binds: one variable, or a row of targets that a list or tuple is unpacked to.
struct Target {
    VariableId variable = no_variable;
    std::vector<uint32_t> parts;  // indices into Program::targets
};

// -- patterns

inline constexpr uint32_t no_expansion = 0xFFFFFFFF;

struct Pattern {
    enum class Kind : uint8_t {
        anything,  // any value
        node,      // any node
        opcode,    // a node of this opcode, arguments as below
        call,      // a call_function of an op in op_set, arguments as below
        any_call,  // a call_function in op_set, whatever its arguments (`n is relu_like`)
        chain,     // calls of op_set along the first argument: any number ("*"), or at most one ("?"); one child
        list,
        tuple,    // arguments as below (positional, and at most one named_rest)
        literal,  // constant: same type and value
        same,     // variable: the value that it has; and a child, if there is one
        bind,     // variable, set to the value; one child
        either,   // children, in order; a name that several of them bind is one variable
    };
    struct Argument {
        enum class Kind : uint8_t { positional, named, named_rest };
        Kind kind = Kind::positional;
        std::string name;  // of named
        PatternId pattern = no_pattern;
        VariableId variable = no_variable;  // of named_rest
        Location location;
    };

    Kind kind = Kind::anything;
    Opcode opcode = Opcode::call_function;
    OpSetId op_set = none_of<OpSetId>;
    bool open = false;                  // "..." stands among the arguments
    bool at_most_one = false;           // of chain
    VariableId variable = no_variable;  // of bind and same; of chain: the list after `as`
    uint32_t constant = 0;
    Location location;
    uint32_t expansion = no_expansion;  // index into Program::expansions: the use of a declared pattern it came from
    std::vector<PatternId> children;
    std::vector<Argument> arguments;
};

// A use of a `pattern` declaration: its body was checked in that place.
struct Expansion {
    std::string name;
    Location use;
    uint32_t outer = no_expansion;  // the use in whose body this one stands
};

// -- statements

enum class MetaPolicy : uint8_t { none, from, from_only, from_except };

// What a statement works on: an expression, as nearly always a variable and nothing else; then it is said which.
struct Operand {
    ExpressionId expression = no_expression;
    VariableId variable = no_variable;

    Operand() = default;
    Operand(ExpressionId id) : expression(id) {}
    operator ExpressionId() const { return expression; }
};

struct Statement {
    enum class Kind : uint8_t {
        clone,  // operands: node; result, place
        // op, or operands[0] where op is none, or a kind of node whose target is arguments[0]; arguments; result,
        // place; meta
        insert,
        replace,        // operands: old, new, [user]
        set_field,      // field or text (an argument); operands: node, value
        set_meta_path,  // operands: node, value; path
        set_meta_from,  // operands: node; meta
        delete_meta,    // operands: node; path
        move,           // operands: node; place
        erase,          // operands: node
        remember,       // table; operands: key, value
        eliminate_dead_code,
        fail,
        warn,  // operands: text
        let,   // target; operands: value
        if_,   // operands: condition; body; otherwise
        for_,  // target; operands: iterable, [filter]; body
    };
    struct Meta {
        MetaPolicy policy = MetaPolicy::none;
        Operand node;
        std::vector<std::string> keys;
    };

    Kind kind = Kind::erase;
    Location location;
    std::vector<Operand> operands;
    std::vector<ExpressionId> arguments;
    OpId op = none_of<OpId>;
    Opcode opcode = Opcode::call_function;
    Field field = Field::none;
    std::string text;
    std::vector<std::string> path;
    VariableId result = no_variable;
    ExpressionId result_key = no_expression;  // `as own[k]`: the result goes into `table` instead
    Place::Side side = Place::Side::after;
    Operand place;
    Meta meta;
    TableId table = none_of<TableId>;
    uint32_t target = 0;
    VariableId variable = no_variable;  // that is the whole target of a let or for_, if one is
    std::vector<StatementId> body;
    std::vector<StatementId> otherwise;
};

// -- declarations

struct Clause {
    enum class Kind : uint8_t { match, let, where, unless };
    Kind kind = Kind::where;
    Location location;
    PatternId pattern = no_pattern;  // of match, and of a `where` that binds: `where e is P`
    ExpressionId expression = no_expression;
    uint32_t target = 0;  // of let
};

struct Rule {
    std::string name;
    Location location;
    std::vector<Clause> clauses;  // the first is the match of the root
    std::vector<StatementId> body;
    VariableId root = no_variable;  // always there: a root without a name gets a hidden one
    std::vector<std::string> variables;
    std::vector<TableId> own_tables;  // what `as own[k]` fills: empty at the start of each application
};

struct Define {
    std::string name;
    Location location;
    uint32_t parameters = 0;  // the first so many variables
    ExpressionId body = no_expression;
    std::vector<std::string> variables;
};

// What `remember` or `as own[k]` fills.
struct Table {
    std::string name;
    bool is_shared = false;  // by the graphs of some `in submodules sharing …`: it takes no nodes
};

struct Step {
    enum class Kind : uint8_t {
        sweep,
        repeat,
        in_submodules,
        if_,
        eliminate_dead_code,
        run,
        requires_,
        ensures,
        expect
    };
    enum class Mode : uint8_t { live, snapshot, targets, table };
    enum class Count : uint8_t { exactly, at_least, at_most };

    Kind kind = Kind::sweep;
    Location location;
    std::vector<RuleId> rules;
    Mode mode = Mode::live;
    bool is_backward = false;          // of a sweep: from the end; over the targets, that of the calls of each op
    TableId table = none_of<TableId>;  // of a sweep over it, and of in_submodules over it
    std::vector<TableId> shared;       // of in_submodules
    Count count = Count::exactly;
    uint64_t bound = 0;  // of repeat and expect
    PassId pass = none_of<PassId>;
    PatternId pattern = no_pattern;  // of requires and ensures: no node may match it
    ExpressionId expression = no_expression;
    std::vector<std::string> variables;  // of pattern and expression; the first of if_ is `changed`
    std::vector<Step> steps, otherwise;
};

struct Pass {
    std::string name;
    Location location;
    std::vector<Step> steps;
    bool own = true;  // declared in the file itself, not in an import
};

struct TestSubmodule;

struct TestGraph {
    struct Node {
        std::string name;
        Location location;
        Opcode opcode = Opcode::call_function;
        std::string target;
        std::vector<ExpressionId> arguments;
        std::vector<std::string> meta_keys;
        std::vector<ExpressionId> meta_values;
        VariableId variable = no_variable;  // the node, for those after it
    };
    std::vector<Node> nodes;
    ExpressionId result = no_expression;
    Location location;
    std::vector<std::string> variables;  // one for each node, in order, then those of comprehensions
    std::vector<TestSubmodule> submodules;
};

struct TestSubmodule {
    std::string path;  // "true_graph_0.false_graph_0"
    TestGraph graph;   // has no submodules itself
};

struct Test {
    enum class Outcome : uint8_t { becomes, unchanged, fails };
    std::string title;
    Location location;
    PassId pass = none_of<PassId>;
    TestGraph before;
    Outcome outcome = Outcome::unchanged;
    TestGraph after;
    std::string message;
};

// -- the whole

uint64_t next_program_number();  // not 0

struct Program {
    uint64_t number = next_program_number();  // which no other program of this process has

    std::vector<std::shared_ptr<const Source>> sources;  // rule files, the file itself first; then files of ops
    std::shared_ptr<const OpDeclarations> declarations;

    std::vector<Op> ops;                     // by OpId
    std::vector<std::vector<OpId>> op_sets;  // by OpSetId; in the order of the text, each op once
    std::vector<Value> constants;            // text and items in `store`
    std::vector<Expression> expressions;
    uint32_t meta_paths = 0;                 // how many expressions have that form
    std::vector<MetaQuestion> questions;     // at most MetaAnswers::most_questions
    std::vector<std::string> question_keys;  // of metadata: without them the answers are those of empty metadata
    bool asks_more_of_meta = false;          // than the questions do
    std::vector<Target> targets;
    std::vector<Pattern> patterns;
    std::vector<Expansion> expansions;
    std::vector<Statement> statements;
    std::vector<Define> defines;
    std::vector<Rule> rules;
    std::vector<Pass> passes;
    std::vector<Table> tables;
    std::vector<Test> tests;  // of the file itself
    ValueStore store;

    const Op& operator[](OpId id) const { return ops[static_cast<uint32_t>(id)]; }
    const std::vector<OpId>& operator[](OpSetId id) const { return op_sets[static_cast<uint32_t>(id)]; }
    const Expression& operator[](ExpressionId id) const { return expressions[static_cast<uint32_t>(id)]; }
    const Pattern& operator[](PatternId id) const { return patterns[static_cast<uint32_t>(id)]; }
    const Statement& operator[](StatementId id) const { return statements[static_cast<uint32_t>(id)]; }
    const Define& operator[](DefineId id) const { return defines[static_cast<uint32_t>(id)]; }
    const Rule& operator[](RuleId id) const { return rules[static_cast<uint32_t>(id)]; }
    const Pass& operator[](PassId id) const { return passes[static_cast<uint32_t>(id)]; }
};

}  // namespace dqrewrite::program
