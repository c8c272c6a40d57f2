// Times and durations as other programs write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace argus {

// "1600000000.25", seconds since 1970; "2020-09-13T12:26:40.25Z", also with a blank for the T, with +02:00 behind it,
// and without a zone, which is UTC. Empty for anything else, and beyond base/time_range.h.
[[nodiscard]] std::optional<Nanos> parse_timestamp(std::string_view text);
// "-0.25": seconds, to the nanosecond; what is finer is cut. Empty for anything else.
[[nodiscard]] std::optional<Nanos> parse_decimal_seconds(std::string_view text);

}  // namespace argus
