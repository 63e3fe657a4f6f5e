// Text -> graphs: the keys of a dump, of a graph and of a node, and all that is refused about them.
#include "engine/dump/dump.hpp"

#include "engine/dump/json_value.hpp"
#include "engine/dump/past_json.hpp"
#include "engine/dump/seen_keys.hpp"
#include "engine/dump/value_reader.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <new>
#include <optional>
#include <stdexcept>
#include <utility>

namespace dqrewrite {

namespace {

constexpr std::string_view this_format = "fx-graph";
constexpr int64_t this_version = 1;

// How many nodes are read before the number of all of them is guessed from their size.
constexpr size_t small_sample = 64;
constexpr size_t sample_size = 1024;

enum NodeKey : size_t { key_name, key_op, key_target, key_args, key_kwargs, key_meta, key_impure, node_keys };
constexpr std::array<std::string_view, node_keys> node_key_names = {"name",   "op",   "target", "args",
                                                                    "kwargs", "meta", "impure"};
constexpr size_t required_node_keys = 5;

enum TopKey : size_t { key_format, key_version, key_producer, key_ops, key_graph, key_submodules, top_keys };
constexpr std::array<std::string_view, top_keys> top_key_names = {"format", "version", "producer",
                                                                  "ops",    "graph",   "submodules"};

constexpr std::array<std::string_view, 2> graph_key_names = {"nodes", "past"};
constexpr std::array<std::string_view, 2> op_key_names = {"schema", "impure"};

constexpr auto opcode_count = static_cast<uint8_t>(Opcode::output) + 1;

std::optional<Opcode> opcode_from(std::string_view name) {
    for (uint8_t i = 0; i < opcode_count; ++i) {
        if (opcode_name(Opcode{i}) == name) return Opcode{i};
    }
    return {};
}

// The targets that were interned last: nearly every node has one of them.
class TargetCache {
public:
    Symbol intern(Symbols& symbols, std::string_view target) {
        if (target.size() < sample) return symbols.intern(target);
        Entry& entry = entries_[place_of(target)];
        if (entry.text != target) {
            entry.symbol = symbols.intern(target);
            entry.text = symbols.text(entry.symbol);
        }
        return entry.symbol;
    }

private:
    struct Entry {
        std::string_view text;
        Symbol symbol = no_symbol;
    };
    static constexpr int bits = 8;
    static constexpr size_t sample = 16;

    // By the length, and by bytes of the middle and near the end: targets begin and end alike.
    static size_t place_of(std::string_view target) {
        uint64_t middle, late;
        std::memcpy(&middle, target.data() + target.size() / 2 - sizeof middle / 2, sizeof middle);
        std::memcpy(&late, target.end() - 2 * sizeof late, sizeof late);
        return (middle ^ (late + target.size()) * 3) * 0x9E3779B97F4A7C15 >> (64 - bits);
    }

    std::array<Entry, 1 << bits> entries_;
};

}  // namespace

class DumpReader {
public:
    DumpReader(Dump& dump, uint64_t first_line, MetadataReader* metadata)
        : dump_(dump), tokens_(dump.text_), first_line_(first_line), metadata_(metadata) {
        if (!metadata) return;
        wanted_.keys = metadata->keys();
        const auto shorter = [](const std::string& a, const std::string& b) { return a.size() < b.size(); };
        if (!wanted_.keys.empty()) wanted_.least_size = std::ranges::min(wanted_.keys, shorter).size() + 2;
    }

    void read();

private:
    void read_format();
    void read_version();
    void read_ops();
    void read_op(std::string_view target);
    void read_submodules();
    void read_graph(Graph& graph, size_t index);
    void read_nodes(Graph& graph, size_t index);
    NodeId read_node(Graph& graph, ValueReader& values, const char* open);
    void read_node_keys(Graph& graph, ValueReader& values, const char* open);
    void read_node_key(Graph& graph, ValueReader& values, size_t key);
    void read_late_kwargs(ValueReader& values);
    NodeId append_node(Graph& graph, const char* open);
    bool read_usual_keys(Graph& graph, ValueReader& values, const char* open);
    void set_name(ValueReader& values, std::string_view raw);
    void set_opcode(std::string_view raw);
    void set_target(Graph& graph, std::string_view raw);
    void set_meta(const char* open);
    bool read_flag(std::string_view key);
    std::string_view take_string(std::string_view what);
    uint64_t line(const char* at) const { return line_of(dump_.text_, at, first_line_); }
    [[noreturn]] void fail_opcode(const char* at, std::string_view name) const;
    [[noreturn]] void fail_no_string(const char* p, std::string_view what) const;
    [[noreturn]] void fail_missing_key(const char* open) const;
    [[noreturn]] void fail_unknown_node(const UnknownNode& unknown, const char* open, const char* nodes) const;

    // What is known of the node that is being read.
    struct Pending {
        Graph::NewNode node;
        SeenKeys<node_keys> seen{node_key_names};
        const char* name_at = nullptr;
        std::string_view late_kwargs;  // where they stand before the args: read after them
        size_t late_depth = 0;

        // For the next node. What every node has is left as it is: to clear all of it takes a tenth of the reading.
        void clear() {
            seen.clear();
            node.arguments.kwargs = {};
            node.meta = {};
            node.impurity = Impurity::unsaid;
            late_kwargs = {};
        }
    };

    Dump& dump_;
    TokenReader tokens_;
    uint64_t first_line_;
    MetadataReader* metadata_;       // may be null
    TokenReader::KeySearch wanted_;  // what it looks for
    Pending pending_;
    TargetCache targets_;
    Opcode last_opcode_ = Opcode::call_function;
    std::string buffer_;
};

// -- the document

namespace {

// What is given by mistake for a dump; nothing where it may be one.
const char* mistaken_for_a_dump(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) return "the text starts with a byte order mark; JSON has none";
    if (text.starts_with("\x1F\x8B")) return "this is compressed: `gunzip -c FILE`, and - for the graph, reads it";
    if (text.starts_with("PK\x03\x04"))
        return "this is a zip file, as torch.export.save writes it; a dump of it is made by "
               "`python3 -m dqrewrite_dump FILE -o graph.json`";
    return nullptr;
}

}  // namespace

void DumpReader::read() {
    const std::string_view text = dump_.text_;
    if (const char* mistake = mistaken_for_a_dump(text)) tokens_.fail(text.data(), mistake);
    const char* open = tokens_.next();
    if (tokens_.at_end(open)) tokens_.fail(open, "there is no text; a dump is a JSON object");
    if (*open != '{') tokens_.fail_expected(open, "a dump, which is a JSON object");
    SeenKeys<top_keys> seen(top_key_names);
    tokens_.object(open, [&](std::string_view key) {
        switch (seen.see(tokens_, key)) {
        case key_format: return read_format();
        case key_version: return read_version();
        case key_ops: return read_ops();
        case key_graph: return read_graph(dump_.module.graph, 0);
        case key_submodules: return read_submodules();
        default: tokens_.pass_value(tokens_.next());
        }
    });
    for (const TopKey key : {key_format, key_version, key_graph}) {
        if (seen.has(key)) continue;
        tokens_.fail(
            open, fmt::format(R"(the dump has no {}; a dump is {{"format": "fx-graph", "version": 1, "graph": ...}})",
                              in_quotes(top_key_names[key])));
    }
    tokens_.expect_end();
}

void DumpReader::fail_no_string(const char* p, std::string_view what) const {
    tokens_.fail_expected(p, fmt::format("a string as {}", in_quotes(what)));
}

// What stands between the quotes of the next token, which must be a string.
std::string_view DumpReader::take_string(std::string_view what) {
    const char* p = tokens_.next();
    if (*p != '"') [[unlikely]]
        fail_no_string(p, what);
    return tokens_.raw_string(p);
}

void DumpReader::read_format() {
    const std::string_view raw = take_string("format");
    const std::string_view format = tokens_.decoded(raw, buffer_);
    if (format == this_format) return;
    tokens_.fail(raw.data() - 1,
                 fmt::format(R"(the format is {}; this program reads "fx-graph", version 1)", in_quotes(format)));
}

void DumpReader::read_version() {
    const char* p = tokens_.next();
    tokens_.check_scalar(p);
    const JsonNumber number = *p == '-' || (*p >= '0' && *p <= '9') ? tokens_.number(p) : JsonNumber();
    if (!number.integral) tokens_.fail_expected(p, "a whole number as \"version\"");
    const std::string_view digits(p, number.size);
    if (parse_integer(digits) == this_version) return;
    tokens_.fail(p, fmt::format(R"(the dump is of version {}; this program reads "fx-graph", version 1)",
                                printable(digits, 40)));
}

bool DumpReader::read_flag(std::string_view key) {
    const char* p = tokens_.next();
    if (*p == 't' && tokens_.is_word(p, "true")) return true;
    if (*p == 'f' && tokens_.is_word(p, "false")) return false;
    tokens_.fail_expected(p, fmt::format("true or false as {}", in_quotes(key)));
}

void DumpReader::read_ops() {
    const char* open = tokens_.next();
    tokens_.check(open, '{', "an object as \"ops\"");
    KeyPlaces<std::string_view> places;
    tokens_.object(open, [&](std::string_view raw) {
        Symbols& symbols = *dump_.module.symbols;
        const std::string_view kept = symbols.text(symbols.intern(tokens_.decoded(raw, buffer_)));
        places.emplace_back(kept, raw.data() - 1);
        read_op(kept);
    });
    refuse_twice(tokens_, std::move(places), "target", "ops");
}

void DumpReader::read_op(std::string_view target) {
    const char* open = tokens_.next();
    tokens_.check(open, '{', "an object that says what is known of the op");
    DeclaredOp op{target, {}, false};
    SeenKeys<op_key_names.size()> seen(op_key_names);
    tokens_.object(open, [&](std::string_view key) {
        switch (seen.see(tokens_, key)) {
        case 0: op.schema = ValueReader(dump_.module.graph).keep_decoded(tokens_, take_string("schema")); return;
        case 1: op.impure = read_flag("impure"); return;
        default: tokens_.pass_value(tokens_.next());
        }
    });
    dump_.ops.push_back(op);
}

void DumpReader::read_submodules() {
    const char* open = tokens_.next();
    tokens_.check(open, '{', "an object as \"submodules\"");
    KeyPlaces<std::string> places;
    tokens_.object(open, [&](std::string_view raw) {
        const std::string path(tokens_.decoded(raw, buffer_));
        places.emplace_back(path, raw.data() - 1);
        auto& submodules = dump_.module.submodules;
        submodules.push_back({path, Graph(*dump_.module.symbols, dump_.input_)});
        read_graph(submodules.back().graph, submodules.size());
    });
    refuse_twice(tokens_, std::move(places), "path", "submodules");
}

// -- a graph

void DumpReader::read_graph(Graph& graph, size_t index) {
    const char* open = tokens_.next();
    tokens_.check(open, '{', "an object {\"nodes\": [...]} as a graph");
    SeenKeys<graph_key_names.size()> seen(graph_key_names);
    std::string_view past;
    tokens_.object(open, [&](std::string_view key) {
        const size_t known = seen.see(tokens_, key);
        if (known == 0) return read_nodes(graph, index);
        const char* p = tokens_.next();
        const char* end = tokens_.pass_value(p);
        if (known == 1) past = {p, static_cast<size_t>(end - p)};
    });
    if (!seen.has(0)) tokens_.fail(open, "this graph has no \"nodes\"");
    if (!seen.has(1)) return;
    TokenReader tokens(past, tokens_.depth() + 1);
    read_past(tokens, graph);
    dump_.regions_.back().past = past;
}

void DumpReader::read_nodes(Graph& graph, size_t index) {
    const char* open = tokens_.next();
    tokens_.check(open, '[', "an array as \"nodes\"");
    if (metadata_) metadata_->begin(graph);
    Dump::Region region;
    region.graph = index;
    ValueReader values(graph);
    size_t operands = 0;
    const auto read_one = [&](const char* p) {
        tokens_.check(p, '{', "a node, which is an object");
        try {
            const NodeId node = read_node(graph, values, p);
            if (pending_.node.name.data() == pending_.name_at + 1) values.remember(pending_.node.name, node);
            if (metadata_) metadata_->read(node, pending_.node.meta.empty() ? 0 : wanted_.present);
            if (region.node_count++ == 0) region.first = graph.origin(node);
        } catch (const UnknownNode& unknown) {
            fail_unknown_node(unknown, p, open);
        }
        operands += values.operands().size();
        if (region.node_count != small_sample && region.node_count != sample_size) return;
        const auto times = [&](size_t count) {
            const auto all = static_cast<double>(dump_.text_.end() - open);
            const auto done = static_cast<double>(tokens_.token_end() - open);
            return static_cast<size_t>(static_cast<double>(count) * all / done * 1.02);
        };
        try {
            // Room for as many more, which a pass may add: what is never touched costs nothing.
            graph.reserve(2 * times(region.node_count), 2 * times(operands));
        } catch (const std::bad_alloc&) {  // a guess too high; what is needed is asked for again
        }
    };
    const char* end = tokens_.array(open, read_one);
    region.text = {open + 1, static_cast<size_t>(end - open) - 2};
    region.edit_count = graph.edit_count();
    dump_.regions_.push_back(region);
}

// A name that no node bears yet: is there one further down?
void DumpReader::fail_unknown_node(const UnknownNode& unknown, const char* open, const char* nodes) const {
    const auto text_from = [this](const char* at) {
        return dump_.text_.substr(static_cast<size_t>(at - dump_.text_.data()));
    };
    const auto name_of = [](const JsonValue& node) {
        const auto name = node.member("name");
        return name ? name->string().value_or("") : "";
    };
    const std::string name = name_of(JsonValue(text_from(open)));
    const std::string user = name.empty() ? "this node" : fmt::format("node {}", in_quotes(name));
    if (name == unknown.name) tokens_.fail(unknown.at, fmt::format("{} uses itself", user));
    for (JsonItems i(JsonValue(text_from(nodes))); i.next();) {
        if (name_of(i.value()) != unknown.name) continue;
        tokens_.fail(unknown.at, fmt::format("{} uses {}, which is defined after it, on line {}", user,
                                             in_quotes(unknown.name), line(i.value().begin())));
    }
    tokens_.fail(unknown.at,
                 fmt::format("{} uses {}, but no node of this graph has that name", user, in_quotes(unknown.name)));
}

// -- a node

NodeId DumpReader::read_node(Graph& graph, ValueReader& values, const char* open) {
    pending_.clear();
    values.clear();
    read_node_keys(graph, values, open);
    if (pending_.late_kwargs.data()) read_late_kwargs(values);
    if (!pending_.seen.has_first(required_node_keys)) fail_missing_key(open);
    pending_.node.arguments.operands = values.operands();
    return append_node(graph, open);
}

void DumpReader::fail_missing_key(const char* open) const {
    size_t key = 0;
    while (pending_.seen.has(key)) ++key;
    const std::string name = key == key_name ? "this node" : fmt::format("node {}", in_quotes(pending_.node.name));
    tokens_.fail(open, fmt::format("{} has no {}", name, in_quotes(node_key_names[key])));
}

void DumpReader::read_node_keys(Graph& graph, ValueReader& values, const char* open) {
    const auto read_member = [&](std::string_view key) {
        const size_t known = pending_.seen.see(tokens_, key);
        if (known != node_keys) return read_node_key(graph, values, known);
        tokens_.pass_value(tokens_.next());
    };
    const bool usual = read_usual_keys(graph, values, open);
    const char* end = usual ? tokens_.rest_of_object(read_member) : tokens_.object(open, read_member);
    pending_.node.origin = {open, static_cast<size_t>(end - open)};
}

// The keys as they stand in nearly every node: name, op, target and args at hand, and perhaps empty kwargs and meta
// behind them. False, and nothing is taken, where not even the former are so.
bool DumpReader::read_usual_keys(Graph& graph, ValueReader& values, const char* open) {
    constexpr size_t name = 2, op = 6, target = 10, args = 14;
    if (!tokens_.next_are(R"(":",":",":",":[)") || !tokens_.ahead_is(name - 2, R"("name")") ||
        !tokens_.ahead_is(op - 2, R"("op")") || !tokens_.ahead_is(target - 2, R"("target")") ||
        !tokens_.ahead_is(args - 2, R"("args")"))
        return false;
    tokens_.enter(open);
    set_name(values, tokens_.raw_string_ahead(name));
    set_opcode(tokens_.raw_string_ahead(op));
    set_target(graph, tokens_.raw_string_ahead(target));
    pending_.seen.see_first(key_args + 1);
    pending_.node.arguments.args = values.read_args(tokens_, tokens_.take_ahead(args));

    constexpr size_t kwargs = 3, meta = 8;
    if (tokens_.next_are(R"(,":{},":{)") && tokens_.ahead_is(kwargs - 2, R"("kwargs")") &&
        tokens_.ahead_is(meta - 2, R"("meta")")) {
        pending_.seen.see_first(key_meta + 1);
        set_meta(tokens_.take_ahead(meta));
    }
    return true;
}

void DumpReader::read_node_key(Graph& graph, ValueReader& values, size_t key) {
    Graph::NewNode& node = pending_.node;
    switch (key) {
    case key_name: return set_name(values, take_string("name"));
    case key_op: return set_opcode(take_string("op"));
    case key_target: return set_target(graph, take_string("target"));
    case key_args: node.arguments.args = values.read_args(tokens_, tokens_.next()); return;
    case key_kwargs: {
        const char* p = tokens_.next();
        if (pending_.seen.has(key_args)) {
            node.arguments.kwargs = values.read_kwargs(tokens_, p);
            return;
        }
        tokens_.check(p, '{', "an object as \"kwargs\"");
        pending_.late_depth = tokens_.depth();
        pending_.late_kwargs = {p, static_cast<size_t>(tokens_.pass_value(p) - p)};
        return;
    }
    case key_impure: node.impurity = read_flag("impure") ? Impurity::impure : Impurity::pure; return;
    default: {
        const char* p = tokens_.next();
        tokens_.check(p, '{', "an object as \"meta\"");
        set_meta(p);
    }
    }
}

void DumpReader::set_meta(const char* open) {
    wanted_.present = 0;
    const char* end = metadata_ ? tokens_.pass_brackets(open, wanted_) : tokens_.pass_brackets(open);
    pending_.node.meta = {open, static_cast<size_t>(end - open)};
}

// The graph wants the operands of args before those of kwargs, whatever the order of the keys.
void DumpReader::read_late_kwargs(ValueReader& values) {
    TokenReader tokens(pending_.late_kwargs, pending_.late_depth);
    pending_.node.arguments.kwargs = values.read_kwargs(tokens, tokens.next());
}

void DumpReader::set_name(ValueReader& values, std::string_view raw) {
    pending_.name_at = raw.data() - 1;
    pending_.node.name = values.keep_decoded(tokens_, raw);
    if (pending_.node.name.empty()) tokens_.fail(pending_.name_at, "the name of this node is empty");
}

void DumpReader::set_opcode(std::string_view raw) {
    const std::string_view name = tokens_.decoded(raw, buffer_);
    if (!same_text(name, opcode_name(last_opcode_))) {
        const auto opcode = opcode_from(name);
        if (!opcode) fail_opcode(raw.data() - 1, name);
        last_opcode_ = *opcode;
    }
    pending_.node.opcode = last_opcode_;
}

void DumpReader::fail_opcode(const char* at, std::string_view name) const {
    std::string known;
    for (uint8_t i = 0; i < opcode_count; ++i) {
        known.append(known.empty() ? "" : ", ").append(opcode_name(Opcode{i}));
    }
    tokens_.fail(at, fmt::format("{} is no op; the ops are {}", in_quotes(name), known));
}

void DumpReader::set_target(Graph& graph, std::string_view raw) {
    pending_.node.target = targets_.intern(graph.symbols(), tokens_.decoded(raw, buffer_));
}

NodeId DumpReader::append_node(Graph& graph, const char* open) {
    try {
        return graph.append(pending_.node);
    } catch (const NameError& error) {
        const NodeId other = graph.find(pending_.node.name);
        if (other == no_node) tokens_.fail(pending_.name_at, error.what());
        tokens_.fail(pending_.name_at, fmt::format("the name {} is taken: another node bears it, on line {}",
                                                   in_quotes(pending_.node.name), line(graph.origin(other).data())));
    } catch (const GraphError& error) {
        tokens_.fail(open, error.what());
    }
}

// -- Dump

DumpResult<Dump> Dump::read(std::shared_ptr<const Input> input) {
    const std::string_view all = input->text();
    return read(std::move(input), all, 1);
}

DumpResult<Dump> Dump::read(std::shared_ptr<const Input> input, std::string_view part, uint64_t first_line,
                            MetadataReader* metadata) {
    Dump dump;
    dump.input_ = std::move(input);
    dump.text_ = part;
    dump.module.graph = Graph(*dump.module.symbols, dump.input_);
    try {
        DumpReader(dump, first_line, metadata).read();
    } catch (const ReadFailure& failure) {
        return tl::unexpected(error_at(part, failure.at, first_line, failure.message));
    } catch (const std::bad_alloc&) {
        DumpError error;
        error.message = "there is not enough memory to read this dump";
        return tl::unexpected(error);
    } catch (const std::length_error& limit) {  // more targets than a graph's tables hold
        DumpError error;
        error.message = limit.what();
        return tl::unexpected(error);
    }
    return dump;
}

const Graph& Dump::graph_of(const Region& region) const {
    return region.graph == 0 ? module.graph : module.submodules[region.graph - 1].graph;
}

}  // namespace dqrewrite
