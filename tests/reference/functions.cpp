// The reference engine: operators, built-in functions, methods and defines.

#include "tests/reference/engine.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace dqrewrite::reference {

using syntax::Kind;

namespace {

__extension__ using Wide = __int128;

Object fitting(Wide value) {
    if (value < INT64_MIN || value > INT64_MAX) throw CannotEvaluate{};
    return make_integer(static_cast<int64_t>(value));
}

Object power(int64_t base, int64_t exponent) {
    if (exponent < 0) {
        if (base == 0) throw CannotEvaluate{};
        return make_real(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
    }
    Wide result = 1;
    bool grows = base < -1 || base > 1;
    if (!grows) exponent = exponent == 0 ? 0 : 2 - exponent % 2;
    for (int64_t i = 0; i < exponent; ++i) result = fitting(result * base).integer;
    return fitting(result);
}

Object calculate_whole(std::string_view op, Wide a, Wide b) {
    if (op == "+") return fitting(a + b);
    if (op == "-") return fitting(a - b);
    if (op == "*") return fitting(a * b);
    if (op == "**") return power(static_cast<int64_t>(a), static_cast<int64_t>(b));
    if (b == 0) throw CannotEvaluate{};
    if (op == "/") return make_real(static_cast<double>(static_cast<long double>(a) / static_cast<long double>(b)));
    Wide quotient = a / b;
    if (a % b != 0 && (a < 0) != (b < 0)) --quotient;
    return fitting(op == "//" ? quotient : a - quotient * b);
}

Object calculate_real(std::string_view op, double a, double b) {
    if (op == "+") return make_real(a + b);
    if (op == "-") return make_real(a - b);
    if (op == "*") return make_real(a * b);
    if (op == "**") {
        bool complex = a < 0 && std::isfinite(a) && std::isfinite(b) && std::floor(b) != b;
        if (complex || (a == 0 && b < 0)) throw CannotEvaluate{};
        double result = std::pow(a, b);
        if (std::isinf(result) && std::isfinite(a) && std::isfinite(b)) throw CannotEvaluate{};
        return make_real(result);
    }
    if (b == 0) throw CannotEvaluate{};
    if (op == "/") return make_real(a / b);
    double remainder = std::fmod(a, b);
    if (remainder != 0 && (remainder < 0) != (b < 0)) remainder += b;
    if (remainder == 0) remainder = std::copysign(0.0, b);
    if (op == "%") return make_real(remainder);
    double quotient = std::round((a - remainder) / b);
    return make_real(quotient == 0 ? std::copysign(0.0, a / b) : quotient);
}

Object repeat(const Object& row, const Object& times) {
    Object made = row;
    made.text.clear();
    made.items.clear();
    for (int64_t i = 0; i < times.integer; ++i) {
        made.text += row.text;
        made.items.insert(made.items.end(), row.items.begin(), row.items.end());
    }
    return made;
}

bool is_whole(const Object& object) {
    return object.kind == Object::Kind::integer || object.kind == Object::Kind::boolean;
}

bool is_row(const Object& object) {
    return is_sequence(object) || object.kind == Object::Kind::text;
}

bool is_instance(const Object& value, const Object& types) {
    using K = Object::Kind;
    if (types.kind == K::tuple)
        return std::any_of(types.items.begin(), types.items.end(),
                           [&](const Object& type) { return is_instance(value, type); });
    if (types.kind != K::type) throw CannotEvaluate{};
    switch (value.kind) {
    case K::boolean: return types.text == "bool" || types.text == "int";
    case K::integer:
    case K::big_integer: return types.text == "int";
    case K::real: return types.text == "float";
    case K::complex: return types.text == "complex";
    case K::slice: return types.text == "slice";
    case K::symbolic: return types.text == "sym";
    case K::text: return types.text == "str";
    case K::list: return types.text == "list";
    case K::tuple: return types.text == "tuple";
    case K::set: return types.text == "set";
    case K::dict:
    case K::record: return types.text == "dict";
    default: return false;
    }
}

// Python's int() of a text: spaces around it, a sign, digits with single underscores between them.
Object whole_of_text(std::string text) {
    const std::string spaces = " \t\n\r\f\v";
    text = text.substr(0, text.find_last_not_of(spaces) + 1);
    if (text.empty()) throw CannotEvaluate{};
    text = text.substr(text.find_first_not_of(spaces));
    std::string digits = text.front() == '-' ? "-" : "";
    bool after_digit = false;
    for (size_t i = text.front() == '-' || text.front() == '+'; i < text.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (!digit && (text[i] != '_' || !after_digit)) throw CannotEvaluate{};
        if (digit) digits += text[i];
        after_digit = digit;
    }
    int64_t value = 0;
    auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (!after_digit || read.ec != std::errc()) throw CannotEvaluate{};
    return make_integer(value);
}

Object to_integer(const Object& value) {
    if (value.kind == Object::Kind::text) return whole_of_text(value.text);
    if (is_whole(value)) return make_integer(value.integer);
    if (value.kind != Object::Kind::real || !(std::abs(value.real) < 9e18)) throw CannotEvaluate{};
    return make_integer(static_cast<int64_t>(value.real));
}

Object to_real(const Object& value) {
    if (value.kind == Object::Kind::real) return value;
    if (value.kind == Object::Kind::big_integer) return make_real(std::strtod(value.text.c_str(), nullptr));
    if (!is_whole(value)) throw CannotEvaluate{};
    return make_real(static_cast<double>(value.integer));
}

Object to_type_of_torch(const Object& value, Object::Kind kind) {
    if (value.kind == kind) return value;
    if (value.kind != Object::Kind::text) throw CannotEvaluate{};
    bool prefixed = kind == Object::Kind::dtype && value.text.starts_with("torch.");
    return make_text(prefixed ? value.text.substr(6) : value.text, kind);
}

Object range(const std::vector<Object>& limits) {
    for (const Object& each : limits)
        if (!is_whole(each)) throw CannotEvaluate{};
    int64_t start = limits.size() > 1 ? limits[0].integer : 0, stop = limits[limits.size() > 1].integer;
    int64_t step = limits.size() > 2 ? limits[2].integer : 1;
    if (step == 0) throw CannotEvaluate{};
    Object list = make_items(Object::Kind::list, {});
    for (int64_t i = start; step > 0 ? i < stop : i > stop; i += step) list.items.push_back(make_integer(i));
    return list;
}

bool has_length(const Object& object) {
    return is_row(object) || is_mapping(object) || object.kind == Object::Kind::set ||
           object.kind == Object::Kind::table;
}

Object set_of(const std::vector<Object>& items) {
    Object made = make_items(Object::Kind::set, {});
    for (const Object& each : items) {
        if (!hashable(each)) throw CannotEvaluate{};
        insert(made, each);
    }
    return made;
}

Object copy_of_dict(const Object& mapping) {
    Object made = make_items(Object::Kind::dict, {});
    made.items = mapping.items;
    return made;
}

Object dict_of(const std::vector<Object>& pairs) {
    Object made = make_items(Object::Kind::dict, {});
    for (const Object& pair : pairs) {
        if (!is_sequence(pair) || pair.items.size() != 2 || !hashable(pair.items[0])) throw CannotEvaluate{};
        insert(made, pair.items[0], pair.items[1]);
    }
    return made;
}

Object zip(const std::vector<std::vector<Object>>& rows) {
    Object list = make_items(Object::Kind::list, {});
    for (size_t i = 0; !rows.empty(); ++i) {
        Object together = make_items(Object::Kind::tuple, {});
        for (const auto& row : rows)
            if (i < row.size()) together.items.push_back(row[i]);
        if (together.items.size() < rows.size()) break;
        list.items.push_back(together);
    }
    return list;
}

Object extreme(const std::vector<Object>& items, bool largest) {
    if (items.empty()) throw CannotEvaluate{};
    Object best = items[0];
    for (size_t i = 1; i < items.size(); ++i)
        if (largest ? order(items[i], best) > 0 : order(items[i], best) < 0) best = items[i];
    return best;
}

Object product(const std::vector<Object>& items) {
    Object product = make_integer(1);
    for (const Object& each : items) product = calculate("*", product, each);
    return product;
}

Object sum(const std::vector<Object>& items, Object total) {
    if (total.kind == Object::Kind::text) throw CannotEvaluate{};
    for (const Object& each : items) total = calculate("+", total, each);
    return total;
}

// By insertion; each item goes behind those that are not larger.
Object sorted(const std::vector<Object>& items) {
    std::vector<Object> sorted;
    for (const Object& item : items) {
        size_t place = sorted.size();
        while (place > 0 && order(item, sorted[place - 1]) < 0) --place;
        sorted.insert(sorted.begin() + static_cast<long>(place), item);
    }
    return make_items(Object::Kind::list, sorted);
}

Object reversed(const std::vector<Object>& items) {
    return make_items(Object::Kind::list, {items.rbegin(), items.rend()});
}

Object absolute(const Object& value) {
    if (value.kind == Object::Kind::real) return make_real(std::abs(value.real));
    if (value.kind == Object::Kind::complex) {
        const double real = to_real(value.items[0]).real, imaginary = to_real(value.items[1]).real;
        const double size = std::hypot(real, imaginary);
        if (std::isinf(size) && !std::isinf(real) && !std::isinf(imaginary)) throw CannotEvaluate{};
        return make_real(size);
    }
    if (!is_whole(value)) throw CannotEvaluate{};
    return value.integer < 0 ? negate(value) : make_integer(value.integer);
}

std::string structure(const Graph& graph, const Object& object) {
    bool keys = object.kind == Object::Kind::dict;
    if (!keys && !is_sequence(object)) return "*";
    std::string text = object.kind == Object::Kind::list ? "[" : keys ? "{" : "(";
    for (size_t i = 0; i < object.items.size(); i += keys ? 2 : 1)
        text += keys ? to_repr(graph, object.items[i]) + ": " + structure(graph, object.items[i + 1]) + ", "
                     : structure(graph, object.items[i]) + ", ";
    return text + (object.kind == Object::Kind::list ? "]" : keys ? "}" : ")");
}

void add_leaves(const Object& object, std::vector<Object>& found) {
    if (!is_sequence(object)) return found.push_back(object);
    for (const Object& item : object.items) add_leaves(item, found);
}

Object leaves(const Object& object) {
    Object found = make_items(Object::Kind::list, {});
    add_leaves(object, found.items);
    return found;
}

// Takes from the leaves on from `next`.
Object filled(const Object& like, const std::vector<Object>& leaves, size_t& next) {
    if (!is_sequence(like)) {
        if (next == leaves.size()) throw CannotEvaluate{};
        return leaves[next++];
    }
    Object made = make_items(like.kind, {});
    for (const Object& item : like.items) made.items.push_back(filled(item, leaves, next));
    return made;
}

Object with_leaves(const Object& like, const Object& leaves) {
    if (!is_sequence(leaves)) throw CannotEvaluate{};
    size_t next = 0;
    Object made = filled(like, leaves.items, next);
    if (next != leaves.items.size()) throw CannotEvaluate{};
    return made;
}

Object slice(std::vector<Object> parts) {
    for (const Object& part : parts)
        if (is_sequence(part) || is_mapping(part) || part.kind == Object::Kind::set ||
            part.kind == Object::Kind::slice || part.kind == Object::Kind::table)
            throw CannotEvaluate{};
    if (parts.size() == 1) parts.insert(parts.begin(), Object());
    parts.resize(3);
    return make_items(Object::Kind::slice, parts);
}

Object complex(std::vector<Object> parts) {
    if (parts.size() == 1 && parts[0].kind == Object::Kind::complex) return parts[0];
    parts.resize(2, make_integer(0));
    return make_items(Object::Kind::complex, {to_real(parts[0]), to_real(parts[1])});
}

}  // namespace

Object negate(const Object& value) {
    if (value.kind == Object::Kind::real) return make_real(-value.real);
    if (!is_whole(value)) throw CannotEvaluate{};
    return fitting(-static_cast<Wide>(value.integer));
}

Object calculate(std::string_view op, const Object& a, const Object& b) {
    using K = Object::Kind;
    if (is_number(a) && is_number(b)) {
        if (a.kind == K::big_integer || b.kind == K::big_integer) throw CannotEvaluate{};
        if (is_whole(a) && is_whole(b)) return calculate_whole(op, a.integer, b.integer);
        return calculate_real(op, to_real(a).real, to_real(b).real);
    }
    if (op == "*" && is_row(a) && is_whole(b)) return repeat(a, b);
    if (op == "*" && is_row(b) && is_whole(a)) return repeat(b, a);
    if (op == "+" && a.kind == K::text && b.kind == K::text) return make_text(a.text + b.text);
    bool joined = is_sequence(a) && is_sequence(b) && (a.kind == b.kind || a.from_metadata || b.from_metadata);
    if (op == "+" && joined) {
        Object made = a.from_metadata ? b : a;
        made.from_metadata = a.from_metadata && b.from_metadata;
        made.items = a.items;
        made.items.insert(made.items.end(), b.items.begin(), b.items.end());
        return made;
    }
    if (op != "-" || a.kind != K::set || b.kind != K::set) throw CannotEvaluate{};
    Object made = make_items(K::set, {});
    for (const Object& item : a.items)
        if (std::none_of(b.items.begin(), b.items.end(), [&](const Object& each) { return equal(each, item); }))
            made.items.push_back(item);
    return made;
}

// -- calls

Object Engine::call_expression(Syntax e, const Names& names) {
    Syntax callee = e[0];
    if (callee.kind() == Kind::name) {
        auto define = declared(Kind::define, callee.word());
        if (!define) return function(callee.word(), e, names);
        std::vector<Object> given = values(e, 1, names);
        auto parameters = define->child(Kind::params);
        if (given.size() != (parameters ? parameters->size() : 0)) throw CannotEvaluate{};
        Names inner;
        for (size_t i = 0; i < given.size(); ++i) inner.emplace((*parameters)[i].word(), given[i]);
        return evaluate(define->last(), inner);
    }
    bool of_torch = callee[0].kind() == Kind::name && callee[0].word() == "torch" && !names.contains("torch");
    if (of_torch) {
        Object::Kind kind = callee.word() == "dtype" ? Object::Kind::dtype : Object::Kind::device;
        return to_type_of_torch(evaluate(e[1], names), kind);
    }
    Object object = evaluate(callee[0], names);
    std::vector<Object> arguments = values(e, 1, names);
    for (size_t i = 1; i < e.size(); ++i) {  // those of split() alone have names
        if (e[i].kind() != Kind::keyword) continue;
        size_t place = e[i].word() == "sep" ? 0 : 1;
        arguments.resize(std::max(arguments.size(), place + 1));
        arguments[place] = evaluate(e[i][0], names);
    }
    return method(callee.word(), object, arguments);
}

Object Engine::function(std::string_view name, Syntax e, const Names& names) {
    if (name == "next" || name == "any" || name == "all") return function_of_items(name, e, names);
    if (name == "enumerate") {
        Object list = make_items(Object::Kind::list, {});
        each(e, names, [&](const Object& pair) {
            list.items.push_back(pair);
            return true;
        });
        return list;
    }
    return function_of_values(name, values(e, 1, names));
}

std::vector<Object> Engine::items_of(const Object& iterable) {
    std::vector<Object> all;
    each_of(iterable, [&](const Object& item) {
        all.push_back(item);
        return true;
    });
    return all;
}

Object Engine::function_of_values(std::string_view name, const std::vector<Object>& given) {
    using K = Object::Kind;
    const auto items = [&] { return given.empty() ? std::vector<Object>() : items_of(given[0]); };
    if (name == "len") return has_length(given[0]) ? make_integer(std::ssize(items())) : throw CannotEvaluate{};
    if (name == "range") return range(given);
    if (name == "list") return make_items(K::list, items());
    if (name == "tuple") return make_items(K::tuple, items());
    if (name == "set") return set_of(items());
    if (name == "dict") return !given.empty() && is_mapping(given[0]) ? copy_of_dict(given[0]) : dict_of(items());
    if (name == "zip") {
        std::vector<std::vector<Object>> rows;
        for (const Object& each : given) rows.push_back(items_of(each));
        return zip(rows);
    }
    if (name == "min" || name == "max") return extreme(given.size() == 1 ? items() : given, name == "max");
    if (name == "prod") return product(items());
    if (name == "sum") return sum(items(), given.size() > 1 ? given[1] : make_integer(0));
    if (name == "sorted") return sorted(items());
    if (name == "reversed") return given[0].kind == K::set ? throw CannotEvaluate{} : reversed(items());
    if (name == "str") return make_text(given.empty() ? "" : to_text(graph_, given[0]));
    if (name == "bool") return make_boolean(truth(given[0]));
    if (name == "int") return to_integer(given[0]);
    if (name == "float") return to_real(given[0]);
    if (name == "abs") return absolute(given[0]);
    if (name == "isinstance") return make_boolean(is_instance(given[0], given[1]));
    if (name == "structure") return make_text(structure(graph_, given[0]));
    if (name == "leaves") return leaves(given[0]);
    if (name == "with_leaves") return with_leaves(given[0], given[1]);
    if (name == "slice") return slice(given);
    if (name == "complex") return complex(given);
    if (name == "device") return to_type_of_torch(given[0], K::device);
    if (name == "sym") return to_type_of_torch(given[0], K::symbolic);
    throw std::logic_error("the reference engine leaves out " + std::string(name) + "()");
}

// Those that ask for no more items than they need.
Object Engine::function_of_items(std::string_view name, Syntax e, const Names& names) {
    if (name == "next") {
        Object found = evaluate(e[2], names);
        each(e[1], names, [&](const Object& item) {
            found = item;
            return false;
        });
        return found;
    }
    bool stop_at = name == "any";
    bool ran_out = each(e[1], names, [&](const Object& item) { return truth(item) != stop_at; });
    return make_boolean(ran_out != stop_at);
}

Object Engine::method(std::string_view name, const Object& object, const std::vector<Object>& arguments) {
    constexpr std::string_view of_containers[] = {"get", "items", "keys", "values", "index", "count"};
    bool is_search = name == "index" || name == "count";
    bool of_text = std::ranges::find(of_containers, name) == std::end(of_containers);
    if (of_text || (is_search && object.kind == Object::Kind::text)) return text_method(name, object, arguments);
    if (is_search) {
        if (!is_sequence(object)) throw CannotEvaluate{};
        auto is_it = [&](const Object& item) { return equal(item, arguments[0]); };
        if (name == "count") return make_integer(std::count_if(object.items.begin(), object.items.end(), is_it));
        auto found = std::find_if(object.items.begin(), object.items.end(), is_it);
        if (found == object.items.end()) throw CannotEvaluate{};
        return make_integer(found - object.items.begin());
    }
    bool is_table = object.kind == Object::Kind::table;
    if (!is_mapping(object) && !is_table) throw CannotEvaluate{};
    if (name == "get") {
        if (!is_table && !hashable(arguments[0])) throw CannotEvaluate{};
        const Object* found = find(object, arguments[0]);
        return found ? *found : arguments.size() > 1 ? arguments[1] : Object();
    }
    Object list = make_items(Object::Kind::list, {});
    for (size_t i = 0; i < object.items.size(); i += 2) {
        const Object &key = object.items[i], &value = object.items[i + 1];
        list.items.push_back(name == "keys"     ? key
                             : name == "values" ? value
                                                : make_items(Object::Kind::tuple, {key, value}));
    }
    return list;
}

}  // namespace dqrewrite::reference
