// Expressions: names, literals, displays, operators. Calls are in check_calls.cpp.

#include "engine/program/checker.hpp"

#include <charconv>
#include <cstring>

#include <fmt/format.h>

namespace dqrewrite::program {

using syntax::Kind;

namespace {

struct FieldName {
    std::string_view word;
    Field field;
};

constexpr FieldName fields[] = {
    {"name", Field::name}, {"op", Field::op}, {"target", Field::target}, {"args", Field::args},
    {"kwargs", Field::kwargs}, {"users", Field::users}, {"uses", Field::uses}, {"inputs", Field::inputs},
    {"only_user", Field::only_user}, {"meta", Field::meta}, {"arg", Field::arg}, {"impure", Field::impure},
    {"mutates", Field::mutates},
};

Field field_of(std::string_view word) {
    for (const FieldName& each : fields)
        if (each.word == word) return each.field;
    return Field::none;
}

struct OperatorName {
    std::string_view word;
    Operator op;
};

constexpr OperatorName operators[] = {
    {"+", Operator::add}, {"-", Operator::subtract}, {"*", Operator::multiply}, {"/", Operator::divide},
    {"//", Operator::floor_divide}, {"%", Operator::modulo}, {"**", Operator::power}, {"==", Operator::equal},
    {"!=", Operator::not_equal}, {"<", Operator::less}, {"<=", Operator::less_equal}, {">", Operator::greater},
    {">=", Operator::greater_equal}, {"in", Operator::in}, {"not in", Operator::not_in},
};

Operator operator_of(std::string_view word) {
    for (const OperatorName& each : operators)
        if (each.word == word) return each.op;
    return Operator::equal;
}

// What stands below `torch.` and is a value: dtypes that are no words of the language, formats, layouts.
std::optional<Value::Kind> torch_constant(std::string_view word) {
    if (word == "bool" || word == "int" || word == "float" || word == "long" || word == "half" || word == "double")
        return Value::Kind::dtype;
    if (word.ends_with("_format") || word.starts_with("channels_last")) return Value::Kind::memory_format;
    if (word == "strided" || word.starts_with("sparse_")) return Value::Kind::layout;
    return {};
}

}  // namespace

ExpressionId Checker::add(Expression expression) {
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
    return add(result);
}

ExpressionId Checker::text_constant(Value::Kind kind, std::string_view text, Location location) {
    std::string_view kept = program_.store.copy(text);
    Value value;
    value.kind = kind;
    value.size = static_cast<uint32_t>(kept.size());
    value.text = kept.data();
    return constant(value, location);
}

ExpressionId Checker::nothing(Location location) { return constant(Value{}, location); }

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
        if (std::from_chars(digits.data(), end, value.integer).ec != std::errc()) text(Value::Kind::big_integer, digits);
        break;
    case Kind::real:
        value.kind = Value::Kind::real;
        std::from_chars(digits.data(), end, value.real);
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

ExpressionId Checker::children_expression(Expression::Kind wanted, syntax::NodeId node, Scope& scope) {
    Expression result;
    result.kind = wanted;
    result.location = location(node);
    for (syntax::NodeId each : children(node)) {
        if (kind(each) == Kind::entry) {
            result.children.push_back(expression(child(each, 0), scope));
            result.children.push_back(expression(child(each, 1), scope));
        } else {
            result.children.push_back(expression(each, scope));
        }
    }
    return add(std::move(result));
}

ExpressionId Checker::expression(syntax::NodeId node, Scope& scope) {
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
    case Kind::subscript: return children_expression(E::subscript, node, scope);
    case Kind::slice: return children_expression(E::slice, node, scope);
    case Kind::negate:
        if (kind(child(node, 0)) == Kind::integer || kind(child(node, 0)) == Kind::real)
            return constant(literal(node), location(node));
        return children_expression(E::negate, node, scope);
    case Kind::not_: return children_expression(E::not_, node, scope);
    case Kind::and_: return children_expression(E::and_, node, scope);
    case Kind::or_: return children_expression(E::or_, node, scope);
    case Kind::conditional: return children_expression(E::conditional, node, scope);
    case Kind::compare: return compare_expression(node, scope);
    case Kind::is: return is_expression(node, scope);
    case Kind::walk: return walk_expression(node, scope);
    case Kind::binary: {
        ExpressionId id = children_expression(E::binary, node, scope);
        program_.expressions[static_cast<uint32_t>(id)].operators = {operator_of(word(node))};
        return id;
    }
    default: return nothing(location(node));
    }
}

ExpressionId Checker::name_expression(syntax::NodeId node, Scope& scope) {
    std::string_view name = word(node);
    Expression result;
    result.location = location(node);
    if (Scope::Entry* bound = scope.find(name)) {
        bound->used = true;
        if (bound->partial)
            report(codes::partial_binding, location(node), fmt::format("\"{}\" is bound by some alternatives only", name));
        result.kind = Expression::Kind::variable;
        result.variable = bound->variable;
        return add(std::move(result));
    }
    if (declaration(name, DeclarationKind::define)) {
        result.kind = Expression::Kind::define;
        auto id = define(name, location(node));
        if (!id) return nothing(location(node));
        result.define = *id;
        if (uint32_t wanted = program_[*id].parameters)
            report(codes::argument_count, location(node), fmt::format("\"{}\" takes {} argument{}: write {}(…)", name, wanted, wanted == 1 ? "" : "s", name));
        return add(std::move(result));
    }
    for (const auto* tables : {&own_tables_, &tables_}) {
        auto found = tables->find(name);
        if (found == tables->end()) continue;
        result.kind = Expression::Kind::table;
        result.table = found->second;
        return add(std::move(result));
    }
    constexpr std::pair<std::string_view, Function> types[] = {
        {"bool", Function::bool_}, {"int", Function::int_}, {"float", Function::float_}, {"str", Function::str},
        {"list", Function::list}, {"tuple", Function::tuple}, {"dict", Function::dict}, {"set", Function::set}};
    for (const auto& [type, function] : types) {
        if (type != name) continue;
        result.kind = Expression::Kind::type;
        result.function = function;
        return add(std::move(result));
    }
    if (files_.declarations->find(name)) {  // a Python function: getattr
        if (auto op = resolve_op(name, location(node))) {
            result.kind = Expression::Kind::op;
            result.op = *op;
            return add(std::move(result));
        }
    }
    if (declaration(name, DeclarationKind::ops) || declaration(name, DeclarationKind::pattern)) {
        report(codes::unknown_name, location(node),
               fmt::format("\"{}\" is no value: ask `n is {}`, or write {}(...) in a pattern", name, name, name));
        return nothing(location(node));
    }
    std::vector<std::string> names = scope.names();
    for (const auto& [declared, declaration] : declarations_)
        if (declaration.kind == DeclarationKind::define) names.push_back(declared);
    report(codes::unknown_name, location(node), fmt::format("unknown name \"{}\"{}", name, suggestion(name, names)));
    return nothing(location(node));
}

// A dotted name whose first word is bound to nothing is the name of an op or of a constant of torch.
std::optional<ExpressionId> Checker::dotted_constant(syntax::NodeId node, Scope& scope) {
    std::string name = dotted(node);
    std::string_view first = first_word(node);
    if (name.empty() || scope.find(first) || declaration(first, DeclarationKind::define) || own_tables_.contains(first) ||
        tables_.contains(first))
        return {};
    if (name.starts_with("torch.") && name.find('.', 6) == std::string::npos) {
        if (auto value_kind = torch_constant(std::string_view(name).substr(6)))
            return text_constant(*value_kind, std::string_view(name).substr(6), location(node));
    }
    Expression result;
    result.kind = Expression::Kind::op;
    result.location = location(node);
    auto op = resolve_op(name, location(node));
    if (!op) return nothing(location(node));
    result.op = *op;
    return add(std::move(result));
}

ExpressionId Checker::field_expression(syntax::NodeId node, Scope& scope) {
    if (auto named = dotted_constant(node, scope)) return *named;
    Expression result;
    result.kind = Expression::Kind::attribute;
    result.location = location(node);
    result.text = word(node);
    result.field = field_of(word(node));
    result.children = {expression(child(node, 0), scope)};
    return add(std::move(result));
}

uint32_t Checker::target(syntax::NodeId node, Scope& scope, bool must_be_used) {
    // A target of one part is that part: `for a in …`, `let a = …`.
    while (kind(node) == Kind::target && children(node).size() == 1) node = child(node, 0);
    Target result;
    if (kind(node) == Kind::name) result.variable = scope.add(word(node), location(node), must_be_used);
    else
        for (syntax::NodeId part : children(node)) result.parts.push_back(target(part, scope, must_be_used));
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
        loop.target = target(child(part, 0), scope, false);
        for (syntax::NodeId filter : children(part).subspan(2)) loop.filters.push_back(expression(child(filter, 0), scope));
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
    return add(std::move(result));
}

ExpressionId Checker::walk_expression(syntax::NodeId node, Scope& scope) {
    Expression result;
    result.kind = Expression::Kind::walk;
    result.location = location(node);
    ExpressionId start = expression(child(node, 0), scope);
    size_t mark = scope.mark();
    result.variable = scope.add(word(node), word_location(node), false);
    ExpressionId by = expression(child(node, 1), scope);
    auto condition = child_of_kind(node, Kind::while_);
    Value yes;
    yes.kind = Value::Kind::boolean;
    yes.boolean = true;
    result.children = {start, by, condition ? expression(child(*condition, 0), scope) : constant(yes, location(node))};
    if (auto most = child_of_kind(node, Kind::at_most))
        result.bound = static_cast<uint32_t>(bound(word(*most), location(*most)));
    scope.leave(mark);
    return add(std::move(result));
}

ExpressionId Checker::compare_expression(syntax::NodeId node, Scope& scope) {
    Expression result;
    result.kind = Expression::Kind::compare;
    result.location = location(node);
    for (syntax::NodeId part : children(node)) {
        if (kind(part) == Kind::operator_) result.operators.push_back(operator_of(word(part)));
        else result.children.push_back(expression(part, scope));
    }
    return add(std::move(result));
}

}  // namespace dqrewrite::program
