// The reference engine: expressions.

#include "tests/reference/engine.hpp"

#include <algorithm>
#include <cstdlib>

namespace dqrewrite::reference {

using syntax::Kind;

Object Engine::evaluate(Syntax e, const Names& names) {
    spend();
    switch (e.kind()) {
    case Kind::none:
    case Kind::absent: return {};
    case Kind::true_:
    case Kind::false_: return make_boolean(e.kind() == Kind::true_);
    case Kind::integer: return from_json(graph_, e.word());
    case Kind::real: return make_real(std::strtod(std::string(e.word()).c_str(), nullptr));
    case Kind::string: return make_text(e.word());
    case Kind::format_string: return format(e, names);
    case Kind::dtype: return make_text(e.word(), Object::Kind::dtype);
    case Kind::name: return name(e, names);
    case Kind::field: return field(e, names);
    case Kind::subscript: return subscript(e, names);
    case Kind::call_expression: return call_expression(e, names);
    case Kind::list:
    case Kind::tuple:
    case Kind::set_display:
    case Kind::dict: return display(e, names);
    case Kind::slice: return make_items(Object::Kind::slice, values(e, 0, names));
    case Kind::negate:
        if (e[0].kind() == Kind::integer) return from_json(graph_, "-" + std::string(e[0].word()));
        return negate(evaluate(e[0], names));
    case Kind::not_: return make_boolean(!is_true(e[0], names));
    case Kind::and_:
    case Kind::or_: {
        Object value;
        for (Syntax operand : e.children()) {
            value = evaluate(operand, names);
            if (truth(value) == (e.kind() == Kind::or_)) break;
        }
        return value;
    }
    case Kind::conditional: return evaluate(is_true(e[1], names) ? e[0] : e[2], names);
    case Kind::binary: {
        Object left = evaluate(e[0], names);
        return calculate(e.word(), left, evaluate(e[1], names));
    }
    case Kind::compare: return compare(e, names);
    case Kind::is: {
        Object value = evaluate(e[0], names);
        bool matches = pattern(e[1], value, {names, {}, {}}, Where::is, [](const Scope&) { return true; });
        return make_boolean(matches == (e.word() == "is"));
    }
    case Kind::list_comprehension:
    case Kind::set_comprehension:
    case Kind::dict_comprehension:
    case Kind::generator: return comprehension(e, names);
    case Kind::walk: return walk(e, names);
    default: throw std::logic_error("the reference engine leaves out " + std::string(syntax::kind_name(e.kind())));
    }
}

Object Engine::format(Syntax e, const Names& names) {
    std::string text;
    for (Syntax part : e.children()) text += to_text(graph_, evaluate(part, names));
    return make_text(text);
}

Object Engine::name(Syntax e, const Names& names) {
    if (auto bound = names.find(e.word()); bound != names.end()) return bound->second;
    if (auto table = tables_.find(e.word()); table != tables_.end()) return table->second;
    if (auto define = declared(Kind::define, e.word())) return evaluate(define->last(), {});
    for (std::string_view type :
         {"bool", "int", "float", "str", "list", "tuple", "dict", "set", "slice", "complex", "sym"})
        if (e.word() == type) return make_text(type, Object::Kind::type);
    return make_text(target(std::string(e.word())), Object::Kind::op);
}

// `a.b.c` whose first word is bound to nothing: an op, or a constant of torch.
std::optional<Object> Engine::dotted(Syntax e, const Names& names) {
    std::string text(e.word());
    Syntax first = e[0];
    for (; first.kind() == Kind::field; first = first[0]) text = std::string(first.word()) + "." + text;
    bool bound = names.contains(first.word()) || tables_.contains(first.word());
    if (first.kind() != Kind::name || bound || declared(Kind::define, first.word())) return {};
    text = std::string(first.word()) + "." + text;
    if (first.word() != "torch" || text.find('.', 6) != std::string::npos)
        return make_text(target(text), Object::Kind::op);
    return torch_constant(text.substr(6));
}

// What `torch.` stands before: a memory format, a layout, else a dtype.
Object Engine::torch_constant(const std::string& word) {
    if (word.ends_with("_format") || word.starts_with("channels_last"))
        return make_text(word, Object::Kind::memory_format);
    if (word == "strided" || word.starts_with("sparse_")) return make_text(word, Object::Kind::layout);
    return make_text(word, Object::Kind::dtype);
}

std::vector<Object> Engine::values(Syntax e, size_t first, const Names& names) {
    std::vector<Object> all;
    for (size_t i = first; i < e.size(); ++i) {
        if (e[i].kind() == Kind::keyword) continue;
        if (e[i].kind() != Kind::star_item) {
            all.push_back(evaluate(e[i], names));
            continue;
        }
        each(e[i][0], names, [&](const Object& item) {
            all.push_back(item);
            return true;
        });
    }
    return all;
}

Object Engine::display(Syntax e, const Names& names) {
    if (e.kind() == Kind::list) return make_items(Object::Kind::list, values(e, 0, names));
    if (e.kind() == Kind::tuple) return make_items(Object::Kind::tuple, values(e, 0, names));
    Object made = make_items(e.kind() == Kind::dict ? Object::Kind::dict : Object::Kind::set, {});
    auto put = [&](const Object& key, const Object& value) {
        if (!hashable(key)) throw CannotEvaluate{};
        insert(made, key, value);
    };
    if (e.kind() == Kind::set_display) {
        for (const Object& item : values(e, 0, names)) put(item, {});
        return made;
    }
    for (Syntax entry : e.children()) {
        if (entry.kind() == Kind::double_star) {
            Object other = evaluate(entry[0], names);
            if (!is_mapping(other)) throw CannotEvaluate{};
            for (size_t i = 0; i < other.items.size(); i += 2) put(other.items[i], other.items[i + 1]);
            continue;
        }
        Object key = evaluate(entry[0], names);
        put(key, evaluate(entry[1], names));
    }
    return made;
}

void Engine::unpack(Syntax target, const Object& value, Names& names) {
    while (target.kind() == Kind::target && target.size() == 1) target = target[0];
    if (target.kind() == Kind::name) {
        names.insert_or_assign(std::string(target.word()), value);
        return;
    }
    if (!is_sequence(value) || value.items.size() != target.size()) throw CannotEvaluate{};
    for (size_t i = 0; i < target.size(); ++i) unpack(target[i], value.items[i], names);
}

// -- comparisons

Object Engine::compare(Syntax e, const Names& names) {
    Object left = evaluate(e[0], names);
    for (size_t i = 1; i < e.size(); i += 2) {
        std::string_view op = e[i].word();
        Object right = evaluate(e[i + 1], names);
        bool holds = false;
        if (op == "in" || op == "not in")
            holds = contains(right, left) == (op == "in");
        else if (op == "==" || op == "!=")
            holds = equal(left, right) == (op == "==");
        else if (op == "<")
            holds = order(left, right) < 0;
        else if (op == "<=")
            holds = order(left, right) <= 0;
        else if (op == ">")
            holds = order(left, right) > 0;
        else
            holds = order(left, right) >= 0;
        if (!holds) return make_boolean(false);
        left = right;
    }
    return make_boolean(true);
}

bool Engine::contains(const Object& container, const Object& item) {
    if (container.kind == Object::Kind::table) return find(container, item) != nullptr;
    bool keys = is_mapping(container);
    if (container.kind == Object::Kind::text && item.kind == Object::Kind::text)
        return container.text.find(item.text) != std::string::npos;
    if ((keys || container.kind == Object::Kind::set) && !hashable(item)) throw CannotEvaluate{};
    if (keys) return find(container, item) != nullptr;
    if (!is_sequence(container) && container.kind != Object::Kind::set) throw CannotEvaluate{};
    return std::any_of(container.items.begin(), container.items.end(),
                       [&](const Object& each) { return equal(each, item); });
}

// -- iteration

// Item by item where Python makes them one by one. False where `visit` wanted no more.
bool Engine::each(Syntax iterable, const Names& names, const Visit& visit) {
    if (iterable.kind() == Kind::generator)
        return loops(iterable, 1, names, [&](const Names& inner) { return visit(evaluate(iterable[0], inner)); });
    if (iterable.kind() == Kind::walk) return each_walked(iterable, names, visit);
    bool numbered = iterable.kind() == Kind::call_expression && iterable[0].kind() == Kind::name &&
                    iterable[0].word() == "enumerate";
    if (!numbered) return each_of(evaluate(iterable, names), visit);
    Object number = iterable.size() > 2 ? evaluate(iterable[2], names) : make_integer(0);
    if (number.kind != Object::Kind::integer) throw CannotEvaluate{};
    return each(iterable[1], names, [&](const Object& item) {
        Object pair = make_items(Object::Kind::tuple, {number, item});
        ++number.integer;
        return visit(pair);
    });
}

bool Engine::each_of(const Object& iterable, const Visit& visit) {
    size_t step = is_mapping(iterable) || iterable.kind == Object::Kind::table ? 2 : 1;
    if (iterable.kind == Object::Kind::text) {
        for (const Object& letter : letters_of(iterable.text))
            if (!visit(letter)) return false;
        return true;
    }
    if (step == 1 && !is_sequence(iterable) && iterable.kind != Object::Kind::set) throw CannotEvaluate{};
    for (size_t i = 0; i < iterable.items.size(); i += step)
        if (!visit(iterable.items[i])) return false;
    return true;
}

// The loops of a comprehension from child `index` on; `body` says whether to go on.
bool Engine::loops(Syntax comprehension, size_t index, const Names& names,
                   const std::function<bool(const Names&)>& body) {
    if (index == comprehension.size()) return body(names);
    Syntax loop = comprehension[index];
    return each(loop[1], names, [&](const Object& item) {
        Names inner = names;
        unpack(loop[0], item, inner);
        for (size_t i = 2; i < loop.size(); ++i)
            if (!is_true(loop[i][0], inner)) return true;
        return loops(comprehension, index + 1, inner, body);
    });
}

Object Engine::comprehension(Syntax e, const Names& names) {
    bool hashed = e.kind() == Kind::set_comprehension || e.kind() == Kind::dict_comprehension;
    Object made = make_items(Object::Kind::list, {});
    if (hashed) made.kind = e.kind() == Kind::set_comprehension ? Object::Kind::set : Object::Kind::dict;
    loops(e, 1, names, [&](const Names& inner) {
        Syntax element = e[0];
        bool pair = element.kind() == Kind::entry;
        Object item = evaluate(pair ? element[0] : element, inner);
        if (hashed && !hashable(item)) throw CannotEvaluate{};
        if (hashed)
            insert(made, item, pair ? evaluate(element[1], inner) : Object());
        else
            made.items.push_back(item);
        return true;
    });
    return made;
}

// Breadth first from a node; each node once, entered only if the condition holds for it.
bool Engine::each_walked(Syntax e, const Names& names, const Visit& visit) {
    Object start = evaluate(e[0], names);
    if (start.kind != Object::Kind::node) throw CannotEvaluate{};
    auto condition = e.child(Kind::while_);
    auto limit = e.child(Kind::at_most);
    size_t most = limit ? std::stoul(std::string(limit->word())) : graph_.id_count();
    std::vector<Object> visited = {start};
    std::vector<size_t> depths = {0};
    std::set<NodeId> seen = {start.node};
    if (!visit(start)) return false;
    for (size_t i = 0; i < visited.size(); ++i) {
        if (depths[i] == most) continue;
        Names inner = names;
        inner.insert_or_assign(std::string(e.word()), visited[i]);
        Object next = evaluate(e[1], inner);
        for (const Object& candidate : is_sequence(next) ? next.items : std::vector<Object>{next}) {
            if (candidate.kind != Object::Kind::node || !seen.insert(candidate.node).second) continue;
            inner.insert_or_assign(std::string(e.word()), candidate);
            if (condition && !is_true((*condition)[0], inner)) continue;
            visited.push_back(candidate);
            depths.push_back(depths[i] + 1);
            if (!visit(candidate)) return false;
        }
    }
    return true;
}

Object Engine::walk(Syntax e, const Names& names) {
    Object visited = make_items(Object::Kind::list, {});
    each_walked(e, names, [&](const Object& node) {
        visited.items.push_back(node);
        return true;
    });
    return visited;
}

}  // namespace dqrewrite::reference
