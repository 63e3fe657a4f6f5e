// Expressions: names, literals, displays, operators. Calls are in check_calls.cpp.

#include "engine/dump/json_text.hpp"
#include "engine/program/checker.hpp"
#include "engine/program/children.hpp"
#include "engine/program/forms.hpp"
#include "engine/program/words.hpp"
#include "grammar/words.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace dqrewrite::program {

using syntax::Kind;

namespace {

// The evaluator recurses as deep and does not count.
constexpr uint32_t max_expression_height = 900;

// What stands below `torch.` and is a value: dtypes that are no words of the language, formats, layouts.
std::optional<Value::Kind> torch_constant(std::string_view word) {
    if (word == "bool" || word == "int" || word == "float" || word == "long" || word == "half" || word == "double")
        return Value::Kind::dtype;
    if (is_dtype_word(word)) return Value::Kind::dtype;
    if (word.ends_with("_format") || word.starts_with("channels_last")) return Value::Kind::memory_format;
    if (word == "strided" || word.starts_with("sparse_")) return Value::Kind::layout;
    return {};
}

constexpr std::string_view torch_words[] = {"torch.bool",
                                            "torch.int",
                                            "torch.float",
                                            "torch.long",
                                            "torch.half",
                                            "torch.double",
                                            "torch.int8",
                                            "torch.int16",
                                            "torch.int32",
                                            "torch.int64",
                                            "torch.uint8",
                                            "torch.uint16",
                                            "torch.uint32",
                                            "torch.uint64",
                                            "torch.float16",
                                            "torch.float32",
                                            "torch.float64",
                                            "torch.bfloat16",
                                            "torch.complex32",
                                            "torch.complex64",
                                            "torch.complex128",
                                            "torch.float8_e4m3fn",
                                            "torch.float8_e5m2",
                                            "torch.contiguous_format",
                                            "torch.preserve_format",
                                            "torch.channels_last",
                                            "torch.channels_last_3d",
                                            "torch.strided",
                                            "torch.sparse_coo",
                                            "torch.sparse_csr"};

}  // namespace

// `torch.float32`, `torch.contiguous_format`: the value of that name. Nothing where it is none.
std::optional<Value> Checker::torch_value(std::string_view dotted) {
    if (!dotted.starts_with("torch.")) return {};
    const std::string_view word = dotted.substr(6);
    const auto value_kind = torch_constant(word);
    if (!value_kind || word.find('.') != std::string_view::npos) return {};
    const std::string_view kept = program_.store.copy(word);
    Value value;
    value.kind = *value_kind;
    value.size = static_cast<uint32_t>(kept.size());
    value.text = kept.data();
    return value;
}

// A value or a function of the module that was written, else the function that bears the last word in another one:
// torch.einsum is torch.functional.einsum for FX.
std::string Checker::suggest_torch(std::string_view dotted) {
    constexpr std::string_view ops = "torch.ops.";
    if (!dotted.starts_with("torch.") || dotted.starts_with(ops) || !may_suggest()) return "";
    const std::string_view tail = dotted.substr(dotted.rfind('.'));
    const std::string_view module = dotted.substr(0, dotted.size() - tail.size() + 1);
    std::string_view elsewhere;
    std::vector<std::string_view> names;
    if (module == "torch.") names.assign(std::begin(torch_words), std::end(torch_words));
    for (const std::string_view target : targets()) {
        if (!target.starts_with("torch.") || target.starts_with(ops)) continue;
        if (target.starts_with(module)) names.push_back(target);
        if (target.ends_with(tail)) elsewhere = target;
    }
    if (names.empty() || elsewhere.empty()) return suggest(dotted, names);
    return fmt::format(", did you mean \"{}\"?", elsewhere);
}

ExpressionId Checker::add(Expression expression) {
    uint32_t below = 0;
    for_each_child(expression,
                   [&](ExpressionId each) { below = std::max(below, heights_[static_cast<size_t>(each)]); });
    if (expression.kind == Expression::Kind::define && expression.define != none_of<DefineId>)
        below = std::max(below, define_heights_[static_cast<size_t>(expression.define)]);
    if (below == max_expression_height)
        report(codes::too_deep, expression.location,
               fmt::format("more than {} expressions in each other, the defines that are used included",
                           max_expression_height));
    heights_.push_back(below + 1);
    facts_.push_back(derive(expression));
    recognize(program_, expression);
    program_.expressions.push_back(std::move(expression));
    return static_cast<ExpressionId>(program_.expressions.size() - 1);
}

uint32_t Checker::add_constant(const Value& value) {
    program_.constants.push_back(value);
    return static_cast<uint32_t>(program_.constants.size() - 1);
}

ExpressionId Checker::constant(const Value& value, Location location) {
    Expression result;
    result.location = location;
    result.constant = add_constant(value);
    return add(std::move(result));
}

ExpressionId Checker::variable(VariableId id, Location location, const Facts& facts) {
    Expression result;
    result.kind = Expression::Kind::variable;
    result.location = location;
    result.variable = id;
    ExpressionId made = add(std::move(result));
    facts_.back() = facts;
    return made;
}

ExpressionId Checker::text_constant(Value::Kind kind, std::string_view text, Location location) {
    std::string_view kept = program_.store.copy(text);
    Value value;
    value.kind = kind;
    value.size = static_cast<uint32_t>(kept.size());
    value.text = kept.data();
    return constant(value, location);
}

ExpressionId Checker::nothing(Location location) {
    return constant(Value{}, location);
}

ExpressionId Checker::invalid(Location location) {
    ExpressionId id = nothing(location);
    facts_.back() = {};
    return id;
}

// A literal of the syntax; of a negated number the number with its sign.
Value Checker::literal(syntax::NodeId node) {
    Value value;
    auto text = [&](Value::Kind kind, std::string_view content) {
        std::string_view kept = program_.store.copy(content);
        value.kind = kind;
        value.size = static_cast<uint32_t>(kept.size());
        value.text = kept.data();
    };
    bool negative = kind(node) == Kind::negate;
    if (negative) node = child(node, 0);
    std::string digits = (negative ? "-" : "") + std::string(word(node));
    const char* end = digits.data() + digits.size();
    switch (kind(node)) {
    case Kind::integer:
        value.kind = Value::Kind::integer;
        if (std::from_chars(digits.data(), end, value.integer).ec != std::errc())
            text(Value::Kind::big_integer, digits);
        break;
    case Kind::real:
        value.kind = Value::Kind::real;
        value.real = parse_real(digits);
        break;
    case Kind::string: text(Value::Kind::string, word(node)); break;
    case Kind::dtype: text(Value::Kind::dtype, word(node)); break;
    case Kind::true_:
    case Kind::false_:
        value.kind = Value::Kind::boolean;
        value.boolean = kind(node) == Kind::true_;
        break;
    default: break;
    }
    return value;
}

// The key of a dict.
ExpressionId Checker::key_expression(syntax::NodeId node, Scope& scope) {
    if (kind(node) != Kind::name) return expression(node, scope);
    return may_nest(location(node)) ? name_expression(node, scope, true) : invalid(location(node));
}

ExpressionId Checker::children_expression(Expression::Kind wanted, syntax::NodeId node, Scope& scope) {
    Expression result;
    result.kind = wanted;
    result.location = location(node);
    for (syntax::NodeId each : children(node)) {
        if (kind(each) == Kind::entry) {
            result.children.push_back(key_expression(child(each, 0), scope));
            result.children.push_back(expression(child(each, 1), scope));
        } else {
            result.children.push_back(expression(each, scope));
        }
    }
    return add(std::move(result));
}

ExpressionId Checker::expression(syntax::NodeId node, Scope& scope) {
    if (!may_nest(location(node))) return invalid(location(node));
    ++nesting_;
    ExpressionId made = nested_expression(node, scope);
    --nesting_;
    return made;
}

ExpressionId Checker::nested_expression(syntax::NodeId node, Scope& scope) {
    using E = Expression::Kind;
    switch (kind(node)) {
    case Kind::integer:
    case Kind::real:
    case Kind::string:
    case Kind::none:
    case Kind::true_:
    case Kind::false_:
    case Kind::dtype: return constant(literal(node), location(node));
    case Kind::absent: return nothing(location(node));
    case Kind::name: return name_expression(node, scope);
    case Kind::field: return field_expression(node, scope);
    case Kind::call_expression: return call_expression(node, scope);
    case Kind::format_string: return children_expression(E::format, node, scope);
    case Kind::list: return children_expression(E::list, node, scope);
    case Kind::tuple: return children_expression(E::tuple, node, scope);
    case Kind::set_display: return children_expression(E::set, node, scope);
    case Kind::dict: return children_expression(E::dict, node, scope);
    case Kind::star_item: return children_expression(E::star, node, scope);
    case Kind::double_star: return children_expression(E::double_star, node, scope);
    case Kind::list_comprehension: return comprehension(node, scope, E::list_comprehension);
    case Kind::set_comprehension: return comprehension(node, scope, E::set_comprehension);
    case Kind::dict_comprehension: return comprehension(node, scope, E::dict_comprehension);
    case Kind::generator: return comprehension(node, scope, E::generator);
    case Kind::subscript: return subscript_expression(node, scope);
    case Kind::slice: return children_expression(E::slice, node, scope);
    case Kind::negate:
        if (kind(child(node, 0)) == Kind::integer || kind(child(node, 0)) == Kind::real)
            return constant(literal(node), location(node));
        return children_expression(E::negate, node, scope);
    case Kind::not_: return children_expression(E::not_, node, scope);
    case Kind::and_: return children_expression(E::and_, node, scope);
    case Kind::or_: return children_expression(E::or_, node, scope);
    case Kind::conditional: {
        ExpressionId id = children_expression(E::conditional, node, scope);
        warn_of_constant(program_[id].children[1]);
        return id;
    }
    case Kind::compare: return compare_expression(node, scope);
    case Kind::is: return is_expression(node, scope);
    case Kind::walk: return walk_expression(node, scope);
    case Kind::binary: return binary_expression(node, scope);
    default: return nothing(location(node));
    }
}

ExpressionId Checker::subscript_expression(syntax::NodeId node, Scope& scope) {
    ExpressionId id = children_expression(Expression::Kind::subscript, node, scope);
    const Expression& item = program_[id];
    if (facts(item.children[0]).kind != Facts::Kind::none)  // metadata that is not there
        expect_items(item.children[0], "its arguments are `n.args[…]`");
    warn_of_no_key(item.children[0], item.children[1], item.location, "there is never such a key");
    return id;
}

ExpressionId Checker::binary_expression(syntax::NodeId node, Scope& scope) {
    Expression result;
    result.kind = Expression::Kind::binary;
    result.location = location(node);
    result.operators = {operator_of(word(node))};
    result.children = {expression(child(node, 0), scope), expression(child(node, 1), scope)};
    return add(std::move(result));
}

ExpressionId Checker::condition(syntax::NodeId node, Scope& scope) {
    ExpressionId id = expression(node, scope);
    warn_of_constant(id);
    return id;
}

// -- names

// As the key of a dict, a word that means nothing else was meant as text.
ExpressionId Checker::name_expression(syntax::NodeId node, Scope& scope, bool is_key) {
    std::string_view name = word(node);
    if (Scope::Entry* bound = scope.find(name)) {
        bound->used = true;
        if (bound->partial) report_partial(*bound, location(node));
        return variable(bound->variable, location(node), bound->facts);
    }
    Expression result;
    result.location = location(node);
    if (declaration(name, DeclarationKind::define)) {
        result.kind = Expression::Kind::define;
        auto id = define(name, location(node));
        if (!id) return invalid(location(node));
        result.define = *id;
        if (uint32_t wanted = program_[*id].parameters)
            report(
                codes::argument_count, location(node),
                fmt::format("\"{}\" takes {} argument{}: write {}(…)", name, wanted, wanted == 1 ? "" : "s", name));
        return add(std::move(result));
    }
    for (const auto* tables : {&own_tables_, &tables_}) {
        auto found = tables->find(name);
        if (found == tables->end()) continue;
        use_table(found->second);
        result.kind = Expression::Kind::table;
        result.table = found->second;
        return add(std::move(result));
    }
    const FunctionWord* function = find_function(name);
    // `{sym: "s0"}` lacks quotes: no one asks for a type there.
    if (function && function->is_type && !(is_key && function->function == Function::sym)) {
        result.kind = Expression::Kind::type;
        result.function = function->function;
        return add(std::move(result));
    }
    if (files_.declarations->find(name)) {  // a Python function: getattr
        result.kind = Expression::Kind::op;
        result.op = *resolve_op(name, location(node));
        return add(std::move(result));
    }
    if (std::string_view declared = declared_as(name); !declared.empty()) {
        bool is_pattern = declared == "an ops" || declared == "a pattern";
        report(codes::unknown_name, location(node),
               is_pattern ? fmt::format("\"{}\" is {}, no value: ask `n is {}`", name, declared, name)
                          : fmt::format("\"{}\" is {}, no value", name, declared));
        return invalid(location(node));
    }
    if (is_key && python_word(name).empty()) {
        report(codes::unknown_name, location(node),
               fmt::format("unknown name \"{}\"; a key that is text stands in quotes", name));
        return invalid(location(node));
    }
    if (function || find_node_kind(name)) {
        report(codes::unknown_name, location(node),
               function ? fmt::format("\"{}\" is a function, no value: call it", name)
                        : fmt::format("\"{}\" is a kind of node, no value: ask `n is {}`", name, name));
        return invalid(location(node));
    }
    report_unknown_name(name, location(node), &scope);
    return invalid(location(node));
}

// Whether the words of a dotted name mean what they mean anywhere: an op, a constant of torch.
bool Checker::is_free_name(syntax::NodeId node, Scope& scope) {
    std::string_view first = first_word(node);
    return !first.empty() && !scope.find(first) && !declaration(first, DeclarationKind::define) &&
           !own_tables_.contains(first) && !tables_.contains(first);
}

// A dotted name whose first word is bound to nothing is the name of an op or of a constant of torch.
std::optional<ExpressionId> Checker::dotted_constant(syntax::NodeId node, Scope& scope) {
    std::string name = dotted(node);
    if (name.empty() || !is_free_name(node, scope)) return {};
    if (auto value = torch_value(name)) return constant(*value, location(node));
    if (!python_type(name).empty()) {
        report_unknown_name(name, location(node), &scope);
        return invalid(location(node));
    }
    if (!is_namespace(first_word(node))) return {};  // then the first word is what is wrong
    Expression result;
    result.kind = Expression::Kind::op;
    result.location = location(node);
    auto op = resolve_op(name, location(node));
    if (!op) return invalid(location(node));
    result.op = *op;
    return add(std::move(result));
}

ExpressionId Checker::field_expression(syntax::NodeId node, Scope& scope) {
    if (auto named = dotted_constant(node, scope)) return *named;
    Expression result;
    result.kind = Expression::Kind::attribute;
    result.location = location(node);
    result.text = word(node);
    result.children = {expression(child(node, 0), scope)};
    const Expression& object = program_[result.children[0]];
    // `n.arg.x` is always the argument x of n.
    bool of_arg = object.kind == Expression::Kind::attribute && object.field == Field::arg;
    if (!of_arg) result.field = field_word(word(node)).field;
    if (of_arg)
        check_argument_name(facts(object.children[0]), word(node), word_location(node), Spelled::as_argument);
    else if (result.field == Field::none)
        check_argument_name(facts(result.children[0]), word(node), word_location(node));
    check_has_fields(facts(result.children[0]), node);
    return add(std::move(result));
}

// -- targets, comprehensions, walk

VariableId Checker::new_variable(std::string_view name, Location location, Scope& scope, bool must_be_used,
                                 Shadowing shadowing, const Facts& facts) {
    if (Scope::Entry* hidden = scope.find(name); hidden && name != "_") {
        std::string message = fmt::format("\"{}\" is bound already", name);
        std::vector<DiagnosticNote> notes{note(hidden->location, "it is bound here")};
        if (shadowing == Shadowing::error)
            report(codes::shadowed_name, location,
                   message + ", and nothing is bound anew: take another name; `remember t[k] = v` keeps what changes",
                   std::move(notes));
        else
            warn(codes::shadowed_name, location, message + ": this one hides it", std::move(notes));
    }
    return scope.add(name, location, must_be_used, facts);
}

uint32_t Checker::target(syntax::NodeId node, Scope& scope, bool must_be_used, Shadowing shadowing,
                         const Facts& facts) {
    // A target of one part is that part: `for a in …`, `let a = …`.
    while (kind(node) == Kind::target && children(node).size() == 1) node = child(node, 0);
    Target result;
    if (kind(node) == Kind::name)
        result.variable = new_variable(word(node), location(node), scope, must_be_used, shadowing, facts);
    else
        for (syntax::NodeId part : children(node))
            result.parts.push_back(target(part, scope, must_be_used, shadowing));
    program_.targets.push_back(std::move(result));
    return static_cast<uint32_t>(program_.targets.size() - 1);
}

// The element is checked last: it sees what the loops bind, each loop what those before it bind.
ExpressionId Checker::comprehension(syntax::NodeId node, Scope& scope, Expression::Kind wanted) {
    Expression result;
    result.kind = wanted;
    result.location = location(node);
    size_t mark = scope.mark();
    for (syntax::NodeId part : children(node)) {
        if (kind(part) != Kind::comprehension_for) continue;
        Expression::Loop loop;
        loop.iterable = expression(child(part, 1), scope);
        expect_items(loop.iterable);
        Facts item;
        if (facts(loop.iterable).of_nodes) item.kind = Facts::Kind::node;
        loop.target = target(child(part, 0), scope, false, Shadowing::warning, item);
        for (syntax::NodeId filter : children(part).subspan(2))
            loop.filters.push_back(condition(child(filter, 0), scope));
        result.loops.push_back(std::move(loop));
    }
    syntax::NodeId element = child(node, 0);
    if (kind(element) == Kind::entry)
        result.children = {expression(child(element, 0), scope), expression(child(element, 1), scope)};
    else
        result.children = {expression(element, scope)};
    scope.leave(mark);
    return add(std::move(result));
}

ExpressionId Checker::is_expression(syntax::NodeId node, Scope& scope) {
    Expression result;
    result.kind = word(node) == "is not" ? Expression::Kind::is_not : Expression::Kind::is;
    result.location = location(node);
    result.children = {expression(child(node, 0), scope)};
    size_t mark = scope.mark();
    result.pattern = pattern(child(node, 1), scope, Where::is, Binding::forbidden);
    scope.leave(mark);
    warn_of_never_is(result.children[0], result.pattern, result.location, result.kind == Expression::Kind::is);
    return add(std::move(result));
}

ExpressionId Checker::walk_expression(syntax::NodeId node, Scope& scope) {
    Expression result;
    result.kind = Expression::Kind::walk;
    result.location = location(node);
    ExpressionId start = expression(child(node, 0), scope);
    expect_node(start, "a walk starts at");
    size_t mark = scope.mark();
    Facts step;
    step.kind = Facts::Kind::node;
    result.variable = new_variable(word(node), word_location(node), scope, false, Shadowing::warning, step);
    ExpressionId by = expression(child(node, 1), scope);
    auto while_part = child_of_kind(node, Kind::while_);
    Value yes;
    yes.kind = Value::Kind::boolean;
    yes.boolean = true;
    result.children = {start, by,
                       while_part ? condition(child(*while_part, 0), scope) : constant(yes, location(node))};
    if (auto most = child_of_kind(node, Kind::at_most))
        result.bound = static_cast<uint32_t>(bound(word(*most), location(*most)).value_or(1));
    scope.leave(mark);
    return add(std::move(result));
}

ExpressionId Checker::compare_expression(syntax::NodeId node, Scope& scope) {
    Expression result;
    result.kind = Expression::Kind::compare;
    result.location = location(node);
    for (syntax::NodeId part : children(node)) {
        if (kind(part) == Kind::operator_)
            result.operators.push_back(operator_of(word(part)));
        else
            result.children.push_back(expression(part, scope));
    }
    for (size_t i = 0; i < result.operators.size(); ++i) {
        Operator op = result.operators[i];
        if (op == Operator::in || op == Operator::not_in) {
            warn_of_no_item(result, i);
            warn_of_no_key(result.children[i + 1], result.children[i], result.location,
                           op == Operator::in ? "always False" : "always True");
        }
        if (op >= Operator::less && op <= Operator::greater_equal) {
            std::string why = no_order(facts(result.children[i]), facts(result.children[i + 1]));
            if (!why.empty()) warn(codes::no_order, result.location, std::move(why));
        }
        if (op != Operator::equal && op != Operator::not_equal) continue;
        std::string why = never_equal(result.children[i], result.children[i + 1]);
        if (!why.empty())
            warn(codes::never_equal, result.location,
                 fmt::format("always {}: {}", op == Operator::equal ? "False" : "True", why));
    }
    return add(std::move(result));
}

}  // namespace dqrewrite::program
