// Equality, order, hashes, dicts and sets, copies, extents, stored values.
#include "engine/rewrite/hashed.hpp"
#include "engine/rewrite/tables.hpp"
#include "tests/rewrite/samples.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <string>

namespace dqrewrite::test {

namespace {

using Kind = Datum::Kind;

struct Fixture {
    Symbols symbols;
    Graph graph{symbols};
    Arena arena;

    Fixture() {
        for (std::string_view name : {"x", "y"}) {
            symbols.intern(name);
            Graph::NewNode node;
            node.opcode = Opcode::placeholder;
            node.target = symbols.intern(name);
            node.name = name;
            graph.append(node);
        }
    }
    std::string repr(const Datum& datum) { return to_repr(graph, datum); }
};

Datum text(std::string_view content, Kind kind = Kind::string) {
    return make_text(kind, content);
}

}  // namespace

TEST_CASE_METHOD(Fixture, "equality is symmetric and goes with hashes and order") {
    std::vector<Datum> data = telling_data(arena);
    for (const Datum& a : data) {
        for (const Datum& b : data) {
            INFO(type_name(a) << " " << repr(a) << " and " << type_name(b) << " " << repr(b));
            bool is_equal = equal(a, b);
            CHECK(is_equal == equal(b, a));
            CHECK(same(a, b) == same(b, a));
            CHECK(equal_as_key(a, b) == equal_as_key(b, a));
            if (is_equal || same(a, b) || equal_as_key(a, b)) CHECK(hash(a) == hash(b));
            bool has_nan = repr(a).find("nan") != std::string::npos;
            if (same(a, b) && !has_nan) CHECK(is_equal);
            auto ordered = order(a, b), reverse = order(b, a);
            CHECK(ordered.has_value() == reverse.has_value());
            if (!ordered || !reverse) continue;
            CHECK(*ordered == (0 <=> *reverse));
            CHECK((*ordered == 0) == is_equal);
            bool comparable = false;
            CHECK(less(a, b, comparable) == (*ordered < 0));
            CHECK(comparable);
        }
    }
}

TEST_CASE_METHOD(Fixture, "every telling datum is the same as itself and no other") {
    std::vector<Datum> data = telling_data(arena);
    std::vector<std::string> pairs;
    for (size_t i = 0; i < data.size(); ++i)
        for (size_t k = 0; k < data.size(); ++k)
            if (i != k && same(data[i], data[k])) pairs.push_back(repr(data[i]) + " ~ " + repr(data[k]));
    CHECK(pairs == std::vector<std::string>{"{} ~ {}", "{} ~ {}"});  // a dict and a record
    for (const Datum& each : data) {
        INFO(repr(each));
        CHECK(same(each, each));
        CHECK(equal(each, each) == (repr(each).find("nan") == std::string::npos));
    }
}

TEST_CASE_METHOD(Fixture, "what is equal without being the same") {
    std::vector<Datum> data = telling_data(arena);
    std::vector<std::string> pairs;
    for (size_t i = 0; i < data.size(); ++i) {
        for (size_t k = i + 1; k < data.size(); ++k) {
            bool large = is_container(data[i]) && data[i].size > 20;
            if (equal(data[i], data[k]) && !large) pairs.push_back(repr(data[i]) + " == " + repr(data[k]));
        }
    }
    CHECK(pairs ==
          std::vector<std::string>{"False == 0",
                                   "False == 0.0",
                                   "False == -0.0",
                                   "False == -0j",
                                   "True == 1",
                                   "True == 1.0",
                                   "True == (1+0j)",
                                   "0 == 0.0",
                                   "0 == -0.0",
                                   "0 == -0j",
                                   "1 == 1.0",
                                   "1 == (1+0j)",
                                   "100000000000000000000 == 1e+20",
                                   "9223372036854775808 == 9.223372036854776e+18",
                                   "0.0 == -0.0",
                                   "0.0 == -0j",
                                   "-0.0 == -0j",
                                   "1.0 == (1+0j)",
                                   "[1, 2] == [1, 2.0]",
                                   "(1, 2) == [1, 2.0]",
                                   "{} == {}",
                                   "{0: 0, 1: 1, 2: 4} == {2.0: 4, 1.0: 1, 0.0: 0}",
                                   "{'a': 1, 'b': [2, {'c': None}]} == {'b': [2.0, {'c': None}], 'a': True}"});
}

TEST_CASE_METHOD(Fixture, "as keys lists count as tuples, at every depth") {
    std::vector<Datum> items{make_integer(1), make_integer(2)};
    Datum list = make_items(Kind::list, items), tuple = make_items(Kind::tuple, items);
    Datum with_list = make_items(Kind::tuple, {&list, 1}), with_tuple = make_items(Kind::list, {&tuple, 1});
    CHECK(!equal(list, tuple));
    CHECK(equal_as_key(list, tuple));
    CHECK(!equal(with_list, with_tuple));
    CHECK(equal_as_key(with_list, with_tuple));
    CHECK(hash(with_list) == hash(with_tuple));
}

TEST_CASE_METHOD(Fixture, "a record equals the dict that it is") {
    HashedItems items(Kind::dict, arena);
    items.insert(text("a"), make_integer(1));
    Datum dict = items.finish();
    CHECK(equal(dict, text(R"({"a": 1.0})", Kind::record)));
    CHECK(!same(dict, text(R"({"a": 1.0})", Kind::record)));
    CHECK(same(dict, text(R"({"a":1})", Kind::record)));
    CHECK(hash(dict) == hash(text(R"({ "a" : 1 })", Kind::record)));
    CHECK(!equal(dict, text(R"({"a": 1, "b": 2})", Kind::record)));
    CHECK(!equal(dict, text(R"({"a": })", Kind::record)));
}

TEST_CASE_METHOD(Fixture, "truth is Python's") {
    std::string truths;
    for (const Datum& each : telling_data(arena))
        if (!truth(each)) truths += repr(each) + " ";
    CHECK(truths == "None False 0 0.0 -0.0 -0j '' [] () {} set() {} ");
}

TEST_CASE_METHOD(Fixture, "dicts keep the first key and the last value, in order") {
    HashedItems items(Kind::dict, arena);
    CHECK(items.insert(make_integer(1), text("a")));
    CHECK(items.insert(text("k"), text("b")));
    CHECK(!items.insert(make_real(1.0), text("c")));
    CHECK(repr(items.finish()) == "{1: 'c', 'k': 'b'}");
    for (int64_t i = 0; i < 1000; ++i) items.insert(make_integer(i), make_integer(-i));
    Datum dict = items.finish();
    CHECK(dict.size == 2 * 1001);
    for (int64_t i = 0; i < 1000; ++i) {
        const Datum* found = find_key(dict, make_real(static_cast<double>(i)));
        REQUIRE(found);
        REQUIRE(found[1].integer == -i);
    }
    CHECK(find_key(dict, make_integer(1000)) == nullptr);
    CHECK(find_key(dict, text("k"))[1].text_view() == "b");
}

TEST_CASE_METHOD(Fixture, "what is kept does not need the arena that it came from") {
    Arena kept_memory;
    std::vector<Datum> kept;
    std::vector<std::string> before;
    auto first = std::make_unique<Arena>();
    std::mt19937 random(1);
    std::vector<Datum> data = telling_data(*first);
    for (int i = 0; i < 200; ++i) data.push_back(random_datum(random, *first, 4));
    for (const Datum& each : data) {
        before.push_back(repr(each));
        kept.push_back(keep(each, kept_memory));
        CHECK(same(each, kept.back()));
    }
    data.clear();
    first.reset();
    for (size_t i = 0; i < kept.size(); ++i) CHECK(repr(kept[i]) == before[i]);
    Datum indexed =
        *std::ranges::find_if(kept, [](const Datum& each) { return each.kind == Kind::dict && each.indexed; });
    CHECK(find_key(indexed, make_integer(39))[1].integer == 39 * 39);
}

TEST_CASE("an arena gives out what was released once more, and keeps large pieces whole") {
    Arena arena;
    arena.data(3);
    Arena::Mark mark = arena.mark();
    char* first = arena.bytes(100);
    arena.release(mark);
    CHECK(arena.bytes(1) == first);
    std::string large(1 << 20, 'x');
    CHECK(arena.copy(large) == large);
    arena.release(mark);
    CHECK(arena.bytes(0) == first);
}

TEST_CASE_METHOD(Fixture, "extents count shared items each time") {
    std::vector<Datum> items{make_integer(1), text(std::string_view("0123456789012345678901234567890123456789"
                                                                    "012345678901234567890123456789"))};
    Datum list = make_items(Kind::list, items);
    std::vector<Datum> twice{list, list};
    Extent extent = extent_of(make_items(Kind::tuple, twice));
    CHECK(extent.weight == 1 + 2 * (1 + 1 + 2));
    CHECK(extent.nesting == 2);
    CHECK(extent_of(make_none()).nesting == 0);
}

TEST_CASE_METHOD(Fixture, "stored values become data") {
    auto text_value = [](Value::Kind kind, std::string_view content, bool escaped = false) {
        Value value;
        value.kind = kind;
        value.escaped = escaped;
        value.size = static_cast<uint32_t>(content.size());
        value.text = content.data();
        return value;
    };
    Value number = text_value(Value::Kind::real, "1e-05"), operand, integer;
    number.as_text = true;
    operand.kind = Value::Kind::operand;
    integer.kind = Value::Kind::integer;
    integer.integer = 7;
    Value pair[] = {number, operand};
    Value row;
    row.kind = Value::Kind::tuple;
    row.size = 2;
    row.items = pair;
    Value twice[] = {text_value(Value::Kind::string, "k"), integer, text_value(Value::Kind::string, "k"), operand};
    Value dict;
    dict.kind = Value::Kind::dict;
    dict.size = 4;
    dict.items = twice;
    NodeId input[] = {NodeId{1}};
    Value args[] = {row,
                    dict,
                    text_value(Value::Kind::string, "h\\u00e9\\n", true),
                    text_value(Value::Kind::big_integer, "123456789012345678901"),
                    text_value(Value::Kind::big_integer, "12"),
                    text_value(Value::Kind::dtype, "float"),
                    text_value(Value::Kind::symbolic, "s0"),
                    Value{}};
    Graph::NewNode node;
    node.target = symbols.intern("torch.ops.my.op.default");
    node.name = "op";
    node.arguments = {args, {}, input};
    NodeId owner = graph.append(node);
    std::string all;
    for (const Value& value : graph.args(owner)) {
        Datum datum = from_value(graph, owner, value, arena);
        all += std::string(type_name(datum)) + " " + repr(datum) + "\n";
    }
    CHECK(all == "tuple (1e-05, y)\n"
                 "dict {'k': y}\n"
                 "str 'h\xC3\xA9\\n'\n"
                 "int 123456789012345678901\n"
                 "int 12\n"
                 "dtype torch.float32\n"
                 "symbolic value s0\n"
                 "None None\n");
}

}  // namespace dqrewrite::test
