// Runs the scripts of rows/edits.txt on a graph (Subject or Model); the grammar is Script's in rows.py.
#pragma once

#include "engine/graph/graph.hpp"

#include <fmt/format.h>

#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace dqrewrite::test {

// A graph as rows/edits.txt shows it: a line for each node.
template <class G>
std::string described(const G& graph) {
    std::string out;
    for (int node = graph.step(-1, false); node != -1; node = graph.step(node, false)) {
        out += graph.name(node) + " <-";
        for (const int input : graph.operands(node)) out += fmt::format(" {}", graph.name(input));
        out += " ->";
        for (const int user : graph.users(node)) out += fmt::format(" {}", graph.name(user));
        out += "\n";
    }
    return out;
}

template <class G>
class Script {
public:
    // One line; what it shows goes into the result.
    void line(const std::string& text) {
        std::vector<std::string> words = split(text);
        if (words.empty() || words[0] == "#") return;
        if (words[0] == "at") {
            pending_.emplace_back(words[1], text.substr(text.find(words[1], 3) + words[1].size()));
            return;
        }
        try {
            edit(words);
        } catch (const GraphError& error) {
            out_ += std::string("error ") + error.what() + "\n";
        }
    }
    std::string result() const { return out_ + described(graph_); }

private:
    using Words = std::vector<std::string>;

    static Words split(const std::string& text) {
        std::istringstream in(text);
        Words words;
        for (std::string word; in >> word;) words.push_back(word);
        return words;
    }
    int node(const std::string& name) const { return name == "-" ? -1 : nodes_.at(name); }
    std::vector<int> nodes(const Words& words, size_t first) const {
        std::vector<int> out;
        for (size_t i = first; i < words.size(); ++i) out.push_back(node(words[i]));
        return out;
    }
    void know(int node) { nodes_[graph_.name(node)] = node; }

    void edit(const Words& w) {
        const std::string& verb = w[0];
        if (verb == "create") {
            know(graph_.create(w[1], w[2] == "before", node(w[3]), nodes(w, 4)));
        } else if (verb == "clone") {
            know(graph_.clone(node(w[1]), w[2] == "before", node(w[3])));
        } else if (verb == "move") {
            graph_.move(node(w[1]), w[2] == "before", node(w[3]));
        } else if (verb == "erase") {
            graph_.erase(node(w[1]));
        } else if (verb == "set") {
            graph_.set(node(w[1]), nodes(w, 2));
        } else if (verb == "replace") {
            graph_.replace(node(w[1]), node(w[2]), node(w[3]));
        } else if (verb == "replace_all") {
            graph_.replace_all(node(w[1]), node(w[2]));
        } else if (verb == "lint") {
            graph_.lint();
        } else if (verb == "dce") {
            graph_.eliminate_dead_code();
        } else if (verb == "sweep" || verb == "sweep_back") {
            sweep(verb == "sweep_back");
        } else {
            know(graph_.read(opcode(verb), w[1], nodes(w, 2)));
        }
    }

    static Opcode opcode(const std::string& name) {
        for (int i = 0; i < 6; ++i) {
            if (opcode_name(static_cast<Opcode>(i)) == name) return static_cast<Opcode>(i);
        }
        throw std::invalid_argument("no verb: " + name);
    }

    void sweep(bool back) {
        std::string visits;
        for (int node = graph_.step(-1, back); node != -1; node = graph_.step(node, back)) {
            const std::string name = graph_.name(node);
            visits += " " + name;
            std::vector<std::string> now;
            std::erase_if(pending_, [&](const auto& edit) {
                if (edit.first == name) now.push_back(edit.second);
                return edit.first == name;
            });
            for (const std::string& edit : now) line(edit);
        }
        out_ += "visits" + visits + "\n";
    }

    G graph_;
    std::map<std::string, int> nodes_;
    std::vector<std::pair<std::string, std::string>> pending_;  // node -> edit
    std::string out_;
};

}  // namespace dqrewrite::test
