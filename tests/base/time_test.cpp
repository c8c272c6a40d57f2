#include "base/time.h"

#include <catch2/catch.hpp>
#include <ctime>
#include <random>

#include "base/result.h"
#include "base/text.h"
#include "support/zone.h"

using namespace argus;

namespace {

constexpr Nanos kSample = 1'795'438'927'214'530'999;  // 2026-11-23 13:02:07 UTC

std::string shown(Nanos time, TimeStyle::Form form, int digits = 6, const std::string& format = {}) {
  std::string out;
  append_time(time, {form, digits, format}, out);
  return out;
}

std::string seconds(Nanos duration, int digits) {
  std::string out;
  append_seconds(duration, digits, out);
  return out;
}

std::string long_seconds(std::uint64_t duration, int digits) {
  std::string out;
  append_long_seconds(duration, digits, out);
  return out;
}

}  // namespace

TEST_CASE("a time is printed in each form, its fraction rounded down") {
  CHECK(shown(kSample, TimeStyle::Form::utc) == "2026-11-23 13:02:07.214530");
  CHECK(shown(kSample, TimeStyle::Form::utc, 0) == "2026-11-23 13:02:07");
  CHECK(shown(kSample, TimeStyle::Form::utc, 1) == "2026-11-23 13:02:07.2");
  CHECK(shown(kSample, TimeStyle::Form::rfc3339, 9) == "2026-11-23T13:02:07.214530999Z");
  CHECK(shown(kSample, TimeStyle::Form::epoch, 9) == "1795438927.214530999");
  CHECK(shown(kSample, TimeStyle::Form::epoch, 0) == "1795438927");
  CHECK(shown(0, TimeStyle::Form::rfc3339, 9) == "1970-01-01T00:00:00.000000000Z");
}

TEST_CASE("times before 1970 and at the ends of the range are printed") {
  CHECK(shown(-1, TimeStyle::Form::rfc3339, 9) == "1969-12-31T23:59:59.999999999Z");
  CHECK(shown(-1, TimeStyle::Form::epoch, 9) == "-0.000000001");
  CHECK(shown(-1'500'000'000, TimeStyle::Form::epoch, 3) == "-1.500");
  CHECK(shown(-2'000'000'000, TimeStyle::Form::epoch, 3) == "-2.000");
  CHECK(shown(INT64_MAX, TimeStyle::Form::rfc3339, 9) == "2262-04-11T23:47:16.854775807Z");
  CHECK(shown(INT64_MIN, TimeStyle::Form::rfc3339, 9) == "1677-09-21T00:12:43.145224192Z");
  CHECK(shown(INT64_MIN, TimeStyle::Form::epoch, 9) == "-9223372036.854775808");
}

TEST_CASE("the calendar agrees with the system's on random days") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; i++) {
    const auto time = static_cast<std::int64_t>(random());
    const std::time_t at = static_cast<std::time_t>(time / kSecond - (time % kSecond < 0 ? 1 : 0));
    std::tm parts{};
    ::gmtime_r(&at, &parts);
    char text[64];
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
    REQUIRE(shown(time, TimeStyle::Form::utc, 0) == text);
  }
}

TEST_CASE("local time follows the zone through its changes") {
  const Zone berlin("CET-1CEST,M3.5.0,M10.5.0/3");
  CHECK(shown(kSample, TimeStyle::Form::local) == "2026-11-23 14:02:07.214530");
  const Nanos spring = 1'774'746'000 * kSecond;  // 2026-03-29 01:00 UTC: 02:00 becomes 03:00
  CHECK(shown(spring - 1, TimeStyle::Form::local, 0) == "2026-03-29 01:59:59");
  CHECK(shown(spring, TimeStyle::Form::local, 0) == "2026-03-29 03:00:00");
  const Nanos autumn = 1'792'890'000 * kSecond;  // 2026-10-25 01:00 UTC: 03:00 becomes 02:00
  CHECK(shown(autumn - 1, TimeStyle::Form::local, 0) == "2026-10-25 02:59:59");
  CHECK(shown(autumn, TimeStyle::Form::local, 0) == "2026-10-25 02:00:00");
}

TEST_CASE("local time agrees with the system's in any order of times") {
  const Zone berlin("CET-1CEST,M3.5.0,M10.5.0/3");
  std::mt19937_64 random(2);
  for (int i = 0; i < 20'000; i++) {
    const auto at = static_cast<std::time_t>(random() % 4'000'000'000);
    std::tm parts{};
    ::localtime_r(&at, &parts);
    char text[64];
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
    REQUIRE(shown(at * kSecond, TimeStyle::Form::local, 0) == text);
  }
}

TEST_CASE("a format of the user's has %f for the fraction and puts no control bytes out") {
  CHECK(shown(kSample, TimeStyle::Form::strftime, 3, "%M:%S.%f") == "02:07.214");
  CHECK(shown(kSample, TimeStyle::Form::strftime, 6, "%%f %f") == "%f 214530");
  CHECK(shown(kSample, TimeStyle::Form::strftime, 6, "a%nb") == "a\\x0ab");
  CHECK(shown(kSample, TimeStyle::Form::strftime, 6, "").empty());
  CHECK(shown(kSample, TimeStyle::Form::strftime, 6, std::string(10'000, 'x')).empty());
}

TEST_CASE("seconds are rounded half away from zero") {
  CHECK(seconds(5'130'738'000, 6) == "5.130738");
  CHECK(seconds(5'130'737'500, 6) == "5.130738");
  CHECK(seconds(5'130'737'499, 6) == "5.130737");
  CHECK(seconds(5'660'000'000, 0) == "6");
  CHECK(seconds(1'999'999'999, 3) == "2.000");
  CHECK(seconds(0, 6) == "0.000000");
  CHECK(seconds(1, 9) == "0.000000001");
  CHECK(seconds(-1'500'000'000, 0) == "-2");
  CHECK(seconds(-1'500'000'000, 6) == "-1.500000");
  CHECK(seconds(-500'000'000, 0) == "-1");
  CHECK(seconds(-499'999'999, 0) == "0");
  CHECK(seconds(-1, 6) == "0.000000");  // no sign before nothing
  CHECK(seconds(INT64_MIN, 9) == "-9223372036.854775808");
  CHECK(seconds(INT64_MIN, 0) == "-9223372037");
}

TEST_CASE("sums of durations beyond a signed time are printed") {
  CHECK(long_seconds(UINT64_MAX, 9) == "18446744073.709551615");
  CHECK(long_seconds(UINT64_MAX, 0) == "18446744074");
  CHECK(long_seconds(UINT64_MAX, 6) == "18446744073.709552");
}

TEST_CASE("a duration is at most 100 years, so that it can be added to any time") {
  for (const char* text : {"36526d", "36525.1d", "90000d", "3155760001", "5218w"}) {
    CAPTURE(text);
    const auto done = parse_duration(text);
    REQUIRE_FALSE(done);
    CHECK(done.error().text.find("at most 100 years") != std::string::npos);
  }
}

TEST_CASE("durations have a unit or are seconds") {
  const auto nanos = [](std::string_view text) { return *parse_duration(text); };
  CHECK(nanos("30") == 30 * kSecond);
  CHECK(nanos("30s") == 30 * kSecond);
  CHECK(nanos("300ms") == 300 * kMillisecond);
  CHECK(nanos("5us") == 5 * kMicrosecond);
  CHECK(nanos("7ns") == 7);
  CHECK(nanos("5m") == 5 * kMinute);
  CHECK(nanos("1h") == kHour);
  CHECK(nanos("2d") == 2 * kDay);
  CHECK(nanos("1w") == 7 * kDay);
  CHECK(nanos("0.5h") == 30 * kMinute);
  CHECK(nanos("1.25") == 1'250'000'000);
  CHECK(nanos("36525d") == 36'525 * kDay);
}

TEST_CASE("what is no positive duration is a usage error that says what would be right") {
  for (const char* text : {"", "s", "0", "0s", "-1s", "1x", "1 s", "1.s", ".5s", "1.5.5s", "0x10", "0X10",
                           "9223372036854775807", "9223372037s", "15250285w", "1e3", "5mm"}) {
    CAPTURE(text);
    const auto done = parse_duration(text);
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Errc::usage);
    CHECK(done.error().text.find("300ms, 30s, 5m, 1h, 2d or 1w") != std::string::npos);
  }
  CHECK(escaped(parse_duration("\x1b").error().text) == parse_duration("\x1b").error().text);
}
