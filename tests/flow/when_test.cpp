#include "flow/when.h"

#include <catch2/catch.hpp>
#include <ctime>
#include <optional>
#include <random>
#include <string>

#include "base/int128.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/where.h"
#include "support/flow_builder.h"
#include "support/zone.h"

using namespace argus;

namespace {

// Berlin's rules written out, so that no zone files are needed.
constexpr const char* kBerlin = "CET-1CEST,M3.5.0,M10.5.0/3";

const Nanos kNow = utc(2026, 11, 24, 13, 30, 15);  // 14:30:15 in Berlin

bool chosen(const When& when, Nanos first, Nanos last) {
  const Batch batch = batch_of({row().with(Field::stime, first).with(Field::ltime, last)});
  std::vector<std::uint8_t> keep(1, 1);
  when.where->select(batch, keep);
  return keep[0] != 0;
}

std::string fault_of(const char* text) {
  const auto when = parse_when(text, kNow);
  if (when) return "no fault";
  CHECK(when.error().code == Errc::usage);
  return when.error().text;
}

class Times final : public FrameStats {
 public:
  Times(Range first, Range last) : first_(first), last_(last) {}
  std::optional<Range> range(Field field) const override { return field == Field::stime ? first_ : last_; }

 private:
  Range first_, last_;
};

}  // namespace

TEST_CASE("time ranges cover their last unit") {
  const Zone zone(kBerlin);
  struct Case {
    const char* text;
    Nanos begin, end;
  };
  const Case cases[] = {
      // clock, today; Berlin is an hour ahead in winter
      {"12", utc(2026, 11, 24, 11), utc(2026, 11, 24, 12)},
      {"12:05", utc(2026, 11, 24, 11, 5), utc(2026, 11, 24, 11, 6)},
      {"12:05:07", utc(2026, 11, 24, 11, 5, 7), utc(2026, 11, 24, 11, 5, 8)},
      {"12:05:07.25", utc(2026, 11, 24, 11, 5, 7) + kSecond / 4, utc(2026, 11, 24, 11, 5, 8)},
      {"i12:05", utc(2026, 11, 24, 11, 5), utc(2026, 11, 24, 11, 6)},
      {".12:05", utc(2026, 11, 24, 11, 5), utc(2026, 11, 24, 11, 6)},
      // days
      {"23.12", utc(2026, 11, 23, 11), utc(2026, 11, 23, 12)},
      {"10/23.12:05", utc(2026, 10, 23, 10, 5), utc(2026, 10, 23, 10, 6)},
      {"2023/11/14.22:13:20", utc(2023, 11, 14, 21, 13, 20), utc(2023, 11, 14, 21, 13, 21)},
      {"2023/11/14", utc(2023, 11, 13, 23), utc(2023, 11, 14, 23)},
      {"11/14", utc(2026, 11, 13, 23), utc(2026, 11, 14, 23)},
      {"2023/11", utc(2023, 10, 31, 23), utc(2023, 11, 30, 23)},
      {"2023-11", utc(2023, 10, 31, 23), utc(2023, 11, 30, 23)},
      {"2023", utc(2022, 12, 31, 23), utc(2023, 12, 31, 23)},
      // seconds since 1970
      {"1234567890", 1234567890 * kSecond, 1234567891 * kSecond},
      {"1234567890.5", 1234567890 * kSecond + kSecond / 2, 1234567891 * kSecond + kSecond / 2},
      // items
      {"2023y11M14d12h", utc(2023, 11, 14, 11), utc(2023, 11, 14, 12)},
      {"2023y11M", utc(2023, 10, 31, 23), utc(2023, 11, 30, 23)},
      {"14d12h30m", utc(2026, 11, 14, 11, 30), utc(2026, 11, 14, 11, 31)},
      // ISO, local and UTC
      {"2026-11-23T14:00", utc(2026, 11, 23, 13), utc(2026, 11, 23, 13, 1)},
      {"2026-11-23 14:00", utc(2026, 11, 23, 13), utc(2026, 11, 23, 13, 1)},
      {"2026-11-23T14:00Z", utc(2026, 11, 23, 14), utc(2026, 11, 23, 14, 1)},
      {"2026-11-23", utc(2026, 11, 22, 23), utc(2026, 11, 23, 23)},
      {"2026-11-23Z", utc(2026, 11, 23), utc(2026, 11, 24)},
      {"2026-11-23T14:00Z+30m", utc(2026, 11, 23, 14), utc(2026, 11, 23, 14, 30)},
      {"2026-11-23T14:00Z-2026-11-23T15:00Z", utc(2026, 11, 23, 14), utc(2026, 11, 23, 15)},
      {"2026-11-23-2026-11-24", utc(2026, 11, 22, 23), utc(2026, 11, 23, 23)},
      // from and to
      {"12:05-12:06", utc(2026, 11, 24, 11, 5), utc(2026, 11, 24, 11, 6)},
      {"12-13", utc(2026, 11, 24, 11), utc(2026, 11, 24, 12)},
      {"23.12:05-12:06", utc(2026, 11, 23, 11, 5), utc(2026, 11, 23, 11, 6)},
      {"2023/11/14.22:00-23:00", utc(2023, 11, 14, 21), utc(2023, 11, 14, 22)},
      {"2023/11/14-2023/11/15", utc(2023, 11, 13, 23), utc(2023, 11, 14, 23)},
      {"2023/11-2023/12", utc(2023, 10, 31, 23), utc(2023, 11, 30, 23)},
      {"2023-2024", utc(2022, 12, 31, 23), utc(2023, 12, 31, 23)},
      {"2023y11M14d12h-13h", utc(2023, 11, 14, 11), utc(2023, 11, 14, 12)},
      {"12:05:07.25-12:05:08", utc(2026, 11, 24, 11, 5, 7) + kSecond / 4, utc(2026, 11, 24, 11, 5, 8)},
      {"23-24:00", utc(2026, 11, 24, 22), utc(2026, 11, 24, 23)},
      {"10/25.01:00-24", utc(2026, 10, 24, 23), utc(2026, 10, 25, 23)},
      {"1700000000-1700000060", 1700000000 * kSecond, 1700000060 * kSecond},
      {"14:00-15:00Z", utc(2026, 11, 24, 14), utc(2026, 11, 24, 15)},
      {"14:00Z-15:00", utc(2026, 11, 24, 14), utc(2026, 11, 24, 15)},
      {"1700000000+60s", 1700000000 * kSecond, 1700000060 * kSecond},
      {".12:00+5m", utc(2026, 11, 24, 11), utc(2026, 11, 24, 11, 5)},
      {"12+1h30m", utc(2026, 11, 24, 11), utc(2026, 11, 24, 12, 30)},
      {"2024/01/31+1M", utc(2024, 1, 30, 23), utc(2024, 2, 28, 23)},
      // relative: exact, not aligned
      {"-1h", kNow - kHour, kNow},
      {"-10m", kNow - 10 * kMinute, kNow},
      {"-60s", kNow - kMinute, kNow},
      {"-24h", kNow - kDay, kNow},
      {"-1d", kNow - kDay, kNow},
      {"-2w", kNow - 14 * kDay, kNow},
      {"-1h30m", kNow - 90 * kMinute, kNow},
      {"-2h5m+5m", kNow - 125 * kMinute, kNow - 2 * kHour},
      {"-5s+25s", kNow - 5 * kSecond, kNow + 20 * kSecond},
      {"-1y", utc(2025, 11, 24, 13, 30, 15), kNow},
      {"-1M", utc(2026, 10, 24, 12, 30, 15), kNow},  // the same clock before the change of the clocks
      {"-1M+1d", utc(2026, 10, 24, 12, 30, 15), utc(2026, 10, 24, 12, 30, 15) + kDay},
      // the night the clocks change: 02 comes twice, a day has 25 hours
      {"2026/10/25", utc(2026, 10, 24, 22), utc(2026, 10, 25, 23)},
      {"2026/03/29", utc(2026, 3, 28, 23), utc(2026, 3, 29, 22)},
      {"2026/10/25.04", utc(2026, 10, 25, 3), utc(2026, 10, 25, 4)},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto when = parse_when(c.text, kNow);
    REQUIRE(when);
    CHECK(when->span.begin == c.begin);
    CHECK(when->span.end == c.end);
    CHECK(chosen(*when, c.begin, c.begin));
    CHECK(chosen(*when, c.end - 1, c.end - 1));
    CHECK_FALSE(chosen(*when, c.begin - 1, c.begin - 1));
    CHECK_FALSE(chosen(*when, c.end, c.end));
    CHECK(chosen(*when, c.begin - 5, c.end + 5));  // begins before and ends after
  }
}

TEST_CASE("months before the end of a long month end with the short one") {
  const Zone zone("UTC0");
  const auto begin = [](const char* text, Nanos now) { return parse_when(text, now)->span.begin; };
  CHECK(begin("-1M", utc(2026, 3, 31, 8)) == utc(2026, 2, 28, 8));
  CHECK(begin("-1M", utc(2024, 3, 31, 8)) == utc(2024, 2, 29, 8));
  CHECK(begin("-1y", utc(2024, 2, 29, 8)) == utc(2023, 2, 28, 8));
  CHECK(begin("-13M", utc(2026, 1, 15)) == utc(2024, 12, 15));
}

TEST_CASE("what is not a time range is a usage error that says what is") {
  for (const char* text : {"",
                           "1x",
                           "x",
                           "-",
                           "-5",
                           "-1x",
                           "25",
                           "24",
                           "24:00-25:00",
                           "23-24:01",
                           "12:60",
                           "13/01",
                           "12:05:07.",
                           "12:05:07.1234567890",
                           "12-",
                           "12+",
                           "12+5",
                           "yesterday",
                           "2023y14d11M",
                           "2026-11-23T",
                           "**.12-13",
                           "-1h-2h",
                           "99999999999",
                           "2023 14:05",
                           "2023/11.14:05",
                           "1e9",
                           "--1h"}) {
    CAPTURE(text);
    CHECK_THAT(fault_of(text), Catch::Contains("is not a time range; write 14:00-15:00"));
  }
  for (const char* text : {"13-12", "12:05-12:04", "-0s", "12+0s", "1700000000-1600000000", "2023/11/15-2023/11/14"}) {
    CAPTURE(text);
    CHECK_THAT(fault_of(text), Catch::Contains("ends before it begins"));
  }
  CHECK(fault_of("12:05-12:05") ==
        "'12:05-12:05' is an empty range: it ends where it begins; '12:05' alone covers a whole minute");
  CHECK_THAT(fault_of("2023/11/14-2023/11/14"), Catch::Contains("'2023/11/14' alone covers a whole day"));
  CHECK_THAT(fault_of("1700000000-1700000000"), Catch::Contains("'1700000000' alone covers a whole second"));
  CHECK_THAT(fault_of("2023/11-2023/11/01"), Catch::Contains("'2023/11' alone covers a whole month"));
  for (const char* text : {"2023/02/29", "02/30", "2026-04-31T12:00", "31.12"}) {
    CAPTURE(text);
    CHECK_THAT(fault_of(text), Catch::Contains("a day that does not exist"));
  }
  CHECK(fault_of(std::string(1000, '1').c_str()).size() < 100);
  CHECK_THAT(fault_of("1\x1b[31mx"), Catch::Contains("\\x1b"));
}

TEST_CASE("a match letter asks for records inside or around the range, x for all others") {
  const Zone zone("UTC0");
  const Nanos a = utc(2026, 11, 24, 12), b = utc(2026, 11, 24, 13);
  struct Case {
    const char* prefix;
    bool before, into, inside, whole, around, outof, after;
  };
  const Case cases[] = {
      {"", false, true, true, true, true, true, false},      {"i", false, true, true, true, true, true, false},
      {"c", false, false, true, true, false, false, false},  {"n", false, false, false, true, true, false, false},
      {"s", false, false, false, true, true, false, false},  {"x", true, false, false, false, false, false, true},
      {"xi", true, false, false, false, false, false, true}, {"xc", true, true, false, false, true, true, true},
      {"xn", true, true, true, false, false, true, true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.prefix);
    const auto when = parse_when(std::string(c.prefix) + "12", kNow);
    REQUIRE(when);
    CHECK(chosen(*when, a - 9, a - 1) == c.before);
    CHECK(chosen(*when, a - 9, a) == c.into);
    CHECK(chosen(*when, a + 1, b - 2) == c.inside);
    CHECK(chosen(*when, a, b - 1) == c.whole);
    CHECK(chosen(*when, a - 1, b) == c.around);
    CHECK(chosen(*when, b - 1, b) == c.outof);
    CHECK(chosen(*when, b, b + 9) == c.after);
    const Batch untimed = batch_of({row().with(Field::spkts, 1)});
    std::vector<std::uint8_t> keep(1, 1);
    when->where->select(untimed, keep);
    CHECK(keep[0] == 0);
  }
}

TEST_CASE("a star stands for any value of its part") {
  const Zone zone(kBerlin);
  const auto at = [](const char* text, Nanos first, Nanos last) {
    return chosen(*parse_when(text, kNow), first, last);
  };
  const auto point = [&](const char* text, Nanos time) { return at(text, time, time); };
  CHECK(point("****/11/14", utc(2023, 11, 14, 12)));
  CHECK(point("****/11/14", utc(1999, 11, 13, 23)));
  CHECK_FALSE(point("****/11/14", utc(1999, 11, 13, 22, 59, 59)));
  CHECK_FALSE(point("****/11/14", utc(2023, 11, 14, 23)));
  CHECK(point("**.12", utc(2026, 11, 3, 11, 59)));
  CHECK(point("**.12", utc(2026, 7, 3, 10, 30)));
  CHECK_FALSE(point("**.12", utc(2026, 11, 3, 12)));
  CHECK(point("10d*h*m15s", utc(2026, 11, 10, 4, 44, 15)));
  CHECK_FALSE(point("10d*h*m15s", utc(2026, 11, 10, 4, 44, 16)));
  CHECK_FALSE(point("10d*h*m15s", utc(2026, 11, 11, 4, 44, 15)));
  // Records that last touch what they pass.
  CHECK(at("**.12", utc(2026, 11, 3, 10), utc(2026, 11, 3, 11)));
  CHECK_FALSE(at("**.12", utc(2026, 11, 3, 10), utc(2026, 11, 3, 11) - 1));
  CHECK(at("****/02/29", utc(2021, 1, 1), utc(2024, 3, 1)));
  CHECK_FALSE(at("****/02/29", utc(2021, 1, 1), utc(2024, 2, 1)));
  CHECK(at("10d*h*m15s", utc(2026, 11, 9, 22, 59, 59) + kSecond / 2, utc(2026, 11, 9, 23, 0, 15)));
  CHECK_FALSE(at("10d*h*m15s", utc(2026, 11, 9, 22, 59, 59) + kSecond / 2, utc(2026, 11, 9, 23, 0, 15) - 1));
  CHECK_FALSE(at("x**.12", utc(2026, 11, 3, 10), utc(2026, 11, 3, 11)));
  CHECK_FALSE(at("****/02/30", INT64_MIN, INT64_MAX));
}

TEST_CASE("random windows choose the records that overlap them") {
  std::mt19937_64 random(20);
  for (int window = 0; window < 20; window++) {
    const std::int64_t from = 1'700'000'000 + static_cast<std::int64_t>(random() % 60);
    const std::int64_t to = from + 1 + static_cast<std::int64_t>(random() % 30);
    const auto when = parse_when(fmt::format("{}-{}", from, to), kNow);
    REQUIRE(when);
    std::vector<Row> rows;
    std::vector<std::uint8_t> expected;
    for (int i = 0; i < 200; i++) {
      const Nanos first =
          (1'700'000'000 + static_cast<Nanos>(random() % 100)) * kSecond + static_cast<Nanos>(random() % 3) - 1;
      const Nanos last = first + static_cast<Nanos>(random() % 20) * kSecond;
      rows.push_back(row().with(Field::stime, first).with(Field::ltime, last));
      bool touches = false;  // some second of the window lies in the record, or some part of it does
      for (std::int64_t second = from; second < to; second++)
        touches |= first < (second + 1) * kSecond && last >= second * kSecond;
      expected.push_back(touches ? 1 : 0);
    }
    std::vector<std::uint8_t> keep(rows.size(), 1);
    when->where->select(batch_of(rows), keep);
    CHECK(keep == expected);
  }
}

TEST_CASE("a frame is judged none or all only when that is certain") {
  const Zone zone("UTC0");
  std::mt19937_64 random(5);
  std::size_t none = 0, all = 0;
  const Nanos base = utc(2026, 11, 24, 12);
  for (int round = 0; round < 4000; round++) {
    static const char* const kRanges[] = {"12", "c12", "n12", "x12", "xc12", "xn12"};
    const auto when = parse_when(kRanges[random() % 6], kNow);
    REQUIRE(when);
    const auto minutes = [&](std::uint64_t most) { return static_cast<Nanos>(random() % most) * 20 * kMinute; };
    const Nanos around = base - kHour + minutes(8);
    std::vector<Row> rows;
    FrameStats::Range first, last;
    const auto widen = [](FrameStats::Range& range, Nanos time) {
      const u128 x = ordered_image(time);
      range.least = range.any ? std::min(range.least, x) : x;
      range.most = range.any ? std::max(range.most, x) : x;
      range.any = true;
    };
    for (std::uint64_t i = 0; i <= random() % 3; i++) {
      if (random() % 8 == 0) {
        rows.push_back(row().with(Field::spkts, 1));
        first.absent = last.absent = true;
        continue;
      }
      const Nanos begin = around + minutes(3), end = begin + minutes(6);
      widen(first, begin);
      widen(last, end);
      rows.push_back(row().with(Field::stime, begin).with(Field::ltime, end));
    }
    std::vector<std::uint8_t> keep(rows.size(), 1);
    when->where->select(batch_of(rows), keep);
    const auto hits = std::count(keep.begin(), keep.end(), 1);
    const Verdict verdict = when->where->judge(Times(first, last));
    if (verdict == Verdict::none) CHECK(hits == 0);
    if (verdict == Verdict::all) CHECK(hits == static_cast<std::ptrdiff_t>(rows.size()));
    none += verdict == Verdict::none ? 1 : 0;
    all += verdict == Verdict::all ? 1 : 0;
  }
  CHECK(none > 300);
  CHECK(all > 300);
}

TEST_CASE("a zone ahead of UTC or behind it can be written behind the clock") {
  const Zone zone(kBerlin);
  const auto span = [](const char* text) { return parse_when(text, kNow)->span; };
  CHECK(span("2026-11-23T14:00+05:30").begin == utc(2026, 11, 23, 8, 30));
  CHECK(span("2026-11-23T14:00+05:30").end == utc(2026, 11, 23, 8, 31));
  CHECK(span("2026-11-23T14:00:07.5+01:00").begin == utc(2026, 11, 23, 13, 0, 7) + kSecond / 2);
  CHECK(span("2026-11-23T14:00+00:00+30m").end == utc(2026, 11, 23, 14, 30));
  CHECK(span("2026-11-23T01:00+05:30-02:00").begin == utc(2026, 11, 22, 19, 30));
  CHECK(span("2026-11-23T01:00+05:30-02:00").end == utc(2026, 11, 22, 20, 30));
  CHECK(span("2026-11-23T14:00+05:30-2026-11-23T14:00Z").end == utc(2026, 11, 23, 14));
  CHECK(span("2026-11-23T14:00-15:00").end == utc(2026, 11, 23, 14));  // Berlin, from and to
  CHECK(parse_instant("2026-11-23T14:00-05:00")->begin == utc(2026, 11, 23, 19));
  CHECK_FALSE(parse_instant("2026-11-23T14:00+24:00"));
  CHECK_FALSE(parse_instant("2026-11-23T14:00+01:60"));
  CHECK_THAT(fault_of("2026-11-23T14:00+0x:00"), Catch::Contains("is not a time range"));
}

TEST_CASE("since and until are the two sides of a range, or one of them") {
  const Zone zone(kBerlin);
  using Text = std::optional<std::string>;
  struct Case {
    Text since, until;
    Nanos begin, end;
  };
  const Case cases[] = {
      {"12:05", "12:06", utc(2026, 11, 24, 11, 5), utc(2026, 11, 24, 11, 6)},
      {"12:05", {}, utc(2026, 11, 24, 11, 5), INT64_MAX},
      {{}, "12:05", INT64_MIN, utc(2026, 11, 24, 11, 5)},
      {"23.12:05", "12:06", utc(2026, 11, 23, 11, 5), utc(2026, 11, 23, 11, 6)},
      {"2026/11/23", "2026/11/24", utc(2026, 11, 22, 23), utc(2026, 11, 23, 23)},
      {"23:00", "24:00", utc(2026, 11, 24, 22), utc(2026, 11, 24, 23)},
      {"-1h", {}, kNow - kHour, INT64_MAX},
      {"-2h", "-1h", kNow - 2 * kHour, kNow - kHour},
      {{}, "-1d", INT64_MIN, kNow - kDay},
      {"-2d", "12:00", kNow - 2 * kDay, utc(2026, 11, 24, 11)},  // of today
      {"1700000000", "1700000000.5", 1700000000 * kSecond, 1700000000 * kSecond + kSecond / 2},
      {"2026-11-23T14:00Z", "15:00", utc(2026, 11, 23, 14), utc(2026, 11, 23, 15)},
      {"2026-11-23T14:00+05:30", "15:00", utc(2026, 11, 23, 8, 30), utc(2026, 11, 23, 9, 30)},
      {"2026-11-23T14:00-05:00", "2026-11-23T14:30-05:00", utc(2026, 11, 23, 19), utc(2026, 11, 23, 19, 30)},
  };
  for (const Case& c : cases) {
    CAPTURE(c.since.value_or(""), c.until.value_or(""));
    const auto when = parse_since_until(c.since, c.until, kNow);
    REQUIRE(when);
    CHECK(when->span.begin == c.begin);
    CHECK(when->span.end == c.end);
    CHECK(when->borders);
    if (c.begin != INT64_MIN) CHECK(chosen(*when, c.begin - 9, c.begin));
    if (c.begin != INT64_MIN) CHECK_FALSE(chosen(*when, c.begin - 9, c.begin - 1));
    if (c.end != INT64_MAX) CHECK(chosen(*when, c.end - 1, c.end + 9));
    if (c.end != INT64_MAX) CHECK_FALSE(chosen(*when, c.end, c.end + 9));
  }
  const auto fault = [](Text since, Text until) { return parse_since_until(since, until, kNow).error().text; };
  CHECK(fault("12:05", "12:05") == "--until: '12:05' is not later than '12:05' of --since");
  CHECK(fault("-1h", "-2h") == "--until: '-2h' is not later than '-1h' of --since");
  for (const char* text : {"", "1x", "-", "-5", "12:05-12:06", "12+1h", "yesterday", "24:00", "--1h"}) {
    CAPTURE(text);
    CHECK_THAT(fault(text, {}), Catch::StartsWith("--since: '") && Catch::Contains("is not a time; write 14:00"));
  }
  CHECK_THAT(fault({}, "12-13"), Catch::StartsWith("--until: '12-13' is not a time"));
  CHECK_THAT(fault({}, "24:01"), Catch::Contains("is not a time"));
  CHECK_THAT(fault("**.12", {}), Catch::Contains("a time with '*' has no beginning"));
  CHECK_THAT(fault("2023/02/29", {}), Catch::Contains("a day that does not exist"));
  CHECK(fault(std::string(1000, '1'), {}).size() < 100);
}

TEST_CASE("only a range that shares instants with its records has ends to cut at") {
  const Zone zone(kBerlin);
  for (const char* text : {"12", "i12", "-1h", "12:05-12:06"}) CHECK(parse_when(text, kNow)->borders);
  for (const char* text : {"c12", "n12", "x12", "xc12", "**.12"}) CHECK_FALSE(parse_when(text, kNow)->borders);
}

TEST_CASE("an instant is an absolute time with its year") {
  const Zone zone("UTC0");
  CHECK(parse_instant("2026-11-23T14:00Z")->begin == utc(2026, 11, 23, 14));
  CHECK(parse_instant("2026-11-23T14:00Z")->end == utc(2026, 11, 23, 14, 1));
  CHECK(parse_instant("2026/11/23")->end == utc(2026, 11, 24));
  for (const char* text : {"12:00", "11/23", "1700000000", "2023", "2023.5", "2023 14:05", "14d12h", "****/11/14",
                           "2023/02/30", "", "-1h"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_instant(text));
  }
}
