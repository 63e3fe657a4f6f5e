#include "engine/author/testing/test_update.hpp"

#include "engine/author/testing/test_graph.hpp"
#include "engine/author/text/block_text.hpp"
#include "engine/author/text/graph_text.hpp"
#include "grammar/comments.hpp"
#include "grammar/format.hpp"
#include "grammar/parse.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

namespace dqrewrite {

using program::Program;
using program::Test;
using program::TestGraph;
using syntax::Kind;

namespace {

// The first `test` block of a tree.
std::optional<syntax::NodeId> find_test(const syntax::Tree& tree) {
    for (syntax::NodeId declaration : tree.children(tree.root()))
        if (tree.kind(declaration) == Kind::test) return declaration;
    return {};
}

// What stood in the two graphs of a test, by what it says: how each line was written, and each value of metadata.
struct Written {
    std::map<std::string, std::string, std::less<>> lines;
    std::map<std::pair<std::string_view, std::string>, std::string> values;  // by key and value
};

// A graph as a test, which is parsed.
struct Parsed {
    explicit Parsed(const std::string& graph) : source("", "test \"\" { run P on " + graph + " unchanged }\n") {
        Diagnostics diagnostics;
        auto made = parse(source, diagnostics);
        if (!made) throw std::logic_error("a graph that was written is none: " + graph);
        tree = std::move(*made);
    }

    syntax::NodeId block() const { return tree.child(*find_test(tree), 1); }

    Source source;
    syntax::Tree tree;
};

// The metadata of the nodes, one after the other, those of submodules included.
std::vector<std::span<const syntax::NodeId>> metadata_of(const syntax::Tree& tree, syntax::NodeId block) {
    std::vector<std::span<const syntax::NodeId>> rows;
    for (const syntax::NodeId each : tree.children(block)) {
        const auto parts = tree.children(each);
        if (tree.kind(each) == Kind::submodule)
            std::ranges::copy(metadata_of(tree, parts[0]), std::back_inserter(rows));
        else if (tree.kind(each) == Kind::graph_node)
            rows.push_back(parts.size() < 3 ? std::span<const syntax::NodeId>() : tree.children(parts[2]));
    }
    return rows;
}

// Values on several lines are written anew: a node has one line.
void add_values(const Source& source, const Module& module, const syntax::Tree& tree, syntax::NodeId block,
                Written& written) {
    auto plain = block_text(module);
    if (!plain) return;
    const Parsed said(*plain);
    const auto rows = metadata_of(tree, block);
    const auto said_rows = metadata_of(said.tree, said.block());
    for (size_t i = 0; i < std::min(rows.size(), said_rows.size()); ++i)
        for (size_t k = 0; k < std::min(rows[i].size(), said_rows[i].size()); ++k) {
            const std::string_view text = source.text(tree.span(tree.child(rows[i][k], 1)));
            const syntax::NodeId entry = said_rows[i][k];
            if (text.find('\n') == std::string_view::npos)
                written.values.emplace(std::pair(tree.word(tree.child(rows[i][k], 0)),
                                                 said.source.text(said.tree.span(said.tree.child(entry, 1)))),
                                       text);
        }
}

std::string replaced(std::string_view text, std::vector<TestUpdate> updates) {
    std::sort(updates.begin(), updates.end(),
              [](const TestUpdate& a, const TestUpdate& b) { return a.span.begin < b.span.begin; });
    std::string out;
    size_t done = 0;
    for (const TestUpdate& each : updates) {
        out.append(text.substr(done, each.span.begin - done)).append(each.text);
        done = each.span.end;
    }
    return out.append(text.substr(done));
}

// The graph with the values of its metadata as they were written.
std::string with_values(const std::string& graph, const Written& written) {
    const Parsed said(graph);
    std::string text(said.source.text());
    const Span block = said.tree.span(said.block());
    std::vector<TestUpdate> values;
    for (const auto& row : metadata_of(said.tree, said.block()))
        for (const syntax::NodeId entry : row) {
            const Span value = said.tree.span(said.tree.child(entry, 1));
            const auto old = written.values.find(
                {said.tree.word(said.tree.child(entry, 0)), std::string(said.source.text(value))});
            if (old != written.values.end()) values.push_back({value, old->second});
        }
    text = replaced(text, std::move(values));
    return text.substr(text.find('{', block.begin), text.rfind(" unchanged") - text.find('{', block.begin));
}

// `block` states the graph.
void add_written(const Source& source, const Graph& graph, const syntax::Tree& tree, syntax::NodeId block,
                 Written& written) {
    const std::vector<std::string> lines = graph_lines(graph);
    std::span<const syntax::NodeId> nodes = tree.children(block);
    for (size_t i = 0; i < std::min(lines.size(), nodes.size()); ++i)
        written.lines.emplace(lines[i], source.text(tree.span(nodes[i])));
}

std::vector<std::string> add_written(const Program& program, const TestGraph& graph, const syntax::Tree& tree,
                                     syntax::NodeId block, Written& written) {
    OpTable table(*program.declarations);
    Module module;
    build_test_graph(program, graph, module, table);
    const Source& source = *program.sources[0];
    add_values(source, module, tree, block, written);
    add_written(source, module.graph, tree, block, written);
    size_t at = 0;
    for (syntax::NodeId each : tree.children(block))
        if (tree.kind(each) == Kind::submodule)
            add_written(source, module.submodules[at++].graph, tree, tree.child(each, 0), written);
    return module_lines(module);
}

// `becomes { … }` as `dqrewrite fmt` writes it in a test.
std::string formatted(const std::string& outcome) {
    Source source("", "test \"\" { run P on { return 0 } " + outcome + " }\n");
    Diagnostics diagnostics;
    auto tree = parse(source, diagnostics);
    if (!tree) throw std::logic_error("a block that was written is none: " + outcome);
    Source canonical("", format(source, *tree));
    auto again = parse(canonical, diagnostics);
    return std::string(canonical.text(again->span(again->child(*find_test(*again), 2))));
}

std::string lines_of_block(const std::string& block, const std::vector<std::string>& lines, const Written& written) {
    std::string text = "becomes {\n";
    size_t at = block.find('\n') + 1;  // a line for each node, between braces
    for (std::string_view line : lines) {
        const size_t end = block.find('\n', at);
        line.remove_prefix(line.find_first_not_of(' '));
        auto old = written.lines.find(line);
        text += old == written.lines.end() ? block.substr(at, end - at) : old->second;
        text += '\n';
        at = end + 1;
    }
    return text + "}";
}

}  // namespace

void TestUpdater::parse_file() {
    const Source& source = *program_.sources[0];
    Diagnostics diagnostics;
    tree_ = parse(source, diagnostics);
    if (!tree_) return;
    comments_ = find_comments(source, *tree_);
    for (syntax::NodeId each : tree_->children(tree_->root()))
        if (tree_->kind(each) == Kind::test)
            blocks_[tree_->word_span(each).begin] = {tree_->child(each, 1), tree_->child(each, 2)};
}

bool TestUpdater::has_comments(Span span) const {
    const auto first = std::lower_bound(comments_.begin(), comments_.end(), span.begin,
                                        [](const Comment& each, uint32_t begin) { return each.span.begin < begin; });
    return first != comments_.end() && first->span.end <= span.end;
}

tl::expected<TestUpdate, std::string> TestUpdater::update_of(const RuleTestResult& result) {
    const Test& test = *result.test;
    if (test.outcome == Test::Outcome::fails) return tl::unexpected<std::string>("it expects the pass to fail");
    if (!result.found) return tl::unexpected<std::string>("there is no graph that it could state");
    auto block = block_text(*result.found);
    if (!block) return tl::unexpected(block.error());
    if (!tree_) parse_file();
    const auto place = blocks_.find(test.location.span.begin);
    if (place == blocks_.end()) return tl::unexpected<std::string>("it does not stand in the file itself");
    const Span span = tree_->span(place->second.outcome);
    if (has_comments(span))
        return tl::unexpected<std::string>("there are comments in its block, which would be lost");
    Written written;
    auto before = add_written(program_, test.before, *tree_, place->second.before, written);
    const std::vector<std::string> found = module_lines(*result.found);
    if (before == found) return TestUpdate{span, "unchanged"};
    if (test.outcome == Test::Outcome::becomes) {
        try {
            add_written(program_, test.after, *tree_, tree_->child(place->second.outcome, 0), written);
        } catch (const std::runtime_error&) {
            // a graph that is none: all the more reason to write it anew
        }
    }
    return TestUpdate{span, formatted(lines_of_block(with_values(*block, written), found, written))};
}

std::string updated_text(const Program& program, std::vector<TestUpdate> updates) {
    return replaced(program.sources[0]->text(), std::move(updates));
}

}  // namespace dqrewrite
