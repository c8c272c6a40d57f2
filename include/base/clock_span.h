// Spans of time that follow each other without a gap, aligned to the clock on the wall: the local zone's.
#pragma once

#include <ctime>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace argus {

[[nodiscard]] std::tm local_time(Nanos time);

// `begin` <= now < `end`.
struct ClockSpan {
  Nanos begin = 0, end = 0;
  [[nodiscard]] bool holds(Nanos time) const { return begin <= time && time < end; }
};

// How long each is: a fixed time, or months of the calendar.
struct ClockStep {
  Nanos length = 0;  // from 1 us to a day, or whole days up to a year; 0 with months
  int months = 0;
  // The shortest that a span of it can be.
  [[nodiscard]] Nanos least() const { return months != 0 ? months * 28 * kDay : length; }
  friend bool operator==(const ClockStep&, const ClockStep&) = default;
};
// "100ms", "10s", "5m", "1h", "1d", "2w", "1M", "1y"; a bare number is seconds. Usage error otherwise.
[[nodiscard]] Result<ClockStep> parse_clock_step(std::string_view text);

// The steps that people count time in, the shortest first; how long one is about.
[[nodiscard]] std::span<const ClockStep> usual_steps();
[[nodiscard]] Nanos about_length(ClockStep step);
// The shortest of them of which `range` needs at most `most`.
[[nodiscard]] ClockStep step_for(Nanos range, std::size_t most);
[[nodiscard]] std::string step_word(ClockStep step);  // "1m", as parse_clock_step() takes it

// Spans begin at local midnight and at each step after it; days count from Monday, 1970-01-05 or as many before it as
// needed; months from January; less than a second from the whole second. The hour that a zone goes through twice is
// twice as many spans; the one that it leaves out is none.
[[nodiscard]] ClockSpan span_at(Nanos now, ClockStep step);

// The same for times that are mostly near each other.
class ClockSpans {
 public:
  explicit ClockSpans(ClockStep step) : step_(step) {}
  [[nodiscard]] const ClockSpan& at(Nanos time) {
    if (!last_.holds(time)) last_ = span_at(time, step_);
    return last_;
  }
  [[nodiscard]] ClockStep step() const { return step_; }

 private:
  ClockStep step_;
  ClockSpan last_;
};

}  // namespace argus
