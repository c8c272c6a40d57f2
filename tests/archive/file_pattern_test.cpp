#include "archive/file_pattern.h"

#include "base/clock_span.h"

#include <catch2/catch.hpp>
#include <set>

#include "base/result.h"
#include "base/time.h"
#include "support/zone.h"

using namespace argus;

namespace {

FilePattern pattern_of(std::string_view path) {
  auto out = FilePattern::parse(path);
  REQUIRE(out);
  return *out;
}
std::string name_of(std::string_view path, Nanos time, unsigned again = 0) {
  const FilePattern pattern = pattern_of(path);
  return path_of(pattern, pattern.names(time, again));
}

// Five-character zones without a zone database: central Europe as POSIX writes it.
constexpr const char* kBerlin = "CET-1CEST,M3.5.0,M10.5.0/3";

}  // namespace

TEST_CASE("a pattern is the base that the user vouches for, and names made of local times") {
  const Zone zone(kBerlin);
  const Nanos time = utc(2026, 11, 24, 11, 5, 9);
  CHECK(name_of("/var/argus/%Y/%m/%d/argus.%H%M.flows", time) == "/var/argus/2026/11/24/argus.1205.flows");
  CHECK(pattern_of("/var/argus/%Y/%m/%d/argus.%H%M.flows").base() == "/var/argus");
  CHECK(pattern_of("/var/argus/%Y/%m/%d/argus.%H%M.flows").levels() == 4);
  CHECK(name_of("a/b/x.%s.flows", time) == "a/b/x.1795518309.flows");
  CHECK(name_of("%F_%T", time) == "2026-11-24_12:05:09");
  CHECK(name_of("/%Y.flows", time) == "/2026.flows");
  CHECK(name_of("a//b///%Y//x.flows", time) == "a//b/2026/x.flows");
  CHECK(name_of("./%Y", time) == "2026");
  CHECK(name_of("100%%/%Y", time) == "100%/2026");
}

TEST_CASE("a path without times gets one before its extension, and a taken name a number") {
  const Zone zone("UTC");
  const Nanos time = utc(2026, 11, 24, 12, 0, 0);
  CHECK(name_of("day.flows", time) == "day.20261124-120000.flows");
  CHECK(name_of("day.flows", time, 2) == "day.20261124-120000-2.flows");
  CHECK(name_of("dir.d/day", time) == "dir.d/day.20261124-120000");
  CHECK(name_of(".flows", time) == ".flows.20261124-120000");
  CHECK(name_of("argus.%H%M", time, 3) == "argus.1200-3");
  CHECK(name_of("%H.a.flows", time, 3) == "12.a-3.flows");
  CHECK(name_of("%H.flows", time, 3) == "12-3.flows");
}

TEST_CASE("what cannot be a pattern is refused") {
  using namespace std::string_view_literals;
  for (const std::string_view path : {""sv, "/"sv, "a/"sv, "%Y/../x"sv, "%Y/./x"sv, "%Q.flows"sv, "%D"sv, "%n"sv,
                                      "x%"sv, "%Ey"sv, "a\0b"sv, "%5/x"sv, "%c"sv}) {
    CAPTURE(path);
    const auto done = FilePattern::parse(path);
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Errc::usage);
  }
  CHECK_FALSE(FilePattern::has_time("a%%Y"));
  CHECK(FilePattern::has_time("a%%%Y"));
  CHECK_FALSE(FilePattern::has_time("a%"));
}

TEST_CASE("the shape of a pattern takes what it makes, at any time, and little else") {
  const Zone zone(kBerlin);
  std::string all;
  for (const char c : std::string("YyCmdejHIMSpaAbBhuwUVWGgszZFRT")) (all += '%') += c;
  for (const std::string& path : {std::string("%Y/%m/%d/argus.%H%M.flows"), std::string("day.flows"), all, "x" + all}) {
    const FilePattern pattern = pattern_of(path);
    for (Nanos time = 0; time < utc(2100, 1, 1, 0); time += 37 * kDay + 1234567 * kMillisecond)
      for (const unsigned again : {0u, 1u, 999'999u}) {
        const auto names = pattern.names(time, again);
        for (std::size_t level = 0; level < names.size(); level++) {
          CAPTURE(names[level]);
          REQUIRE(pattern.matches(level, names[level]));
        }
      }
  }
  const FilePattern pattern = pattern_of("%Y/argus.%H%M.flows");
  CHECK(pattern.matches(0, "2026"));
  CHECK_FALSE(pattern.matches(0, "202"));
  CHECK_FALSE(pattern.matches(0, "20260"));
  CHECK_FALSE(pattern.matches(2, "2026"));
  CHECK(pattern.matches(1, "argus.1200.flows"));
  CHECK(pattern.matches(1, "argus.1200-7.flows"));
  for (const char* name :
       {"argus.1200.flows.part", "argus.1200-.flows", "argus.1200-x.flows", "argus.12000.flows", "argus.1200", "", ".",
        "..", "argus.1200-1-2.flows", "xargus.1200.flows", "argus.1200.flows "})
    CHECK_FALSE(pattern.matches(1, name));
}

TEST_CASE("hostile patterns are matched in bounded time") {
  std::string path;
  for (int i = 0; i < 100; i++) path += "%s%Z%A";
  const FilePattern pattern = pattern_of(path);
  CHECK_FALSE(pattern.matches(0, std::string(255, '1')));
  CHECK_FALSE(pattern.matches(0, std::string(256, '1')));
}

TEST_CASE("spans are aligned to the local clock and follow each other without a gap") {
  for (const char* name : {"UTC", kBerlin, "IST-5:30", "LHST-10:30LHDT-11,M10.1.0,M4.1.0"}) {
    const Zone zone(name);
    for (const Nanos every :
         {kSecond, 30 * kSecond, 5 * kMinute, 7 * kMinute, 30 * kMinute, kHour, 6 * kHour, 7 * kHour, kDay, 7 * kDay}) {
      // Two days around both settings of the clock.
      for (const Nanos start : {utc(2026, 3, 28, 0), utc(2026, 10, 24, 0), utc(2026, 10, 3, 0)}) {
        Nanos now = start;
        for (int i = 0; i < 300 && now < start + 2 * kDay; i++) {
          const ClockSpan span = span_at(now, {every, 0});
          CAPTURE(name, every, now, span.begin, span.end);
          REQUIRE(span.begin <= now);
          REQUIRE(span.end > now);
          REQUIRE(span.end - now <= every + kHour);
          const ClockSpan same = span_at(span.end - 1, {every, 0});
          REQUIRE(same.end == span.end);
          now = span.end;
          REQUIRE(span_at(now, {every, 0}).begin == now);
        }
      }
    }
  }
}

TEST_CASE("an hour that comes twice is two spans, one that is left out is none") {
  const Zone zone(kBerlin);
  std::vector<std::string> names;
  for (Nanos now = utc(2026, 10, 24, 23); now < utc(2026, 10, 25, 3); now = span_at(now, {kHour, 0}).end)
    names.push_back(name_of("%H", now));
  CHECK(names == std::vector<std::string>{"01", "02", "02", "03"});
  names.clear();
  for (Nanos now = utc(2026, 3, 28, 23); now < utc(2026, 3, 29, 3); now = span_at(now, {kHour, 0}).end)
    names.push_back(name_of("%H", now));
  CHECK(names == std::vector<std::string>{"00", "01", "03", "04"});
  CHECK(span_at(utc(2026, 10, 25, 12), {kDay, 0}).end - span_at(utc(2026, 10, 25, 12), {kDay, 0}).begin == 25 * kHour);
  CHECK(span_at(utc(2026, 11, 25, 12), {7 * kDay, 0}).begin == utc(2026, 11, 22, 23));  // Monday, local midnight
}

TEST_CASE("spans are seconds of a day, or whole days") {
  for (const Nanos good : {kSecond, 5 * kMinute, kDay - kSecond, kDay, 7 * kDay, 366 * kDay}) CHECK(check_span(good));
  for (const Nanos bad :
       {Nanos{1}, kSecond / 2, kSecond + 1, kDay + kSecond, 25 * kHour, 367 * kDay, Nanos{0}, -kDay}) {
    const auto done = check_span(bad);
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Errc::usage);
  }
}
