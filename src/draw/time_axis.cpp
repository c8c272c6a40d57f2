// Marks of the clock, and spans of time in words.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/clock_span.h"
#include "base/time.h"
#include "draw/scale.h"

namespace argus {

namespace {

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
    if ((end - begin) / about_length(step) >= static_cast<Nanos>(most)) continue;
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
  const bool of_one_day = same_day(begin, end - 1);
  if (!of_one_day) out += written(end, "%Y-%m-%d ");
  if (of_one_day && !same_day(begin, end)) clock = fine ? "24:00:00" : "24:00";
  constexpr const char* kZone = " %Z (%z)";
  const std::string zone = written(end, kZone);
  if (const std::string first = written(begin, kZone); first != zone) out.insert(out.find(" \xe2\x80\x93 "), first);
  return out + written(end, clock) + zone;
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

}  // namespace argus
