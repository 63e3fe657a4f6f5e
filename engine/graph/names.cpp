// The table of names, and create_name on it; see names.hpp. Names that are plain take a short way (create_plain);
// what is rare (numbers beyond 32 bits, other characters, long searches) goes by create_odd and next_free.
#include "engine/graph/names.hpp"

#include "engine/graph/name_pattern.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace dqrewrite {

namespace {

// So many numbers are tried before a search asks for the runs.
constexpr int few_tries = 8;
// Numbers up to twice the names that a base has, and a few, are held in a vector.
constexpr uint32_t always_dense = 16;

NameNumber number_of(std::string digits) {
    uint32_t plain = 0;
    const char* end = digits.data() + digits.size();
    const auto [at, error] = std::from_chars(digits.data(), end, plain);
    if (error == std::errc{} && at == end && plain != Name::no_number) return {plain, {}};
    return {Name::no_number, std::move(digits)};
}

std::string text_of(const NameNumber& number) {
    return number.large.empty() ? std::to_string(number.plain) : number.large;
}

void increment(NameNumber& number) {
    if (number.large.empty()) {
        if (++number.plain == Name::no_number) number.large = std::to_string(Name::no_number);
        return;
    }
    size_t at = number.large.find_last_not_of('9');
    std::string sum = number.large;
    if (at == std::string::npos) {
        sum.insert(0, 1, '0');
        at = 0;
    }
    ++sum[at];
    std::fill(sum.begin() + static_cast<std::ptrdiff_t>(at) + 1, sum.end(), '0');
    number.large = plain_digits(sum);
}

}  // namespace

bool operator<(const NameNumber& a, const NameNumber& b) {
    if (a.large.size() != b.large.size()) return a.large.size() < b.large.size();
    return a.large.empty() ? a.plain < b.plain : a.large < b.large;
}

// -- the table

uint32_t Names::intern(std::string_view base) {
    if (const auto found = by_text_.find(base); found != by_text_.end()) return found->second;
    if (bases_.size() == max_id_count) throw GraphError("too many names");
    if (base.size() > longest_name)
        throw NameError(fmt::format("a name has {} bytes, more than the {} that the name of a node may have",
                                    base.size(), longest_name));
    if (base.size() > short_name) has_long_ = true;
    Base fresh;
    fresh.text = texts_.copy(base);
    fresh.identifier = is_identifier(base);
    fresh.plain = fresh.identifier && match_name(base)->digits.empty();
    fresh.refused = refused_name(base);
    const auto id = static_cast<uint32_t>(bases_.size());
    bases_.push_back(std::move(fresh));
    by_text_.emplace(bases_.back().text, id);
    return id;
}

namespace {

// The base and number in which a name is held; see the head of names.hpp.
struct HeldName {
    std::string_view base;
    uint32_t number = Name::no_number;
};

HeldName split_held(std::string_view name) {
    constexpr size_t most_digits = 10;
    size_t begin = name.size();
    uint64_t number = 0, place = 1;  // eleven digits at most
    while (begin > 0 && name.size() - begin <= most_digits && name[begin - 1] >= '0' && name[begin - 1] <= '9') {
        number += place * static_cast<uint64_t>(name[--begin] - '0');
        place *= 10;
    }
    const size_t digits = name.size() - begin;
    const bool plain = digits >= 1 && digits <= most_digits && (name[begin] != '0' || digits == 1);
    if (!plain || begin < 2 || name[begin - 1] != '_' || number >= Name::no_number) return {name};
    return {name.substr(0, begin - 1), static_cast<uint32_t>(number)};
}

}  // namespace

Name Names::identity(std::string_view name) {
    const HeldName held = split_held(name);
    return {intern(held.base), held.number};
}

Names::State Names::sparse_state(Name name) const {
    const auto found = sparse_.find(uint64_t{name.base} << 32 | name.number);
    return found == sparse_.end() ? State::free : found->second;
}

[[gnu::always_inline]] inline void Names::take(Name name, State bearer) {
    Base& base = bases_[name.base];
    if (name.number == Name::no_number) {
        base.bare = bearer;
        return;
    }
    const size_t dense = 2 * size_t{base.numbered_count++} + always_dense;
    if (name.number < base.numbered.size()) {
        base.numbered[name.number] = bearer;
    } else if (name.number == base.numbered.size()) {  // as nearly always
        base.numbered.push_back(bearer);
    } else if (name.number < dense) {
        base.numbered.resize(name.number + size_t{1});
        base.numbered[name.number] = bearer;
    } else {
        sparse_[uint64_t{name.base} << 32 | name.number] = bearer;
        base.has_sparse = true;
    }
}

// A name that was taken never becomes free again, so an entry in the vector simply hides one in sparse_.
void Names::set_state(Name name, State state) {
    Base& base = bases_[name.base];
    if (name.number == Name::no_number) {
        base.bare = state;
    } else if (name.number < base.numbered.size()) {
        if (this->state(name) == State::free) ++base.numbered_count;
        base.numbered[name.number] = state;
    } else if (this->state(name) == State::free) {
        take(name, state);
    } else {
        sparse_[uint64_t{name.base} << 32 | name.number] = state;
    }
}

void Names::append(Name name, std::string& out) const {
    out += bases_[name.base].text;
    if (name.number == Name::no_number) return;
    char digits[10];
    const auto end = std::to_chars(digits, digits + sizeof digits, name.number).ptr;
    out += '_';
    out.append(digits, end);
}

size_t Names::size_of(Name name) const {
    size_t size = bases_[name.base].text.size();
    if (name.number == Name::no_number) return size;
    for (uint32_t rest = name.number; rest > 9; rest /= 10) ++size;
    return size + 2;
}

NodeId Names::bearer(std::string_view name) const {
    const HeldName held = split_held(name);
    const auto found = by_text_.find(held.base);
    if (found == by_text_.end()) return no_node;
    const State known = state({found->second, held.number});
    if (known == State::free || known == State::taken) return no_node;
    return NodeId{static_cast<uint32_t>(known) - 2};
}

void Names::release(std::string_view name) {
    if (bearer(name) != no_node) set_state(identity(name), State::taken);
}

// -- what no node tells

void Names::take(std::string_view name) {
    if (const Name taken = identity(name); state(taken) == State::free) set_state(taken, State::taken);
}

bool Names::is_taken(std::string_view name) const {
    const HeldName held = split_held(name);
    const auto found = by_text_.find(held.base);
    return found != by_text_.end() && state({found->second, held.number}) != State::free;
}

void Names::set_count(std::string_view base, std::string_view digits) {
    set_count(intern(base), number_of(std::string(digits)));
}

std::string Names::count(std::string_view base) const {
    const auto found = by_text_.find(base);
    return found == by_text_.end() ? "0" : text_of(count(found->second));
}

std::vector<std::string> Names::all_taken() const {
    std::vector<std::string> names;
    const auto add = [&](Name name) { append(name, names.emplace_back()); };
    for (uint32_t base = 0; base < bases_.size(); ++base) {
        const Base& known = bases_[base];
        if (known.bare != State::free) add({base, Name::no_number});
        for (uint32_t number = 0; number < known.numbered.size(); ++number)
            if (state({base, number}) != State::free) add({base, number});
    }
    for (const auto& [key, state] : sparse_) {
        const Name name{static_cast<uint32_t>(key >> 32), static_cast<uint32_t>(key)};
        if (state != State::free && name.number >= bases_[name.base].numbered.size()) add(name);
    }
    std::ranges::sort(names);
    return names;
}

std::vector<std::pair<std::string, std::string>> Names::all_counts() const {
    std::vector<std::pair<std::string, std::string>> counts;
    for (uint32_t base = 0; base < bases_.size(); ++base)
        if (bases_[base].count != 0) counts.emplace_back(bases_[base].text, text_of(count(base)));
    std::ranges::sort(counts);
    return counts;
}

// -- create_name

Name Names::named(uint32_t base, const NameNumber& number) {
    if (number.large.empty()) return {base, number.plain};
    return {intern(fmt::format("{}_{}", bases_[base].text, number.large)), Name::no_number};
}

bool Names::taken(uint32_t base, const NameNumber& number) const {
    if (number.large.empty()) return state({base, number.plain}) != State::free;
    const auto found = by_text_.find(fmt::format("{}_{}", bases_[base].text, number.large));
    return found != by_text_.end() && bases_[found->second].bare != State::free;
}

NameNumber Names::count(uint32_t base) const {
    const uint32_t plain = bases_[base].count;
    return {plain, plain == Name::no_number ? large_counts_.at(base) : std::string()};
}

void Names::set_count(uint32_t base, const NameNumber& number) {
    if (!number.large.empty()) large_counts_[base] = number.large;
    bases_[base].count = number.plain;
}

// The first free number behind `number`. Each number is gone over once in the life of the table: then it is in a
// run.
void Names::next_free(uint32_t base, NameNumber& number) {
    increment(number);
    if (!taken(base, number)) return;
    NameNumber first = number;
    auto run = runs_.upper_bound({base, number});
    if (run != runs_.begin()) {
        --run;
        if (run->first.first == base && !(run->second < number)) {
            first = run->first.second;
            number = run->second;
        }
    }
    NameNumber last = number;
    for (increment(number); taken(base, number); increment(number)) {
        last = number;
        const auto next = runs_.find({base, number});
        if (next == runs_.end()) continue;
        number = last = next->second;
        runs_.erase(next);
    }
    runs_.insert_or_assign({base, first}, last);
}

// What FX does with a candidate that is `whole`, and to it is `base` and, where there is one, `number`.
Name Names::create(Name whole, uint32_t base, const std::optional<NameNumber>& number, State bearer) {
    const bool refused = whole.number == Name::no_number && bases_[whole.base].refused;
    NameNumber last = number ? *number : count(base);
    if (refused || state(whole) != State::free) {
        last = count(base);
        next_free(base, last);
        whole = named(base, last);
    }
    set_state(whole, bearer);
    set_count(base, last);
    return whole;
}

// The same for a candidate that FX splits as it is held here; without the detours that rare names take.
Name Names::create_plain(Name candidate, State bearer) {
    const bool bare = candidate.number == Name::no_number;
    Base& base = bases_[candidate.base];
    if (!(bare && base.refused) && state(candidate) == State::free) {
        take(candidate, bearer);
        if (!bare) base.count = candidate.number;
        return candidate;
    }
    uint32_t number = base.count;
    for (int tries = 0; tries < few_tries && number < Name::no_number - 1; ++tries) {
        const Name name{candidate.base, ++number};
        if (state(name) != State::free) continue;
        take(name, bearer);
        base.count = number;
        return name;
    }
    return create(candidate, candidate.base, std::nullopt, bearer);
}

Name Names::create_any(Name candidate, State bearer) {
    if (is_plain(candidate)) return create_plain(candidate, bearer);
    std::string text;
    append(candidate, text);
    return create_odd(text, bearer);
}

// A candidate that is no plain base with a plain number.
Name Names::create_odd(const std::string& candidate, State bearer) {
    std::string valid;
    auto parts = match_name(candidate);
    if (!parts) {
        valid = valid_name(candidate);
        parts = match_name(valid);
    }
    const Name whole = identity(valid.empty() ? candidate : valid);
    std::optional<NameNumber> number;
    if (!parts->digits.empty() && state(whole) == State::free) number = number_of(plain_digits(parts->digits));
    return create(whole, intern(parts->base), number, bearer);
}

Name Names::candidate(std::string_view text) {
    const HeldName held = split_held(text);
    if (const auto found = by_text_.find(held.base); found != by_text_.end()) return {found->second, held.number};
    if (!match_name(text)) return identity(valid_name(text));
    return {intern(held.base), held.number};
}

Name Names::keep(std::string_view name, NodeId bearer) {
    if (name.empty()) throw NameError("a node has no name");
    const Name whole = identity(name);
    const State known = state(whole);
    if (known != State::free && known != State::taken) {
        throw NameError(fmt::format("two nodes have the name '{}'", name));
    }
    const bool bare = whole.number == Name::no_number;
    if (known == State::free && is_plain(whole) &&
        !(bare && bases_[whole.base].refused)) {  // create_plain's short way
        take(whole, borne_by(bearer));
        if (!bare) bases_[whole.base].count = whole.number;
        return whole;
    }
    const Name given = create_any(whole, borne_by(bearer));
    if (given == whole) return whole;
    set_state(given, State::taken);
    set_state(whole, borne_by(bearer));
    return whole;
}

}  // namespace dqrewrite
