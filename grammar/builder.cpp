// The log of nodes and words, and the tree that comes of it.
#include "grammar/builder.hpp"

#include "grammar/lexical.hpp"
#include "grammar/messages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace dqrewrite::grammar {

void Builder::note_blanks(uint32_t begin, uint32_t end) {
    if (begin == end) return;
    if (blanks_.empty() || blanks_.back().end <= begin) blanks_.push_back({begin, end});
}

uint32_t Builder::token_end(uint32_t offset) const {
    if (blanks_.empty() || blanks_.back().end < offset) return offset;
    if (blanks_.back().end == offset) return blanks_.back().begin;
    const auto after = std::upper_bound(blanks_.begin(), blanks_.end(), offset,
                                        [](uint32_t value, const Span& blank) { return value < blank.end; });
    if (after == blanks_.begin() || (after - 1)->end != offset) return offset;
    return (after - 1)->begin;
}

void Builder::enter(uint32_t offset) {
    const Span opening = token_before(text_, token_end(offset));
    if (open_.size() == syntax::max_nesting) {
        throw Failure{opening, codes::too_deep, fmt::format("nested deeper than {} levels", syntax::max_nesting), {}};
    }
    open_.push_back(opening);
}

void Builder::find_parts(size_t mark) {
    parts_.clear();
    for (size_t end = log_.size(); end > mark; end -= log_[end - 1].size) parts_.push_back(end - 1);
    std::reverse(parts_.begin(), parts_.end());
}

void Builder::add_node(Kind kind, Span span, size_t mark) {
    find_parts(mark);
    add_of_parts(kind, span);
}

void Builder::add_around_previous(Kind kind, Span span, size_t mark) {
    find_parts(mark);
    parts_.insert(parts_.begin(), mark - 1);
    add_of_parts(kind, {log_[mark - 1].span.begin, span.end});
}

void Builder::add_of_parts(Kind kind, Span span) {
    Entry node{kind, false, span, span, {}, static_cast<uint32_t>(parts_.size()), 1, 0};
    bool has_word = false;
    for (const size_t place : parts_) {
        const Entry& part = log_[place];
        node.size += part.size;
        node.depth = std::max(node.depth, part.depth);
        if (!part.is_word) continue;
        if (has_word) node.word += ' ';
        node.word += part.word;
        node.word_span = {has_word ? node.word_span.begin : part.span.begin, part.span.end};
        has_word = true;
    }
    if (++node.depth > syntax::max_depth) {
        throw Failure{
            {span.end, span.end},
            codes::too_deep,
            fmt::format("too many operators, calls or fields in a row: the syntax tree is deeper than {} nodes",
                        syntax::max_depth),
            {}};
    }
    push(std::move(node));
}

void Builder::push(Entry entry) {
    if (log_.size() == syntax::max_parts)
        throw Failure{entry.span,
                      codes::too_large,
                      fmt::format("a rule file has at most {} words, numbers and signs", syntax::max_parts),
                      {}};
    log_.push_back(std::move(entry));
}

const std::vector<syntax::Kind>& Builder::kinds_since(size_t mark) {
    find_parts(mark);
    kinds_.clear();
    for (const size_t place : parts_) {
        if (!log_[place].is_word) kinds_.push_back(log_[place].kind);
    }
    return kinds_;
}

bool Builder::has_word_since(size_t mark) {
    find_parts(mark);
    return std::any_of(parts_.begin(), parts_.end(), [&](size_t place) { return log_[place].is_word; });
}

syntax::Tree Builder::take() {
    syntax::Tree tree;
    // The nodes whose parent is still to come; nothing for words.
    std::vector<std::optional<syntax::NodeId>> pending;
    std::vector<syntax::NodeId> children;
    for (Entry& entry : log_) {
        if (entry.is_word) {
            pending.emplace_back();
            continue;
        }
        children.clear();
        for (size_t i = pending.size() - entry.parts; i < pending.size(); ++i) {
            if (pending[i]) children.push_back(*pending[i]);
        }
        pending.resize(pending.size() - entry.parts);
        // The filter of a `for` is read before its block, and comes last in the tree.
        if (entry.kind == Kind::for_ && children.size() == 4) std::swap(children[2], children[3]);
        pending.emplace_back(tree.add(entry.kind, entry.span, std::move(entry.word), entry.word_span, children));
    }
    log_.clear();
    return tree;
}

}  // namespace dqrewrite::grammar
