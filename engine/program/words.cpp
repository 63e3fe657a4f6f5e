#include "engine/program/words.hpp"

namespace dqrewrite::program {

namespace {

constexpr FunctionWord functions[] = {
    {"len", Function::len, 1, 1},
    {"all", Function::all, 1, 1},
    {"any", Function::any, 1, 1},
    {"min", Function::min, 1, any_number},
    {"max", Function::max, 1, any_number},
    {"sum", Function::sum, 1, 2},
    {"prod", Function::prod, 1, 1},
    {"math.prod", Function::prod, 1, 1},
    {"zip", Function::zip, 0, any_number},
    {"range", Function::range, 1, 3},
    {"sorted", Function::sorted, 1, 1},
    {"reversed", Function::reversed, 1, 1},
    {"enumerate", Function::enumerate, 1, 2},
    {"list", Function::list, 0, 1, true},
    {"tuple", Function::tuple, 0, 1, true},
    {"set", Function::set, 0, 1, true},
    {"dict", Function::dict, 0, 1, true},
    {"int", Function::int_, 1, 1, true},
    {"float", Function::float_, 1, 1, true},
    {"bool", Function::bool_, 1, 1, true},
    {"str", Function::str, 1, 1, true},
    {"abs", Function::abs, 1, 1},
    {"round", Function::round, 1, 1},
    {"next", Function::next, 2, 2},
    {"isinstance", Function::isinstance, 2, 2},
    {"structure", Function::structure, 1, 1},
    {"leaves", Function::leaves, 1, 1},
    {"with_leaves", Function::with_leaves, 2, 2},
    {"device", Function::device, 1, 1},
    {"torch.device", Function::device, 1, 1},
    {"slice", Function::slice, 1, 3, true},
    {"complex", Function::complex, 0, 2, true},
    {"sym", Function::sym, 1, 1, true},
    {"torch.dtype", Function::dtype, 1, 1},
};

constexpr std::string_view split_arguments[] = {"sep", "maxsplit"};

constexpr MethodWord methods[] = {
    {"get", Method::get, 1, 2},
    {"items", Method::items, 0, 0},
    {"keys", Method::keys, 0, 0},
    {"values", Method::values, 0, 0},
    {"index", Method::index, 1, 1},
    {"count", Method::count, 1, 1},
    {"startswith", Method::startswith, 1, 1},
    {"endswith", Method::endswith, 1, 1},
    {"removeprefix", Method::removeprefix, 1, 1},
    {"removesuffix", Method::removesuffix, 1, 1},
    {"find", Method::find, 1, 1},
    {"rfind", Method::rfind, 1, 1},
    {"partition", Method::partition, 1, 1},
    {"rpartition", Method::rpartition, 1, 1},
    {"split", Method::split, 0, 2, split_arguments},
    {"rsplit", Method::rsplit, 0, 2, split_arguments},
    {"join", Method::join, 1, 1},
    {"replace", Method::replace, 2, 3},
    {"strip", Method::strip, 0, 1},
    {"lstrip", Method::lstrip, 0, 1},
    {"rstrip", Method::rstrip, 0, 1},
    {"lower", Method::lower, 0, 0},
    {"upper", Method::upper, 0, 0},
};

constexpr FieldWord fields[] = {
    {"name", Field::name},
    {"op", Field::op},
    {"target", Field::target, true},
    {"args", Field::args, true},
    {"kwargs", Field::kwargs, true},
    {"users", Field::users},
    {"uses", Field::uses},
    {"inputs", Field::inputs},
    {"only_user", Field::only_user},
    {"meta", Field::meta},
    {"arg", Field::arg},
    {"impure", Field::impure},
    {"mutates", Field::mutates},
    {"bound_args", Field::bound_args},
    {"bound_kwargs", Field::bound_kwargs},
};
constexpr FieldWord no_field{{}, Field::none, true};

constexpr NodeKind all_node_kinds[] = {
    {"node", {}},
    {"placeholder", Opcode::placeholder},
    {"get_attr", Opcode::get_attr},
    {"call_function", Opcode::call_function},
    {"call_method", Opcode::call_method},
    {"call_module", Opcode::call_module},
    {"output", Opcode::output},
};

struct OperatorWord {
    std::string_view word;
    Operator op;
};
constexpr OperatorWord operators[] = {
    {"+", Operator::add},
    {"-", Operator::subtract},
    {"*", Operator::multiply},
    {"/", Operator::divide},
    {"//", Operator::floor_divide},
    {"%", Operator::modulo},
    {"**", Operator::power},
    {"==", Operator::equal},
    {"!=", Operator::not_equal},
    {"<", Operator::less},
    {"<=", Operator::less_equal},
    {">", Operator::greater},
    {">=", Operator::greater_equal},
    {"in", Operator::in},
    {"not in", Operator::not_in},
};

}  // namespace

std::span<const FunctionWord> function_words() {
    return functions;
}
std::span<const MethodWord> method_words() {
    return methods;
}
std::span<const FieldWord> field_words() {
    return fields;
}

const FunctionWord* find_function(std::string_view word) {
    for (const FunctionWord& each : functions)
        if (each.word == word) return &each;
    return nullptr;
}

const MethodWord* find_method(std::string_view word) {
    for (const MethodWord& each : methods)
        if (each.word == word) return &each;
    return nullptr;
}

const FieldWord& field_word(std::string_view word) {
    for (const FieldWord& each : fields)
        if (each.word == word) return each;
    return no_field;
}

std::span<const NodeKind> node_kinds() {
    return all_node_kinds;
}

const NodeKind* find_node_kind(std::string_view word) {
    for (const NodeKind& each : all_node_kinds)
        if (each.word == word) return &each;
    return nullptr;
}

std::string_view target_word(Opcode opcode) {
    switch (opcode) {
    case Opcode::get_attr: return "the path of the attribute";
    case Opcode::call_method: return "the name of the method";
    case Opcode::call_module: return "the path of the module";
    default: return "the name of the input";
    }
}

Operator operator_of(std::string_view word) {
    for (const OperatorWord& each : operators)
        if (each.word == word) return each.op;
    return Operator::equal;
}

std::string_view word_of(Operator op) {
    for (const OperatorWord& each : operators)
        if (each.op == op) return each.word;
    return {};
}

std::string_view word_of(Function function) {
    for (const FunctionWord& each : functions)
        if (each.function == function) return each.word;
    return {};
}

std::string_view word_of(Method method) {
    for (const MethodWord& each : methods)
        if (each.method == method) return each.word;
    return {};
}

}  // namespace dqrewrite::program
