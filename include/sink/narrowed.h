// Records of which only some fields are wanted.
#pragma once

#include <vector>

#include "flow/sink.h"
#include "sink/text.h"

namespace argus {

// Writes to `inner` what these columns show: they, or what they derive from, and nothing else. Who reads it is shown
// these columns.
[[nodiscard]] SinkPtr narrowed(SinkPtr inner, const std::vector<ColumnSpec>& columns);

}  // namespace argus
