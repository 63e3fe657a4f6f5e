// Interned targets, and the store of values and text.
#include "engine/graph/symbols.hpp"
#include "engine/graph/value.hpp"

#include "tests/support/catch.hpp"

#include <fmt/format.h>

#include <cstring>
#include <string>

using namespace dqrewrite;

TEST_CASE("a text is one symbol") {
    Symbols symbols;
    std::vector<std::string_view> views;
    for (int i = 0; i < 5000; ++i) {
        const Symbol symbol = symbols.intern(fmt::format("target {}", i));
        CHECK(symbol == Symbol{static_cast<uint32_t>(i)});
        views.push_back(symbols.text(symbol));
    }
    CHECK(symbols.size() == 5000);
    for (int i = 0; i < 5000; ++i) {  // no text has moved
        const std::string text = fmt::format("target {}", i);
        CHECK(views[static_cast<size_t>(i)] == text);
        CHECK(symbols.intern(text) == Symbol{static_cast<uint32_t>(i)});
        CHECK(symbols.find(text) == Symbol{static_cast<uint32_t>(i)});
    }
    CHECK(symbols.find("target") == no_symbol);
    CHECK(symbols.find("") == no_symbol);
    CHECK(symbols.text(symbols.intern("")).empty());
}

TEST_CASE("what a store gave out stays where it is, aligned and apart") {
    ValueStore store;
    struct Piece {
        char* at;
        size_t size;
    };
    std::vector<Piece> pieces;
    for (size_t i = 0; i < 3000; ++i) {
        const size_t size = i % 97 == 0 ? 300000 + i : i % 71 + 1;
        char* at = store.bytes(size);
        CHECK(reinterpret_cast<uintptr_t>(at) % alignof(Value) == 0);
        std::memset(at, static_cast<int>(i % 251), size);
        pieces.push_back({at, size});
    }
    ValueStore moved = std::move(store);
    ValueStore assigned;
    assigned = std::move(moved);
    for (size_t i = 0; i < pieces.size(); ++i) {
        const std::string expected(pieces[i].size, static_cast<char>(i % 251));
        CHECK(std::memcmp(pieces[i].at, expected.data(), expected.size()) == 0);
    }
}

TEST_CASE("no room is null, and a copy is a copy") {
    ValueStore store;
    CHECK(store.values(0) == nullptr);
    CHECK(store.keywords(0) == nullptr);
    CHECK(store.copy("").empty());
    std::string text = "a text that is longer than a small string";
    const std::string_view copy = store.copy(text);
    text[0] = 'b';
    CHECK(copy == "a text that is longer than a small string");
    Value* values = store.values(3);
    values[2] = Value();
    values[2].integer = -1;
    CHECK(store.copy("after") == "after");
    CHECK(values[2].integer == -1);
}
