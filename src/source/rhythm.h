// How often sources that are live give what they have.
#pragma once

#include "base/time.h"

namespace argus {

inline constexpr Nanos kTickEvery = 250 * kMillisecond;  // at most, between two ticks
inline constexpr Nanos kRowsEvery = kSecond;             // rows wait no longer than this for a full frame

}  // namespace argus
