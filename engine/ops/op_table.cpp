#include "engine/ops/op_table.hpp"

#include "engine/ops/schema_check.hpp"

#include <algorithm>
#include <cstring>

namespace dqrewrite {

namespace {

constexpr Dialect all_dialects[] = {
    {"torch.ops", "torch.ops."},
    {"edge", "executorch.exir.dialects.edge._ops."},
    {"backend", "executorch.exir.dialects.backend._ops."},
};

struct Line {
    std::string_view key;
    std::string_view head;  // before the flags
    OpDeclaration declaration;
};

constexpr const char* no_two_arguments =
    "\"commutes\" is said of the first two arguments of a schema, and here are none";

bool ends_key(char c) {
    return c == '(' || c == ';';
}

std::string_view key_of(std::string_view line) {
    return trim(line.substr(0, static_cast<size_t>(std::find_if(line.begin(), line.end(), ends_key) - line.begin())));
}

// What is wrong with a line, and where in it.
struct Problem {
    std::string_view at;
    std::string message;
    std::string_view unknown_type = {};
};

// "impure, commutes"; false and a problem where one of them is no flag.
bool parse_flags(std::string_view text, OpDeclaration& declaration, Problem& problem) {
    while (!text.empty()) {
        size_t comma = text.find(',');
        std::string_view flag = trim(text.substr(0, comma));
        if (flag == "impure")
            declaration.impure = true;
        else if (flag == "commutes")
            declaration.commutes = true;
        else {
            problem = {flag, "unknown flag \"" + std::string(flag) +
                                 "\" after \";\"; there are \"impure\" and \"commutes\""};
            return false;
        }
        text = comma == std::string_view::npos ? "" : text.substr(comma + 1);
    }
    return true;
}

// The parts of a line, of which the flags alone are checked: nothing, and a problem, where one is none.
std::optional<Line> split_line(std::string_view line, Problem& problem) {
    const size_t semicolon = line.rfind(';');
    const std::string_view flags = semicolon == std::string_view::npos ? "" : trim(line.substr(semicolon + 1));
    const std::string_view head = trim(line.substr(0, semicolon));
    Line result{key_of(head), head, {}};
    if (!parse_flags(flags, result.declaration, problem)) return {};
    if (head.find('(') != std::string_view::npos) result.declaration.schema = head;
    return result;
}

// "mylib.helpers.twice"
bool is_qualified_name(std::string_view text) {
    return !text.empty() && text.front() != '.' && text.back() != '.' && text.find("..") == std::string_view::npos &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") ==
               std::string_view::npos;
}

// Nothing where the line declares no op; `problem` says why.
std::optional<Line> parse_line(std::string_view line, Problem& problem) {
    std::optional<Line> result = split_line(line, problem);
    if (!result) return {};
    const OpDeclaration& declared = result->declaration;
    if (declared.schema.empty()) {
        if (!is_qualified_name(result->head))
            problem = {line,
                       "expected an operator schema such as aten::relu(Tensor self) -> Tensor, or a qualified name"};
        else if (declared.commutes)
            problem = {line, no_two_arguments};
    } else if (auto wrong = schema_problem(declared.schema)) {
        problem = {declared.schema.substr(wrong->begin, wrong->end - wrong->begin), std::move(wrong->message),
                   wrong->unknown_type};
    } else if (declared.commutes) {
        ValueStore scratch;
        if (parse_schema(declared.schema, scratch)->positional < 2) problem = {line, no_two_arguments};
    }
    return problem.message.empty() ? result : std::nullopt;
}

// Whether two schemas are the same but for blanks.
bool same_schema(std::string_view a, std::string_view b) {
    const auto squeezed = [](std::string_view text) {
        std::string result;
        for (char c : text)
            if (c != ' ' && c != '\t') result += c;
        return result;
    };
    return a == b || squeezed(a) == squeezed(b);
}

bool same_declaration(const OpDeclaration& a, const OpDeclaration& b) {
    return a.impure == b.impure && a.commutes == b.commutes && same_schema(a.schema, b.schema);
}

// The start of the line that holds byte `at`.
size_t line_start(std::string_view text, size_t at) {
    const void* newline = ::memrchr(text.data(), '\n', at);
    return newline ? static_cast<size_t>(static_cast<const char*>(newline) - text.data()) + 1 : 0;
}

std::string_view line_at(std::string_view text, size_t start) {
    return text.substr(start, text.find('\n', start) - start);
}

// Whether the key of the line at the start of `text` is below `key`: key_of(line) < key, without looking for the end
// of either, as a search looks at many lines.
bool key_is_below(std::string_view text, std::string_view key) {
    const auto ends = [](char c) { return ends_key(c) || c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    constexpr size_t step = sizeof(uint64_t);
    const size_t size = std::min(text.size(), key.size());
    size_t at = 0;
    while (at + step <= size && std::memcmp(text.data() + at, key.data() + at, step) == 0) at += step;
    while (at < size && text[at] == key[at]) ++at;
    if (at == key.size()) return false;
    return at == text.size() || ends(text[at]) ||
           static_cast<unsigned char>(text[at]) < static_cast<unsigned char>(key[at]);
}

// The start of the first line of sorted text whose key is not below `key`.
size_t lower_bound(std::string_view text, std::string_view key) {
    size_t low = 0, high = text.size();
    while (low < high) {
        const size_t start = std::max(low, line_start(text, low + (high - low) / 2));
        if (key_is_below(text.substr(start), key))
            low = std::min(start + line_at(text, start).size() + 1, text.size());
        else
            high = start;
    }
    return low;
}

std::string target_of(std::string_view key, std::string_view prefix) {
    size_t colons = key.find("::");
    if (colons == std::string_view::npos) return std::string(key);
    std::string name(key.substr(colons + 2));
    if (name.find('.') == std::string::npos) name += ".default";
    return std::string(prefix) + std::string(key.substr(0, colons)) + "." + name;
}

std::optional<Dialect> dialect_of(std::string_view target) {
    for (const Dialect& dialect : all_dialects)
        if (target.starts_with(dialect.prefix)) return dialect;
    return {};
}

// "torch.ops.aten.add" -> "aten::add"; empty where it cannot be a packet.
std::string packet_key(std::string_view target) {
    auto dialect = dialect_of(target);
    if (!dialect) return {};
    std::string_view rest = target.substr(dialect->prefix.size());
    size_t dot = rest.find('.');
    if (dot == std::string_view::npos || rest.find('.', dot + 1) != std::string_view::npos) return {};
    return std::string(rest.substr(0, dot)) + "::" + std::string(rest.substr(dot + 1));
}

}  // namespace

std::span<const Dialect> dialects() {
    return all_dialects;
}

std::string declaration_key(std::string_view target) {
    auto dialect = dialect_of(target);
    if (!dialect) return std::string(target);
    std::string_view rest = target.substr(dialect->prefix.size());
    size_t dot = rest.find('.');
    if (dot == std::string_view::npos) return std::string(target);
    std::string_view name = rest.substr(dot + 1);
    size_t overload = name.rfind('.');
    if (overload == std::string_view::npos) return std::string(target);  // a packet, or a higher-order op
    if (name.substr(overload) == ".default") name = name.substr(0, overload);
    return std::string(rest.substr(0, dot)) + "::" + std::string(name);
}

OpDeclarations::BadLines OpDeclarations::add(std::string_view text) {
    BadLines bad;
    std::vector<decltype(added_)::iterator> fresh;
    std::string_view known_namespace;
    bool ships = false;  // whether anything of that namespace does
    const auto say = [&](std::string_view at, std::string message, std::string_view type, std::string_view other) {
        const auto begin = static_cast<uint32_t>(at.data() - text.data());
        return BadLine{begin, static_cast<uint32_t>(begin + at.size()), std::move(message), type, other};
    };
    const auto check = [&](std::string_view line) -> std::optional<BadLine> {
        Problem problem;
        const auto parsed = parse_line(line, problem);
        if (!parsed) return say(problem.at, std::move(problem.message), problem.unknown_type, {});
        const auto [known, is_new] = added_.try_emplace(std::string(parsed->key), Added{parsed->declaration, line});
        if (!is_new) {
            if (same_declaration(known->second.declaration, parsed->declaration)) return {};
            return say(line, "\"" + known->first + "\" is declared twice, and not in the same way", {},
                       known->second.line);
        }
        fresh.push_back(known);
        const std::string_view prefix = parsed->key.substr(0, parsed->key.find_first_of(".:") + 1);
        if (prefix.empty() || prefix != known_namespace) {
            const size_t at = lower_bound(sorted_, prefix);
            known_namespace = prefix;
            ships = at < sorted_.size() && sorted_.substr(at).starts_with(prefix);
        }
        const std::string_view shipped = ships ? sorted_line(parsed->key) : std::string_view();
        if (shipped.empty()) return {};
        Problem none;
        const auto other = split_line(shipped, none);
        if (!other || same_schema(other->declaration.schema, parsed->declaration.schema)) return {};
        return say(line, "\"" + known->first + "\" ships with dqrewrite, and with another schema", {}, shipped);
    };
    for (size_t start = 0; start < text.size();) {
        std::string_view whole = line_at(text, start);
        std::string_view line = trim(whole.substr(0, whole.find('#')));
        start += whole.size() + 1;
        auto wrong = line.empty() ? std::nullopt : check(line);
        if (!wrong) continue;
        if (bad.first.size() < max_bad_lines)
            bad.first.push_back(std::move(*wrong));
        else
            ++bad.more;
    }
    if (!bad.empty())
        for (const auto& each : fresh) added_.erase(each);
    return bad;
}

std::string_view OpDeclarations::sorted_line(std::string_view key) const {
    const size_t at = lower_bound(sorted_, key);
    if (at >= sorted_.size()) return {};
    const std::string_view line = line_at(sorted_, at);
    return key_of(line) == key ? line : std::string_view();
}

std::optional<OpDeclaration> OpDeclarations::find(std::string_view target) const {
    std::string key = declaration_key(target);
    if (auto found = added_.find(key); found != added_.end()) return found->second.declaration;
    const std::string_view line = sorted_line(key);
    if (line.empty()) return {};
    Problem problem;
    const auto parsed = split_line(line, problem);
    return parsed ? std::optional(parsed->declaration) : std::nullopt;
}

std::vector<std::string> OpDeclarations::keys_with_prefix(std::string_view prefix) const {
    std::vector<std::string> keys;
    for (auto it = added_.lower_bound(prefix); it != added_.end() && it->first.starts_with(prefix); ++it)
        keys.push_back(it->first);
    for (size_t at = lower_bound(sorted_, prefix); at < sorted_.size();) {
        std::string_view line = line_at(sorted_, at);
        std::string_view key = key_of(line);
        if (!key.starts_with(prefix)) break;
        if (!key.empty()) keys.emplace_back(key);
        at += line.size() + 1;
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

bool OpDeclarations::has_key_with_prefix(std::string_view prefix) const {
    auto added = added_.lower_bound(prefix);
    if (added != added_.end() && added->first.starts_with(prefix)) return true;
    size_t at = lower_bound(sorted_, prefix);
    return at < sorted_.size() && key_of(line_at(sorted_, at)).starts_with(prefix);
}

std::string_view OpDeclarations::key_after(std::string_view prefix) const {
    std::string above(prefix);
    if (above.empty())
        above = std::string(1, '\0');
    else
        ++above.back();  // the last byte is that of ASCII text
    std::string_view key;
    if (auto added = added_.lower_bound(above); added != added_.end()) key = added->first;
    size_t at = lower_bound(sorted_, above);
    if (at >= sorted_.size()) return key;
    std::string_view sorted = key_of(line_at(sorted_, at));
    return key.empty() || sorted < key ? sorted : key;
}

std::vector<std::string> OpDeclarations::overloads(std::string_view packet) const {
    auto dialect = dialect_of(packet);
    std::string key = packet_key(packet);
    if (key.empty()) return {};
    std::vector<std::string> keys = keys_with_prefix(key + ".");
    if (find(std::string(packet) + ".default")) keys.push_back(key);
    std::vector<std::string> targets;
    for (const std::string& each : keys) targets.push_back(target_of(each, dialect->prefix));
    std::sort(targets.begin(), targets.end());
    return targets;
}

bool OpDeclarations::is_packet(std::string_view target) const {
    std::string key = packet_key(target);
    return !key.empty() && (has_key_with_prefix(key + ".") || find(std::string(target) + ".default"));
}

bool OpDeclarations::has_argument(std::string_view name) const {
    // Types stand before names, and "*" alone before those that are given by name.
    const std::string wanted = " " + std::string(name);
    const auto stands_in = [&](std::string_view text) {
        while (!text.empty()) {
            const void* found = memmem(text.data(), text.size(), wanted.data(), wanted.size());
            if (!found) break;
            text.remove_prefix(static_cast<const char*>(found) - text.data() + wanted.size());
            if (text.starts_with(',') || text.starts_with('=') || text.starts_with(')')) return true;
        }
        return false;
    };
    return stands_in(sorted_) ||
           std::ranges::any_of(added_, [&](const auto& each) { return stands_in(each.second.declaration.schema); });
}

bool OpDeclarations::has_namespace(std::string_view word) const {
    return has_key_with_prefix(std::string(word) + "::") || has_key_with_prefix(std::string(word) + ".");
}

std::vector<std::string_view> OpDeclarations::namespaces() const {
    std::vector<std::string_view> words;
    for (std::string_view key = key_after(""); !key.empty();) {
        size_t end = key.find_first_of(".:");
        std::string_view word = key.substr(0, end);
        if (end != std::string_view::npos && (words.empty() || words.back() != word)) words.push_back(word);
        // Past all keys that share the word and its separator.
        key = key_after(end == std::string_view::npos ? std::string(key) + '\0' : key.substr(0, end + 1));
    }
    return words;
}

std::vector<std::string> OpDeclarations::targets() const {
    std::vector<std::string> targets;
    for (const std::string& key : keys_with_prefix("")) {
        if (key.find("::") == std::string::npos)
            targets.push_back(key);
        else
            for (const Dialect& dialect : all_dialects) targets.push_back(target_of(key, dialect.prefix));
    }
    std::sort(targets.begin(), targets.end());
    return targets;
}

void OpTable::state(std::string_view target, std::string_view schema, bool impure) {
    stated_.insert_or_assign(std::string(target), Stated{schema, impure});
}

void OpTable::learn(Symbol target, const Symbols& symbols) {
    const auto index = static_cast<size_t>(target);
    if (index >= by_symbol_.size()) by_symbol_.resize(symbols.size());
    by_symbol_[index] = std::make_unique<Facts>(look_up(symbols.text(target)));
}

OpTable::Facts OpTable::look_up(std::string_view target) {
    Facts facts;
    OpDeclaration declaration;
    if (auto stated = stated_.find(target); stated != stated_.end()) {
        facts.known = true;
        declaration = {stated->second.schema, stated->second.impure};
    } else if (auto declared = declarations_->find(target)) {
        facts.known = true;
        declaration = *declared;
    } else if (auto overload = declarations_->find(std::string(target) + ".default")) {
        // A packet has no schema, and is as impure as its default overload.
        declaration.impure = overload->impure;
    }
    facts.impure = declaration.impure;
    if (auto schema = parse_schema(declaration.schema, store_))
        facts.schema = std::make_unique<Schema>(std::move(*schema));
    return facts;
}

}  // namespace dqrewrite
