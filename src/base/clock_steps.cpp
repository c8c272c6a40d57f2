// The steps that people count time in.
#include <fmt/core.h>

#include <array>

#include "base/clock_span.h"
#include "base/time.h"

namespace argus {

namespace {

// From a millisecond to a century.
constexpr std::array<ClockStep, 41> kUsual = {{
    {kMillisecond},
    {2 * kMillisecond},
    {5 * kMillisecond},
    {10 * kMillisecond},
    {20 * kMillisecond},
    {50 * kMillisecond},
    {100 * kMillisecond},
    {200 * kMillisecond},
    {500 * kMillisecond},
    {kSecond},
    {2 * kSecond},
    {5 * kSecond},
    {10 * kSecond},
    {15 * kSecond},
    {30 * kSecond},
    {kMinute},
    {2 * kMinute},
    {5 * kMinute},
    {10 * kMinute},
    {15 * kMinute},
    {30 * kMinute},
    {kHour},
    {2 * kHour},
    {3 * kHour},
    {6 * kHour},
    {12 * kHour},
    {kDay},
    {2 * kDay},
    {7 * kDay},
    {14 * kDay},
    {0, 1},
    {0, 2},
    {0, 3},
    {0, 6},
    {0, 12},
    {0, 24},
    {0, 60},
    {0, 120},
    {0, 240},
    {0, 600},
    {0, 1200},
}};

}  // namespace

std::span<const ClockStep> usual_steps() { return kUsual; }

Nanos about_length(ClockStep step) { return step.months != 0 ? step.months * (kDay * 304 / 10) : step.length; }

ClockStep step_for(Nanos range, std::size_t most) {
  for (const ClockStep step : kUsual)
    if (range / about_length(step) < static_cast<Nanos>(most)) return step;
  return kUsual.back();
}

std::string step_word(ClockStep step) {
  if (step.months != 0)
    return step.months % 12 == 0 ? fmt::format("{}y", step.months / 12) : fmt::format("{}M", step.months);
  if (step.length % kDay == 0) return fmt::format("{}d", step.length / kDay);
  if (step.length % kHour == 0) return fmt::format("{}h", step.length / kHour);
  if (step.length % kMinute == 0) return fmt::format("{}m", step.length / kMinute);
  if (step.length % kSecond == 0) return fmt::format("{}s", step.length / kSecond);
  if (step.length % kMillisecond == 0) return fmt::format("{}ms", step.length / kMillisecond);
  return fmt::format("{}us", step.length / kMicrosecond);
}

}  // namespace argus
