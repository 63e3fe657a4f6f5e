// Graphs that were edited: the whole text that comes out, in several styles of writing.
#include "tests/dump/support.hpp"
#include "tests/support/catch.hpp"

#include <functional>
#include <vector>

using namespace dqrewrite;
using namespace dqrewrite::test;

namespace {

NodeId named(const Graph& graph, std::string_view name) {
    const NodeId node = graph.find(name);
    REQUIRE(node != no_node);
    return node;
}

Place before(NodeId node) {
    return {Place::Side::before, node};
}
Place after(NodeId node) {
    return {Place::Side::after, node};
}

struct Case {
    std::string_view name;
    std::string_view text;
    std::function<void(Graph&)> edit;
    std::string_view expected;
    bool readable = true;
};

// What an edit gives, and that it can be read again and comes back.
void check(const std::vector<Case>& cases) {
    for (const Case& each : cases) {
        INFO(each.name);
        Dump dump = read_dump(each.text);
        each.edit(dump.module.graph);
        const std::string text = text_of(dump);
        CHECK(text == each.expected);
        if (each.readable) CHECK(round_trip(text) == text);
    }
}

constexpr std::string_view lines = R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name": "f", "op": "call_function", "target": "op.f", "args": [{"node": "x"}, 0.50], "kwargs": {}, "meta": {"val": 1}},
{"name": "g", "op": "call_function", "target": "op.g", "args": [{"node": "f"}], "kwargs": {"a": {"node": "x"}}},
{"name": "out", "op": "output", "target": "output", "args": [[{"node": "g"}]], "kwargs": {}}
]}, "after": [1,  2]}
)";

constexpr std::string_view compact =
    R"({"format":"fx-graph","version":1,"graph":{"nodes":[{"name":"x","op":"placeholder","target":"x","args":[],"kwargs":{}},)"
    R"({"name":"f","op":"call_function","target":"op.f","args":[{"node":"x"},[1,2]],"kwargs":{},"meta":{"val":1}},)"
    R"({"name":"out","op":"output","target":"output","args":[{"node":"f"}],"kwargs":{}}]}})";

constexpr std::string_view indented = R"({
  "format": "fx-graph",
  "version": 1,
  "graph": {
    "nodes": [
      {
        "name": "x",
        "op": "placeholder",
        "target": "x",
        "args": [],
        "kwargs": {}
      },
      {
        "name": "f",
        "op": "call_function",
        "target": "op.f",
        "args": [
          {
            "node": "x"
          }
        ],
        "kwargs": {},
        "meta": {
          "val": 1
        }
      }
    ]
  }
}
)";

}  // namespace

TEST_CASE("edits of the order of nodes") {
    check({
        {"a copy takes the white space of the node that it follows", lines,
         [](Graph& g) { g.clone(named(g, "f"), after(named(g, "f"))); },
         R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name": "f", "op": "call_function", "target": "op.f", "args": [{"node": "x"}, 0.50], "kwargs": {}, "meta": {"val": 1}},
{"name": "f_1", "op": "call_function", "target": "op.f", "args": [{"node": "x"}, 0.50], "kwargs": {}, "meta": {"val": 1}},
{"name": "g", "op": "call_function", "target": "op.g", "args": [{"node": "f"}], "kwargs": {"a": {"node": "x"}}},
{"name": "out", "op": "output", "target": "output", "args": [[{"node": "g"}]], "kwargs": {}}
]}, "after": [1,  2]}
)"},
        {"a copy becomes the first node", lines, [](Graph& g) { g.clone(named(g, "x"), before(named(g, "x"))); },
         R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "x_1", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name": "f", "op": "call_function", "target": "op.f", "args": [{"node": "x"}, 0.50], "kwargs": {}, "meta": {"val": 1}},
{"name": "g", "op": "call_function", "target": "op.g", "args": [{"node": "f"}], "kwargs": {"a": {"node": "x"}}},
{"name": "out", "op": "output", "target": "output", "args": [[{"node": "g"}]], "kwargs": {}}
]}, "after": [1,  2]}
)"},
        {"a copy becomes the last node", lines, [](Graph& g) { g.clone(named(g, "x"), before(no_node)); },
         R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name": "f", "op": "call_function", "target": "op.f", "args": [{"node": "x"}, 0.50], "kwargs": {}, "meta": {"val": 1}},
{"name": "g", "op": "call_function", "target": "op.g", "args": [{"node": "f"}], "kwargs": {"a": {"node": "x"}}},
{"name": "out", "op": "output", "target": "output", "args": [[{"node": "g"}]], "kwargs": {}},
{"name": "x_1", "op": "placeholder", "target": "x", "args": [], "kwargs": {}}
]}, "after": [1,  2]}
)"},
        {"the last node goes", lines, [](Graph& g) { g.erase(named(g, "out")); },
         R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name": "f", "op": "call_function", "target": "op.f", "args": [{"node": "x"}, 0.50], "kwargs": {}, "meta": {"val": 1}},
{"name": "g", "op": "call_function", "target": "op.g", "args": [{"node": "f"}], "kwargs": {"a": {"node": "x"}}}
]}, "after": [1,  2]}
)"},
        {"the first node goes", compact,
         [](Graph& g) {
             g.erase(named(g, "out"));
             g.erase(named(g, "f"));
             g.clone(named(g, "x"), after(named(g, "x")));
             g.erase(named(g, "x"));
         },
         R"({"format":"fx-graph","version":1,"graph":{"nodes":[{"name":"x_1","op":"placeholder","target":"x","args":[],"kwargs":{}}]}})"},
        {"all nodes go", lines,
         [](Graph& g) {
             for (const std::string_view name : {"out", "g", "f", "x"}) g.erase(named(g, name));
         },
         R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
]}, "after": [1,  2]}
)"},
        {"all nodes but one go", lines,
         [](Graph& g) {
             for (const std::string_view name : {"out", "g", "f"}) g.erase(named(g, name));
         },
         R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}}
]}, "after": [1,  2]}
)"},
    });
}

TEST_CASE("moves that break the order of definitions are written all the same") {
    check({
        {"the first node becomes the last", lines, [](Graph& g) { g.move(named(g, "x"), before(no_node)); },
         R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "f", "op": "call_function", "target": "op.f", "args": [{"node": "x"}, 0.50], "kwargs": {}, "meta": {"val": 1}},
{"name": "g", "op": "call_function", "target": "op.g", "args": [{"node": "f"}], "kwargs": {"a": {"node": "x"}}},
{"name": "out", "op": "output", "target": "output", "args": [[{"node": "g"}]], "kwargs": {}},
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}}
]}, "after": [1,  2]}
)",
         false},
        {"the last node becomes the first", compact, [](Graph& g) { g.move(named(g, "out"), before(named(g, "x"))); },
         R"({"format":"fx-graph","version":1,"graph":{"nodes":[{"name":"out","op":"output","target":"output","args":[{"node":"f"}],"kwargs":{}},)"
         R"({"name":"x","op":"placeholder","target":"x","args":[],"kwargs":{}},)"
         R"({"name":"f","op":"call_function","target":"op.f","args":[{"node":"x"},[1,2]],"kwargs":{},"meta":{"val":1}}]}})",
         false},
    });
}

TEST_CASE("a node that was touched keeps all other bytes") {
    check({
        {"an operand is replaced: args and kwargs are written anew, floats keep their digits", lines,
         [](Graph& g) {
             const NodeId copy = g.clone(named(g, "x"), after(named(g, "x")));
             g.replace_input(named(g, "f"), named(g, "x"), copy);
             g.replace_input(named(g, "g"), named(g, "x"), copy);
         },
         R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name": "x_1", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name": "f", "op": "call_function", "target": "op.f", "args": [{"node": "x_1"}, 0.50], "kwargs": {}, "meta": {"val": 1}},
{"name": "g", "op": "call_function", "target": "op.g", "args": [{"node": "f"}], "kwargs": {"a": {"node": "x_1"}}},
{"name": "out", "op": "output", "target": "output", "args": [[{"node": "g"}]], "kwargs": {}}
]}, "after": [1,  2]}
)"},
        {"odd keys, spaces and unknown keys stay",
         R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
 {"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}} ,
 { "meta" : {"b": 1} , "\u0061rgs" : [ {"node":"x"} ,1 ] ,"line": [1,  2], "kwargs":{ } , "target": "f", "op": "call_function", "name": "y"  }
]}})",
         [](Graph& g) {
             const NodeId copy = g.clone(named(g, "x"), after(named(g, "x")));
             g.replace_input(named(g, "y"), named(g, "x"), copy);
             g.set_target(named(g, "y"), g.symbols().intern("über"));
         },
         R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
 {"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}} ,
 {"name": "x_1", "op": "placeholder", "target": "x", "args": [], "kwargs": {}} ,
 { "meta" : {"b": 1} , "\u0061rgs" : [{"node": "x_1"}, 1] ,"line": [1,  2], "kwargs":{} , "target": "\u00fcber", "op": "call_function", "name": "y"  }
]}})"},
        {"meta is replaced", lines, [](Graph& g) { g.set_meta(named(g, "f"), R"({"val":2})"); },
         R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name": "f", "op": "call_function", "target": "op.f", "args": [{"node": "x"}, 0.50], "kwargs": {}, "meta": {"val":2}},
{"name": "g", "op": "call_function", "target": "op.g", "args": [{"node": "f"}], "kwargs": {"a": {"node": "x"}}},
{"name": "out", "op": "output", "target": "output", "args": [[{"node": "g"}]], "kwargs": {}}
]}, "after": [1,  2]}
)"},
        {"meta is added, as the last key", lines, [](Graph& g) { g.set_meta(named(g, "x"), R"({"val":2})"); },
         R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}, "meta": {"val":2}},
{"name": "f", "op": "call_function", "target": "op.f", "args": [{"node": "x"}, 0.50], "kwargs": {}, "meta": {"val": 1}},
{"name": "g", "op": "call_function", "target": "op.g", "args": [{"node": "f"}], "kwargs": {"a": {"node": "x"}}},
{"name": "out", "op": "output", "target": "output", "args": [[{"node": "g"}]], "kwargs": {}}
]}, "after": [1,  2]}
)"},
        {"meta goes, and its comma with it", compact,
         [](Graph& g) {
             g.set_meta(named(g, "f"), "");
             g.set_meta(named(g, "x"), " {} ");
         },
         R"({"format":"fx-graph","version":1,"graph":{"nodes":[{"name":"x","op":"placeholder","target":"x","args":[],"kwargs":{}},)"
         R"({"name":"f","op":"call_function","target":"op.f","args":[{"node":"x"},[1,2]],"kwargs":{}},)"
         R"({"name":"out","op":"output","target":"output","args":[{"node":"f"}],"kwargs":{}}]}})"},
        {"meta that was the first key goes",
         R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [{ "meta": {"a": 1}, "name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {} }]}})",
         [](Graph& g) { g.set_meta(named(g, "x"), "{}"); },
         R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [{ "name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {} }]}})"},
        {"everything of a node changes", compact,
         [](Graph& g) {
             const NodeId f = named(g, "f");
             Value* args = g.store().values(1);
             args[0] = {};
             g.set_arguments(f, {{args, 1}, {}, {}});
             g.set_target(f, g.symbols().intern("op.h"));
             g.set_meta(f, "{\"new\": true}");
         },
         R"({"format":"fx-graph","version":1,"graph":{"nodes":[{"name":"x","op":"placeholder","target":"x","args":[],"kwargs":{}},)"
         R"({"name":"f","op":"call_function","target":"op.h","args":[null],"kwargs":{},"meta":{"new": true}},)"
         R"({"name":"out","op":"output","target":"output","args":[{"node":"f"}],"kwargs":{}}]}})"},
    });
}

TEST_CASE("new nodes are written in the style of the dump's first node") {
    const auto add = [](Graph& g) {
        const NodeId f = named(g, "f");
        Value* args = g.store().values(2);
        args[0] = {};
        args[0].kind = Value::Kind::operand;
        args[0].operand = 0;
        args[1] = {};
        args[1].kind = Value::Kind::integer;
        args[1].integer = -7;
        const NodeId fresh =
            g.create(Opcode::call_function, g.symbols().intern("op.new"), {{args, 2}, {}, {&f, 1}}, "new", after(f));
        g.set_meta(fresh, "{\"val\": 2}");
    };
    check({
        {"compact", compact, add,
         R"({"format":"fx-graph","version":1,"graph":{"nodes":[{"name":"x","op":"placeholder","target":"x","args":[],"kwargs":{}},)"
         R"({"name":"f","op":"call_function","target":"op.f","args":[{"node":"x"},[1,2]],"kwargs":{},"meta":{"val":1}},)"
         R"({"name":"new","op":"call_function","target":"op.new","args":[{"node":"f"},-7],"kwargs":{},"meta":{"val": 2}},)"
         R"({"name":"out","op":"output","target":"output","args":[{"node":"f"}],"kwargs":{}}]}})"},
        {"indented", indented, add, R"({
  "format": "fx-graph",
  "version": 1,
  "graph": {
    "nodes": [
      {
        "name": "x",
        "op": "placeholder",
        "target": "x",
        "args": [],
        "kwargs": {}
      },
      {
        "name": "f",
        "op": "call_function",
        "target": "op.f",
        "args": [
          {
            "node": "x"
          }
        ],
        "kwargs": {},
        "meta": {
          "val": 1
        }
      },
      {
        "name": "new",
        "op": "call_function",
        "target": "op.new",
        "args": [{"node": "f"}, -7],
        "kwargs": {},
        "meta": {"val": 2}
      }
    ]
  }
}
)"},
        {"a dump of one node on its own line",
         "{\"format\": \"fx-graph\", \"version\": 1, \"graph\": {\"nodes\": [\r\n"
         "{\"name\": \"f\", \"op\": \"placeholder\", \"target\": \"f\", \"args\": [], \"kwargs\": {}}\r\n]}}\r\n",
         add,
         "{\"format\": \"fx-graph\", \"version\": 1, \"graph\": {\"nodes\": [\r\n"
         "{\"name\": \"f\", \"op\": \"placeholder\", \"target\": \"f\", \"args\": [], \"kwargs\": {}},\r\n"
         "{\"name\": \"new\", \"op\": \"call_function\", \"target\": \"op.new\", \"args\": [{\"node\": \"f\"}, -7], "
         "\"kwargs\": {}, \"meta\": {\"val\": 2}}\r\n]}}\r\n"},
        {"a dump of one node on the line of its bracket",
         R"({"format":"fx-graph","version":1,"graph":{"nodes":[{"name":"f","op":"placeholder","target":"f","args":[],"kwargs":{}}]}})",
         add,
         R"({"format":"fx-graph","version":1,"graph":{"nodes":[{"name":"f","op":"placeholder","target":"f","args":[],"kwargs":{}},)"
         R"({"name":"new","op":"call_function","target":"op.new","args":[{"node":"f"},-7],"kwargs":{},"meta":{"val": 2}}]}})"},
        {"a dump without nodes", R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [ ]}})",
         [](Graph& g) {
             g.create(Opcode::placeholder, g.symbols().intern("x"), {}, "x", {});
             g.create(Opcode::placeholder, g.symbols().intern("y"), {}, "y", {});
         },
         R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [ {"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}}, {"name": "y", "op": "placeholder", "target": "y", "args": [], "kwargs": {}} ]}})"},
        {"new nodes take the white space of the node they follow, also through each other",
         R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [{"name": "a", "op": "placeholder", "target": "a", "args": [], "kwargs": {}},
   {"name": "b", "op": "placeholder", "target": "b", "args": [], "kwargs": {}},{"name": "c", "op": "placeholder", "target": "c", "args": [], "kwargs": {}}]}})",
         [](Graph& g) {
             for (const std::string_view name : {"a", "b", "c"}) {
                 for (int copies = 0; copies < 2; ++copies) g.clone(named(g, name), after(named(g, name)));
             }
         },
         R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [{"name": "a", "op": "placeholder", "target": "a", "args": [], "kwargs": {}},
   {"name": "a_2", "op": "placeholder", "target": "a", "args": [], "kwargs": {}},
   {"name": "a_1", "op": "placeholder", "target": "a", "args": [], "kwargs": {}},
   {"name": "b", "op": "placeholder", "target": "b", "args": [], "kwargs": {}},
   {"name": "b_2", "op": "placeholder", "target": "b", "args": [], "kwargs": {}},
   {"name": "b_1", "op": "placeholder", "target": "b", "args": [], "kwargs": {}},{"name": "c", "op": "placeholder", "target": "c", "args": [], "kwargs": {}},{"name": "c_2", "op": "placeholder", "target": "c", "args": [], "kwargs": {}},{"name": "c_1", "op": "placeholder", "target": "c", "args": [], "kwargs": {}}]}})"},
    });
}

TEST_CASE("copies keep their own impurity and the bytes of their meta") {
    check({{"a call_module that is impure",
            R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "m", "op": "call_module", "target": "m", "meta": { "a":[1 ,2]}, "impure": false, "args": [], "kwargs": {}}
]}})",
            [](Graph& g) { g.clone(named(g, "m"), before(no_node)); },
            R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "m", "op": "call_module", "target": "m", "meta": { "a":[1 ,2]}, "impure": false, "args": [], "kwargs": {}},
{"name": "m_1", "op": "call_module", "target": "m", "args": [], "kwargs": {}, "impure": false, "meta": { "a":[1 ,2]}}
]}})"},
           {"meta that is empty is left out of a copy",
            R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "m", "op": "call_module", "target": "m", "args": [], "kwargs": {}, "impure": true, "meta": { }}
]}})",
            [](Graph& g) { g.clone(named(g, "m"), before(no_node)); },
            R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "m", "op": "call_module", "target": "m", "args": [], "kwargs": {}, "impure": true, "meta": { }},
{"name": "m_1", "op": "call_module", "target": "m", "args": [], "kwargs": {}, "impure": true}
]}})"}});
}

TEST_CASE("every kind of value is written as it was read, also where its node is written anew") {
    // A copy of each node: its args are those of the original but for white space.
    const std::string text = R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name": "v", "op": "call_function", "target": "f", "args": [null, true, false, "a\u00e4\"ä", "", 0, -1, 9223372036854775807, -9223372036854775808, 1.0, -0.0, 1E+5, 1.50, {"float": "inf"}, {"float": "-inf"}, {"float": "nan"}, {"int": "123456789012345678901234567890"}, [], [[]], [1, [2, {"node": "x"}], 3], {"tuple": []}, {"tuple": [{"tuple": [{"node": "x"}]}]}, {"dict": []}, {"dict": [["a", 1], [{"tuple": [1, 2]}, {"node": "x"}], [null, {"dict": [[1, [2]]]}]]}, {"slice": [null, {"node": "x"}, 1]}, {"complex": [0.0, -1]}, {"dtype": "int8"}, {"device": "cuda:0"}, {"memory_format": "channels_last"}, {"layout": "strided"}, {"sym": "s0 + 1"}, {"opaque": "<a \"b\">"}], "kwargs": {"b": {"node": "x"}, "ä": [{"node": "x"}], "a": 1}}
]}})";
    Dump dump = read_dump(text);
    Graph& g = dump.module.graph;
    g.clone(named(g, "v"), before(no_node));
    const size_t start = text.find("{\"name\": \"v\"");
    const size_t end = text.rfind('\n');
    std::string copy = text.substr(start, end - start);
    copy.replace(copy.find("\"v\""), 3, "\"v_1\"");
    CHECK(text_of(dump) == text.substr(0, end) + ",\n" + copy + text.substr(end));
}

TEST_CASE("numbers and text that a program makes are written as Python writes them") {
    Dump dump = read_dump(dump_of(R"({"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}})"));
    Graph& g = dump.module.graph;
    const double reals[] = {1.0, 0.1, 1e-5, 1e16, -0.0, 1.0 / 3, 1e300 * 1e10, -1e300 * 1e10};
    Value* args = g.store().values(10);
    for (size_t i = 0; i < 8; ++i) {
        args[i] = {};
        args[i].kind = Value::Kind::real;
        args[i].real = reals[i];
    }
    args[8] = {};
    args[8].kind = Value::Kind::string;
    const std::string_view made = "a\"\\\n\x01\x7f\xC3\xA4\xF0\x9F\x98\x80";
    args[8].text = made.data();
    args[8].size = static_cast<uint32_t>(made.size());
    args[9] = {};
    args[9].kind = Value::Kind::big_integer;
    args[9].text = "18446744073709551616";
    args[9].size = 20;
    g.set_arguments(named(g, "x"), {{args, 10}, {}, {}});
    CHECK(
        text_of(dump) ==
        dump_of(
            "{\"name\": \"x\", \"op\": \"placeholder\", \"target\": \"x\", \"args\": [1.0, 0.1, 1e-05, 1e+16, -0.0, "
            "0.3333333333333333, {\"float\": \"inf\"}, {\"float\": \"-inf\"}, "
            "\"a\\\"\\\\\\n\\u0001\\u007f\\u00e4\\ud83d\\ude00\", {\"int\": \"18446744073709551616\"}], \"kwargs\": "
            "{}}"));
}

TEST_CASE("names that are no plain ASCII are written with escapes where they are written anew") {
    check({{"an operand",
            "{\"format\": \"fx-graph\", \"version\": 1, \"graph\": {\"nodes\": [\n"
            "{\"name\": \"ä\", \"op\": \"placeholder\", \"target\": \"ä\", \"args\": [], \"kwargs\": {}},\n"
            "{\"name\": \"q\\\"\", \"op\": \"call_function\", \"target\": \"f\", \"args\": [{\"node\": "
            "\"ä\"}], \"kwargs\": {}}\n]}}",
            [](Graph& g) { g.clone(named(g, "q\""), before(no_node)); },
            "{\"format\": \"fx-graph\", \"version\": 1, \"graph\": {\"nodes\": [\n"
            "{\"name\": \"ä\", \"op\": \"placeholder\", \"target\": \"ä\", \"args\": [], \"kwargs\": {}},\n"
            "{\"name\": \"q\\\"\", \"op\": \"call_function\", \"target\": \"f\", \"args\": [{\"node\": "
            "\"ä\"}], \"kwargs\": {}},\n"
            "{\"name\": \"q__1\", \"op\": \"call_function\", \"target\": \"f\", \"args\": [{\"node\": "
            "\"\\u00e4\"}], \"kwargs\": {}}\n]}}"}});
}

TEST_CASE("each graph of a dump is written by itself, wherever it stands") {
    const std::string text =
        R"({"submodules": {"a": {"nodes": [{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}}], "k": 1}, "b": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}}
]}}, "graph": {"nodes": [
{"name":"x","op":"placeholder","target":"x","args":[],"kwargs":{}}
]}, "format": "fx-graph", "version": 1})";
    Dump dump = read_dump(text);
    REQUIRE(dump.module.submodules.size() == 2);
    Graph& b = dump.module.submodules[1].graph;
    b.clone(named(b, "x"), before(no_node));
    CHECK(
        text_of(dump) ==
        R"({"submodules": {"a": {"nodes": [{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}}], "k": 1}, "b": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name":"x_1","op":"placeholder","target":"x","args":[],"kwargs":{}}
]}}, "graph": {"nodes": [
{"name":"x","op":"placeholder","target":"x","args":[],"kwargs":{}}
]}, "format": "fx-graph", "version": 1})");
    Graph& a = dump.module.submodules[0].graph;
    a.erase(named(a, "x"));
    Graph& top = dump.module.graph;
    top.clone(named(top, "x"), before(no_node));
    CHECK(text_of(dump) == R"({"submodules": {"a": {"nodes": [], "k": 1}, "b": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name":"x_1","op":"placeholder","target":"x","args":[],"kwargs":{}}
]}}, "graph": {"nodes": [
{"name":"x","op":"placeholder","target":"x","args":[],"kwargs":{}},
{"name":"x_1","op":"placeholder","target":"x","args":[],"kwargs":{}}
]}, "format": "fx-graph", "version": 1})");
}
