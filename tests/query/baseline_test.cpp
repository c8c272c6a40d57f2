#include "query/baseline.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/time.h"
#include "flow/field.h"
#include "query/comparison.h"
#include "query/difference.h"
#include "query/key.h"
#include "support/flow_builder.h"
#include "support/zone.h"

using namespace argus;

namespace {

Row from(const char* source, std::uint64_t packets) { return tcp_row(source, 1, "192.0.2.1", 80, packets, 0); }

// Of each unusual source address its packets, as "saddr=10.0.0.1 new 5".
std::vector<std::string> unusual(const std::vector<std::vector<Row>>& days, double sigmas = 3) {
  auto key = parse_keys({"saddr"});
  REQUIRE(key);
  Comparison comparison(*key, {}, {Field::spkts, Field::dpkts}, days.size());
  for (std::size_t day = 0; day < days.size(); day++)
    if (!days[day].empty()) REQUIRE(comparison.add(day, batch_of(days[day]), UINT64_MAX));
  std::vector<std::string> out;
  for (const GroupDeviation& one : deviations_of(comparison, Field::pkts, sigmas)) {
    const std::vector<std::uint32_t> group = {one.group};
    const Row keys = row_of(comparison.keys(group), 0);
    out.push_back(fmt::format("{} {} {}", to_text(keys), change_word(one.change), one.now));
  }
  return out;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("what is usual of some days, as counted by hand") {
  const Usual some = usual_of({2, 4, 4, 4, 5, 5, 7, 9});
  CHECK(some.mean == 5);
  REQUIRE(some.deviation);
  CHECK(*some.deviation == Approx(2.13809));
  CHECK(*sigmas_of(9, some) == Approx(4 / 2.13809));
  CHECK(*sigmas_of(1, some) == Approx(-4 / 2.13809));
  CHECK_FALSE(usual_of({5}).deviation);
  CHECK_FALSE(sigmas_of(9, usual_of({5})));
  CHECK(usual_of({3, 3}).deviation == 0);
  CHECK_FALSE(sigmas_of(9, usual_of({3, 3})));
  CHECK(usual_of({}).mean == 0);
}

TEST_CASE("groups that are new, gone or off are unusual, the farthest from its mean first") {
  const std::vector<std::vector<Row>> days = {
      {from("10.0.0.1", 100), from("10.0.0.2", 11), from("10.0.0.4", 7)},
      {from("10.0.0.1", 10), from("10.0.0.2", 10), from("10.0.0.3", 30)},
      {from("10.0.0.1", 12), from("10.0.0.2", 12), from("10.0.0.3", 32)},
      {from("10.0.0.1", 14), from("10.0.0.2", 14), from("10.0.0.3", 34)},
  };
  CHECK(unusual(days) == Words{"saddr=10.0.0.1 more 100", "saddr=10.0.0.3 gone 0", "saddr=10.0.0.4 new 7"});
  CHECK(unusual(days, 50) == Words{"saddr=10.0.0.3 gone 0", "saddr=10.0.0.4 new 7"});
}

TEST_CASE("a group that was there on some days only is not gone, and has zeros on the others") {
  const std::vector<Row> other = {from("10.0.0.9", 5)};
  std::vector<Row> with = other;
  with.push_back(from("10.0.0.1", 50));
  CHECK(unusual({other, with, other, with, other}).empty());
  // 0, 0, 0, 100: a mean of 25, a deviation of 50.
  std::vector<Row> large = other;
  large.push_back(from("10.0.0.1", 175));
  std::vector<Row> hundred = other;
  hundred.push_back(from("10.0.0.1", 100));
  CHECK(unusual({large, other, other, other, hundred}, 3) == Words{"saddr=10.0.0.1 more 175"});
  CHECK(unusual({large, other, other, other, hundred}, 3.01).empty());
}

TEST_CASE("where all days were the same, any difference is unusual") {
  const std::vector<Row> day = {from("10.0.0.1", 10)};
  CHECK(unusual({{from("10.0.0.1", 11)}, day, day}) == Words{"saddr=10.0.0.1 more 11"});
  CHECK(unusual({{from("10.0.0.1", 9)}, day, day}) == Words{"saddr=10.0.0.1 less 9"});
  CHECK(unusual({day, day, day}).empty());
}

TEST_CASE("days without records are as if they had not been") {
  const std::vector<Row> day = {from("10.0.0.1", 10)};
  CHECK(unusual({day, {}, day, {}, day}).empty());
  CHECK(unusual({{}, {}, day, day}) == Words{"saddr=10.0.0.1 gone 0"});
  CHECK(unusual({day, {}, {}}).empty());  // nothing is usual
  CHECK(unusual({{from("10.0.0.1", 99), from("10.0.0.2", 1)}, day}) ==
        Words{"saddr=10.0.0.2 new 1"});  // one day: no deviation
}

TEST_CASE("earlier days have the same time of the local clock") {
  const Zone zone("Europe/Berlin");
  const Nanos noon = 1'774'778'400 * kSecond + 250;  // 2026-03-29 12:00 CEST, the day on which the clock is set
  CHECK(days_before(noon, 0) == noon);
  CHECK(days_before(noon, 1) == noon - kDay + kHour);
  CHECK(days_before(noon, 7) == noon - 7 * kDay + kHour);
  CHECK(days_before(noon + 2 * kDay, 1) == noon + kDay);
}
