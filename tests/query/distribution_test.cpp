#include "query/distribution.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <random>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/type.h"
#include "query/key.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

std::vector<double> numbers_of(const Column& column, std::size_t rows, Type type) {
  std::vector<double> out;
  each_image(column, rows, [&](std::size_t, std::uint64_t image) {
    out.push_back(static_cast<double>(number_of_image(type, image)));
  });
  return out;
}

Summary summary_of_numbers(const std::vector<std::uint64_t>& numbers, const std::vector<double>& percents) {
  Distribution all;
  for (const std::uint64_t number : numbers) all.add(number);
  return summary_of(Type::u64, all.counts(), percents);
}

}  // namespace

TEST_CASE("amounts of 64 bits have a distribution, names and instants have none") {
  for (const Field field : {Field::dur, Field::bytes, Field::spkts, Field::load, Field::ploss, Field::sttl})
    CHECK(has_distribution(field));
  for (const Field field : {Field::saddr, Field::sport, Field::stime, Field::proto, Field::dursq, Field::srcid})
    CHECK_FALSE(has_distribution(field));
}

TEST_CASE("images of values are ordered as the values are, and give them back") {
  const std::vector<double> reals = {-1e300, -1.5, -0.0, 0.0, 1e-300, 0.25, 3, 1e300};
  CHECK(numbers_of(Column::flat(reals), reals.size(), Type::f64) == reals);
  const std::vector<std::int64_t> whole = {INT64_MIN, -1, 0, 1, INT64_MAX};
  std::vector<std::uint64_t> images;
  each_image(Column::flat(whole), whole.size(), [&](std::size_t, std::uint64_t image) { images.push_back(image); });
  CHECK(std::is_sorted(images.begin(), images.end()));
  CHECK(number_of_image(Type::i64, images[0]) == static_cast<long double>(INT64_MIN));
  CHECK(number_of_image(Type::u64, UINT64_MAX) == static_cast<long double>(UINT64_MAX));
  images.clear();
  each_image(Column::flat(reals), reals.size(), [&](std::size_t, std::uint64_t image) { images.push_back(image); });
  CHECK(std::is_sorted(images.begin(), images.end()));
  CHECK(images[2] == images[3]);  // there is one zero
}

TEST_CASE("figures of a few values, as counted by hand") {
  const Summary even = summary_of_numbers({2, 4, 4, 4, 5, 5, 7, 9}, {50, 75, 95, 100});
  CHECK(even.values == 8);
  CHECK(even.mean == 5);
  CHECK(even.deviation == 2);
  CHECK(even.least == 2);
  CHECK(even.most == 9);
  CHECK(even.median == 4.5L);
  CHECK(even.mode == 4);
  CHECK(even.percentiles == std::vector<long double>{4, 5, 9, 9});

  const Summary odd = summary_of_numbers({30, 10, 20}, {1, 33, 34, 66, 67, 99.9});
  CHECK(odd.median == 20);
  CHECK_FALSE(odd.mode);
  CHECK(odd.percentiles == std::vector<long double>{10, 10, 20, 20, 30, 30});

  const Summary one = summary_of_numbers({7}, {95});
  CHECK(one.deviation == 0);
  CHECK(one.mode == 7);
  CHECK(one.percentiles == std::vector<long double>{7});
  CHECK(summary_of_numbers({}, {95}).values == 0);
}

TEST_CASE("percentiles stand where they are exact fractions of the values") {
  std::vector<std::uint64_t> numbers(1000);
  for (std::size_t i = 0; i < numbers.size(); i++) numbers[i] = i + 1;
  const Summary all = summary_of_numbers(numbers, {0.1, 95, 99, 99.9});
  CHECK(all.percentiles == std::vector<long double>{1, 950, 990, 999});
}

TEST_CASE("many values, in any order, are those that a sorted list has") {
  std::mt19937_64 random(5);
  std::vector<std::uint64_t> numbers;
  Distribution all;
  for (int i = 0; i < 300'000; i++) {
    const std::uint64_t number = random() % (i % 3 == 0 ? 10 : 100'000);
    numbers.push_back(number);
    all.add(number);
  }
  std::map<std::uint64_t, std::uint64_t> times;
  for (const std::uint64_t number : numbers) times[number]++;
  const auto& counts = all.counts();
  REQUIRE(counts.size() == times.size());
  std::size_t i = 0;
  for (const auto& [number, count] : times) {
    if (counts[i] != Distribution::Count{number, count}) FAIL("a count differs at " << number);
    i++;
  }
  std::sort(numbers.begin(), numbers.end());
  const std::vector<double> percents = {5, 50, 95, 99};
  const Summary summary = summary_of(Type::u64, counts, percents);
  for (std::size_t p = 0; p < percents.size(); p++)
    CHECK(summary.percentiles[p] ==
          static_cast<long double>(numbers[static_cast<std::size_t>(percents[p] / 100 * 300'000) - 1]));
}

TEST_CASE("values that come again take no more memory") {
  Distribution few, many;
  for (std::uint64_t i = 0; i < 1'000'000; i++) few.add(i % 10);
  CHECK(few.counts() == std::vector<Distribution::Count>{{0, 100'000},
                                                         {1, 100'000},
                                                         {2, 100'000},
                                                         {3, 100'000},
                                                         {4, 100'000},
                                                         {5, 100'000},
                                                         {6, 100'000},
                                                         {7, 100'000},
                                                         {8, 100'000},
                                                         {9, 100'000}});
  for (std::uint64_t i = 0; i < 100'000; i++) many.add(i);
  CHECK(few.bytes() < many.bytes());
  CHECK(many.bytes() < 100'000 * 80);
}

TEST_CASE("groups have their own values, and count records without one") {
  auto key = parse_keys({"saddr"});
  REQUIRE(key);
  GroupDistributions groups(*key, {}, Field::spkts);
  const Batch batch = batch_of({tcp_row("10.0.0.2", 1, "10.0.0.9", 80, 3), tcp_row("10.0.0.1", 1, "10.0.0.9", 80, 5),
                                tcp_row("10.0.0.2", 1, "10.0.0.9", 80, 4),
                                tcp_row("10.0.0.2", 1, "10.0.0.9", 80).without(Field::spkts)});
  REQUIRE(groups.add(batch, UINT64_MAX));
  const std::vector<std::uint32_t> order = groups.groups();
  REQUIRE(order.size() == 2);
  CHECK(row_of(groups.keys(order), 0) == row().with(Field::saddr, "10.0.0.1"));
  CHECK(groups.of(order[0]).counts() == std::vector<Distribution::Count>{{5, 1}});
  CHECK(groups.of(order[1]).counts() == std::vector<Distribution::Count>{{3, 1}, {4, 1}});
  CHECK(groups.without(order[0]) == 0);
  CHECK(groups.without(order[1]) == 1);

  GroupDistributions all({}, {}, Field::spkts);
  REQUIRE(all.add(batch, UINT64_MAX));
  CHECK(all.of(0).counts().size() == 3);
  CHECK(all.without(0) == 1);
  const auto refused = all.add(batch, 16);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::limit);
}
