// A simplified filter made ready to run over batches.
#pragma once

#include "filter/node.h"
#include "flow/where.h"

namespace argus {

[[nodiscard]] WherePtr where_of(Node root);
// Parts of "and" and "or" in the order in which they run: tests of stored fields, groups of them, derived fields.
void cheap_first(Node& node);
// Whether a frame's membership filter is asked about each single address of the test.
[[nodiscard]] bool asks_membership(const Test& test);
[[nodiscard]] Verdict judged(const Node& node, const FrameStats& stats);

}  // namespace argus
