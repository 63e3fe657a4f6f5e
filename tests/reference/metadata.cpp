// The reference rewriter: metadata, which is JSON text. What is not written stays as it stands.

#include "tests/reference/rewriter.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace dqrewrite::reference {

using syntax::Kind;

namespace {

using Path = std::vector<std::string>;

constexpr size_t max_bytes = 10'000;  // of one node: rules that double it each time are too slow here

// As Python's json.dumps() writes it, control characters apart, which the tests do not use.
std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (char32_t c : code_points(text)) {
        if (c == '"' || c == '\\') out += '\\';
        if (c < 0x80)
            out += static_cast<char>(c);
        else if (c < 0x10000)
            out += fmt::format("\\u{:04x}", static_cast<uint32_t>(c));
        else
            out += fmt::format("\\u{:04x}\\u{:04x}", 0xD7C0 + (c >> 10), 0xDC00 + (c & 0x3FF));
    }
    return out + "\"";
}

std::string object_of(const std::vector<Member>& members) {
    std::string out;
    for (const Member& each : members) out += (out.empty() ? "" : ", ") + quoted(each.key) + ": " + each.json;
    return "{" + out + "}";
}

std::vector<Member> members_or_none(std::string_view json) {
    return json.empty() ? std::vector<Member>() : members_of(json);
}

// A node without metadata has no text of it.
std::string meta_of(const std::vector<Member>& members) {
    return members.empty() ? "" : object_of(members);
}

void put(std::vector<Member>& members, const Member& fresh) {
    auto found = std::ranges::find(members, fresh.key, &Member::key);
    if (found == members.end())
        members.push_back(fresh);
    else
        found->json = fresh.json;
}

// Values as metadata has them.
class Json {
public:
    // Below `val` a dtype is plain text, as PyTorch's tensors are written.
    Json(const Graph& graph, bool below_val) : graph_(graph), below_val_(below_val) {}

    // Nothing where it has no such form.
    std::optional<std::string> text(const Object& object) {
        using K = Object::Kind;
        switch (object.kind) {
        case K::none: return "null";
        case K::boolean: return object.integer ? "true" : "false";
        case K::integer: return std::to_string(object.integer);
        case K::real:
            return std::isfinite(object.real) ? real_text(object.real) : tagged("float", real_text(object.real));
        case K::text: return quoted(object.text);
        case K::op: return quoted(to_repr(graph_, object));
        case K::list:
        case K::tuple: return row(object);
        case K::complex: return row(object, "complex");
        case K::slice: return row(object, "slice");
        case K::dict: return dict(object);
        case K::record: return object.text;
        case K::dtype: return of_type("dtype", object);
        case K::device: return of_type("device", object);
        case K::memory_format: return of_type("memory_format", object);
        case K::layout: return of_type("layout", object);
        case K::big_integer: return tagged("int", object.text);
        case K::symbolic: return tagged("sym", object.text);
        case K::opaque: return tagged("opaque", object.text);
        case K::node: return tagged("node", graph_.name(object.node));
        case K::gone_node: return tagged("node", object.text);
        default: return {};
        }
    }

private:
    static std::string tagged(const std::string& tag, const std::string& text) {
        return object_of({{tag, quoted(text)}});
    }
    std::string of_type(const std::string& tag, const Object& object) const {
        return below_val_ ? quoted(object.text) : tagged(tag, object.text);
    }

    std::optional<std::string> row(const Object& object, const std::string& tag = {}) {
        std::string out;
        for (const Object& item : object.items) {
            auto text = this->text(item);
            if (!text) return {};
            out += (out.empty() ? "" : ", ") + *text;
        }
        return tag.empty() ? "[" + out + "]" : object_of({{tag, "[" + out + "]"}});
    }

    // With other keys than text it is a list of pairs.
    std::optional<std::string> dict(const Object& object) {
        std::vector<Member> members;
        Object pairs = make_items(Object::Kind::list, {});
        bool plain = true;
        for (size_t i = 0; i < object.items.size(); i += 2) {
            auto value = text(object.items[i + 1]);
            if (!value) return {};
            plain &= object.items[i].kind == Object::Kind::text;
            members.push_back({object.items[i].text, *value});
            pairs.items.push_back(make_items(Object::Kind::list, {object.items[i], object.items[i + 1]}));
        }
        return plain ? object_of(members) : row(pairs, "dict");
    }

    const Graph& graph_;
    bool below_val_;
};

// The record with the value at a path set; records on the way are made. Here any object is a record, also one that
// reads as a value. Nothing where what is there is no object.
std::optional<std::string> with(const std::string& record, const Path& path, size_t at, const std::string& json) {
    if (at == path.size()) return json;
    if (!record.empty() && !record.starts_with('{')) return {};
    std::vector<Member> members = members_or_none(record);
    auto found = std::ranges::find(members, path[at], &Member::key);
    auto inner = with(found == members.end() ? "" : found->json, path, at + 1, json);
    if (!inner) return {};
    put(members, {path[at], *inner});
    return object_of(members);
}

// The record without what is at a path; as it was where nothing is there.
std::string without(const std::string& record, const Path& path, size_t at) {
    if (!record.starts_with('{')) return record;
    std::vector<Member> members = members_of(record);
    auto found = std::ranges::find(members, path[at], &Member::key);
    if (found == members.end()) return record;
    if (at + 1 == path.size())
        members.erase(found);
    else
        found->json = without(found->json, path, at + 1);
    return object_of(members);
}

}  // namespace

// dict(into, **{…}) with what the policy takes of its node's metadata: by the list of keys where it says `only`, else
// in the node's order.
std::string Rewriter::policy(Syntax p, const std::string& into, const Names& names) {
    if (p.word() == "none") return into;
    std::vector<Member> members = members_or_none(into), source;
    Path keys;
    for (Syntax each : p.children())
        if (each.kind() == Kind::key)
            keys.emplace_back(each.word());
        else
            source = members_or_none(graph_.meta(node(each, names)));
    if (p.word() == "from only") {
        for (const std::string& key : keys)
            if (auto found = std::ranges::find(source, key, &Member::key); found != source.end())
                put(members, *found);
    } else {
        for (const Member& each : source)
            if (std::ranges::count(keys, each.key) == 0) put(members, each);
    }
    return meta_of(members);
}

// It counts as an edit only where it changes something; so does `delete`.
void Rewriter::set_meta_from(Syntax s, const Names& names) {
    NodeId changed = node(s[0][0], names);
    std::string before(graph_.meta(changed));
    bool clears = s[1].word() == "none";
    std::string after = clears ? "" : policy(s[1], before, names);
    bool changes = after != meta_of(members_or_none(before));
    if (clears || changes) graph_.set_meta(changed, after);
}

void Rewriter::set_meta(Syntax s, NodeId changed, const Path& path, const Object& value) {
    auto json = Json(graph_, path[0] == "val").text(value);
    if (!json) throw Ended{s, "a " + std::string(type_word(value)) + " has no form in metadata"};
    auto after = with(std::string(graph_.meta(changed)), path, 0, *json);
    std::string words;
    for (const std::string& key : path) words += (words.empty() ? "" : ".") + key;
    if (!after) throw Ended{s, words + " of " + graph_.name(changed) + " cannot be set: what it is in is no record"};
    if (after->size() > max_bytes) throw TooSlow();
    graph_.set_meta(changed, *after);
}

void Rewriter::delete_meta(Syntax s, const Names& names) {
    Path path;
    Syntax field = s[0];
    for (; field.kind() != Kind::field || field.word() != "meta"; field = field[0])
        path.insert(path.begin(), std::string(field.kind() == Kind::field ? field.word() : field[1].word()));
    NodeId changed = node(field[0], names);
    std::string before(graph_.meta(changed)), after = without(before, path, 0);
    if (after != before) graph_.set_meta(changed, after == "{}" ? "" : after);
}

}  // namespace dqrewrite::reference
