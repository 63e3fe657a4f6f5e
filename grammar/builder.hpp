// Collects the nodes of a tree while the parser goes forward and back.
//
// The builder is a log in postfix order: a node stands behind its parts, and knows how many entries it takes
// with them. So giving up an alternative is cutting the log, and a node finds its parts by walking back.
// Entries are nodes or words; a node takes the words among its parts as its word.
// Private to grammar/parse.cpp, and tested through it.
#pragma once

#include "grammar/syntax.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite::grammar {

// Thrown while parsing, caught in parse(): what is wrong where.
struct DiagnosticText {
    Span span;
    std::string message;
};
struct Failure {
    Span span;
    std::string_view code;
    std::string message;
    std::optional<DiagnosticText> note;
};

class Builder {
public:
    using Kind = syntax::Kind;

    explicit Builder(std::string_view text) : text_(text) {}

    std::string_view text() const { return text_; }
    std::string_view text(Span span) const { return text_.substr(span.begin, span.end - span.begin); }

    // -- going forward and back
    size_t mark() const { return log_.size(); }
    void cut(size_t mark) {
        while (log_.size() > mark) log_.pop_back();
    }

    // Blanks from `begin` to `end`: facts about the text, whether or not the parser goes back over them.
    void note_blanks(uint32_t begin, uint32_t end);
    // Where the token ends that the blanks before `offset` follow.
    uint32_t token_end(uint32_t offset) const;

    // -- levels of nesting, for their limit and for what a missing bracket belongs to
    // `offset` is behind the token that opens the level.
    void enter(uint32_t offset);
    void leave() { open_.pop_back(); }
    // The tokens that opened the levels, outermost first.
    const std::vector<Span>& open() const { return open_; }

    // -- entries; `mark` is where the parts of the new entry begin
    void add_word(Span span, std::string word) { push({Kind::name, true, span, span, std::move(word), 0, 1, 0}); }
    void add_leaf(Kind kind, Span span, std::string word) {
        push({kind, false, span, span, std::move(word), 0, 1, 1});
    }
    void add_node(Kind kind, Span span, size_t mark);
    // The same, with the entry before the mark as first part, whose begin is the node's.
    void add_around_previous(Kind kind, Span span, size_t mark);

    // -- what has been added
    // The kinds of the nodes (not words) since the mark, in order.
    const std::vector<Kind>& kinds_since(size_t mark);
    bool has_word_since(size_t mark);
    // Takes `span` for the last entry: brackets that only group belong to what they hold.
    void widen_last(Span span) { log_.back().span = span; }
    void set_last_word(std::string word) { log_.back().word = std::move(word); }

    // The tree of the log, which then is empty. Its last entry is the root.
    syntax::Tree take();

private:
    struct Entry {
        Kind kind;
        bool is_word;
        Span span;
        Span word_span;
        std::string word;
        uint32_t parts;  // entries that are its direct parts
        uint32_t size;   // entries that it takes in the log, itself included
        uint32_t depth;  // of the tree below and with it
    };

    // Fills parts_ with the places of the entries that stand side by side since the mark.
    void find_parts(size_t mark);
    void add_of_parts(Kind kind, Span span);
    void push(Entry entry);

    std::string_view text_;
    std::vector<Entry> log_;
    std::vector<Span> blanks_;
    std::vector<Span> open_;
    std::vector<size_t> parts_;
    std::vector<Kind> kinds_;
};

}  // namespace dqrewrite::grammar
