// Rows of several batches put into their places in one. Values are read in the order in which they stand, so that
// nothing but what is written leaves the cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "flow/batch.h"

namespace argus {

// Rows of a batch that follow each other, from `first` on, and where each of them goes.
struct Placing {
  std::shared_ptr<const Batch> from;
  std::size_t first = 0;
  std::span<const std::uint32_t> to;
};

// A batch of `rows` rows, each of which is named once. Its columns have the smallest shape that holds them, whatever
// they came from: equal rows make an equal batch. Fields that no batch has stay absent.
[[nodiscard]] Batch placed(std::span<const Placing> placings, std::size_t rows);

}  // namespace argus
