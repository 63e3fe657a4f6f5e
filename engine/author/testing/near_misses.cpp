#include "engine/author/testing/near_misses.hpp"

#include "engine/author/testing/variants.hpp"
#include "engine/author/text/node_text.hpp"
#include "engine/author/text/rule_words.hpp"
#include "engine/dump/json_value.hpp"
#include "engine/ops/op_table.hpp"
#include "engine/rewrite/metadata.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

namespace dqrewrite {

using program::Program;

namespace {

// Ops that no rule is likely to ask about: what stands between, beside or in place of others.
constexpr std::string_view plain_op = "torch.ops.aten.neg.default", other_plain_op = "torch.ops.aten.abs.default";

constexpr size_t max_copied_nodes = 500'000;  // in all near misses of one graph
constexpr size_t max_nodes_in_place = 4;      // other nodes that are tried as one argument
constexpr size_t max_other_ops = 6;           // of one call

class Maker {
public:
    // Of one of the graphs. `first`: how many there are of those before it.
    Maker(const ModuleDraft& whole, size_t graph, const Program& program, Arena& arena, size_t first,
          const WantNearMiss& want, const TakeNearMiss& take)
        : whole_(whole), graph_(graph), from_(whole.graphs[graph]), program_(program), arena_(arena), first_(first),
          want_(want), take_(take) {
        for (const Draft& each : whole.graphs) copied_ += each.nodes.size();
        if (graph > 0) place_ = fmt::format("in {}, ", whole.paths[graph]);
    }

    // How many there are.
    size_t run() {
        for (uint32_t node : from_.order) spellings(node);
        users();
        for (uint32_t node : from_.order) {
            metadata(node);
            other_ops(node);
            literals(node);
            other_arguments(node);
        }
        definitions();
        for (uint32_t node : from_.order) neighbours(node);
        return count_;
    }

private:
    using Node = Draft::Node;

    const Node& node(uint32_t index) const { return from_.nodes[index]; }
    const std::string& name(uint32_t index) const { return from_.nodes[index].name; }
    bool full() const {
        return count_ >= std::min(max_near_misses, max_copied_nodes / copied_) / whole_.graphs.size();
    }

    // A copy that is changed, where it is wanted.
    template <class Change>
    void make(const std::string& what, const Change& change, bool same_calls = false) {
        if (full()) return;
        const size_t index = first_ + count_++;
        if (!want_(index, same_calls)) return;
        NearMiss made{place_ + what, same_calls, whole_};
        change(made.draft.graphs[graph_]);
        take_(index, made);
    }

    // For messages; nodes by their names.
    std::string text_of(const Datum& datum) const {
        return rule_text(nothing_, datum, [&](NodeId node) { return name(static_cast<uint32_t>(node)); });
    }

    static Datum node_datum(uint32_t index) { return make_node(static_cast<NodeId>(index)); }

    Node call(std::string_view target, std::string_view name, const std::vector<Datum>& args) const {
        Node made;
        made.target = target;
        made.name = name;
        made.args = args;
        return made;
    }

    // One more value is returned.
    void also_return(Draft& draft, uint32_t index) {
        Datum& result = draft.output().args[0];
        std::vector<Datum> items{result};
        if (is_sequence(result)) items.assign(result.item_span().begin(), result.item_span().end());
        items.push_back(node_datum(index));
        result = make_items(Datum::Kind::tuple, arena_.copy(items));
    }

    // In all arguments of `user`: another node for `old`.
    void replace(Node& user, uint32_t old, uint32_t fresh) {
        std::vector<NodeId> to;
        for (uint32_t i = 0; i < from_.nodes.size() + 1; ++i) to.push_back(static_cast<NodeId>(i));
        to[old] = static_cast<NodeId>(fresh);
        for (Datum& each : user.args) each = with_nodes(each, arena_, to);
        for (auto& [key, each] : user.kwargs) each = with_nodes(each, arena_, to);
    }

    bool uses(uint32_t user, uint32_t index) const {
        const auto id = static_cast<NodeId>(index);
        const Node& of = node(user);
        return std::any_of(of.args.begin(), of.args.end(), [&](const Datum& each) { return holds_node(each, id); }) ||
               std::any_of(of.kwargs.begin(), of.kwargs.end(),
                           [&](const auto& each) { return holds_node(each.second, id); });
    }

    std::vector<uint32_t> users_of(uint32_t index) const {
        std::vector<uint32_t> users;
        for (uint32_t each : from_.order)
            if (uses(each, index)) users.push_back(each);
        return users;
    }

    const Schema* schema_of(const std::string& target) {
        auto [known, fresh] = schemas_.try_emplace(target);
        if (!fresh) return known->second ? &*known->second : nullptr;
        auto declared = program_.declarations->find(target);
        if (declared && !declared->schema.empty()) known->second = parse_schema(declared->schema, store_);
        return known->second ? &*known->second : nullptr;
    }

    // -- the same calls, said otherwise

    void spellings(uint32_t index) {
        const Node& of = node(index);
        const Schema* schema = of.opcode == Opcode::call_function ? schema_of(of.target) : nullptr;
        if (!schema || schema->vararg || of.args.size() > schema->positional) return;
        by_keyword(index, *schema);
        by_position(index, *schema);
        spelled_out_defaults(index, *schema);
        left_out_defaults(index, *schema);
    }

    void by_keyword(uint32_t index, const Schema& schema) {
        const Node& of = node(index);
        for (size_t first = of.args.size(); first-- > 0;) {
            const auto change = [&](Draft& draft) {
                Node& to = draft.nodes[index];
                for (size_t i = first; i < of.args.size(); ++i)
                    to.kwargs.emplace_back(schema.arguments[i].name, of.args[i]);
                to.args.resize(first);
            };
            make(fmt::format("{} has its arguments from the {} on by keyword", of.name, ordinal(first)), change,
                 true);
        }
    }

    void by_position(uint32_t index, const Schema& schema) {
        const Node& of = node(index);
        if (of.args.size() == schema.positional) return;
        const std::string_view next = schema.arguments[of.args.size()].name;
        for (size_t i = 0; i < of.kwargs.size(); ++i) {
            if (of.kwargs[i].first != next) continue;
            const auto change = [&](Draft& draft) {
                draft.nodes[index].args.push_back(of.kwargs[i].second);
                erase_keyword(draft.nodes[index], i);
            };
            make(fmt::format("{} has \"{}\" by position", of.name, next), change, true);
        }
    }

    void spelled_out_defaults(uint32_t index, const Schema& schema) {
        const Node& of = node(index);
        for (size_t i = of.args.size(); i < schema.arguments.size(); ++i) {
            const SchemaArgument& argument = schema.arguments[i];
            if (!argument.has_default || has_keyword(of, argument.name)) continue;
            const Datum value = from_constant(argument.default_value, arena_);
            const std::string what = fmt::format("{} spells out the default of \"{}\"", of.name, argument.name);
            make(
                what, [&](Draft& draft) { draft.nodes[index].kwargs.emplace_back(argument.name, value); }, true);
            if (i == of.args.size() && i < schema.positional && of.kwargs.empty())
                make(
                    what + " by position", [&](Draft& draft) { draft.nodes[index].args.push_back(value); }, true);
        }
    }

    void left_out_defaults(uint32_t index, const Schema& schema) {
        const Node& of = node(index);
        const auto is_default = [&](size_t argument, const Datum& value) {
            const SchemaArgument& as = schema.arguments[argument];
            return as.has_default && same(value, from_constant(as.default_value, arena_));
        };
        const auto what = [&](std::string_view argument) {
            return fmt::format("{} leaves out \"{}\", which is at its default", of.name, argument);
        };
        if (!of.args.empty() && is_default(of.args.size() - 1, of.args.back()))
            make(
                what(schema.arguments[of.args.size() - 1].name),
                [&](Draft& draft) { draft.nodes[index].args.pop_back(); }, true);
        for (size_t i = 0; i < of.kwargs.size(); ++i) {
            const size_t argument = schema.find(of.kwargs[i].first);
            if (argument != Schema::npos && is_default(argument, of.kwargs[i].second))
                make(
                    what(of.kwargs[i].first), [&](Draft& draft) { erase_keyword(draft.nodes[index], i); }, true);
        }
    }

    static void erase_keyword(Node& node, size_t index) {
        node.kwargs.erase(node.kwargs.begin() + static_cast<std::ptrdiff_t>(index));
    }

    static bool has_keyword(const Node& of, std::string_view name) {
        return std::any_of(of.kwargs.begin(), of.kwargs.end(), [&](const auto& each) { return each.first == name; });
    }

    static std::string ordinal(size_t index) {
        constexpr std::string_view words[] = {"first", "second", "third",   "fourth",
                                              "fifth", "sixth",  "seventh", "eighth"};
        if (index < std::size(words)) return std::string(words[index]);
        const size_t number = index + 1, last = number / 10 % 10 == 1 ? 0 : number % 10;
        return fmt::format("{}{}", number, last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th");
    }

    // -- users

    void users() {
        for (uint32_t index : from_.order) {
            if (node(index).opcode == Opcode::output) continue;
            make(fmt::format("{} has another user", name(index)), [&](Draft& draft) {
                also_return(draft, draft.insert(draft.order.size() - 1, call(plain_op, "more", {node_datum(index)})));
            });
            make(fmt::format("{} is an output too", name(index)), [&](Draft& draft) { also_return(draft, index); });
            for (uint32_t user : users_of(index)) {
                if (node(user).opcode != Opcode::call_function) continue;
                make(fmt::format("{} has a user more that is like {}", name(index), name(user)),
                     [&](Draft& draft) { also_return(draft, draft.insert(draft.place_of(user) + 1, node(user))); });
                make(fmt::format("{} has a user less, {}", name(index), name(user)), [&](Draft& draft) {
                    const uint32_t other = draft.insert(0, placeholder());
                    replace(draft.nodes[user], index, other);
                });
                make(fmt::format("{} has a user that nobody uses, like {}", name(index), name(user)),
                     [&](Draft& draft) { draft.insert(draft.place_of(user) + 1, node(user)); });
            }
        }
        fewer_results();
    }

    static Node placeholder() {
        Node made;
        made.opcode = Opcode::placeholder;
        made.name = made.target = "other";
        return made;
    }

    void fewer_results() {
        const Datum& result = from_.output().args[0];
        if (!is_sequence(result) || result.size < 2) return;
        for (size_t i = 0; i < result.size; ++i) {
            std::vector<Datum> items(result.item_span().begin(), result.item_span().end());
            items.erase(items.begin() + static_cast<std::ptrdiff_t>(i));
            make(fmt::format("the {} result is not returned", ordinal(i)),
                 [&](Draft& draft) { draft.output().args[0] = make_items(result.kind, arena_.copy(items)); });
        }
        std::vector<Datum> turned(result.item_span().begin(), result.item_span().end());
        std::reverse(turned.begin(), turned.end());
        make("the results are returned in the other order",
             [&](Draft& draft) { draft.output().args[0] = make_items(result.kind, arena_.copy(turned)); });
    }

    // -- metadata

    void metadata(uint32_t index) {
        const Node& of = node(index);
        if (of.opcode == Opcode::output) return;
        std::set<std::string, std::less<>> keys;
        for (JsonMembers each{JsonValue(of.meta)}; each.next();) keys.emplace(each.raw_key());
        if (keys.size() > 1)
            make(fmt::format("{} has no metadata", of.name), [&](Draft& draft) { draft.nodes[index].meta.clear(); });
        for (const std::string& text : variants_of_json(of.meta))
            make(fmt::format("{} has other metadata: {}", of.name, changed_part(of.meta, text)),
                 [&](Draft& draft) { draft.nodes[index].meta = text; });
        // What others of the graph have, but for what is there already.
        std::map<std::string, std::string_view> own;
        for (JsonMembers each{JsonValue(of.meta)}; each.next();)
            if (auto key = decode_string(each.raw_key())) own.emplace(*key, each.value().text());
        std::set<std::string> tried;
        for (uint32_t other : from_.order) {
            for (JsonMembers each{JsonValue(node(other).meta)}; each.next();) {
                auto key = decode_string(each.raw_key());
                if (!key || each.value().text().empty()) continue;
                const auto same = own.find(*key);
                if ((same != own.end() && same->second == each.value().text()) ||
                    !tried.insert(*key + std::string(each.value().text())).second)
                    continue;
                if (tried.size() > max_nodes_in_place) return;
                std::string_view path[] = {*key};
                auto text = set_member(of.meta, path, each.value().text());
                if (!text) continue;
                make(fmt::format("{} has the {} of {}", of.name, *key, name(other)),
                     [&](Draft& draft) { draft.nodes[index].meta = *text; });
            }
        }
    }

    // Of a text that differs from another in one place what stands there, with a little around it.
    static std::string changed_part(std::string_view old, std::string_view text) {
        constexpr size_t around = 24;
        size_t begin = 0, end = 0;
        const size_t least = std::min(old.size(), text.size());
        while (begin < least && old[begin] == text[begin]) ++begin;
        while (end < least - begin && old[old.size() - 1 - end] == text[text.size() - 1 - end]) ++end;
        size_t first = begin - std::min(begin, around), last = text.size() - end + std::min(end, around);
        auto inside = [&](size_t at) {
            return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
        };
        while (inside(first)) --first;
        while (inside(last)) ++last;
        return fmt::format("{}{}{}", first > 0 ? "… " : "", text.substr(first, last - first),
                           last < text.size() ? " …" : "");
    }

    // -- ops

    void other_ops(uint32_t index) {
        const Node& of = node(index);
        if (of.opcode != Opcode::call_function) return;
        for (const std::string& target : ops_like(of.target))
            make(fmt::format("{} calls {}", of.name, short_target(target)),
                 [&](Draft& draft) { draft.nodes[index].target = target; });
        // A node of another kind, with the same arguments.
        make(fmt::format("{} is a method call", of.name), [&](Draft& draft) {
            draft.nodes[index].opcode = Opcode::call_method;
            draft.nodes[index].target = "contiguous";
        });
    }

    std::vector<std::string> ops_like(const std::string& target) {
        std::vector<std::string> like;
        auto add = [&](const std::string& other) {
            if (other != target && std::find(like.begin(), like.end(), other) == like.end()) like.push_back(other);
        };
        for (const auto& set : program_.op_sets) {
            const bool member =
                std::any_of(set.begin(), set.end(), [&](program::OpId op) { return program_[op].target == target; });
            for (program::OpId op : set)
                if (member && like.size() < max_other_ops) add(program_[op].target);
        }
        for (const program::Op& op : program_.ops)
            if (same_but_dialect(op.target, target)) add(op.target);
        add(std::string(target == plain_op ? other_plain_op : plain_op));
        // Other ops that the rules speak of.
        for (const program::Op& op : program_.ops)
            if (like.size() < 2 * max_other_ops) add(op.target);
        return like;
    }

    static bool same_but_dialect(const std::string& a, const std::string& b) {
        return declaration_key(a) == declaration_key(b);
    }

    // -- arguments

    std::vector<NodeId> nodes_before(uint32_t index) const {
        std::vector<NodeId> nodes;
        for (uint32_t each : from_.order) {
            if (each == index || nodes.size() >= max_nodes_in_place) break;
            nodes.push_back(static_cast<NodeId>(each));
        }
        return nodes;
    }

    void literals(uint32_t index) {
        const Node& of = node(index);
        if (of.opcode == Opcode::output || of.opcode == Opcode::placeholder) return;
        if (of.opcode != Opcode::call_function)
            make(fmt::format("{} has another target", of.name),
                 [&](Draft& draft) { draft.nodes[index].target += "_"; });
        const std::vector<NodeId> nodes = nodes_before(index);
        for (size_t i = 0; i < of.args.size(); ++i)
            for (const Datum& other : variants_of(of.args[i], arena_, nodes))
                make(fmt::format("{} has {} as its {} argument", of.name, text_of(other), ordinal(i)),
                     [&](Draft& draft) { draft.nodes[index].args[i] = other; });
        for (size_t i = 0; i < of.kwargs.size(); ++i)
            for (const Datum& other : variants_of(of.kwargs[i].second, arena_, nodes))
                make(fmt::format("{} has {} as \"{}\"", of.name, text_of(other), of.kwargs[i].first),
                     [&](Draft& draft) { draft.nodes[index].kwargs[i].second = other; });
        for (size_t i = 0; i + 1 < of.args.size(); ++i)
            if (!same(of.args[i], of.args[i + 1]))
                make(fmt::format("{} has its {} and next argument exchanged", of.name, ordinal(i)),
                     [&](Draft& draft) { std::swap(draft.nodes[index].args[i], draft.nodes[index].args[i + 1]); });
    }

    void other_arguments(uint32_t index) {
        const Node& of = node(index);
        const Schema* schema = of.opcode == Opcode::call_function ? schema_of(of.target) : nullptr;
        if (!schema) return;
        for (size_t i = of.args.size(); i < schema->arguments.size(); ++i) {
            const SchemaArgument& argument = schema->arguments[i];
            if (!argument.has_default || has_keyword(of, argument.name)) continue;
            for (const Datum& other : variants_of(from_constant(argument.default_value, arena_), arena_, {}))
                make(fmt::format("{} has {} as \"{}\", which is not the default", of.name, text_of(other),
                                 argument.name),
                     [&](Draft& draft) { draft.nodes[index].kwargs.emplace_back(argument.name, other); });
        }
        if (!of.args.empty())
            make(fmt::format("{} has an argument less", of.name),
                 [&](Draft& draft) { draft.nodes[index].args.pop_back(); });
        for (size_t i = 0; i < of.kwargs.size(); ++i)
            make(fmt::format("{} has no \"{}\"", of.name, of.kwargs[i].first),
                 [&](Draft& draft) { erase_keyword(draft.nodes[index], i); });
    }

    // -- definitions: one for two, two for one

    void definitions() {
        for (uint32_t index : from_.order) {
            const Node& of = node(index);
            if (of.opcode == Opcode::output) continue;
            const std::vector<uint32_t> users = users_of(index);
            if (of.opcode != Opcode::placeholder && users.size() > 1)
                for (uint32_t user : users)
                    make(fmt::format("{} has a copy of {} for itself", name(user), of.name), [&](Draft& draft) {
                        const uint32_t copy = draft.insert(draft.place_of(index) + 1, of);
                        replace(draft.nodes[user], index, copy);
                    });
            for (uint32_t other : from_.order) {
                if (other == index) break;
                const Node& first = node(other);
                if (first.opcode != of.opcode || (first.target != of.target && of.opcode != Opcode::placeholder))
                    continue;
                make(fmt::format("{} stands for {} too", first.name, of.name), [&](Draft& draft) {
                    for (uint32_t user : users) replace(draft.nodes[user], index, other);
                });
            }
        }
    }

    // -- what stands around

    void neighbours(uint32_t index) {
        const Node& of = node(index);
        if (of.opcode == Opcode::output) return;
        for (uint32_t user : users_of(index))
            make(fmt::format("a neg stands between {} and {}", of.name, name(user)), [&](Draft& draft) {
                const uint32_t between =
                    draft.insert(draft.place_of(user), call(plain_op, "between", {node_datum(index)}));
                replace(draft.nodes[user], index, between);
            });
        if (of.opcode == Opcode::placeholder) return;
        for (uint32_t input : from_.order) {
            if (input == index) break;
            if (!uses(index, input)) continue;
            make(fmt::format("{} is left out: its users use {}", of.name, name(input)), [&](Draft& draft) {
                for (uint32_t user : users_of(index)) replace(draft.nodes[user], index, input);
                draft.order.erase(draft.order.begin() + static_cast<std::ptrdiff_t>(draft.place_of(index)));
            });
            break;
        }
        // Twice in a row.
        if (of.opcode == Opcode::call_function && !of.args.empty() && of.args[0].kind == Datum::Kind::node)
            make(fmt::format("{} is done twice", of.name), [&](Draft& draft) {
                Node again = of;
                again.args[0] = node_datum(index);
                const uint32_t second = draft.insert(draft.place_of(index) + 1, again);
                for (uint32_t user : users_of(index)) replace(draft.nodes[user], index, second);
            });
        later(index);
    }

    // As late as it can be.
    void later(uint32_t index) {
        const std::vector<uint32_t> users = users_of(index);
        if (users.empty()) return;
        const size_t place = from_.place_of(index), first = from_.place_of(users.front());
        if (first <= place + 1) return;
        make(fmt::format("{} stands right before {}", name(index), name(users.front())), [&](Draft& draft) {
            const auto begin = draft.order.begin();
            std::rotate(begin + static_cast<std::ptrdiff_t>(place), begin + static_cast<std::ptrdiff_t>(place) + 1,
                        begin + static_cast<std::ptrdiff_t>(first));
        });
    }

    const ModuleDraft& whole_;
    const size_t graph_;
    const Draft& from_;
    size_t copied_ = 0;  // nodes, by each near miss
    std::string place_;  // what comes before the words of a near miss
    const Program& program_;
    Arena& arena_;
    Symbols symbols_;
    Graph nothing_{symbols_};  // for printing what is no node
    ValueStore store_;
    std::map<std::string, std::optional<Schema>, std::less<>> schemas_;
    size_t first_, count_ = 0;
    const WantNearMiss& want_;
    const TakeNearMiss& take_;
};

}  // namespace

size_t for_each_near_miss(const ModuleDraft& draft, const Program& program, Arena& arena, const WantNearMiss& want,
                          const TakeNearMiss& take) {
    size_t nodes = 0, count = 0;
    for (const Draft& each : draft.graphs) nodes += each.nodes.size();
    if (nodes > max_near_miss_nodes) return 0;
    for (size_t graph = 0; graph < draft.graphs.size(); ++graph)
        count += Maker(draft, graph, program, arena, count, want, take).run();
    return count;
}

}  // namespace dqrewrite
