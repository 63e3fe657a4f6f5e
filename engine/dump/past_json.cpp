// The "past" of a graph: its keys, what is refused about them, and how they are written.
#include "engine/dump/past_json.hpp"

#include "engine/dump/json_text.hpp"
#include "engine/dump/seen_keys.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>
#include <vector>

namespace dqrewrite {

namespace {

constexpr std::array<std::string_view, 3> key_names = {"users", "taken", "counts"};

class PastReader {
public:
    PastReader(TokenReader& tokens, Graph& graph) : tokens_(tokens), graph_(graph) {}

    void read() {
        const char* open = tokens_.next();
        tokens_.check(open, '{', "an object as \"past\"");
        SeenKeys<key_names.size()> seen(key_names);
        tokens_.object(open, [&](std::string_view raw) {
            switch (seen.see(tokens_, raw)) {
            case 0: return read_users();
            case 1: return read_taken();
            case 2: return read_counts();
            default: fail_unknown(raw);
            }
        });
        set(open);
    }

private:
    [[noreturn]] void fail_unknown(std::string_view raw) {
        tokens_.fail(raw.data() - 1,
                     fmt::format("\"past\" has no key {}; the keys are {}", in_quotes(tokens_.decoded(raw, buffer_)),
                                 fmt::join(key_names, ", ")));
    }

    std::string name_at(const char* p, std::string_view what) {
        tokens_.check(p, '"', what);
        return std::string(tokens_.decoded(tokens_.raw_string(p), buffer_));
    }

    NodeId node_at(const char* at, const std::string& name) const {
        const NodeId node = graph_.find(name);
        if (node == no_node)
            tokens_.fail(
                at, fmt::format("\"past\" speaks of {}, but no node of this graph has that name", in_quotes(name)));
        return node;
    }

    void read_users() {
        users_at_ = tokens_.next();
        tokens_.check(users_at_, '{', "an object as \"users\": the users of a node by its name");
        std::vector<bool> met(graph_.id_count());
        tokens_.object(users_at_, [&](std::string_view raw) {
            const std::string name(tokens_.decoded(raw, buffer_));
            const NodeId node = node_at(raw.data() - 1, name);
            if (met[index_of(node)])
                tokens_.fail(raw.data() - 1, fmt::format("the users of {} stand here twice", in_quotes(name)));
            met[index_of(node)] = true;
            const char* open = tokens_.next();
            tokens_.check(open, '[', "an array of names, the users of this node");
            Past::Users& users = past_.users.emplace_back();
            users.node = node;
            tokens_.array(open, [&](const char* p) {
                users.users.push_back(node_at(p, name_at(p, "a name, of a user of this node")));
            });
            check_users(open, users);
        });
    }

    void check_users(const char* at, const Past::Users& stated) const {
        constexpr size_t shown = 10;
        std::vector<NodeId> users;
        graph_.users(stated.node, users);
        if (sorted(users) == sorted(stated.users)) return;
        std::vector<std::string> names;
        for (size_t i = 0; i < std::min(shown, users.size()); ++i) names.push_back(in_quotes(graph_.name(users[i])));
        if (users.size() > shown) names.emplace_back("…");
        tokens_.fail(at,
                     fmt::format("this must be all users of {}, each once: {}", in_quotes(graph_.name(stated.node)),
                                 names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
    }

    static std::vector<NodeId> sorted(std::vector<NodeId> nodes) {
        std::ranges::sort(nodes);
        return nodes;
    }

    void read_taken() {
        const char* open = tokens_.next();
        tokens_.check(open, '[', "an array of names as \"taken\"");
        tokens_.array(open, [&](const char* p) { past_.taken.push_back(name_at(p, "a name that is taken")); });
    }

    void read_counts() {
        constexpr size_t most_digits = 4300;  // that Python reads
        const char* open = tokens_.next();
        tokens_.check(open, '{', "an object as \"counts\": a number for the beginning of names");
        KeyPlaces<std::string> places;
        tokens_.object(open, [&](std::string_view raw) {
            std::string base(tokens_.decoded(raw, buffer_));
            const char* p = tokens_.next();
            tokens_.check_scalar(p);
            const JsonNumber number = *p >= '0' && *p <= '9' ? tokens_.number(p) : JsonNumber();
            if (!number.integral || number.size > most_digits)
                tokens_.fail_expected(p, "a whole number that is not negative and has at most 4,300 digits");
            places.emplace_back(base, raw.data() - 1);
            past_.counts.emplace_back(std::move(base), std::string(p, number.size));
        });
        refuse_twice(tokens_, std::move(places), "beginning", "counts");
    }

    void set(const char* open) {
        try {
            if (set_past(graph_, past_)) return;
        } catch (const NameError& error) {
            tokens_.fail(open, error.what());
        }
        tokens_.fail(users_at_,
                     "no edits give nodes these users: FX moves a node to the end of the users of all that "
                     "it uses");
    }

    TokenReader& tokens_;
    Graph& graph_;
    Past past_;
    const char* users_at_ = nullptr;
    std::string buffer_;
};

}  // namespace

void read_past(TokenReader& tokens, Graph& graph) {
    PastReader(tokens, graph).read();
}

void append_past(std::string& out, const Graph& graph, const JsonStyle& style) {
    const Past past = past_of(graph);
    bool first = true;
    const auto begin = [&](std::string_view key) {
        if (!std::exchange(first, false)) out += style.comma;
        out += fmt::format("\"{}\"{}", key, style.colon);
    };
    const auto append_all = [&](const auto& items, char open, char close, const auto& append) {
        out += open;
        bool comma = false;
        for (const auto& item : items) {
            if (std::exchange(comma, true)) out += style.comma;
            append(item);
        }
        out += close;
    };
    const auto append_name = [&](NodeId node) { append_json_string(out, graph.name(node)); };
    out += '{';
    if (!past.users.empty()) {
        begin("users");
        append_all(past.users, '{', '}', [&](const Past::Users& each) {
            append_name(each.node);
            out += style.colon;
            append_all(each.users, '[', ']', append_name);
        });
    }
    if (!past.taken.empty()) {
        begin("taken");
        append_all(past.taken, '[', ']', [&](const std::string& name) { append_json_string(out, name); });
    }
    if (!past.counts.empty()) {
        begin("counts");
        append_all(past.counts, '{', '}', [&](const auto& counted) {
            append_json_string(out, counted.first);
            out += style.colon;
            out += counted.second;
        });
    }
    out += '}';
}

}  // namespace dqrewrite
