// A simplified filter made ready to run over batches.
#pragma once

#include "filter/node.h"
#include "flow/where.h"

namespace argus {

[[nodiscard]] WherePtr where_of(Node root);
[[nodiscard]] Verdict judged(const Node& node, const FrameStats& stats);

}  // namespace argus
