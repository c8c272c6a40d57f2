#include "base/clock_span.h"

#include <algorithm>

#include "base/text.h"
#include "base/time_range.h"

namespace argus {

namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr Nanos kStepLeast = kMicrosecond, kStepMost = 366 * kDay;
constexpr int kMonthsMost = 1200;

std::int64_t second_of_day(const std::tm& t) { return t.tm_hour * 3600 + t.tm_min * 60 + std::min(t.tm_sec, 59); }

// Local midnight of a date, which may be out of its month.
Nanos midnight(int year, int month, std::int64_t day) {
  std::tm t{};
  t.tm_year = year, t.tm_mon = month, t.tm_mday = static_cast<int>(day);
  t.tm_isdst = -1;
  return static_cast<Nanos>(::mktime(&t)) * kSecond;
}

// The first whole second after `from` and up to `to` at which the zone has another offset; INT64_MAX when none has.
Nanos clock_set(Nanos from, Nanos to) {
  const auto before = local_time(from).tm_gmtoff;
  if (local_time(to).tm_gmtoff == before) return INT64_MAX;
  std::int64_t low = from / kSecond, high = to / kSecond;
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    (local_time(middle * kSecond).tm_gmtoff == before ? low : high) = middle;
  }
  return high * kSecond;
}

// Days of the calendar since 1970-01-05, a Monday.
std::int64_t days_since_monday(const std::tm& date) {
  std::tm utc{};
  utc.tm_year = date.tm_year, utc.tm_mon = date.tm_mon, utc.tm_mday = date.tm_mday;
  return ::timegm(&utc) / kDaySeconds - 4;
}

ClockSpan span_of_days(Nanos now, const std::tm& local, std::int64_t days) {
  const std::int64_t past = ((days_since_monday(local) % days) + days) % days;
  ClockSpan out{midnight(local.tm_year, local.tm_mon, local.tm_mday - past),
                midnight(local.tm_year, local.tm_mon, local.tm_mday + days - past)};
  out.begin = std::min(out.begin, now);
  if (out.end <= now) out.end = now + days * kDay;
  return out;
}

ClockSpan span_of_months(const std::tm& local, int months) {
  const int since = local.tm_year * 12 + local.tm_mon;
  const int first = since - ((since % months) + months) % months;
  const int next = first + months;
  return {midnight(first / 12, first % 12, 1), midnight(next / 12, next % 12, 1)};
}

// Times of no length of a day that are whole seconds.
ClockSpan span_of_seconds(Nanos now, Nanos every) {
  const std::tm local = local_time(now);
  const std::int64_t step = every / kSecond, second = second_of_day(local), past = second % step;
  const Nanos whole = now - (now % kSecond + kSecond) % kSecond;
  ClockSpan out{whole - past * kSecond, whole + (std::min(second - past + step, kDaySeconds) - second) * kSecond};
  // Where the clock is set before the next border, or was after the last one, the border is another one.
  if (const Nanos set = clock_set(now, out.end); set != INT64_MAX) {
    const std::int64_t then = second_of_day(local_time(set)), behind = then % step;
    out.end = behind == 0 ? set : set + std::min(step - behind, kDaySeconds - then) * kSecond;
  }
  if (const Nanos set = clock_set(out.begin, now); set != INT64_MAX)
    out.begin = span_of_seconds(set - kSecond, every).begin;
  return out;
}

// Parts of a second begin with it; those that do not divide it, with 1970.
ClockSpan span_of_parts(Nanos now, Nanos every) {
  const Nanos within = kSecond % every == 0 ? kSecond : INT64_MAX;
  const Nanos from = within == kSecond ? now - (now % kSecond + kSecond) % kSecond : 0;
  const Nanos past = ((now - from) % every + every) % every;
  return {now - past, now - past + every};
}

}  // namespace

std::tm local_time(Nanos time) {
  const auto seconds = static_cast<std::time_t>(time / kSecond - (time % kSecond < 0 ? 1 : 0));
  std::tm out{};
  ::localtime_r(&seconds, &out);
  return out;
}

Result<ClockStep> parse_clock_step(std::string_view text) {
  const auto bad = [&] {
    return fail(Errc::usage,
                "invalid time step '{}': write 100ms, 10s, 5m, 1h, 1d, 1w, 1M or 1y; beyond a day, whole days",
                escaped(text));
  };
  if (text.ends_with('M') || text.ends_with('y')) {
    const auto count = parse_unsigned(text.substr(0, text.size() - 1));
    const int unit = text.ends_with('y') ? 12 : 1;
    if (!count || *count == 0 || *count > static_cast<std::uint64_t>(kMonthsMost / unit)) return bad();
    return ClockStep{0, static_cast<int>(*count) * unit};
  }
  const auto length = parse_duration(text);
  if (!length) return bad();
  const bool whole = *length < kSecond || (*length % kSecond == 0 && (*length <= kDay || *length % kDay == 0));
  if (!whole || *length < kStepLeast || *length > kStepMost) return bad();
  return ClockStep{*length, 0};
}

namespace {

ClockSpan span_of_clock(Nanos now, ClockStep step) {
  if (step.months != 0) return span_of_months(local_time(now), step.months);
  if (step.length < kSecond) return span_of_parts(now, step.length);
  if (step.length >= kDay) return span_of_days(now, local_time(now), step.length / kDay);
  return span_of_seconds(now, step.length);
}

}  // namespace

// What no packet can have as its time is one span before all others, and one behind them, which has no end.
ClockSpan span_at(Nanos now, ClockStep step) {
  if (now < kTimeLeast) return {INT64_MIN, kTimeLeast};
  if (now > kTimeMost) return {kTimeMost + 1, INT64_MAX};
  const ClockSpan out = span_of_clock(now, step);
  return {std::max(out.begin, kTimeLeast), std::min(out.end, kTimeMost + 1)};
}

}  // namespace argus
