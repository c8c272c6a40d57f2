// Rows that a filter lets through, by their places.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "flow/batch.h"
#include "flow/where.h"

namespace argus {

// Those for which `keep` is not 0.
[[nodiscard]] std::vector<std::uint32_t> kept_rows(std::span<const std::uint8_t> keep);

// Those that satisfy `where`; the batch has its columns.
[[nodiscard]] std::vector<std::uint32_t> selected_rows(const Batch& batch, const Where& where);

}  // namespace argus
