// A picture of a graph, or of two of which the second lies over the first, in the language of Graphviz.
//
// A box is a node: its name, what it calls, and the arguments that are no nodes. Of two graphs colors say what has
// been added, removed, changed or moved, a copy points at its original, edges that are new or gone are marked, and
// there is a legend of what occurs. Where the region that is drawn ends, a dotted line leads out. Text is escaped: no
// name can end a label. Linear in what is drawn, and in the edges. Tested by tests/author/dot_test.cpp and tests/cli
// (show_dot_*).
#pragma once

#include "engine/author/show/overlay.hpp"

#include <string>
#include <string_view>

namespace dqrewrite {

std::string dot_text(const Overlay& overlay, const OverlayRegion& region, std::string_view title);

}  // namespace dqrewrite
