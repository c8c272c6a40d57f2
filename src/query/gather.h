// Rows picked from several batches.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "flow/batch.h"

namespace argus {

struct Pick {
  std::uint32_t batch = 0, row = 0;
};
// The rows named, in that order, at most kBatchRowsMax. Fields that no batch has stay absent.
[[nodiscard]] Batch picked(std::span<const Batch> batches, std::span<const Pick> picks);

}  // namespace argus
