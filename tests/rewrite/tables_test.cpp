// What rules remember.
#include "engine/rewrite/tables.hpp"
#include "tests/support/catch.hpp"

#include <string>

namespace dqrewrite::test {

TEST_CASE("a table has each key once, in order, and keeps what it was given") {
    Symbols symbols;
    Graph graph(symbols);
    Tables tables(2);
    program::TableId first{0}, second{1};
    {
        std::string text = "a key that is gone when it is asked for";
        Datum items[] = {make_text(Datum::Kind::string, text), make_integer(1)};
        tables.remember(first, make_items(Datum::Kind::tuple, items), make_text(Datum::Kind::string, text));
        tables.remember(first, make_integer(1), make_none());
        tables.remember(first, make_boolean(true), make_items(Datum::Kind::list, items));
        tables.remember(first, make_items(Datum::Kind::list, items), make_integer(2));
    }
    std::string all;
    for (size_t i = 0; i < tables.keys(first).size(); ++i)
        all += to_repr(graph, tables.keys(first)[i]) + ": " + to_repr(graph, tables.values(first)[i]) + "\n";
    CHECK(all == "('a key that is gone when it is asked for', 1): 2\n"
                 "1: ['a key that is gone when it is asked for', 1]\n");
    CHECK(tables.find(first, make_real(1.0)) == &tables.values(first)[1]);
    CHECK(tables.find(first, make_integer(2)) == nullptr);
    CHECK(tables.keys(second).empty());
    CHECK(tables.find(second, make_integer(1)) == nullptr);
    tables.clear(first);
    CHECK(tables.keys(first).empty());
    CHECK(tables.find(first, make_integer(1)) == nullptr);
}

TEST_CASE("a table may be that of another owner, for a while") {
    Tables top(2), below(2);
    program::TableId shared{0}, other{1};
    below.remember(shared, make_integer(1), make_integer(10));
    top.remember(shared, make_integer(2), make_integer(20));
    Tables* own = below.set_owner(shared, top.owner(shared));
    below.remember(shared, make_integer(3), make_integer(30));
    below.remember(other, make_integer(4), make_integer(40));
    CHECK(below.find(shared, make_integer(1)) == nullptr);
    CHECK(top.find(shared, make_integer(3)) == below.find(shared, make_integer(3)));
    CHECK(top.keys(shared).size() == 2);
    CHECK(top.find(other, make_integer(4)) == nullptr);
    below.set_owner(shared, own);
    CHECK(below.keys(shared).size() == 1);
    CHECK(below.find(shared, make_integer(1))->integer == 10);
}

TEST_CASE("a large table is found in") {
    Tables tables(1);
    program::TableId table{0};
    for (int64_t i = 0; i < 100'000; ++i) tables.remember(table, make_integer(i), make_integer(-i));
    for (int64_t i = 0; i < 100'000; i += 999) CHECK(tables.find(table, make_integer(i))->integer == -i);
}

}  // namespace dqrewrite::test
