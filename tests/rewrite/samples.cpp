#include "tests/rewrite/samples.hpp"

#include "engine/rewrite/hashed.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dqrewrite::test {

namespace {

using Kind = Datum::Kind;

Datum row(Arena& arena, Kind kind, std::initializer_list<Datum> items) {
    Datum* room = arena.data(items.size());
    std::copy(items.begin(), items.end(), room);
    return make_items(kind, {room, items.size()});
}

Datum text(std::string_view content, Kind kind = Kind::string) {
    return make_text(kind, content);
}

Datum from_metadata(Datum list) {
    list.from_metadata = true;
    return list;
}

Datum dict(Arena& arena, size_t count, bool backwards) {
    HashedItems items(Kind::dict, arena);
    for (size_t i = 0; i < count; ++i) {
        auto key = static_cast<int64_t>(backwards ? count - 1 - i : i);
        items.insert(backwards ? make_real(static_cast<double>(key)) : make_integer(key), make_integer(key * key));
    }
    return items.finish();
}

Datum set(Arena& arena, size_t count) {
    HashedItems items(Kind::set, arena);
    for (size_t i = 0; i < count; ++i) items.insert(make_integer(static_cast<int64_t>(i)));
    return items.finish();
}

}  // namespace

std::vector<Datum> telling_data(Arena& arena) {
    constexpr double inf = std::numeric_limits<double>::infinity();
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    constexpr int64_t most = std::numeric_limits<int64_t>::max();
    Datum one = make_integer(1), two = make_integer(2);
    return {
        make_none(),
        make_boolean(false),
        make_boolean(true),
        make_integer(0),
        one,
        make_integer(-1),
        make_integer(most),
        make_integer(-most - 1),
        make_integer_of("99999999999999999999"),
        make_integer_of("-99999999999999999999"),
        make_integer_of("100000000000000000000"),
        make_integer_of("9223372036854775808"),
        make_real(0.0),
        make_real(-0.0),
        make_real(1.0),
        make_real(1.5),
        make_real(1e20),
        make_real(9223372036854775808.0),
        make_real(inf),
        make_real(-inf),
        make_real(nan),
        row(arena, Kind::complex, {make_real(1), make_real(0)}),
        row(arena, Kind::complex, {one, two}),
        row(arena, Kind::complex, {make_real(0), make_real(-0.0)}),
        text(""),
        text("a"),
        text("b"),
        text("int8"),
        text("int8", Kind::dtype),
        text("int8", Kind::opaque),
        text("cpu", Kind::device),
        text("cuda:0", Kind::device),
        text("preserve_format", Kind::memory_format),
        text("strided", Kind::layout),
        text("s0", Kind::symbolic),
        text("s0 + 1", Kind::symbolic),
        row(arena, Kind::list, {}),
        row(arena, Kind::tuple, {}),
        row(arena, Kind::list, {one, two}),
        row(arena, Kind::tuple, {one, two}),
        from_metadata(row(arena, Kind::list, {one, make_real(2)})),
        row(arena, Kind::list, {row(arena, Kind::list, {one}), one}),
        row(arena, Kind::tuple, {row(arena, Kind::list, {one}), one}),
        row(arena, Kind::list, {make_real(nan)}),
        row(arena, Kind::slice, {make_none(), one, make_none()}),
        dict(arena, 0, false),
        dict(arena, 3, false),
        dict(arena, 3, true),
        dict(arena, 40, false),
        dict(arena, 40, true),
        set(arena, 0),
        set(arena, 3),
        set(arena, 40),
        set(arena, 41),
        make_node(NodeId{0}),
        make_node(NodeId{1}),
        text("x", Kind::gone_node),
        text("y", Kind::gone_node),
        make_op(Symbol{0}),
        make_op(Symbol{1}),
        text(R"({})", Kind::record),
        text(R"({"a": 1, "b": [2, {"c": null}]})", Kind::record),
        text(R"({"b":[2.0,{"c":null}],"a":true})", Kind::record),
        text(R"({"a": 1, "b": [2, {"d": null}]})", Kind::record),
    };
}

Datum random_datum(std::mt19937& random, Arena& arena, unsigned depth) {
    auto pick = [&](unsigned count) { return std::uniform_int_distribution<unsigned>(0, count - 1)(random); };
    constexpr std::string_view texts[] = {
        "", "a", "node", "\"quoted\\\"", "line\nbreak\x01", "h\xC3\xA9llo \xF0\x9F\x98\x80"};
    constexpr Kind text_kinds[] = {Kind::dtype,    Kind::device, Kind::memory_format, Kind::layout,
                                   Kind::symbolic, Kind::opaque, Kind::gone_node};
    unsigned kind = pick(depth == 0 ? 8 : 11);
    if (kind == 0) return make_none();
    if (kind == 1) return make_boolean(pick(2));
    if (kind == 2) return make_integer(static_cast<int64_t>(random()) - 2147483648);
    if (kind == 3) return make_real(std::ldexp(static_cast<double>(random()), static_cast<int>(pick(2000)) - 1000));
    if (kind == 4) return make_integer_of("-123456789012345678901234567890");
    if (kind == 5) return make_real(pick(2) ? -0.0 : std::numeric_limits<double>::infinity());
    if (kind == 6) return make_text(text_kinds[pick(std::size(text_kinds))], texts[1 + pick(std::size(texts) - 1)]);
    if (kind == 7) return make_text(Kind::string, texts[pick(std::size(texts))]);
    size_t count = pick(4);
    if (kind == 10) {
        HashedItems items(Kind::dict, arena);
        for (size_t i = 0; i < 2 + count; ++i) {
            Datum key = pick(3) ? make_text(Kind::string, texts[i % std::size(texts)])
                                : make_integer(static_cast<int64_t>(i));
            items.insert(key, random_datum(random, arena, depth - 1));
        }
        return items.finish();
    }
    Datum* room = arena.data(count);
    for (size_t i = 0; i < count; ++i) room[i] = random_datum(random, arena, depth - 1);
    return make_items(kind == 8 ? Kind::list : Kind::tuple, {room, count});
}

}  // namespace dqrewrite::test
