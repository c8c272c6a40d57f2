#include "draw/scale.h"

#include <catch2/catch.hpp>
#include <ctime>

#include "base/clock_span.h"
#include "base/time.h"
#include "draw/chart.h"
#include "support/zone.h"

namespace argus {

namespace {

// One bin, with one series of these halves.
Chart chart_reaching(double up, double down = 0) {
  Chart out;
  out.bins = {{0, kMinute}};
  out.states = {0};
  out.mirrored = down != 0;
  Series series;
  series.up.values = {up};
  if (out.mirrored) series.down.values = {down};
  out.series.push_back(series);
  return out;
}

std::string ticks_of(const Chart& chart) {
  std::string out;
  const ValueScale scale(chart);
  for (const Tick& tick : scale.ticks()) out += (out.empty() ? "" : " ") + tick.text;
  return out;
}

std::string marks_of(const std::vector<TimeTick>& ticks) {
  std::string out;
  for (const TimeTick& tick : ticks) {
    out += (out.empty() ? "" : " ") + tick.text;
    if (!tick.day.empty()) out += "(" + tick.day + ")";
  }
  return out;
}

constexpr Nanos kMonday = 1795392000 * kSecond;  // 2026-11-23T00:00:00Z

}  // namespace

TEST_CASE("at most six ticks, of 1, 2 and 5, counted from the axis both ways") {
  CHECK(ticks_of(chart_reaching(433'000)) == "0 100k 200k 300k 400k");
  CHECK(ticks_of(chart_reaching(100)) == "0 20 40 60 80 100");
  CHECK(ticks_of(chart_reaching(433'000, 867'000)) == "1M 500k 0 500k");
  CHECK(ticks_of(chart_reaching(0.02)) == "0 0.005 0.01 0.015 0.02");
  CHECK(ticks_of(chart_reaching(0)) == "0 0.2 0.4 0.6 0.8 1");
  for (double value = 1; value < 1e12; value *= 1.37) {
    CAPTURE(value);
    for (const double down : {0.0, value / 30, value / 2, value, value * 7}) {
      const ValueScale scale(chart_reaching(value, down));
      CHECK(scale.ticks().size() <= ValueScale::kTicksMost);
      CHECK(scale.ticks().size() >= 2);
      CHECK(scale.place(value) <= 1);
      CHECK(scale.place(down, true) >= 0);
    }
  }
}

TEST_CASE("both halves have one scale") {
  const ValueScale scale(chart_reaching(10, 30));
  CHECK(scale.place(10) - scale.zero() == Approx(scale.zero() - scale.place(10, true)));
  CHECK(scale.place(20) == 1);  // beyond the upper end
  CHECK(scale.place(-10) == Approx(scale.place(10, true)));
}

TEST_CASE("a logarithmic axis has decades, and its foot is the smallest of them") {
  Chart chart = chart_reaching(50'000);
  chart.stacked = false;
  chart.logarithmic = true;
  chart.bins = {{0, kMinute}, {kMinute, 2 * kMinute}};
  chart.states = {0, 0};
  chart.series[0].up.values = {50'000, 20};
  CHECK(ticks_of(chart) == "10 100 1k 10k");
  const ValueScale scale(chart);
  CHECK(scale.place(5) == scale.place(0));
  CHECK(scale.place(1000) - scale.place(100) == Approx(scale.place(100) - scale.place(10)));
}

TEST_CASE("an axis that reaches so far, or just so far") {
  Chart chart = chart_reaching(40);
  chart.upper = 100;
  CHECK(ticks_of(chart) == "0 20 40 60 80 100");
  chart.upper = 20;
  CHECK(ticks_of(chart) == "0 10 20 30 40");
  chart.rigid = true;
  CHECK(ticks_of(chart) == "0 5 10 15 20");
}

TEST_CASE("amounts have three digits and a prefix") {
  CHECK(amount_text(0, "s") == "0");
  CHECK(amount_text(7, "s") == "7s");
  CHECK(amount_text(12.34, "s") == "12.3s");
  CHECK(amount_text(1'030'000, "packets") == "1.03M");
  CHECK(amount_text(999'999, "bit/s") == "1.00M");
  CHECK(amount_text(0.00085, "s") == "850µs");
  CHECK(amount_text(-1500, "s") == "-1500s");
  CHECK(amount_text(kNothing, "s").empty());
  CHECK(amount_text(0.68, "packets/s") == "0.68");
  CHECK(amount_text(0.0419, "packets/s") == "0.042");
  CHECK(tick_text(0.02, "flows/s") == "0.02");
  CHECK(tick_text(0.02, "s") == "20ms");
}

TEST_CASE("marks of time are the clock's, with the day where it changes") {
  const Zone zone("UTC");
  const Nanos at = kMonday + 14 * kHour + 2 * kMinute + 7 * kSecond;
  CHECK(marks_of(time_ticks(at, at + 10 * kMinute, 6)) == "14:04(Mon 23 Nov 2026) 14:06 14:08 14:10 14:12");
  CHECK(marks_of(time_ticks(at, at + 91 * kSecond, 4)) == "14:02:30(Mon 23 Nov 2026) 14:03:00 14:03:30");
  CHECK(marks_of(time_ticks(kMonday + 20 * kHour, kMonday + 32 * kHour, 5)) ==
        "21:00(Mon 23 Nov 2026) 00:00(Tue 24 Nov 2026) 03:00 06:00");
  CHECK(marks_of(time_ticks(kMonday, kMonday + 4 * kDay, 6)) == "Mon 23(November 2026) Tue 24 Wed 25 Thu 26 Fri 27");
  CHECK(marks_of(time_ticks(kMonday, kMonday + 200 * kDay, 8)) == "Dec(2026) Jan(2027) Feb Mar Apr May Jun");
  CHECK(marks_of(time_ticks(at, at + 5 * kMillisecond, 6)).starts_with("14:02:07.000(Mon 23 Nov 2026) 14:02:07.001"));
  CHECK(time_ticks(at, at, 5).empty());
}

TEST_CASE("marks of time hold where the clock is set") {
  const Zone zone("Europe/Berlin");
  const Nanos spring = 1774738800 * kSecond;  // 2026-03-29 00:00 there; at 02:00 it becomes 03:00
  CHECK(marks_of(time_ticks(spring, spring + 6 * kHour, 8)) ==
        "00:00(Sun 29 Mar 2026) 01:00 03:00 04:00 05:00 06:00 07:00");
  const Nanos autumn = 1792882800 * kSecond;  // 2026-10-25 01:00 there; at 03:00 it becomes 02:00
  CHECK(marks_of(time_ticks(autumn, autumn + 4 * kHour, 6)) == "01:00(Sun 25 Oct 2026) 02:00 02:00 03:00 04:00");
}

TEST_CASE("ranges, steps and lengths in words") {
  const Zone zone("UTC");
  CHECK(range_text(kMonday, kMonday + kHour) == "2026-11-23 00:00 – 01:00 UTC (+0000)");
  CHECK(range_text(kMonday, kMonday + kDay + 5 * kSecond) == "2026-11-23 00:00:00 – 2026-11-24 00:00:05 UTC (+0000)");
  CHECK(step_text({kMinute, 0}) == "1 minute");
  CHECK(step_text({90 * kSecond, 0}) == "90 seconds");
  CHECK(step_text({14 * kDay, 0}) == "2 weeks");
  CHECK(step_text({0, 24}) == "2 years");
  CHECK(step_word({0, 12}) == "1y");
  CHECK(step_word({15 * kMinute, 0}) == "15m");
  CHECK(step_word({100 * kMillisecond, 0}) == "100ms");
  CHECK(length_text(5 * 365 * kDay + 306 * kDay) == "5 y 306 d");
  CHECK(length_text(90 * kSecond) == "1 m 30 s");
  CHECK(length_text(1500 * kMillisecond) == "1.5 s");
}

TEST_CASE("the step that is chosen is the shortest of the usual ones that is long enough") {
  CHECK(step_for(kHour, 400) == ClockStep{10 * kSecond, 0});
  CHECK(step_for(kDay, 400) == ClockStep{5 * kMinute, 0});
  CHECK(step_for(0, 400) == ClockStep{kMillisecond, 0});
  CHECK(step_for(6 * 365 * kDay, 100) == ClockStep{0, 1});
  for (const Nanos range : {3 * kSecond, kHour, 10 * kDay, 3000 * kDay}) {
    auto step = parse_clock_step(step_word(step_for(range, 300)));
    REQUIRE(step);
    CHECK(*step == step_for(range, 300));
  }
}

}  // namespace argus
