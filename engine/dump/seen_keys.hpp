// No key may stand twice in an object: how that is seen, where a few keys are known and where any may stand.
// Tested by the files in tests/dump/errors.
#pragma once

#include "engine/dump/error.hpp"
#include "engine/dump/token_reader.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace dqrewrite {

// Of the keys that are known those that an object was seen to have.
template <size_t N>
class SeenKeys {
public:
    explicit SeenKeys(const std::array<std::string_view, N>& known) : known_(&known) {}

    void clear() { seen_ = next_ = 0; }
    // The index of the key among the known ones, N for any other.
    size_t see(const TokenReader& tokens, std::string_view raw) {
        size_t index = next_;  // keys come in the known order, as a rule
        if (index >= N || !same_text(raw, (*known_)[index])) {
            std::string buffer;
            const std::string_view key = tokens.decoded(raw, buffer);
            index = static_cast<size_t>(std::find(known_->begin(), known_->end(), key) - known_->begin());
            if (index == N) return N;
        }
        if (has(index)) {
            tokens.fail(raw.data() - 1,
                        fmt::format("the key {} stands twice in this object", in_quotes((*known_)[index])));
        }
        seen_ |= 1U << index;
        next_ = static_cast<unsigned>(index) + 1;
        return index;
    }
    bool has(size_t index) const { return (seen_ >> index & 1) != 0; }
    // The first `count` of the known keys have been seen.
    void see_first(size_t count) {
        seen_ |= (1U << count) - 1;
        next_ = static_cast<unsigned>(count);
    }
    bool has_first(size_t count) const { return (~seen_ & ((1U << count) - 1)) == 0; }

private:
    const std::array<std::string_view, N>* known_;
    unsigned seen_ = 0;
    unsigned next_ = 0;
};

// The keys of an object, and where they stand in the text.
template <class Text>
using KeyPlaces = std::vector<std::pair<Text, const char*>>;

// ReadFailure where two are equal: the `what` "…" stands twice in "`object`".
template <class Text>
void refuse_twice(const TokenReader& tokens, KeyPlaces<Text> places, std::string_view what, std::string_view object) {
    std::sort(places.begin(), places.end());
    for (size_t i = 1; i < places.size(); ++i) {
        if (places[i].first != places[i - 1].first) continue;
        tokens.fail(places[i].second,
                    fmt::format("the {} {} stands twice in \"{}\"", what, in_quotes(places[i].first), object));
    }
}

}  // namespace dqrewrite
