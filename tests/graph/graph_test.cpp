// What Graph says and does beyond order, users and names, which rows_test.cpp and model_test.cpp have: where nodes
// came from, shared arguments, erased nodes, purity, errors that change nothing.
#include "tests/graph/subject.hpp"
#include "tests/support/catch.hpp"

#include "engine/graph/graph.hpp"

#include <fmt/format.h>

#include <functional>

using namespace dqrewrite;
using dqrewrite::test::Subject;

namespace {

// x, y: placeholders; add(x, [y, 2], alpha=x); out(add).
struct Sample {
    Symbols symbols;
    Graph graph{symbols};
    NodeId x, y, add, out;

    Sample() {
        x = read(Opcode::placeholder, "x", {}, {});
        y = read(Opcode::placeholder, "y", {}, {});
        Value* list = graph.store().values(2);
        list[0] = operand(1);
        list[1] = value_of(Value::Kind::integer);
        list[1].integer = 2;
        Value* args = graph.store().values(2);
        args[0] = operand(0);
        args[1] = value_of(Value::Kind::list);
        args[1].has_operands = true;
        args[1].size = 2;
        args[1].items = list;
        Keyword* kwargs = graph.store().keywords(1);
        kwargs[0] = {"alpha", operand(2)};
        const NodeId operands[] = {x, y, x};
        add = read(Opcode::call_function, "add", {{args, 2}, {kwargs, 1}, operands}, "{\"val\": 1}");
        Value* result = graph.store().values(1);
        result[0] = operand(0);
        out = read(Opcode::output, "out", {{result, 1}, {}, {&add, 1}}, {});
    }

    static Value value_of(Value::Kind kind) {
        Value value;
        value.kind = kind;
        return value;
    }

    static Value operand(uint32_t index) {
        Value value = value_of(Value::Kind::operand);
        value.operand = index;
        return value;
    }

    NodeId read(Opcode opcode, std::string_view name, const Arguments& arguments, std::string_view meta) {
        Graph::NewNode node;
        node.opcode = opcode;
        node.target = symbols.intern(name);
        node.name = name;
        node.arguments = arguments;
        node.meta = meta;
        node.origin = "origin";
        return graph.append(node);
    }

    // Everything that an edit could change.
    std::string described() const {
        std::string text;
        for (uint32_t id = 0; id < graph.id_count(); ++id) {
            const NodeId node{id};
            text += fmt::format("{}{} {} {} <", graph.name(node), graph.erased(node) ? " erased" : "",
                                graph.target_text(node), graph.meta(node));
            for (size_t i = 0; i < graph.operand_count(node); ++i) {
                text += fmt::format(" {}", index_of(graph.operand(node, i)));
            }
            std::vector<NodeId> users;
            graph.users(node, users);
            text += " >";
            for (const NodeId user : users) text += fmt::format(" {}", graph.name(user));
            text += graph.arguments_edited(node) ? " new arguments" : "";
            text += graph.target_edited(node) ? " new target" : "";
            text += graph.meta_edited(node) ? " new meta" : "";
            text += "\n";
        }
        for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) text += graph.name(node) + " ";
        return text + std::to_string(graph.size()) + "\n";
    }
};

Arguments one_operand(Graph& graph, const NodeId& operand) {
    Value* args = graph.store().values(1);
    args[0] = Sample::operand(0);
    return {{args, 1}, {}, {&operand, 1}};
}

// What is known of arguments without their values is what the values say; all that can be known is.
void check_argument_kinds(const Graph& graph, NodeId node) {
    const ArgumentBits bits = graph.argument_bits(node);
    const auto args = graph.args(node);
    bool behind_container = false;
    for (size_t i = 0; i < 10; ++i) {
        INFO(graph.name(node) << ", argument " << i);
        behind_container |= i < args.size() && args[i].has_operands;
        const bool known = !behind_container && i < std::min<size_t>(args.size(), 7);
        CHECK(bits.know(i) == known);
        CHECK(bits.know_operand(i) == (known && args[i].kind == Value::Kind::operand));
        if (bits.know_operand(i)) CHECK(bits.operands_before(i) == args[i].operand);
    }
}

}  // namespace

TEST_CASE("a node that was read is as it was read") {
    Sample s;
    CHECK(s.described() == "x x  < > add\n"
                           "y y  < > add\n"
                           "add add {\"val\": 1} < 0 1 0 > out\n"
                           "out out  < 2 >\n"
                           "x y add out 4\n");
    CHECK(s.graph.edit_count() == 0);
    CHECK(s.graph.origin(s.add) == "origin");
    CHECK(s.graph.opcode(s.add) == Opcode::call_function);
    CHECK(s.graph.args(s.add).size() == 2);
    CHECK(s.graph.args(s.add)[1].item_span()[1].integer == 2);
    CHECK(s.graph.kwargs(s.add)[0].name == "alpha");
    CHECK(s.graph.find("add") == s.add);
    CHECK(s.graph.find("add_1") == no_node);
    CHECK(s.graph.next(s.out) == no_node);
    CHECK(s.graph.previous(s.x) == no_node);
}

TEST_CASE("a copy shares the arguments and is a node of its own") {
    Sample s;
    const NodeId copy = s.graph.clone(s.add, {Place::Side::after, s.add});
    CHECK(s.graph.args(copy).data() == s.graph.args(s.add).data());
    CHECK(s.graph.kwargs(copy).data() == s.graph.kwargs(s.add).data());
    CHECK(s.graph.origin(copy).empty());
    s.graph.replace_input(copy, s.x, s.y);
    CHECK(s.described() == "x x  < > add\n"
                           "y y  < > add add_1\n"
                           "add add {\"val\": 1} < 0 1 0 > out\n"
                           "out out  < 2 >\n"
                           "add_1 add {\"val\": 1} < 1 1 1 > new arguments\n"
                           "x y add add_1 out 5\n");
}

TEST_CASE("edits are remembered where they change something") {
    Sample s;
    s.graph.replace_input(s.add, s.out, s.y);  // does not occur: only the order of users may change
    s.graph.replace_input(s.add, s.y, s.y);
    CHECK_FALSE(s.graph.arguments_edited(s.add));
    CHECK(s.graph.edit_count() == 2);
    s.graph.replace_input(s.add, s.y, s.x);
    s.graph.set_target(s.add, s.symbols.intern("mul"));
    {
        const std::string meta = "{}";  // kept by the graph
        s.graph.set_meta(s.out, meta);
    }
    s.graph.set_arguments(s.out, one_operand(s.graph, s.x));
    s.graph.move(s.out, {Place::Side::before, s.add});
    CHECK(s.graph.edit_count() == 7);
    CHECK(s.described() == "x x  < > add out\n"
                           "y y  < >\n"
                           "add mul {\"val\": 1} < 0 0 0 > new arguments new target\n"
                           "out out {} < 0 > new arguments new meta\n"
                           "x y out add 4\n");
}

TEST_CASE("an erased node keeps what it was, without operands") {
    Sample s;
    s.graph.erase(s.out);
    s.graph.erase(s.add);
    CHECK(s.described() == "x x  < >\n"
                           "y y  < >\n"
                           "add erased add {\"val\": 1} < 4294967295 4294967295 4294967295 >\n"
                           "out erased out  < 4294967295 >\n"
                           "x y 2\n");
    CHECK(s.graph.find("add") == no_node);
    std::vector<NodeId> inputs;
    s.graph.inputs(s.add, inputs);
    CHECK(inputs.empty());
    CHECK(s.graph.next(s.add) == no_node);  // as it was: out had gone before
    CHECK(s.graph.previous(s.add) == s.y);
    CHECK(s.graph.step(s.x) == s.y);
    const NodeId again = s.read(Opcode::placeholder, "add", {}, {});  // a name that nobody bears may be read again
    CHECK(s.graph.find("add") == again);
}

TEST_CASE("an edit that fails changes nothing") {
    struct Row {
        const char* error;
        std::function<void(Sample&)> edit;
    };
    const NodeId gone{4};
    const Row rows[] = {
        {"a node has no name", [](Sample& s) { s.read(Opcode::placeholder, "", {}, {}); }},
        {"two nodes have the name 'add'", [](Sample& s) { s.read(Opcode::placeholder, "add", {}, {}); }},
        {"node 'gone' is erased", [&](Sample& s) { s.graph.clone(gone, {}); }},
        {"node 'gone' is erased",
         [&](Sample& s) {
             s.graph.clone(s.x, {Place::Side::after, gone});
         }},
        {"node 'gone' is erased",
         [&](Sample& s) {
             s.graph.create(Opcode::get_attr, s.symbols.intern("w"), {}, "w", {Place::Side::after, gone});
         }},
        {"node 'gone' is erased",
         [&](Sample& s) {
             s.graph.create(Opcode::call_method, s.symbols.intern("m"), one_operand(s.graph, gone), "m", {});
         }},
        {"node 'gone' is erased",
         [&](Sample& s) { s.read(Opcode::call_method, "m", one_operand(s.graph, gone), {}); }},
        {"node 'gone' is erased", [&](Sample& s) { s.graph.move(gone, {}); }},
        {"node 'gone' is erased",
         [&](Sample& s) {
             s.graph.move(s.x, {Place::Side::before, gone});
         }},
        {"node 'gone' is erased", [&](Sample& s) { s.graph.replace_input(s.add, s.x, gone); }},
        {"node 'gone' is erased", [&](Sample& s) { s.graph.replace_all_uses(s.x, gone); }},
        {"node 'gone' is erased", [&](Sample& s) { s.graph.set_arguments(gone, {}); }},
        {"node 'gone' is erased", [&](Sample& s) { s.graph.set_arguments(s.add, one_operand(s.graph, gone)); }},
        {"node 'gone' is erased", [&](Sample& s) { s.graph.set_target(gone, s.symbols.intern("t")); }},
        {"node 'gone' is erased", [&](Sample& s) { s.graph.set_meta(gone, "{}"); }},
        {"Tried to erase Node add but it still had 1 users in the graph: {out: None}!",
         [](Sample& s) { s.graph.erase(s.add); }},
        {"too many operands",  // the count is looked at first
         [](Sample& s) {
             s.graph.set_arguments(s.add, {{}, {}, {&s.x, size_t{0xFFFFFFFF}}});
         }},
        {"too many operands",
         [](Sample& s) {
             s.read(Opcode::call_method, "m", {{}, {}, {&s.x, size_t{0xFFFFFFFF}}}, {});
         }},
        {"a name's number has more than 4300 digits",
         [](Sample& s) { s.read(Opcode::placeholder, "x_" + std::string(4301, '1'), {}, {}); }},
        {"a name's number has more than 4300 digits",
         [](Sample& s) {
             s.graph.create(Opcode::get_attr, s.symbols.intern("w"), {}, "x_" + std::string(4301, '1'), {});
         }},
    };
    for (const Row& row : rows) {
        INFO(row.error << ", row " << &row - rows);
        Sample s;
        REQUIRE(s.read(Opcode::placeholder, "gone", {}, {}) == gone);
        s.graph.erase(gone);
        const std::string before = s.described();
        const uint64_t edits = s.graph.edit_count();
        std::string error;
        try {
            row.edit(s);
        } catch (const GraphError& caught) {
            error = caught.what();
        }
        CHECK(error == row.error);
        CHECK(s.described() == before);
        CHECK(s.graph.edit_count() == edits);
        CHECK(s.graph.name(s.graph.create(Opcode::get_attr, s.symbols.intern("m"), {}, "m", {})) == "m");
    }
}

TEST_CASE("purity") {
    enum Kept { no, yes };
    struct Row {
        Opcode opcode;
        bool impure_target;
        Impurity own;
        Kept kept;
    };
    const Row rows[] = {
        {Opcode::placeholder, false, Impurity::pure, yes},    {Opcode::output, false, Impurity::pure, yes},
        {Opcode::get_attr, true, Impurity::impure, no},       {Opcode::call_method, true, Impurity::impure, no},
        {Opcode::call_module, true, Impurity::unsaid, no},    {Opcode::call_module, false, Impurity::impure, yes},
        {Opcode::call_module, false, Impurity::pure, no},     {Opcode::call_function, false, Impurity::unsaid, no},
        {Opcode::call_function, true, Impurity::unsaid, yes}, {Opcode::call_function, true, Impurity::pure, no},
        {Opcode::call_function, false, Impurity::impure, yes}};
    for (const Row& row : rows) {
        INFO("row " << &row - rows);
        Sample s;
        Graph::NewNode node;
        node.opcode = row.opcode;
        node.target = s.symbols.intern("target");
        node.name = "node";
        node.impurity = row.own;
        const auto impure_target = [&](Symbol target) { return target == node.target && row.impure_target; };
        const NodeId original = s.graph.append(node);
        const NodeId copy = s.graph.clone(original, {});
        CHECK(s.graph.impure(original, impure_target) == (row.kept == yes));
        CHECK(s.graph.own_impurity(copy) == row.own);
        CHECK(s.graph.eliminate_dead_code(impure_target).erased == (row.kept == yes ? 0U : 2U));
    }
}

namespace {

struct Told final : Toll {
    std::vector<std::string> copies;
    size_t uses = 0;
    void copying(const Graph& graph, NodeId node) override { copies.push_back(graph.name(node)); }
    void replacing(size_t count) override { uses += count; }
    size_t named = 0;
    void naming(size_t bytes) override { named += bytes; }
};

}  // namespace

TEST_CASE("who takes the toll is told of copies of long nodes, those that were read included, and of their copies") {
    Sample s;
    Told told;
    s.graph.set_toll(&told);
    const auto copied = [&](NodeId node) {
        told.copies.clear();
        const NodeId copy = s.graph.clone(node, {});
        s.graph.clone(copy, {});
        return told.copies;
    };
    const auto appended = [&](const std::string& name, const Arguments& arguments, const std::string& origin) {
        Graph::NewNode node;
        node.opcode = Opcode::call_method;
        node.target = s.symbols.intern("m");
        node.name = name;
        node.arguments = arguments;
        node.origin = s.graph.store().copy(origin);
        return s.graph.append(node);
    };
    CHECK(copied(s.add).empty());
    CHECK(copied(appended("read", {}, std::string(Graph::short_text, ' '))).empty());
    CHECK(copied(appended("long", {}, std::string(Graph::short_text + 1, ' '))) ==
          std::vector<std::string>{"long", "long_1"});
    // Without a text the arguments are looked at.
    CHECK(copied(appended("built", one_operand(s.graph, s.x), {})).empty());
    std::vector<Value> text(1, Sample::value_of(Value::Kind::string));
    const std::string much(64 * Graph::short_weight, 'x');
    text[0].text = much.data();
    text[0].size = static_cast<uint32_t>(much.size());
    CHECK(copied(appended("heavy", {text, {}, {}}, {})) == std::vector<std::string>{"heavy", "heavy_1"});
    s.graph.set_meta(s.add, std::string(Graph::short_text + 1, ' '));
    CHECK(copied(s.add).size() == 2);
    s.graph.set_toll(nullptr);
    CHECK(copied(s.add).empty());
}

TEST_CASE("who takes the toll is told of replacements that look through many uses") {
    Sample s;
    Told told;
    s.graph.set_toll(&told);
    s.graph.replace_all_uses(s.x, s.y);
    CHECK(told.uses == 0);
    std::vector<Value> args(1000);
    for (uint32_t i = 0; i < args.size(); ++i) args[i] = Sample::operand(i);
    const std::vector<NodeId> operands(args.size(), s.x);
    const NodeId wide = s.graph.create(Opcode::call_method, s.symbols.intern("m"), {args, {}, operands}, "m", {});
    s.graph.replace_input(wide, s.x, s.y);
    CHECK(told.uses == 1000);
    s.graph.replace_all_uses(s.y, s.x);  // told of all uses, then of those of each user that has many operands
    CHECK(told.uses == 1000 + 1003 + 1000);
}

TEST_CASE("who takes the toll is told of the names that are written, from a long one on") {
    Sample s;
    Told told;
    s.graph.set_toll(&told);
    const Symbol method = s.symbols.intern("m");
    const auto create = [&](const std::string& name, const Arguments& arguments) {
        return s.graph.create(Opcode::call_method, method, arguments, name, {});
    };
    create(std::string(256, 'x'), {});
    CHECK(told.named == 0);
    const std::string name(1000, 'n');
    const NodeId longer = create(name, {});
    CHECK(told.named == 1000);
    const NodeId more = create(name, {});
    CHECK(s.graph.name_size(more) == 1002);
    CHECK(told.named == 2002);
    const Arguments two = {s.graph.args(s.add).first(1), {}, {&longer, 1}};
    const NodeId user = create("user", two);
    CHECK(told.named == 2002 + 1000 + 4);
    CHECK(s.graph.size_of_operand_names(user) == 1000);
    s.graph.replace_input(user, longer, more);
    CHECK(told.named == 3006 + 1002);
    s.graph.replace_input(user, longer, more);  // which it does not use
    CHECK(told.named == 4008);
    s.graph.replace_all_uses(s.x, more);  // twice in add
    CHECK(told.named == 4008 + 2004);
    s.graph.set_arguments(user, two);
    CHECK(told.named == 6012 + 1000);
    // Whatever uses or bears one may be long.
    CHECK(told.copies.empty());
    for (const NodeId node : {longer, more, user, s.add}) s.graph.clone(node, {});
    CHECK(told.copies.size() == 4);
    Graph::NewNode late;
    late.name = "late";
    late.arguments = two;
    s.graph.clone(s.graph.append(late), {});
    CHECK(told.copies.back() == "late");
}

TEST_CASE("sizes of names are those of their texts") {
    Names names;
    uint32_t node = 0;
    for (const char* text : {"a", "a_0", "a_9", "a_10", "a_99", "a_100", "a_4294967294", "a_4294967295", "a_01"}) {
        std::string found;
        const Name name = names.keep(text, NodeId{node++});
        names.append(name, found);
        CHECK(found == text);
        CHECK(names.size_of(name) == found.size());
    }
}

TEST_CASE("dead code ends at a node that is impure") {
    Sample s;
    s.graph.erase(s.out);
    const Symbol add = s.graph.target(s.add);
    CHECK(s.graph.eliminate_dead_code([add](Symbol target) { return target == add; }).erased == 0);
    const DeadCode found = s.graph.eliminate_dead_code([](Symbol) { return false; });
    CHECK(found.erased == 1);
    CHECK(found.looked_at == 4);  // nothing for lint, then x, y, the dead one twice
}

// Nodes have their turn in the order of their ids, so that one that came later comes back when its user goes.
TEST_CASE("a node that a dead one uses twice goes once, also where it came later") {
    Sample s;
    s.graph.erase(s.out);
    const NodeId late = s.graph.clone(s.y, {Place::Side::before, s.add});
    const NodeId pure =
        s.graph.create(Opcode::get_attr, s.symbols.intern("w"), {}, "w", {Place::Side::before, s.add});
    Value* args = s.graph.store().values(3);
    for (uint32_t i = 0; i < 3; ++i) args[i] = Sample::operand(i);
    const NodeId operands[] = {pure, late, pure};
    s.graph.set_arguments(s.add, {{args, 3}, {}, operands});
    std::vector<NodeId> told;
    CHECK(s.graph
              .eliminate_dead_code([](Symbol) { return false; },
                                   [&](const Graph&, NodeId node) { told.push_back(node); })
              .erased == 2);
    CHECK(told == std::vector{s.add, pure});
    CHECK(s.graph.size() == 3);
    CHECK(s.graph.next(s.y) == late);
    CHECK(s.graph.next(late) == no_node);
}

TEST_CASE("a graph that was moved goes on") {
    Sample s;
    Graph graph = std::move(s.graph);
    const NodeId copy = graph.clone(s.add, {});
    Symbols others;
    Graph second(others);
    second = std::move(graph);
    CHECK(second.name(second.clone(copy, {})) == "add_2");
    CHECK(second.find("add_1") == copy);
    CHECK(second.target_text(copy) == "add");
    CHECK(second.args(copy)[1].item_span()[1].integer == 2);
    second.set_meta(copy, "{}");
    CHECK(second.meta(copy) == "{}");
}

TEST_CASE("which arguments are operands is known without their values") {
    Sample sample;
    Graph& graph = sample.graph;
    // Rows of operands (o), numbers (n), lists of numbers (l) and lists with an operand (L).
    for (const std::string_view row : {"", "o", "n", "on", "no", "oo", "nono", "lo", "Lo", "oLo", "olno", "nnnnnno",
                                       "ooooooo", "ooooooooo", "nnnnnnnno", "ooooooL"}) {
        INFO(row);
        Value* args = graph.store().values(row.size());
        std::vector<NodeId> operands;
        const auto next_operand = [&] {
            operands.push_back(operands.size() % 2 == 0 ? sample.x : sample.y);
            return Sample::operand(static_cast<uint32_t>(operands.size() - 1));
        };
        for (size_t i = 0; i < row.size(); ++i) {
            const bool list = row[i] == 'l' || row[i] == 'L';
            args[i] =
                row[i] == 'o' ? next_operand() : Sample::value_of(list ? Value::Kind::list : Value::Kind::integer);
            if (!list) continue;
            Value* item = graph.store().values(1);
            item[0] = row[i] == 'L' ? next_operand() : Sample::value_of(Value::Kind::integer);
            args[i].size = 1;
            args[i].items = item;
            args[i].has_operands = row[i] == 'L';
        }
        const Arguments arguments{{args, row.size()}, {}, operands};
        const NodeId made = graph.create(Opcode::call_function, sample.symbols.intern("op"), arguments, "op", {});
        check_argument_kinds(graph, made);
        const NodeId copy = graph.clone(made, {Place::Side::after, made});
        graph.replace_input(copy, sample.x, sample.y);
        check_argument_kinds(graph, copy);
        graph.set_arguments(sample.add, arguments);
        check_argument_kinds(graph, sample.add);
    }
}

TEST_CASE("metadata in the text of a node, elsewhere and of a copy, and set to other metadata and to none") {
    Symbols symbols;
    Graph graph{symbols};
    const std::string text = R"({"meta": {"a": 1}})";
    const auto read = [&](std::string_view name, std::string_view origin, std::string_view meta) {
        return graph.append(
            {.target = symbols.intern("f"), .name = name, .arguments = {}, .meta = meta, .origin = origin});
    };
    const NodeId inside = read("inside", text, std::string_view(text).substr(9, 8));
    const NodeId outside = read("outside", text, "{\"b\": 2}");
    const NodeId without = read("without", text, {});
    const NodeId nowhere = read("nowhere", {}, "{\"c\": 3}");
    for (const NodeId node : {inside, outside, without, nowhere}) {
        const std::string meta(graph.meta(node));
        const NodeId copy = graph.clone(node, {});
        CHECK(graph.meta(copy) == meta);
        CHECK(graph.origin(copy).empty());
        CHECK(graph.origin(node) == (node == nowhere ? "" : text));
        for (const char* other : {"{\"d\": 4}", "{}", "", "{\"e\": 5}"}) {
            graph.set_meta(copy, other);
            CHECK(graph.meta(copy) == other);
            CHECK(graph.meta(graph.clone(copy, {})) == other);
            CHECK(graph.meta(node) == meta);
        }
    }
    CHECK(graph.meta(inside) == "{\"a\": 1}");
    CHECK(graph.meta(outside) == "{\"b\": 2}");
    CHECK(graph.meta(nowhere) == "{\"c\": 3}");

    const std::string before = graph.name(graph.last());
    CHECK_THROWS_WITH(read("huge", {text.data(), size_t{1} << 32}, {}),
                      "this node has more than 4294967294 bytes, the most that is read");
    CHECK(graph.name(graph.last()) == before);
    CHECK(graph.find("huge") == no_node);
}

TEST_CASE("nodes with the same values share them, others do not") {
    Sample s;
    Value* values = s.graph.store().values(200);
    for (size_t i = 0; i < 200; ++i) {
        values[i] = Sample::value_of(Value::Kind::integer);
        values[i].integer = static_cast<int64_t>(i);
    }
    Keyword* keyword = s.graph.store().keywords(1);
    keyword[0] = {"k", values[0]};
    std::vector<std::pair<NodeId, Arguments>> made;
    for (size_t i = 0; i < 200; ++i) {
        for (const Arguments& each : {Arguments{{values + i, 1}, {}, {}}, Arguments{{values, i}, {}, {}},
                                      Arguments{{values + i, 1}, {keyword, 1}, {}}, Arguments{}}) {
            made.emplace_back(s.graph.create(Opcode::call_function, s.symbols.intern("f"), each, "f", {}), each);
            s.graph.set_arguments(s.out, each);
            CHECK(s.graph.args(s.out).data() == each.args.data());
        }
    }
    for (const auto& [node, arguments] : made) {
        CHECK(s.graph.args(node).data() == arguments.args.data());
        CHECK(s.graph.args(node).size() == arguments.args.size());
        CHECK(s.graph.kwargs(node).data() == arguments.kwargs.data());
        CHECK(s.graph.kwargs(node).size() == arguments.kwargs.size());
    }
}

TEST_CASE("answers about metadata: kept by copies, forgotten where metadata is set and where somebody else asks") {
    using Answer = MetaAnswers::Answer;
    Sample sample;
    Graph& graph = sample.graph;
    MetaAnswers& answers = graph.meta_answers();
    answers.ask(1);
    answers.set(sample.add, 0, true);
    answers.set(sample.add, MetaAnswers::most_questions - 1, false);
    const NodeId copy = graph.clone(sample.add, {Place::Side::after, sample.add});
    for (const NodeId node : {sample.add, copy}) {
        CHECK(answers.answer(node, 0) == Answer::yes);
        CHECK(answers.answer(node, 1) == Answer::unknown);
        CHECK(answers.answer(node, MetaAnswers::most_questions - 1) == Answer::no);
    }
    graph.set_meta(copy, "{}");
    CHECK(answers.row(copy) == 0);
    answers.set(sample.add, 0, false);
    CHECK(answers.answer(sample.add, 0) == Answer::no);
    answers.ask(1);
    CHECK(answers.row(sample.add) != 0);
    answers.ask(2);
    CHECK(answers.row(sample.add) == 0);
}
