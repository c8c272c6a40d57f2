// The times that packets and records can have.
#pragma once

#include "base/time.h"

namespace argus {

// Within 146 years of 1970, from 1823 to 2116: the difference of any two fits into Nanos, and so does one of them with
// any duration that a person can ask for. Readers of files and captures see to it.
inline constexpr Nanos kTimeMost = (Nanos{1} << 62) - 1, kTimeLeast = -kTimeMost;
[[nodiscard]] constexpr bool is_time(Nanos value) { return kTimeLeast <= value && value <= kTimeMost; }

}  // namespace argus
