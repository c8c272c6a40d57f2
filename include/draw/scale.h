// Axes: where a value is, and which values are written beside the axis.
#pragma once

#include <string>
#include <vector>

#include "base/clock_span.h"
#include "base/time.h"
#include "draw/chart.h"

namespace argus {

struct Tick {
  double value = 0;  // below 0 in the lower half
  std::string text;  // without sign: both halves count from the axis
};

// The axis of values, of one picture: both halves have the same scale.
class ValueScale {
 public:
  static constexpr std::size_t kTicksMost = 6;
  // Holds everything that the chart draws.
  explicit ValueScale(const Chart& chart);

  // 0 at the lower end of the axis, 1 at the upper one. `down`: a value of the lower half.
  [[nodiscard]] double place(double value, bool down = false) const;
  [[nodiscard]] double zero() const { return place(0); }
  [[nodiscard]] const std::vector<Tick>& ticks() const { return ticks_; }
  [[nodiscard]] double top() const { return top_; }        // largest value of the upper half
  [[nodiscard]] double bottom() const { return bottom_; }  // of the lower half, as it is written; below 0 for levels

 private:
  void take_linear(const Chart& chart, double up, double down);
  void take_logarithmic(double up, double down, double least);
  [[nodiscard]] double image(double value) const;
  double top_ = 1, bottom_ = 0;
  double floor_ = 0;  // logarithmic: what is drawn on the axis; 0: linear
  std::string unit_;
  std::vector<Tick> ticks_;
};

// "1.5M", "250", "20ms", "0": as a tick has it. Below 1, amounts of a `unit` of time get a prefix, others are written
// as "0.02".
[[nodiscard]] std::string tick_text(double value, std::string_view unit);
// Whether numbers of a unit are written with it ("20ms", "1.5s"), so that nothing else need say it.
[[nodiscard]] bool says_unit(std::string_view unit);
// "1.03M", "12.3", "850µs": three digits and a prefix; "" for kNothing. In parts: what is before the decimal point, and
// the rest, so that points can stand below each other.
struct AmountText {
  std::string whole, rest;
};
[[nodiscard]] AmountText amount_parts(double value, std::string_view unit);
[[nodiscard]] std::string amount_text(double value, std::string_view unit);

// Whether one peak is so far above all else that a linear axis shows the rest as a line.
[[nodiscard]] bool has_lone_peak(const Chart& chart);

// The axis of time.
struct TimeTick {
  Nanos time = 0;
  std::string text;  // of the clock: "14:05"
  std::string day;   // in a second line where the day changes, and at the first tick: "Mon 23 Nov 2026"
  bool strong = false;
};
// At the clock's own marks (local zone), at most `most` of them between `begin` and `end`.
[[nodiscard]] std::vector<TimeTick> time_ticks(Nanos begin, Nanos end, std::size_t most);

// "2026-11-23 14:00:00 - 15:10:00 CET": a range as a subtitle says it; the date again only where it changed.
[[nodiscard]] std::string range_text(Nanos begin, Nanos end);
// "1 minute", "5 s", "2 months".
[[nodiscard]] std::string step_text(ClockStep step);
// "5 y 306 d", "2 h 30 m", "1.5 s": two units at most.
[[nodiscard]] std::string length_text(Nanos length);

}  // namespace argus
