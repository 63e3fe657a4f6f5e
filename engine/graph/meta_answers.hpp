// What has been found out about the metadata of nodes: the answers to yes-or-no questions that depend on a node's
// metadata and on nothing else.
//
// Metadata is text that lies anywhere in a dump, and to touch it costs as much as all else that is done at a node; an
// answer lies in an array with its neighbours. The graph forgets answers where metadata is set, and gives a copy
// those of its original. What the questions are is the asker's affair. Tested by tests/graph/graph_test.cpp.
#pragma once

#include "engine/graph/node_id.hpp"
#include "engine/graph/room.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dqrewrite {

class MetaAnswers {
public:
    static constexpr size_t most_questions = 8;
    enum class Answer : uint8_t { unknown, no, yes };
    using Row = uint16_t;  // of one node: two bits for each question

    // Who asks from now on: what another asker found out is forgotten. Returns whether it has asked before.
    bool ask(uint64_t asker) {
        if (asker == asker_) return true;
        asker_ = asker;
        rows_.assign(rows_.size(), 0);
        return false;
    }

    Row row(NodeId node) const { return rows_[index_of(node)]; }
    Answer answer(NodeId node, size_t question) const {
        return static_cast<Answer>(rows_[index_of(node)] >> 2 * question & 3);
    }
    void set(NodeId node, size_t question, bool yes) {
        Row& row = rows_[index_of(node)];
        row = static_cast<Row>((row & ~(3U << 2 * question)) | (yes ? 2U : 1U) << 2 * question);
    }
    void set_row(NodeId node, Row row) { rows_[index_of(node)] = row; }

    void reserve(size_t nodes) { rows_.reserve(nodes); }
    void add(Row row) { add_in_room(rows_, row); }  // of the next node, for which there is room

private:
    std::vector<Row> rows_;  // by node
    uint64_t asker_ = 0;     // nobody
};

}  // namespace dqrewrite
