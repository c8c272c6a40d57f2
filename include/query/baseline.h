// What is usual of groups at a time of day, and what is not (argus baseline).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "flow/field.h"
#include "query/comparison.h"
#include "query/difference.h"

namespace argus {

// The same time of the local clock so many days of the calendar earlier; where the clock leaves it out, the one that it
// shows then.
[[nodiscard]] Nanos days_before(Nanos time, int days);

// Of some numbers, one a day.
struct Usual {
  double mean = 0;
  std::optional<double> deviation;  // as estimated from a sample; of fewer than two days it is not known
};
[[nodiscard]] Usual usual_of(const std::vector<std::uint64_t>& days);
// By how many deviations a number is off; none where all days were the same, or there are too few.
[[nodiscard]] std::optional<double> sigmas_of(std::uint64_t now, const Usual& usual);

struct GroupDeviation {
  std::uint32_t group = 0;
  Change change = Change::same;  // new: on no earlier day; gone: on each earlier day, and not now
  std::uint64_t now = 0;
  Usual usual;
  std::size_t days = 0;  // earlier ones that have records of the group
};

// Side 0 is now, the others are earlier days, of which those without any record are as if they had not been.
[[nodiscard]] std::vector<std::size_t> days_found(const Comparison& comparison);
// The groups that are new, gone, or off by at least `sigmas` deviations; where all days were the same, by anything.
// Those with the largest distance from what is usual first; where it is equal, in the order of their keys. Without an
// earlier day there is nothing usual.
[[nodiscard]] std::vector<GroupDeviation> deviations_of(const Comparison& comparison, Field by, double sigmas);

}  // namespace argus
