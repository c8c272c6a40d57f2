// Which columns of a table a terminal has room for.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sink/text.h"

namespace argus {

// Blanks between two columns.
inline constexpr std::size_t kColumnGap = 2;

// The places, in order, of those that stay where the screen has `width` columns: by ColumnSpec::stays, and of the same
// number from left to right. At least one stays.
[[nodiscard]] std::vector<std::size_t> fitting_columns(const std::vector<ColumnSpec>& columns,
                                                       std::span<const std::size_t> widths, std::size_t width);

}  // namespace argus
