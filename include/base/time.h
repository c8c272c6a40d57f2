// Times are 64-bit nanoseconds since 1970-01-01 00:00:00 UTC, durations 64-bit nanoseconds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace argus {

using Nanos = std::int64_t;
inline constexpr Nanos kMicrosecond = 1'000;
inline constexpr Nanos kMillisecond = 1'000'000;
inline constexpr Nanos kSecond = 1'000'000'000;
inline constexpr Nanos kMinute = 60 * kSecond;
inline constexpr Nanos kHour = 60 * kMinute;
inline constexpr Nanos kDay = 24 * kHour;

[[nodiscard]] Nanos wall_now();    // what the machine takes for the time; may be set back
[[nodiscard]] Nanos steady_now();  // since some moment, never back: for waiting

// How a time is printed.
struct TimeStyle {
  enum class Form : std::uint8_t {
    local,     // 2026-11-23 14:02:07.214530, in the zone of TZ
    utc,       // the same in UTC
    rfc3339,   // 2026-11-23T13:02:07.214530000Z
    epoch,     // 1795438927.214530000, seconds since 1970
    strftime,  // `format`, local zone, with %f for the fraction
  };
  Form form = Form::local;
  int digits = 6;      // of the fraction, 0 to 9; rounded down
  std::string format;  // of Form::strftime
};
void append_time(Nanos time, const TimeStyle& style, std::string& out);

// Seconds with a fraction: "5.130738"; digits 0 to 9, rounded half away from zero.
void append_seconds(Nanos duration, int digits, std::string& out);
void append_long_seconds(std::uint64_t nanos, int digits, std::string& out);  // sums of durations go beyond Nanos

// "30s", "5m", "1h", "2d", "1w", "300ms", a bare number is seconds. Positive, at most 100 years; usage error otherwise.
[[nodiscard]] Result<Nanos> parse_duration(std::string_view text);

}  // namespace argus
