#include "sink/fit.h"

#include <algorithm>
#include <numeric>

namespace argus {

std::vector<std::size_t> fitting_columns(const std::vector<ColumnSpec>& columns, std::span<const std::size_t> widths,
                                         std::size_t width) {
  std::vector<std::size_t> line(columns.size()), out;
  std::iota(line.begin(), line.end(), std::size_t{0});
  std::stable_sort(line.begin(), line.end(),
                   [&](std::size_t a, std::size_t b) { return columns[a].stays < columns[b].stays; });
  std::size_t used = 0;
  for (const std::size_t column : line) {
    const std::size_t more = widths[column] + (out.empty() ? 0 : kColumnGap);
    if (!out.empty() && used + more > width) continue;  // a narrower one may still fit
    used += more;
    out.push_back(column);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace argus
