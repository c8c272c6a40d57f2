// Why a frame is passed over unread, for those who are to say so.
#pragma once

#include <cstdint>

#include "flow/where.h"

namespace argus {

enum class SkipReason : std::uint8_t { time, range, membership };

// The first that is enough to rule out a frame that `where` judged as Verdict::none: the times of its rows, the minima
// and maxima of all columns, the membership of addresses.
[[nodiscard]] SkipReason skip_reason(const Where& where, const FrameStats& stats);

}  // namespace argus
