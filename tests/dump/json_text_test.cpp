// Escapes and numbers. The rows of reals and strings are what Python 3's repr and json.dumps print.
#include "engine/dump/json_text.hpp"
#include "tests/support/catch.hpp"

#include <cmath>
#include <vector>

using namespace dqrewrite;

TEST_CASE("reals are printed as Python's repr does") {
    struct Row {
        double value;
        std::string_view text;
    };
    const std::vector<Row> rows = {
        {0x1.0000000000000p+0, "1.0"},
        {0x0.0p+0, "0.0"},
        {-0x0.0p+0, "-0.0"},
        {0x1.999999999999ap-4, "0.1"},
        {0x1.5555555555555p-2, "0.3333333333333333"},
        {0x1.5555555555555p-1, "0.6666666666666666"},
        {0x1.a36e2eb1c432dp-14, "0.0001"},
        {0x1.4f8b588e368f1p-17, "1e-05"},
        {0x1.a36371ea531a8p-14, "9.999e-05"},
        {0x1.02e4b6ce5dc68p-13, "0.00012345"},
        {0x1.e240c9fbe76c9p+16, "123456.789"},
        {0x1.c6bf526340000p+49, "1000000000000000.0"},
        {0x1.1c37937e08000p+53, "1e+16"},
        {0x1.b69b4ba630f35p+56, "1.2345678901234568e+17"},
        {0x1.6345785d8a000p+56, "1e+17"},
        {0x1.b1ae4d6e2ef50p+69, "1e+21"},
        {0x1.0f0cf064dd592p+73, "1e+22"},
        {0x1.52d02c7e14af6p+76, "1e+23"},
        {0x1.1eb2d66005835p+997, "1.5e+300"},
        {0x0.0000000000001p-1022, "5e-324"},
        {0x1.0000000000000p-1022, "2.2250738585072014e-308"},
        {0x1.fffffffffffffp+1023, "1.7976931348623157e+308"},
        {-0x1.ad7f29abcaf48p-24, "-1e-07"},
        {0x1.9000000000000p+6, "100.0"},
        {0x1.9000000000000p+6, "100.0"},
        {0x1.81c8000000000p+13, "12345.0"},
        {0x1.0000000000000p+53, "9007199254740992.0"},
        {0x1.47ae147ae147bp-6, "0.02"},
        {0x1.0000000000000p-23, "1.1920928955078125e-07"},
        {0x1.fffffe0000000p+127, "3.4028234663852886e+38"},
        {-0x1.4000000000000p+1, "-2.5"},
        {-0x1.74de452e6b438p+811, "-1.989032661366619e+244"},
        {0x1.3270e269e0d37p+594, "7.761117632285041e+178"},
        {0x1.c7fd0a6a3a450p-826, "3.980498358697587e-249"},
        {-0x1.f0824128b2f33p+292, "-1.5432835417340557e+88"},
        {0x1.8e811892f902bp-638, "1.3647584518757569e-192"},
        {-0x1.1985d5d9dc9f8p-684, "-1.3701135617873088e-206"},
        {-0x1.25d940ed90475p+655, "-1.7160537630466207e+197"},
        {0x1.675cc81e74ef5p-144, "6.294675241195386e-44"},
        {0x1.0a35a099950d8p-671, "1.0613447212142254e-202"},
        {0x1.d549b6f03675ap+689, "4.708325160387546e+207"},
        {0x1.c172411e20b8fp-38, "6.387016158513563e-12"},
        {-0x1.16ece1738f7d9p-814, "-9.973130378568733e-246"},
        {0x1.1ddb66cad4a26p-781, "8.779753225680271e-236"},
        {-0x1.192cfd3ac94afp-755, "-5.795503248498993e-228"},
        {-0x1.c105d1fb17c23p+809, "-5.988180159386011e+243"},
        {-0x1.0b33839263059p-488, "-1.306052388527796e-147"},
        {-0x1.f48f1a09f76b5p-684, "-2.436117699484841e-206"},
        {0x1.630f1f29d0da9p-770, "2.233386999150174e-232"},
        {-0x1.60af593bd04cfp-673, "-3.51527970626667e-203"},
        {0x1.1e29c658cda14p-820, "1.5987381841032883e-247"},
        {0x1.8d190f9ebdaccp-118, "4.6678633181812096e-36"},
        {-0x1.1973e0becd7b0p-791, "-8.441872792105456e-239"},
        {0x1.7beaddbc496cbp-478, "1.9015657400796622e-144"},
        {0x1.cb2424a23d596p+693, "7.370437700706684e+208"},
        {-0x1.a63ec24ede6a4p-857, "-1.7163996725272777e-258"},
        {-0x1.766581e27a1c0p-733, "-3.2367190832119987e-221"},
        {-0x1.d05584ef8aa38p-777, "-2.2818334634712625e-234"},
        {-0x1.7ba94d0eda82fp-278, "-3.0536383926309363e-84"},
        {0x1.1dbe22e44158bp-601, "1.3449551894627777e-181"},
    };
    for (const Row& row : rows) {
        std::string out;
        append_real(out, row.value);
        CHECK(out == row.text);
        CHECK(std::signbit(parse_real(row.text)) == std::signbit(row.value));
        CHECK(parse_real(row.text) == row.value);
    }
    for (const std::string_view special : {"inf", "-inf", "nan"}) {
        std::string out;
        append_real(out, parse_real(special));
        CHECK(out == special);
    }
}

TEST_CASE("strings are written as json.dumps does, and read back") {
    struct Row {
        const char* bytes;
        size_t size;
        std::string_view json;
    };
    const std::vector<Row> rows = {
        {"", 0, R"x("")x"},
        {"abc", 3, R"x("abc")x"},
        {"q\"\\/", 4, R"x("q\"\\/")x"},
        {"\x08"
         "\x0c"
         "\x0a"
         "\x0d"
         "\x09"
         "",
         5, R"x("\b\f\n\r\t")x"},
        {"\x00"
         "\x1f"
         "\x7f"
         "",
         3, R"x("\u0000\u001f\u007f")x"},
        {"\xc3"
         "\xa4"
         "",
         2, R"x("\u00e4")x"},
        {"\xe6"
         "\x97"
         "\xa5"
         "\xe6"
         "\x9c"
         "\xac"
         "",
         6, R"x("\u65e5\u672c")x"},
        {"\xf0"
         "\x9f"
         "\x98"
         "\x80"
         "",
         4, R"x("\ud83d\ude00")x"},
        {"\xed"
         "\x9f"
         "\xbf"
         "\xee"
         "\x80"
         "\x80"
         "",
         6, R"x("\ud7ff\ue000")x"},
        {"\xf4"
         "\x8f"
         "\xbf"
         "\xbf"
         "",
         4, R"x("\udbff\udfff")x"},
    };
    for (const Row& row : rows) {
        const std::string_view text(row.bytes, row.size);
        std::string json;
        append_json_string(json, text);
        CHECK(json == row.json);
        std::string back;
        CHECK(decode_json_string(row.json.substr(1, row.json.size() - 2), back) == nullptr);
        CHECK(back == text);
    }
}

TEST_CASE("what is not UTF-8 is written as U+FFFD") {
    std::string json;
    append_json_string(json, "a\xFF\xC3z");
    CHECK(json == R"("a\ufffd\ufffdz")");
}

TEST_CASE("escapes that are none are found where they stand") {
    struct Row {
        std::string_view raw;
        int bad;  // -1: good
    };
    for (const Row& row : std::vector<Row>{{R"(a\/b)", -1},
                                           {R"(\ud83d\ude00)", -1},
                                           {R"(\uD83D\uDE00)", -1},
                                           {R"(ab\x)", 2},
                                           {R"(ab\)", 2},
                                           {R"(\u12)", 0},
                                           {R"(\u12g4)", 0},
                                           {R"(\ud83d)", 0},
                                           {R"(\ud83dx)", 0},
                                           {R"(\ud83d\n)", 0},
                                           {R"(\ud83d\ud83d\ude00)", 0},
                                           {R"(\ude00)", 0},
                                           {R"(\n\ude00\n)", 2}}) {
        INFO(row.raw);
        std::string out;
        const char* bad = decode_json_string(row.raw, out);
        CHECK((bad ? bad - row.raw.data() : -1) == row.bad);
    }
}

TEST_CASE("numbers are those of JSON's grammar") {
    struct Row {
        std::string_view text;
        size_t size;
        bool integral;
    };
    for (const Row& row : std::vector<Row>{
             {"0", 1, true},    {"-0", 2, true},    {"10", 2, true},      {"-123", 4, true},   {"1.5", 3, false},
             {"1e5", 3, false}, {"1E+5", 4, false}, {"0.0e-0", 6, false}, {"12,", 2, true},    {"12]", 2, true},
             {"1 2", 1, true},  {"", 0, false},     {"-", 0, false},      {"01", 0, false},    {"1.", 0, false},
             {".5", 0, false},  {"1e", 0, false},   {"1e+", 0, false},    {"+1", 0, false},    {"0x1", 0, false},
             {"1a", 0, false},  {"1\"", 0, false},  {"--1", 0, false},    {"1.5.2", 0, false}, {"inf", 0, false},
         }) {
        INFO(row.text);
        const JsonNumber number = scan_json_number(row.text);
        CHECK(number.size == row.size);
        if (row.size != 0) CHECK(number.integral == row.integral);
    }
}

TEST_CASE("a float must fit a double, and what is too small is zero") {
    struct Row {
        std::string text;
        bool fits;
    };
    for (const Row& row : std::vector<Row>{{"1e308", true},
                                           {"1.7976931348623157e308", true},
                                           {"1.8e308", false},
                                           {"1e309", false},
                                           {"-1e999", false},
                                           {"1e-999", true},
                                           {"0e999999999999999999999", true},
                                           {"1e99999999999999999999999", false},
                                           {"1e-99999999999999999999999", true},
                                           {"0." + std::string(400, '0') + "1e500", true},
                                           {"0." + std::string(400, '0') + "1e999", false},
                                           {"1" + std::string(400, '0') + ".0", false},
                                           {"1" + std::string(400, '0') + "e-400", true},
                                           {"1" + std::string(299, '0') + ".5", true}}) {
        INFO(row.text);
        CHECK(fits_double(row.text) == row.fits);
        CHECK(std::isfinite(parse_real(row.text)) == row.fits);
    }
    CHECK(parse_real("-1e-999") == 0);
    CHECK(std::signbit(parse_real("-1e-999")));
}

TEST_CASE("integers of 64 bits are numbers, larger ones are none") {
    CHECK(parse_integer("9223372036854775807") == INT64_MAX);
    CHECK(parse_integer("-9223372036854775808") == INT64_MIN);
    CHECK(parse_integer("-0") == 0);
    CHECK_FALSE(parse_integer("9223372036854775808"));
    CHECK_FALSE(parse_integer("1.0"));
    for (const std::string_view none :
         {"", "-", "+1", "--1", "1e5", "1 ", "12345678901234567x", "1234567890123456789x"})
        CHECK_FALSE(parse_integer(none));
    std::string digits, negative = "-";
    int64_t value = 0;
    for (int i = 1; i < 20; ++i) {  // up to 19 digits, which fit here
        digits += static_cast<char>('0' + i % 10);
        negative += digits.back();
        value = value * 10 + i % 10;
        CHECK(parse_integer(digits) == value);
        CHECK(parse_integer(negative) == -value);
    }
}

TEST_CASE("texts are the same where size and all bytes are") {
    for (size_t size = 0; size < 40; ++size) {
        const std::string text(size, 'x');
        const std::string same = text;
        CHECK(same_text(text, same));
        CHECK_FALSE(same_text(text, same + 'x'));
        for (size_t at = 0; at < size; ++at) {
            std::string other = text;
            other[at] = 'y';
            CHECK_FALSE(same_text(text, other));
        }
    }
}

TEST_CASE("a backslash is found wherever it stands") {
    for (size_t size = 0; size < 40; ++size) {
        std::string text(size, 'x');
        CHECK_FALSE(has_backslash(text));
        for (size_t at = 0; at < size; ++at) {
            text[at] = '\\';
            CHECK(has_backslash(text));
            text[at] = at % 2 == 0 ? ']' : '\xDC';  // near it, by value
        }
        CHECK_FALSE(has_backslash(text));
    }
}

TEST_CASE("text is plain where json.dumps leaves it as it is") {
    for (size_t size = 0; size < 30; ++size) {
        std::string text(size, 'x');
        CHECK(is_plain_json(text));
        for (size_t at = 0; at < size; ++at) {
            for (int byte = 0; byte < 256; ++byte) {
                text[at] = static_cast<char>(byte);
                std::string json;
                append_json_string(json, text);
                const bool plain = byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
                if (is_plain_json(text) != plain) FAIL_CHECK("byte " << byte << " at " << at << " of " << size);
                if ((json == "\"" + text + "\"") != plain) FAIL_CHECK(json);
            }
            text[at] = at % 2 == 0 ? ' ' : '~';
        }
    }
}
