// Classes of the values of a field (rahisto): their borders, and how many values are in each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/field.h"
#include "flow/type.h"
#include "query/distribution.h"

namespace argus {

inline constexpr std::uint64_t kClassesMost = 10'000;

struct HistogramSpec {
  std::uint64_t classes = 20;  // 0: by their size
  long double size = 0;
  bool log = true;
  struct Range {
    long double low = 0, high = 0;  // low < high; with log low > 0
  };
  std::optional<Range> range;  // none: of the values
};
// "20", "20L" (logarithmic), "20:0-10", "20L:1ms-10s", or the size of a class, which has a unit or a point: "1s:0-10s",
// "1k", "0.5". Numbers as the field's filter takes them: durations in seconds or with a unit, others with k M G T.
// Usage error otherwise.
[[nodiscard]] Result<HistogramSpec> parse_histogram(Field field, std::string_view text);

// The borders of the classes, rising: class i goes from the i-th up to, but not including, the one behind it; the last
// has its end, too. Without a range that is asked for, they hold all values; where those of logarithmic classes are not
// all above 0, a class before the others begins at the least. No values and no range: none. Usage error for more than
// kClassesMost.
[[nodiscard]] Result<std::vector<long double>> histogram_borders(const HistogramSpec& spec, Type type,
                                                                 std::span<const Distribution::Count> counts);

struct Histogram {
  std::vector<std::uint64_t> classes;  // one fewer than borders
  std::uint64_t below = 0, above = 0;
  std::span<const Distribution::Count> inside;
};
[[nodiscard]] Histogram histogram_of(std::span<const long double> borders, Type type,
                                     std::span<const Distribution::Count> counts);

}  // namespace argus
