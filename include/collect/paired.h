// Two records of one direction each, which are one flow.
#pragma once

#include <cstddef>

#include "base/time.h"
#include "flow/source.h"

namespace argus {

inline constexpr std::size_t kUnpairedMost = 1'000'000;  // records that wait for their other half

// Joins records without dpkts that have the same ends in reverse, and begin within `window` of each other: the one that
// began first is the source. A record waits for at most `window` of the records' time, and for as long on the machine's
// clock where the input is live; beyond `most` the oldest wait no longer, which is counted (uniflows_unpaired).
[[nodiscard]] SourcePtr paired(SourcePtr input, Nanos window, std::size_t most = kUnpairedMost);

}  // namespace argus
