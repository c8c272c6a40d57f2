// Marks of the clock, and spans of time in words.
#include <algorithm>
#include <array>
#include <cmath>

#include "draw/scale.h"

namespace argus {

namespace {

// Steps that people count time in, from a millisecond to a century.
const std::array<ClockStep, 41>& usual_steps() {
  static const std::array<ClockStep, 41> kSteps = {{
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
  return kSteps;
}

Nanos about(ClockStep step) { return step.months != 0 ? step.months * (kDay * 304 / 10) : step.length; }

std::string written(Nanos time, const char* format) {
  const std::tm local = local_time(time);
  std::array<char, 64> out{};
  const std::size_t size = std::strftime(out.data(), out.size(), format, &local);
  return {out.data(), size};
}

bool same_day(Nanos a, Nanos b) {
  const std::tm x = local_time(a), y = local_time(b);
  return x.tm_year == y.tm_year && x.tm_yday == y.tm_yday;
}

std::string with_fraction(Nanos time, Nanos step, const char* format) {
  std::string out = written(time, format);
  if (step >= kSecond) return out;
  const Nanos part = ((time % kSecond) + kSecond) % kSecond;
  return out + fmt::format(".{:03}", part / kMillisecond);
}

TimeTick tick_at(Nanos time, ClockStep step) {
  TimeTick out;
  out.time = time;
  if (step.months >= 12) out.text = written(time, "%Y");
  else if (step.months != 0) out.text = written(time, "%b");
  else if (step.length >= kDay) out.text = written(time, "%a %-d");
  else if (step.length >= kMinute) out.text = written(time, "%H:%M");
  else out.text = with_fraction(time, step.length, "%H:%M:%S");
  return out;
}

// The second line: the day under hours, the month under days, the year under months.
std::string day_text(Nanos time, ClockStep step) {
  if (step.months >= 12) return {};
  if (step.months != 0) return written(time, "%Y");
  return step.length >= kDay ? written(time, "%B %Y") : written(time, "%a %-d %b %Y");
}

}  // namespace

std::vector<TimeTick> time_ticks(Nanos begin, Nanos end, std::size_t most) {
  std::vector<TimeTick> out;
  if (end <= begin || most == 0) return out;
  for (const ClockStep step : usual_steps()) {
    if ((end - begin) / about(step) >= static_cast<Nanos>(most)) continue;
    std::string day;
    ClockSpan span = span_at(begin, step);
    if (span.begin < begin) span = span_at(span.end, step);
    for (; span.begin <= end && out.size() <= most; span = span_at(span.end, step)) {
      out.push_back(tick_at(span.begin, step));
      TimeTick& tick = out.back();
      if (std::string text = day_text(span.begin, step); text != day) {
        tick.strong = !day.empty();
        tick.day = day = std::move(text);
      }
    }
    break;
  }
  return out;
}

std::string range_text(Nanos begin, Nanos end) {
  const bool fine = begin % kMinute != 0 || end % kMinute != 0;
  const char* clock = fine ? "%H:%M:%S" : "%H:%M";
  std::string out = written(begin, "%Y-%m-%d ") + written(begin, clock) + " \xe2\x80\x93 ";
  if (!same_day(begin, end - 1)) out += written(end, "%Y-%m-%d ");
  return out + written(end, clock) + " " + written(begin, "%Z (%z)");
}

std::string step_text(ClockStep step) {
  struct Unit {
    Nanos length;
    const char* name;
  };
  constexpr std::array<Unit, 7> kUnits = {{{7 * kDay, "week"},
                                           {kDay, "day"},
                                           {kHour, "hour"},
                                           {kMinute, "minute"},
                                           {kSecond, "second"},
                                           {kMillisecond, "millisecond"},
                                           {kMicrosecond, "microsecond"}}};
  const auto text = [](Nanos count, const char* name) {
    return count == 1 ? fmt::format("1 {}", name) : fmt::format("{} {}s", count, name);
  };
  if (step.months != 0) return step.months % 12 == 0 ? text(step.months / 12, "year") : text(step.months, "month");
  for (const Unit& unit : kUnits)
    if (step.length >= unit.length && step.length % unit.length == 0) return text(step.length / unit.length, unit.name);
  return fmt::format("{} ns", step.length);
}

std::string length_text(Nanos length) {
  constexpr Nanos kYear = 365 * kDay;
  if (length >= kYear) return fmt::format("{} y {} d", length / kYear, length % kYear / kDay);
  if (length >= kDay) return fmt::format("{} d {} h", length / kDay, length % kDay / kHour);
  if (length >= kHour) return fmt::format("{} h {} m", length / kHour, length % kHour / kMinute);
  if (length >= kMinute) return fmt::format("{} m {} s", length / kMinute, length % kMinute / kSecond);
  return fmt::format("{:.3g} s", static_cast<double>(length) / kSecond);
}

ClockStep step_for(Nanos range, std::size_t most) {
  for (const ClockStep step : usual_steps())
    if (range / about(step) < static_cast<Nanos>(most)) return step;
  return usual_steps().back();
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
