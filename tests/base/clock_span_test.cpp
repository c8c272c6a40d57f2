#include "base/clock_span.h"

#include <catch2/catch.hpp>

#include "base/result.h"
#include "base/time.h"
#include "base/time_range.h"
#include "support/zone.h"

namespace argus {

TEST_CASE("steps of the clock are read") {
  CHECK(*parse_clock_step("5m") == ClockStep{5 * kMinute, 0});
  CHECK(*parse_clock_step("1M") == ClockStep{0, 1});
  CHECK(*parse_clock_step("2y") == ClockStep{0, 24});
  CHECK(*parse_clock_step("100ms") == ClockStep{100 * kMillisecond, 0});
  CHECK(*parse_clock_step("60") == ClockStep{kMinute, 0});
  for (const char* bad : {"", "0s", "1x", "-1s", "1.5s", "25h", "0M", "M", "999y", "1ns", "36h"})
    CHECK(parse_clock_step(bad).error().code == Errc::usage);
}

TEST_CASE("every time is in exactly one span, and spans follow each other") {
  for (const char* name : {"UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns"}) {
    const Zone zone(name);
    for (const char* text : {"100ms", "7ms", "10s", "7m", "1h", "5h", "1d", "3d", "1w", "1M", "5M", "1y"}) {
      const ClockStep step = *parse_clock_step(text);
      Nanos now = utc(2026, 10, 24, 20, 17) + 123'456'789;
      for (int i = 0; i < 40; i++) {
        const ClockSpan span = span_at(now, step);
        INFO(name << " " << text << " " << now);
        REQUIRE(span.holds(now));
        REQUIRE(span_at(span.begin, step).begin == span.begin);
        REQUIRE(span_at(span.end - 1, step).end == span.end);
        now = span.end;
      }
    }
  }
}

TEST_CASE("months and years begin at their first midnight in the local zone") {
  const Zone zone("Europe/Berlin");
  CHECK(span_at(utc(2026, 7, 15), {0, 1}).begin == utc(2026, 6, 30, 22));
  CHECK(span_at(utc(2026, 7, 15), {0, 1}).end == utc(2026, 7, 31, 22));
  CHECK(span_at(utc(2026, 7, 15), {0, 12}).begin == utc(2025, 12, 31, 23));
  CHECK(span_at(utc(2026, 7, 15), {0, 3}).begin == utc(2026, 6, 30, 22));
}

TEST_CASE("every 64-bit time is in a span, and none is the beginning of an endless walk") {
  for (const char* name : {"UTC", "Europe/Berlin"}) {
    const Zone zone(name);
    for (const char* text : {"1us", "7ms", "10s", "1h", "1d", "366d", "1M", "100y"}) {
      const ClockStep step = *parse_clock_step(text);
      for (const Nanos time : {INT64_MIN, INT64_MIN + 1, kTimeLeast - 1, kTimeLeast, kTimeLeast + 1, Nanos{-1},
                               Nanos{0}, kTimeMost - 1, kTimeMost, kTimeMost + 1, INT64_MAX - 1, INT64_MAX}) {
        INFO(name << " " << text << " " << time);
        const ClockSpan span = span_at(time, step);
        REQUIRE(span.begin <= time);
        REQUIRE((time < span.end || span.end == INT64_MAX));
        REQUIRE(span.begin < span.end);
        if (span.end != INT64_MAX) REQUIRE(span_at(span.end, step).begin == span.end);
      }
    }
  }
}

TEST_CASE("times before 1970 have spans too") {
  CHECK(span_at(-1, {100 * kMillisecond, 0}).begin == -100 * kMillisecond);
  CHECK(span_at(-1, {kHour, 0}).end == 0);
}

}  // namespace argus
