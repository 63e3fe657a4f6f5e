// Expressions by chance, over the names that a rule has bound. There is always a node among them.

#include "tests/reference/random_rule.hpp"

#include <utility>

namespace dqrewrite::reference {

// `open`, an element over a new variable, `for … in …`, `close`: the element is what `element` makes.
std::string RuleMaker::over(unsigned depth, const std::string& open, const std::string& close) {
    std::string list = list_expression(depth == 0 ? 0 : depth - 1);
    std::string variable = fresh(Category::node, {});
    std::string filter = random_.chance(40) ? " if " + condition(0) : "";
    std::string element = open == "[" || open == "{" ? variable : condition(depth == 0 ? 0 : depth - 1);
    if (open == "[" && random_.chance(30)) element = scalar_expression(0);
    known_.pop_back();
    return open + element + " for " + variable + " in " + list + filter + close;
}

std::string RuleMaker::node_expression(unsigned depth) {
    std::string name = known(Category::node)->name;
    if (depth == 0 || random_.chance(55)) return name;
    return name + random_.pick({".only_user", ".users[0]", ".users[-1]", ".inputs[0]", ".args[0]", ".self", ".input",
                                ".args[0].args[0]", ".meta.note.map[0][0]", ".arg.self", ".kwargs.get(\"self\")"});
}

std::string RuleMaker::list_expression(unsigned depth) {
    const Known* list = known(Category::list);
    if (list && random_.chance(35)) return list->name;
    if (depth == 0) return node_expression(0) + random_.pick({".users", ".inputs", ".args", ".args[1:]", ".uses"});
    std::string inner = std::to_string(random_.below(3));
    switch (random_.below(17)) {
    case 12:
        return "leaves(" + (random_.chance(50) ? node_expression(0) + ".args" : list_expression(depth - 1)) + ")";
    case 13:
        return "with_leaves(" + list_expression(depth - 1) + ", " +
               (random_.chance(80) ? "range(" + inner + ")" : list_expression(0)) + ")";
    case 14:
        return node_expression(0) + random_.pick({".bound_args", ".bound_kwargs.items()", ".bound_kwargs.keys()"});
    case 0: return over(depth, "[", "]");
    case 1: return "[" + scalar_expression(depth - 1) + ", " + scalar_expression(depth - 1) + "]";
    case 2: return "(" + list_expression(depth - 1) + " + " + list_expression(depth - 1) + ")";
    case 3:
        return list_expression(depth - 1) + random_.pick({"[::-1]", "[1:]", "[:-1]", "[:2]", "[-2:]",
                                                          "[:99999999999999999999]", "[-99999999999999999999::2]"});
    case 4:
        return "list(" + node_expression(0) +
               random_.pick({".kwargs.values())", ".kwargs.keys())", ".kwargs.items())"});
    case 5: return "[*" + list_expression(depth - 1) + ", " + scalar_expression(0) + "]";
    case 6: return "reversed(" + list_expression(depth - 1) + ")";
    case 7: return "(" + node_expression(0) + ".meta.val.shape or [])";
    case 8: return walk_expression(depth - 1);
    case 9: return "[pair[0] for pair in enumerate(" + list_expression(depth - 1) + ")]";
    case 10: return "tuple(" + list_expression(depth - 1) + ")";
    case 11: return "[p == q for p, q in zip(" + list_expression(depth - 1) + ", " + list_expression(0) + ")]";
    default: return node_expression(depth) + random_.pick({".users", ".inputs", ".args", ".args[1:]", ".uses"});
    }
}

std::string RuleMaker::walk_expression(unsigned depth) {
    std::string start = node_expression(depth), variable = fresh(Category::node, {});
    std::string by = variable + random_.pick({".inputs", ".users", ".only_user", ".args[0]"});
    std::string whilst = random_.chance(50) ? " while " + condition(0) : "";
    known_.pop_back();
    return "(walk " + variable + " from " + start + " by " + by + whilst + (random_.chance(50) ? " at most 3)" : ")");
}

// What has variables of its own, and may have no length.
std::string RuleMaker::measured_expression(unsigned depth) {
    const Known* scalar = known(Category::scalar);
    const std::string owner = scalar && random_.chance(50) ? scalar->name : node_expression(depth);
    switch (random_.below(3)) {
    case 0: return owner + ".meta.val.shape";
    case 1: return "[user for user in " + owner + random_.pick({".users]", ".users if user is unary]"});
    default: return walk_expression(depth);
    }
}

std::string RuleMaker::integer_expression(unsigned depth) {
    if (depth == 0) return random_.pick({"0", "1", "2", "3", "two", "-1"});
    switch (random_.below(10)) {
    case 7:
        return text_expression(depth - 1) + random_.pick({".find(", ".rfind(", ".count(", ".index("}) +
               random_.pick({"\"_\"", "\"a\"", "\"\"", "\"é\""}) + ")";
    case 0:
        return "(" + integer_expression(depth - 1) +
               random_.pick({" + ", " - ", " * ", " // ", " % ", " ** ", " / "}) + integer_expression(depth - 1) +
               ")";
    case 1: return "sum(len(x.users) for x in " + node_expression(0) + ".inputs)";
    case 2: return "max([0, *range(" + integer_expression(depth - 1) + ")])";
    case 3:
        return "(" + integer_expression(depth - 1) + " if " + condition(depth - 1) + " else " +
               integer_expression(0) + ")";
    case 4:
        if (random_.chance(20)) return "abs(" + scalar_expression(0) + ")";
        return "abs(-" + integer_expression(0) + ")";
    case 5: return "prod(" + list_expression(0) + ")";
    case 6: return list_expression(0) + ".count(" + scalar_expression(0) + ")";
    default: return "len(" + list_expression(depth - 1) + ")";
    }
}

std::string RuleMaker::scalar_expression(unsigned depth) {
    const Known* scalar = known(Category::scalar);
    if (scalar && random_.chance(35)) return scalar->name;
    if (depth == 0)
        return random_.pick({"0", "1", "1.0", "True", "None", "\"int8\"", "int8", "(1, 2)", "nan", "2", "sym(\"s0\")",
                             "slice(1)", "slice(None, 1, None)", "complex(1)", "complex(0, 2.5)",
                             "99999999999999999999"});
    std::string node = node_expression(depth - 1);
    switch (random_.below(17)) {
    case 14: return text_expression(depth);
    case 0: return node + ".meta.tag";
    case 1: return node + ".meta.note.spec" + random_.pick({"", ".dtype", ".kind", ".missing.further"});
    case 2: return node + ".meta.val" + random_.pick({".shape", ".dtype", ".shape[0]", "[\"shape\"]"});
    case 3: return node + random_.pick({".name", ".op", ".target", ".impure", ".mutates"});
    case 4: return node + random_.pick({".alpha", ".dim", ".size", ".dtype", ".scale", ".min", ".other", ".keepdim"});
    case 5: return node + ".kwargs.get(\"alpha\", " + scalar_expression(0) + ")";
    case 6: return node + ".args[" + integer_expression(0) + "]";
    case 7: return "(" + scalar_expression(depth - 1) + " or " + scalar_expression(depth - 1) + ")";
    case 8: return "(" + scalar_expression(depth - 1) + " and " + scalar_expression(depth - 1) + ")";
    case 9: return "next((x for x in " + list_expression(depth - 1) + " if x), None)";
    case 10: return list_expression(depth - 1) + "[" + integer_expression(0) + "]";
    case 15:
        return random_.pick({"slice(", "complex("}) + scalar_expression(0) + ", " + scalar_expression(0) + ")" +
               random_.pick({"", "", ".start", ".stop", ".step"});
    case 11: return "{\"a\": " + scalar_expression(0) + ", \"b\": 2}[\"a\"]";
    case 12:
        if (random_.chance(50))
            return random_.pick({"min(", "max("}) + scalar_expression(0) + ", " + scalar_expression(0) + ")";
        return random_.pick({"min(", "max("}) + list_expression(depth - 1) + ")";
    case 13: return random_.pick({"aten.relu.default", "torch.bool", "torch.contiguous_format", "bool", "[]", "{}"});
    default: return integer_expression(depth - 1);
    }
}

// Mostly text, now and then something else that methods of text give.
std::string RuleMaker::text_expression(unsigned depth) {
    if (depth == 0)
        return random_.chance(30)   ? "str(" + node_expression(0) + ".target)"
               : random_.chance(25) ? random_.pick({"\"a_é b_é\"", "\"on\""})
                                    : node_expression(0) + random_.pick({".name", ".name", ".meta.tag"});
    auto part = [&] { return random_.pick({"\"_\"", "\"a\"", "\"re\"", "\"_1\"", "\"\"", "\"é\"", "\"on\""}); };
    auto most = [&] { return random_.pick({"1", "-1", "0", "True", "2"}); };
    const std::string text = text_expression(depth - 1);
    switch (random_.below(10)) {
    case 0: return text + random_.pick({".removeprefix(", ".removesuffix("}) + part() + ")";
    case 1: return text + ".replace(" + part() + ", " + part() + (random_.chance(40) ? ", " + most() + ")" : ")");
    case 2:
        return text + random_.pick({".strip(", ".lstrip(", ".rstrip("}) + random_.pick({"", "\"a_1\"", "None"}) + ")";
    case 3: return text + random_.pick({".lower()", ".upper()"});
    case 4:
        return text + random_.pick({".split(", ".rsplit("}) +
               (random_.chance(25)   ? ""
                : random_.chance(30) ? "maxsplit=" + most()
                : random_.chance(50) ? part()
                                     : part() + ", " + most()) +
               ")" + random_.pick({"[0]", "[-1]", "[1]"});
    case 5:
        return text + random_.pick({".partition(", ".rpartition("}) + part() + ")" + random_.pick({"[0]", "[2]", ""});
    case 6: return part() + ".join([" + text + ", " + text_expression(0) + "])";
    case 7: return part() + ".join(" + text + random_.pick({"", ".split(\"_\")"}) + ")";
    case 8: return "(" + text + " + " + part() + " * 2)";
    default: return text + random_.pick({"[1:]", "[::-1]", "[:3]", "[-1]"});
    }
}

std::string RuleMaker::nameless_pattern() {
    bool could_bind = std::exchange(may_bind_, false);
    NodeId node = any_node();
    const Known* about = known(Category::node);
    if (about && about->node != no_node && random_.chance(60)) node = about->node;
    std::string text = of_node(node, static_cast<unsigned>(random_.below(3)), true).print();
    may_bind_ = could_bind;
    if (random_.chance(25))
        text = random_.pick({"unary", "binary", "simple", "summed", "placeholder", "node", "call_function"});
    return text;
}

// What one solution of a pattern meets and another does not.
std::string RuleMaker::condition_on_solution() {
    const Known& chosen = random_.pick(known_);
    if (chosen.category == Category::list)
        return "len(" + chosen.name + ")" + random_.pick({" == 0", " == 1", " < 2", " > 0", " == 2"});
    if (chosen.category == Category::node)
        return "(" + chosen.name + random_.pick({" is ", " is not "}) +
               random_.pick({"unary", "simple", "placeholder", "call_function", "view_like", "binary", "summed"}) +
               ")";
    const Known& other = random_.pick(known_);
    return "(" + chosen.name + random_.pick({" == ", " != ", " is not None or 0 == "}) + other.name + ")";
}

std::string RuleMaker::condition(unsigned depth) {
    if (!known_.empty() && random_.chance(30)) return condition_on_solution();
    if (may_read_table_ && random_.chance(20)) {
        std::string node = node_expression(0);
        return random_.pick({"(", "(not "}) + node +
               random_.pick({" in kept)", ".name in kept)", " in kept or kept.get(1) == 1)"});
    }
    unsigned inner = depth == 0 ? 0 : depth - 1;
    switch (random_.below(depth == 0 ? 10 : 21)) {
    case 0: return "(" + node_expression(depth) + random_.pick({" is ", " is not "}) + nameless_pattern() + ")";
    case 1:
        return "(" + integer_expression(depth) + random_.pick({" < ", " <= ", " > ", " >= ", " == ", " != "}) +
               integer_expression(depth) + ")";
    case 2:
        return "(len(" +
               (random_.chance(50)
                    ? measured_expression(depth)
                    : node_expression(depth) + random_.pick({".users", ".inputs", ".args", ".kwargs"})) +
               random_.pick({") > 1", ") == 1", ") >= 1", ") < 3", ") != 2"}) + ")";
    case 3:
        return "(" + scalar_expression(depth) + random_.pick({" is None)", " is not None)", " is 1)", " is \"on\")"});
    case 4: return "(" + node_expression(depth) + " in " + list_expression(inner) + ")";
    case 5: return random_.pick({"busy(", "tagged("}) + node_expression(depth) + ")";
    case 6:
        return "(" + scalar_expression(depth) + random_.pick({" == ", " != ", " == ", " < "}) +
               scalar_expression(depth) + ")";
    case 7:
        return "(\"" + random_.pick({"tag", "val", "note"}) + "\"" + random_.pick({" in ", " not in "}) +
               node_expression(0) + ".meta)";
    case 8:
        return "(" + node_expression(0) + random_.pick({".meta.tag", ".meta.val.shape", ".meta.note.map[1]"}) +
               random_.pick({" == ", " != ", " in ", " < "}) +
               random_.pick({"[1, 2]", "(1, 2)", "[(1, 2), [1, 2]]", "(1, 3)"}) + ")";
    case 9:
        return text_expression(depth == 0 ? 0 : depth - 1) + random_.pick({".startswith(", ".endswith("}) +
               random_.pick({"\"re\"", "\"_1\"", "(\"add\", \"x\")", "\"\""}) + ")";
    case 10:
    case 19: return over(depth, "any(", ")");
    case 11:
    case 12: return over(depth, "all(", ")");
    case 13: return "(not " + condition(inner) + ")";
    case 14: return "(" + condition(inner) + " and " + condition(inner) + ")";
    case 15: return "(" + condition(inner) + " or " + condition(inner) + ")";
    case 16: return "(" + condition(inner) + " if " + condition(inner) + " else " + condition(inner) + ")";
    case 17: return "(" + list_expression(inner) + random_.pick({" == ", " != "}) + list_expression(inner) + ")";
    case 18:
        return "isinstance(" + scalar_expression(inner) +
               random_.pick({", int)", ", (list, tuple))", ", str)", ", (float, bool))", ", dict)", ", slice)",
                             ", (complex, str))", ", sym)", ", (int, sym))"});
    default:
        return "(" + scalar_expression(inner) + random_.pick({" in ", " not in "}) + list_expression(inner) + ")";
    }
}

}  // namespace dqrewrite::reference
