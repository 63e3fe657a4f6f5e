// Rewrites by chance: what passes do with a place that they have found, and now and then something that they should
// not. Most of them leave a graph that FX takes.

#include "tests/reference/random_rule.hpp"

namespace dqrewrite::reference {

namespace {

std::string indented(const std::string& text) {
    std::string out = "    ";
    for (char c : text) {
        out += c;
        if (c == '\n') out += "    ";
    }
    return out;
}

}  // namespace

void RuleMaker::rewrite(RuleText& rule) {
    bool has_root = last_pattern_.kind == Sketch::Kind::bind;
    root_ = has_root ? last_pattern_.text : "";
    if (!known(Category::node)) {
        may_read_table_ = false;
        return;
    }
    bool only_where = true;
    for (const std::string& clause : rule.clauses) only_where &= clause.starts_with("where");
    if (only_where && !may_read_table_ && random_.chance(14)) {
        rule.result = template_of(2);
        rule.names.clear();
        return;
    }
    size_t before = known_.size();
    if (may_read_table_) {
        const std::string field = random_.pick({"", ".name", ".target"});
        may_share_table_ = !field.empty();
        leads_to_block_ = random_.chance(15);
        const std::string key = leads_to_block_ ? "\"block\"" : node_expression(0) + field;
        rule.statements.push_back("remember kept[" + key + "] = " + random_.pick({"1", "True", "[1, 2]"}));
    }
    for (size_t count = 1 + random_.below(3); count > 0; --count) rule.statements.push_back(statement(2));
    for (std::string& each : rule.statements) each = indented(indented(each));
    known_.resize(before);
}

std::string RuleMaker::steps_of(const RuleText& rule) {
    std::string sweep = "sweep " + rule.name;
    size_t kind = random_.below(100);
    if (kind < 20)
        sweep += " backward";
    else if (kind < 45)
        sweep += " over snapshot";
    else if (kind < 60)
        sweep += random_.pick({" over targets", " over targets", " backward over targets"});
    else if (kind < 70)
        sweep += " backward over snapshot";
    else if (kind < 82 && may_read_table_)
        sweep += "  " + sweep + random_.pick({" over kept", " backward over kept"});
    if (random_.chance(15)) return "repeat at most 3 { " + sweep + " }";
    const std::string shared = may_read_table_ && may_share_table_ && random_.chance(50) ? "sharing kept " : "";
    const bool over = shared.empty() && may_read_table_ && random_.chance(leads_to_block_ ? 60 : 3);
    if (over) return "in submodules over kept { " + sweep + " " + if_step() + " }";
    if (!shared.empty() || random_.chance(12))
        return "in submodules " + shared + "{ " + sweep + " " + if_step() + " }";
    if (random_.chance(15)) sweep += "  eliminate dead code";
    if (random_.chance(15)) sweep += "  " + if_step();
    if (random_.chance(3)) sweep += "  expect " + rule.name + random_.pick({" at least 1", " at most 1", " 1"});
    if (random_.chance(3)) sweep += "  ensures no " + nameless_pattern();
    return sweep;
}

std::string RuleMaker::if_step() {
    std::string condition = random_.pick({"changed", "changed", "not changed"});
    if (may_read_table_ && random_.chance(60))
        condition = random_.pick({"kept", "not kept", "changed and not kept", "len(kept) > 1 or changed",
                                  "None in kept", "kept[None] == 1", "any(k.users for k in kept.keys())"});
    const std::string otherwise = random_.pick(
        {"", "", " else { eliminate dead code }", " else if changed { ensures no aten.neg.default(...) } else { }"});
    return "if " + condition + " { eliminate dead code }" + otherwise;
}

std::string RuleMaker::steps_of_all() {
    std::string sweep =
        "sweep RULES" + random_.pick({"", " backward", " over snapshot", " backward over snapshot", " over targets"});
    if (random_.chance(50)) sweep += random_.pick({"  eliminate dead code", "  if changed { eliminate dead code }"});
    return random_.chance(50) ? "repeat at most 4 { " + sweep + " }" : sweep;
}

// -- one-line rules

std::string RuleMaker::template_of(unsigned depth) {
    std::string other = other_name(root_);
    if (depth == 0 || (depth < 2 && random_.chance(50))) return other.empty() ? "0" : other;
    std::string first = template_of(depth - 1);
    switch (random_.below(7)) {
    case 0: return "aten.add.Tensor(" + first + ", " + template_of(depth - 1) + random_.pick({")", ", alpha=2)"});
    case 1: return "aten.mul.Tensor(" + first + ", " + template_of(depth - 1) + ")";
    case 2: return "aten.cat.default([" + first + ", " + template_of(depth - 1) + random_.pick({"])", "], 1)"});
    case 3: return "aten.clamp.default(" + first + ", 0" + random_.pick({")", ", max=1)", ", None)"});
    case 4: return "aten.view_copy.default(" + first + ", " + random_.pick({"[1, 2]", "[-1]", "(2, 1)"}) + ")";
    case 5: return other.empty() ? first : other;
    default:
        return random_.pick({"aten.relu.default(", "aten.neg.default(", "edge.aten.relu.default("}) + first + ")";
    }
}

// -- statements

// A name of a node, often not `than`; empty where there is none.
std::string RuleMaker::other_name(const std::string& than) {
    for (int tries = 0; tries < 4; ++tries)
        if (const Known* found = known(Category::node); found && found->name != than) return found->name;
    return {};
}

std::string RuleMaker::statement(unsigned depth) {
    switch (random_.below(depth == 0 ? 15 : 20)) {
    case 0:
    case 1: return for_each_user();
    case 2:
    case 3: return replace_root();
    case 4:
    case 5: return new_node();
    case 6:
    case 7: return set_arguments();
    case 8:
    case 9:
    case 10: return set_metadata();
    case 11: return move_or_erase();
    case 12: return use_tables();
    case 13: return say_something();
    case 14: {
        Category category = random_.chance(50) ? Category::list : Category::scalar;
        std::string value = category == Category::list ? list_expression(1) : scalar_expression(1);
        return "let " + fresh(category, {}) + " = " + value;
    }
    default: return control(depth);
    }
}

std::string RuleMaker::block(unsigned depth) {
    size_t known_before = known_.size();
    std::string text = "{\n";
    for (size_t count = 1 + random_.below(2); count > 0; --count) text += indented(statement(depth)) + "\n";
    known_.resize(known_before);
    return text + "}";
}

std::string RuleMaker::control(unsigned depth) {
    if (random_.chance(55)) {
        std::string text = "if " + condition(1) + " " + block(depth - 1);
        if (random_.chance(25)) text += " else if " + condition(0) + " " + block(depth - 1);
        if (random_.chance(40)) text += " else " + block(depth - 1);
        return text;
    }
    std::string list = list_expression(1);
    if (random_.chance(70))
        list = node_expression(0) + random_.pick({".users", ".users", ".inputs", ".users[:2]", ".args[0].users"});
    size_t before = known_.size();
    std::string variable = fresh(Category::node, {});
    std::string filter = random_.chance(40) ? " if " + condition(0) : "";
    std::string text = "for " + variable + " in " + list + filter + " " + block(depth - 1);
    known_.resize(before);
    return text;
}

std::string RuleMaker::place_of(const std::string& node) {
    return (random_.chance(50) ? " before " : " after ") + node;
}

std::string RuleMaker::policy() {
    std::string from = "meta from " + node_expression(0);
    if (random_.chance(30)) return random_.pick({"meta none", ""});
    return from + random_.pick({"", "", " only {val}", " only {val, tag}", " except {val}", " except {tag, note}"});
}

// A call that reads a node.
std::string RuleMaker::new_call(const std::string& node) {
    std::string other = known(Category::node)->name;
    switch (random_.below(16)) {
    case 10:
        return "call_method(" +
               (random_.chance(60) ? random_.pick({"\"view\"", "\"__add__\"", "\"len\"", "\"\""})
                                   : node + random_.pick({".name", ".args[0]"})) +
               ", " + node +
               (random_.chance(30) ? ", *" + other + ".args)" : random_.pick({")", ", [-1])", ", size=2)"}));
    case 11:
        return "call_module(" +
               (random_.chance(40) ? "f\"layers.{" + node + "}\"" : random_.pick({"\"block.0.Conv1\"", "\"x0\""})) +
               ", " + node + ")";
    case 12:
        return "placeholder(" +
               (random_.chance(30) ? node + ".name"
                                   : random_.pick({"\"input\"", "\"x0\"", "\"class\"", "\"*args\", None"})) +
               ")";
    case 0: return "aten.add.Tensor(" + node + ", " + other + random_.pick({")", ", alpha=2)"});
    case 1: return "aten.mul.Tensor(" + node + ", " + (random_.chance(50) ? other : "2") + ")";
    case 2: return "aten.clamp.default(" + node + random_.pick({", 0, 1)", ", None, 1.5)", ", max=-0.0)", ", 1e-5)"});
    case 3: return "aten.view_copy.default(" + node + random_.pick({", [1, 2])", ", [-1])", ", size=[2])"});
    case 4: return "aten.cat.default([" + node + ", " + other + random_.pick({"])", "], 1)", "], dim=1)"});
    case 5: return other + ".target(" + node + ", *" + other + ".args[1:], **" + other + ".kwargs)";
    case 6: return "aten.to.dtype(" + node + random_.pick({", int8)", ", dtype=float32)", ", torch.bool)"});
    case 7: return "get_attr(" + (random_.chance(60) ? "\"weight\"" : "f\"block.w_{" + node + "}\"") + ")";
    case 8: return "aten.relu_.default(" + node + ")";  // which dead code keeps
    case 9: return "aten.relu.default(" + node + ", **" + other + ".kwargs)";
    default: return random_.pick({"aten.relu.default(", "aten.neg.default(", "edge.aten.relu.default("}) + node + ")";
    }
}

std::string RuleMaker::new_node() {
    std::string node = known(Category::node)->name, text;
    if (random_.chance(40)) {
        std::string place = place_of(random_.chance(80) ? node : node_expression(1));
        text = "clone " + node + " as " + fresh(Category::node, {}) + place;
    } else {
        std::string call = new_call(node), meta = policy();
        text = "insert " + call + " as ";
        std::string place = random_.chance(75) ? " after " + node : place_of(node_expression(1));
        text += fresh(Category::node, {}) + place + "  " + meta;
    }
    std::string made = known_.back().name;
    if (random_.chance(40))
        text += "\nfor u in " + node + ".users if u != " + made + " { replace " + node + " with " + made + " in u }";
    return text;
}

// A copy, or something new, for each user.
std::string RuleMaker::for_each_user() {
    std::string node = root_.empty() || random_.chance(25) ? known(Category::node)->name : root_;
    std::string filter = random_.chance(30) ? " if " + random_.pick({"u is simple", "u is binary", "len(u.args) > 1",
                                                                     "u.meta.tag is not None", "u != n0"})
                                            : "";
    if (filter.ends_with("n0")) filter = " if u != " + known(Category::node)->name;
    std::string place = random_.pick({" before u", " before u", " after "});
    if (place == " after ") place += node;
    std::string made = random_.chance(60) ? "clone " + node + " as c" + place
                                          : "insert " + new_call(node) + " as c" + place + "  " + policy();
    std::string text = "for u in " + node + ".users" + filter + " {\n    " + made + "\n    replace " + node +
                       " with c in u\n" + (random_.chance(20) ? "    set c.meta.tag = u.name\n" : "") + "}";
    if (random_.chance(35)) text += "\nif len(" + node + ".users) == 0 { erase " + node + " }";
    return text;
}

// By something new of its inputs, or by one of them.
std::string RuleMaker::replace_root() {
    std::string node = root_.empty() || random_.chance(25) ? known(Category::node)->name : root_;
    std::string other = other_name(node);
    if (other.empty() || random_.chance(30)) other = node + random_.pick({".args[0]", ".inputs[0]", ".inputs[-1]"});
    std::string text;
    if (random_.chance(65)) {
        std::string call = new_call(other);
        std::string meta = policy();
        other = fresh(Category::node, {});
        text = "insert " + call + " as " + other + " before " + node + "  " + meta + "\n";
    }
    text += "replace " + node + " with " + other;
    if (random_.chance(15)) text += " in " + node_expression(0) + random_.pick({".users[0]", ".only_user"});
    size_t then = random_.below(10);
    if (then < 3) text += "\nif not " + node + ".users { erase " + node + " }";
    if (then == 3) text += "\nerase " + node;
    if (then == 4) text += "\neliminate dead code";
    return text;
}

// What may stand where `value` stands.
std::string RuleMaker::like(const Object& value) {
    switch (value.kind) {
    case Object::Kind::node: return node_expression(1);
    case Object::Kind::list:
    case Object::Kind::tuple: return random_.pick({"[1, 2]", "[2]", "[-1]"});
    case Object::Kind::boolean: return random_.pick({"True", "False"});
    case Object::Kind::integer: return random_.pick({"0", "1", "2"});
    case Object::Kind::real: return random_.pick({"0.5", "1.0"});
    case Object::Kind::dtype: return random_.pick({"int8", "float32"});
    default: return random_.pick({"None", "None", "1", "True"});
    }
}

// An argument by its name, often one that is left out.
std::string RuleMaker::set_argument() {
    const Known& of = *known(Category::node);
    std::vector<Engine::Argument> named;
    bool left_out = random_.chance(60);
    if (of.node != no_node)
        for (const Engine::Argument& each : reader_.arguments_of(of.node))
            if (each.name && each.may_be_left_out == left_out) named.push_back(each);
    if (named.empty())
        return "set " + of.name + random_.pick({".alpha", ".arg.self", ".flag"}) + " = " + scalar_expression(1);
    const Engine::Argument& chosen = random_.pick(named);
    return "set " + of.name + random_.pick({".", ".", ".arg."}) + *chosen.name + " = " +
           like(chosen.value.value_or(Object()));
}

std::string RuleMaker::set_arguments() {
    if (random_.chance(35)) return set_argument();
    std::string node = known(Category::node)->name, other = node_expression(1), set = "set " + node;
    switch (random_.below(9)) {
    case 0: return set + ".args = [" + other + ", *" + node + ".args[1:]]";
    case 1: return set + ".args = " + node + ".args[" + random_.pick({":1]", ":-1]", "::-1]", "1:]"});
    case 2: return set + ".args = [*" + node + ".args, " + scalar_expression(1) + "]";
    case 3: return set + ".args = [" + other + ", " + list_expression(1) + "]";
    case 4:
        return set + ".kwargs = {**" + node + ".kwargs, " + (random_.chance(70) ? "\"alpha\"" : node + ".meta.tag") +
               ": " + scalar_expression(1) + "}";
    case 5: return set + ".kwargs = {k: v for k, v in " + node + ".kwargs.items() if k != \"alpha\"}";
    case 6:
        return set + ".target = " +
               random_.pick({"aten.neg.default", "aten.abs.default", "aten.relu_.default", "\"inner.weight\""});
    case 7: return set + ".target = " + other + ".target";
    default: return "if " + node + ".bound_args is not None { set " + node + ".args = " + node + ".bound_args }";
    }
}

std::string RuleMaker::set_metadata() {
    std::string node = known(Category::node)->name, other = node_expression(0), set = "set " + node + ".meta";
    switch (random_.below(12)) {
    case 0: return set + ".tag = " + scalar_expression(2);
    case 1: return set + ".tag = " + list_expression(1);
    case 2: return set + ".tag = {\"a\": " + scalar_expression(1) + ", \"from\": " + other + "}";
    case 3:
        return set + random_.pick({".note.spec", ".note.kind", ".note[\"map\"]", ".tag.deep"}) + " = " +
               scalar_expression(1);
    case 4: return set + random_.pick({".val.dtype = int8", ".val.shape = [1, 2]", ".val = {\"dtype\": float32}"});
    case 5: return set + random_.pick({".note.spec.kind", ".note.deep.er"}) + " = \"set\"";
    case 6: return set + " from " + other;
    case 7: return set + " from " + other + random_.pick({" only {tag}", " only {val, tag}", " except {note}"});
    case 8:
    case 9:
        return "delete " + node + ".meta" +
               random_.pick({".tag", ".note", ".val", ".note.spec", ".note.spec.kind", ".val.dtype", ".missing.key"});
    case 10:
        return set + random_.pick({".tag = ", ".note = "}) + other + ".meta" + random_.pick({"", ".note", ".val"});
    default: return set + ".stamp = f\"{" + other + "} of {" + integer_expression(1) + "}\"";
    }
}

std::string RuleMaker::move_or_erase() {
    std::string node = known(Category::node)->name;
    switch (random_.below(6)) {
    case 0: return "move " + node + " before " + node_expression(1);
    case 1: return "move " + node + " after " + node_expression(1);
    case 2: return "if " + node + ".users { move " + node + " before " + node + ".users[0] }";
    case 3: return "if " + node + ".inputs { move " + node + " after " + node + ".inputs[-1] }";
    case 4: return "eliminate dead code";
    default: return "if not " + node + ".users and " + node + " is call_function { erase " + node + " }";
    }
}

std::string RuleMaker::use_tables() {
    std::string node = known(Category::node)->name;
    std::string key = random_.pick({"u.op", "u.target", "u.args[1:]", "len(u.users)", "u"});
    std::string read = key == "u.args[1:]" ? "tuple(u.args[1:])" : key;  // which is the same key
    switch (random_.below(3)) {
    case 0:
        return "for u in " + node + ".users {\n    if " + read + " not in own { clone " + node + " as own[" + key +
               "] before u }\n    replace " + node + " with own[" + read + "] in u\n}";
    case 1: {
        std::string meta = policy();
        return "for u in " + node + ".inputs {\n    insert aten.relu.default(u) as mine[u] after u  " + meta +
               "\n    replace u with mine[u] in " + node + "\n}";
    }
    default:
        return "remember kept[" + scalar_expression(1) + "] = " + scalar_expression(1) + "\nif kept.get(" +
               scalar_expression(0) + ") is None { set " + node + ".meta.tag = len(kept) }";
    }
}

std::string RuleMaker::say_something() {
    std::string said = "f\"" + random_.pick({"of {", "{"}) + node_expression(0) +
                       random_.pick({"}", ".args}", ".kwargs}", ".target}", ".meta.tag}", ".meta}"}) + " {" +
                       integer_expression(0) + "}\"";
    if (random_.chance(80)) return "warn " + said;
    return "if " + condition(0) + " { fail " + said + " }";
}

}  // namespace dqrewrite::reference
