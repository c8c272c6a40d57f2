#include "flow/selected_rows.h"

#include <cstddef>

namespace argus {

std::vector<std::uint32_t> kept_rows(std::span<const std::uint8_t> keep) {
  std::vector<std::uint32_t> rows;
  rows.reserve(keep.size());
  for (std::size_t i = 0; i < keep.size(); i++)
    if (keep[i] != 0) rows.push_back(static_cast<std::uint32_t>(i));
  return rows;
}

std::vector<std::uint32_t> selected_rows(const Batch& batch, const Where& where) {
  std::vector<std::uint8_t> keep(batch.rows(), 1);
  where.select(batch, keep);
  return kept_rows(keep);
}

}  // namespace argus
