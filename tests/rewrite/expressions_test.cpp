// Expressions without a graph: Python's own results, row by row. expressions.py writes the files.
#include "tests/rewrite/evaluation.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

#include <sstream>

namespace dqrewrite::test {

namespace {

struct Row {
    std::string expression, result;
};

std::vector<Row> read_rows(const std::string& name) {
    std::istringstream text(read_file(DQREWRITE_SOURCE_DIR "/tests/rewrite/" + name));
    std::vector<Row> rows;
    for (std::string line; std::getline(text, line);) {
        size_t tab = line.find('\t');
        rows.push_back({line.substr(0, tab), line.substr(tab + 1)});
    }
    return rows;
}

}  // namespace

TEST_CASE("expressions are what Python says they are") {
    auto file = GENERATE("expressions.tsv", "arithmetic.tsv", "slices.tsv", "texts.tsv");
    std::vector<Row> rows = read_rows(file);
    REQUIRE(rows.size() > 100);
    std::vector<std::string> expressions;
    // Python's eval() takes "1, 2" for a tuple.
    for (const Row& row : rows) expressions.push_back("[" + row.expression + "]");
    Evaluation evaluation(dump_json({}), expressions);
    for (size_t i = 0; i < rows.size(); ++i) {
        const std::string& expected = rows[i].result;
        bool several = expected.starts_with('(') && rows[i].expression.find(", ") != std::string::npos;
        std::string found = evaluation(i);
        INFO(rows[i].expression << " is " << found);
        if (found.starts_with('!'))
            CHECK(expected == "!");
        else
            CHECK((found == "[" + expected + "]" ||
                   (several && "(" + found.substr(1, found.size() - 2) + ")" == expected)));
    }
}

}  // namespace dqrewrite::test
