// Graphs -> text. Stretches of nodes that nothing touched are written as the bytes that they were.
//
// Between nodes stands what stood before a node when it was read; a new node takes that of the node it follows.
#include "engine/dump/dump.hpp"

#include "engine/dump/json_text.hpp"
#include "engine/dump/json_value.hpp"
#include "engine/dump/past_json.hpp"
#include "engine/dump/value_writer.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>
#include <vector>

namespace dqrewrite {

namespace {

bool breaks_line(std::string_view text) {
    return text.find_first_of("\r\n") != text.npos;
}

// Texts are gathered up to this size, so that an output is given few and large ones.
constexpr size_t piece_size = size_t{1} << 16;

std::string_view between(const char* begin, const char* end) {
    return {begin, static_cast<size_t>(end - begin)};
}

// The style within a line, for values in values.
JsonStyle inline_style(const JsonStyle& style) {
    JsonStyle flat;
    flat.colon = breaks_line(style.colon) ? ": " : style.colon;
    flat.comma = !breaks_line(style.comma) ? style.comma : flat.colon.ends_with(' ') ? ", " : ",";
    return flat;
}

bool says_nothing(std::string_view meta) {
    return meta.empty() || JsonValue(meta).empty();
}

}  // namespace

class DumpWriter {
public:
    DumpWriter(const Dump& dump, Output& output)
        : dump_(dump), output_(output), style_(style_of_first_node(dump)),
          values_(dump.input_.get(), inline_style(style_)) {
        out_.reserve(piece_size + piece_size / 8);  // the last node of a piece fits, mostly
        constexpr std::string_view names[] = {"name", "op", "target", "args", "kwargs", "impure", "meta"};
        for (const std::string_view name : names) {
            const std::string& before = keys_.empty() ? style_.open : style_.comma;
            keys_.push_back(fmt::format("{}\"{}\"{}", before, name, style_.colon));
        }
    }

    void write();

private:
    using Region = Dump::Region;

    static JsonStyle style_of_first_node(const Dump& dump);
    const char* write_past(const char* done, const Region& region);
    void write_region(const Region& region);
    void write_separator(const Graph& graph, const Region& region, NodeId node);
    std::string_view separator_before(const Graph& graph, const Region& region, NodeId node) const;
    std::string first_separator(const Graph& graph, const Region& region) const;
    void keep_until(const char* end);
    bool write_usual(const Graph& graph, NodeId node);
    void write_touched(const Graph& graph, NodeId node);
    void write_new(const Graph& graph, NodeId node);
    void write_unread();
    void write_all_new(const Graph& graph);
    const std::string& meta_key() const { return keys_.back(); }
    void append_arguments(const Graph& graph, NodeId node);
    const std::string& target_json(const Graph& graph, NodeId node);
    void write(std::string_view text);
    void flush();

    const Dump& dump_;
    Output& output_;
    JsonStyle style_;
    ValueWriter values_;
    std::vector<std::string> keys_;         // of a new node, in order, with what stands between them
    std::vector<std::string> target_json_;  // by symbol, where it was asked for
    std::string out_;                       // what is not yet given to the output
    std::string default_separator_;         // of the region that is being written
    NodeId written_ = no_node;              // the last new node whose arguments were written, and these
    std::string written_arguments_;
    NodeId last_read_ = no_node;  // the last node written that was read
    bool none_written_ = true;
    const char* kept_ = nullptr;  // of a touched node: what is before this is written
};

void Dump::write(Output& output) const {
    DumpWriter(*this, output).write();
}

void DumpWriter::write() {
    if (!dump_.input_) {
        write_unread();
        return flush();
    }
    const char* done = dump_.text_.data();
    for (const Region& region : dump_.regions_) {
        const Graph& graph = dump_.graph_of(region);
        if (graph.edit_count() == region.edit_count) continue;
        const bool past_first = region.past.data() < region.text.data();
        if (!region.past.empty() && past_first) done = write_past(done, region);
        write(between(done, region.text.data()));
        write_region(region);
        done = region.text.data() + region.text.size();
        if (!region.past.empty() && !past_first) done = write_past(done, region);
    }
    write(between(done, dump_.text_.data() + dump_.text_.size()));
    flush();
}

// From `done` on; how far it is done then.
const char* DumpWriter::write_past(const char* done, const Region& region) {
    write(between(done, region.past.data()));
    std::string past;
    append_past(past, dump_.graph_of(region), inline_style(style_));
    write(past);
    return region.past.data() + region.past.size();
}

void DumpWriter::write(std::string_view text) {
    if (text.size() >= piece_size) {
        flush();
        return output_.write(text);
    }
    out_ += text;
    if (out_.size() >= piece_size) flush();
}

void DumpWriter::flush() {
    output_.write(out_);
    out_.clear();
}

// The first node of the top graph, else the first one of all.
JsonStyle DumpWriter::style_of_first_node(const Dump& dump) {
    const auto has_nodes = [](const Region& region) { return region.node_count != 0; };
    const auto is_top = [&](const Region& region) { return region.graph == 0 && has_nodes(region); };
    auto found = std::find_if(dump.regions_.begin(), dump.regions_.end(), is_top);
    if (found == dump.regions_.end()) found = std::find_if(dump.regions_.begin(), dump.regions_.end(), has_nodes);
    return found == dump.regions_.end() ? JsonStyle() : style_of(found->first, JsonStyle());
}

// -- a graph that was edited

void DumpWriter::write_region(const Region& region) {
    const Graph& graph = dump_.graph_of(region);
    default_separator_ = first_separator(graph, region);
    written_ = no_node;
    last_read_ = no_node;
    none_written_ = true;
    std::string_view stretch;  // nodes as they were read, not yet written
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) {
        const size_t index = index_of(node);
        const bool was_read = index < region.node_count;
        const bool untouched =
            was_read && !graph.arguments_edited(node) && !graph.target_edited(node) && !graph.meta_edited(node);
        const std::string_view origin = graph.origin(node);
        if (untouched && !stretch.empty() && index == index_of(last_read_) + 1) {
            stretch = between(stretch.data(), origin.data() + origin.size());
            last_read_ = node;
            continue;
        }
        write(stretch);
        stretch = {};
        write_separator(graph, region, node);
        if (was_read) last_read_ = node;
        if (untouched) {
            stretch = origin;
        } else if (was_read) {
            write_touched(graph, node);
        } else {
            write_new(graph, node);
        }
    }
    write(stretch);
    const std::string_view last = region.node_count == 0
                                      ? std::string_view()
                                      : graph.origin(NodeId{static_cast<uint32_t>(region.node_count - 1)});
    const char* tail = last.empty() ? region.text.data() : last.data() + last.size();
    write(between(tail, region.text.data() + region.text.size()));
}

// What stands between `node`, which is about to be written, and what was written before.
void DumpWriter::write_separator(const Graph& graph, const Region& region, NodeId node) {
    if (none_written_) {
        const char* head_end = region.node_count == 0 ? region.text.data() + region.text.size() : region.first.data();
        write(between(region.text.data(), head_end));
        none_written_ = false;
        return;
    }
    std::string_view separator = separator_before(graph, region, node);
    if (separator.empty() && last_read_ != no_node) separator = separator_before(graph, region, last_read_);
    write(separator.empty() ? default_separator_ : separator);
}

// What stood between a node that was read and the one before it; empty for a new node and for the first.
std::string_view DumpWriter::separator_before(const Graph& graph, const Region& region, NodeId node) const {
    if (index_of(node) == 0 || index_of(node) >= region.node_count) return {};
    const char* end = graph.origin(node).data();
    const char* begin = end;
    while (is_json_space(begin[-1]) || begin[-1] == ',') --begin;
    return between(begin, end);
}

// What follows the first node, or would: the white space between nodes.
std::string DumpWriter::first_separator(const Graph& graph, const Region& region) const {
    if (region.node_count > 1) return std::string(separator_before(graph, region, NodeId{1}));
    const char* head_end = region.node_count == 0 ? region.text.data() + region.text.size() : region.first.data();
    const std::string_view head = between(region.text.data(), head_end);
    return head.empty() ? style_.comma : fmt::format(",{}", head);
}

// -- one node

// Bytes of a touched node up to `end`.
void DumpWriter::keep_until(const char* end) {
    out_.append(kept_, end);
    kept_ = end;
}

// The arguments of a node whose keys stand as those of the first one and as they do in a new one: then they are where
// the values before them end. False, and nothing is written, where they do not.
bool DumpWriter::write_usual(const Graph& graph, NodeId node) {
    constexpr size_t args = 3, kwargs = 4;  // among the keys
    const std::string_view origin = graph.origin(node);
    std::string_view rest = origin, values[kwargs + 1];
    for (size_t i = 0; i <= kwargs; ++i) {
        if (!same_text(rest.substr(0, keys_[i].size()), keys_[i])) return false;
        values[i] = JsonValue(rest.substr(keys_[i].size())).text();
        if (values[i].empty()) return false;
        rest = between(values[i].data() + values[i].size(), origin.data() + origin.size());
    }
    kept_ = origin.data();
    keep_until(values[args].data());
    values_.append_args(out_, graph, node);
    kept_ = values[args].data() + values[args].size();
    keep_until(values[kwargs].data());
    values_.append_kwargs(out_, graph, node);
    write(rest);
    return true;
}

// The bytes of the node, but for what was edited.
void DumpWriter::write_touched(const Graph& graph, NodeId node) {
    const std::string_view origin = graph.origin(node);
    const bool arguments = graph.arguments_edited(node);
    const bool target = graph.target_edited(node);
    const bool meta = graph.meta_edited(node);
    if (!target && !meta && write_usual(graph, node)) return;
    int missing = (arguments ? 2 : 0) + (target ? 1 : 0);
    bool meta_missing = meta;
    kept_ = origin.data();
    for (JsonMembers i{JsonValue(origin)}; (missing != 0 || meta_missing) && i.next();) {
        const bool is_args = arguments && i.key_is("args");
        const bool is_kwargs = arguments && i.key_is("kwargs");
        const bool is_target = target && i.key_is("target");
        const bool is_meta = meta && i.key_is("meta");
        if (!is_args && !is_kwargs && !is_target && !is_meta) continue;
        if (is_meta) {
            meta_missing = false;
        } else {
            --missing;
        }
        if (is_meta && says_nothing(graph.meta(node))) {
            const auto place = find_place(origin, "meta");
            keep_until(origin.data() + place->cut);
            kept_ = origin.data() + place->cut_end;
            continue;
        }
        const std::string_view old = i.value_text();
        keep_until(old.data());
        if (is_args) values_.append_args(out_, graph, node);
        if (is_kwargs) values_.append_kwargs(out_, graph, node);
        if (is_target) out_ += target_json(graph, node);
        if (is_meta) out_ += graph.meta(node);
        kept_ = old.data() + old.size();
    }
    // The reader has seen these keys, so they are there.
    if (missing != 0) throw std::logic_error("the text of an edited node cannot be read again");
    const char* end = origin.data() + origin.size();
    if (meta_missing && !says_nothing(graph.meta(node))) {
        const char* last = end - 1;
        while (is_json_space(last[-1])) --last;
        keep_until(last);
        out_ += meta_key();
        out_ += graph.meta(node);
    }
    write(between(kept_, end));
}

// A target repeats from node to node.
const std::string& DumpWriter::target_json(const Graph& graph, NodeId node) {
    const auto symbol = static_cast<size_t>(graph.target(node));
    if (symbol >= target_json_.size()) target_json_.resize(symbol + 1);
    std::string& text = target_json_[symbol];
    if (text.empty()) append_json_string(text, graph.target_text(node));
    return text;
}

// Copies of one node come one after the other, with the same arguments.
void DumpWriter::append_arguments(const Graph& graph, NodeId node) {
    const size_t start = out_.size();
    const auto same_operands = [&] {
        const size_t count = graph.operand_count(node);
        if (count != graph.operand_count(written_)) return false;
        for (size_t i = 0; i < count; ++i)
            if (graph.operand(node, i) != graph.operand(written_, i)) return false;
        return true;
    };
    if (written_ != no_node && graph.args(node).data() == graph.args(written_).data() &&
        graph.args(node).size() == graph.args(written_).size() &&
        graph.kwargs(node).data() == graph.kwargs(written_).data() &&
        graph.kwargs(node).size() == graph.kwargs(written_).size() && same_operands()) {
        out_ += written_arguments_;
        return;
    }
    values_.append_args(out_, graph, node);
    out_ += keys_[4];
    values_.append_kwargs(out_, graph, node);
    written_ = node;
    written_arguments_.assign(out_, start);
}

void DumpWriter::write_new(const Graph& graph, NodeId node) {
    out_ += keys_[0];
    values_.append_name(out_, graph, node);
    out_ += keys_[1];
    out_ += '"';
    out_ += opcode_name(graph.opcode(node));
    out_ += '"';
    out_ += keys_[2];
    out_ += target_json(graph, node);
    out_ += keys_[3];
    append_arguments(graph, node);
    if (graph.own_impurity(node) != Impurity::unsaid) {
        out_ += keys_[5];
        out_ += graph.own_impurity(node) == Impurity::impure ? "true" : "false";
    }
    if (!says_nothing(graph.meta(node))) {
        out_ += meta_key();
        write(graph.meta(node));
    }
    out_ += style_.close;
}

// -- a dump that was not read

void DumpWriter::write_all_new(const Graph& graph) {
    written_ = no_node;
    write("{\"nodes\": [\n");
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) {
        if (node != graph.first()) write(",\n");
        write_new(graph, node);
    }
    write("\n]}");
}

void DumpWriter::write_unread() {
    out_ += R"({"format": "fx-graph", "version": 1)";
    if (!dump_.ops.empty()) out_ += R"(, "ops": {)";
    for (const DeclaredOp& op : dump_.ops) {
        if (&op != &dump_.ops.front()) out_ += ", ";
        append_json_string(out_, op.target);
        out_ += ": {";
        if (!op.schema.empty()) {
            out_ += R"("schema": )";
            append_json_string(out_, op.schema);
        }
        if (op.impure) out_ += op.schema.empty() ? R"("impure": true)" : R"(, "impure": true)";
        out_ += '}';
    }
    if (!dump_.ops.empty()) out_ += '}';
    out_ += R"(, "graph": )";
    write_all_new(dump_.module.graph);
    if (!dump_.module.submodules.empty()) out_ += R"(, "submodules": {)";
    for (const Submodule& submodule : dump_.module.submodules) {
        if (&submodule != &dump_.module.submodules.front()) out_ += ", ";
        append_json_string(out_, submodule.path);
        out_ += ": ";
        write_all_new(submodule.graph);
    }
    out_ += dump_.module.submodules.empty() ? "}\n" : "}}\n";
}

}  // namespace dqrewrite
