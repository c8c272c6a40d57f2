#include "query/histogram.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>

#include "base/result.h"
#include "flow/field.h"
#include "flow/type.h"
#include "query/distribution.h"

using namespace argus;

namespace {

using Borders = std::vector<long double>;

Distribution distribution_of(const std::vector<std::uint64_t>& numbers) {
  Distribution out;
  for (const std::uint64_t number : numbers) out.add(number);
  return out;
}
Borders borders_of(const std::string& spec, Distribution all) {
  const auto parsed = parse_histogram(Field::bytes, spec);
  REQUIRE(parsed);
  auto borders = histogram_borders(*parsed, Type::u64, all.counts());
  REQUIRE(borders);
  return *borders;
}
std::vector<std::uint64_t> rounded(const Borders& borders) {
  std::vector<std::uint64_t> out;
  for (const long double border : borders) out.push_back(static_cast<std::uint64_t>(std::llround(border)));
  return out;
}

}  // namespace

TEST_CASE("what classes may be asked for") {
  const auto even = parse_histogram(Field::bytes, "10:0-1k");
  REQUIRE(even);
  CHECK(even->classes == 10);
  CHECK_FALSE(even->log);
  CHECK(even->range->high == 1000);
  const auto log = parse_histogram(Field::dur, "5L:1ms-10");
  REQUIRE(log);
  CHECK(log->log);
  CHECK(log->range->low == 1'000'000);
  CHECK(log->range->high == 10'000'000'000);
  const auto sized = parse_histogram(Field::dur, "500ms");
  REQUIRE(sized);
  CHECK(sized->classes == 0);
  CHECK(sized->size == 500'000'000);
  CHECK(parse_histogram(Field::ploss, "0.5:0-10")->size == 0.5L);
}

TEST_CASE("what classes may not be asked for is a usage error") {
  for (const char* text : {"", "0", "0L", "L", "x", "10:", "10:5", "10:5-5", "10:9-1", "5L:0-10", "1kL", "-5", "0.0",
                           "20000", "10:0-10:2", "10:0-x", "1e400"}) {
    CAPTURE(text);
    const auto parsed = parse_histogram(Field::bytes, text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::usage);
  }
}

TEST_CASE("borders hold the values, or are those of the range") {
  const Distribution some = distribution_of({3, 7, 1000});
  CHECK(rounded(borders_of("2:0-10", some)) == std::vector<std::uint64_t>{0, 5, 10});
  CHECK(rounded(borders_of("4", distribution_of({0, 100}))) == std::vector<std::uint64_t>{0, 25, 50, 75, 100});
  CHECK(rounded(borders_of("3L:1-1000", some)) == std::vector<std::uint64_t>{1, 10, 100, 1000});
  CHECK(rounded(borders_of("2L", distribution_of({1, 100}))) == std::vector<std::uint64_t>{1, 10, 100});
  CHECK(rounded(borders_of("0.5k", distribution_of({700, 1500}))) == std::vector<std::uint64_t>{500, 1000, 1500, 2000});
  CHECK(rounded(borders_of("0.4k:0-1k", some)) == std::vector<std::uint64_t>{0, 400, 800, 1000});
}

TEST_CASE("zeros have a class before logarithmic ones") {
  CHECK(rounded(borders_of("2L", distribution_of({0, 1, 100}))) == std::vector<std::uint64_t>{0, 1, 10, 100});
  CHECK(rounded(borders_of("2L", distribution_of({0, 5}))) == std::vector<std::uint64_t>{0, 5, 5});
}

TEST_CASE("one value, and none") {
  CHECK(rounded(borders_of("20", distribution_of({8, 8}))) == std::vector<std::uint64_t>{8, 8});
  CHECK(rounded(borders_of("20L", distribution_of({0}))) == std::vector<std::uint64_t>{0, 0});
  CHECK(borders_of("20L", {}).empty());
  CHECK(borders_of("2:0-10", {}).size() == 3);
}

TEST_CASE("sizes that make too many classes are refused") {
  const auto spec = parse_histogram(Field::bytes, "1.0");
  REQUIRE(spec);
  Distribution wide = distribution_of({0, 1'000'000});
  const auto borders = histogram_borders(*spec, Type::u64, wide.counts());
  REQUIRE_FALSE(borders);
  CHECK(borders.error().code == Errc::usage);
}

TEST_CASE("a value on a border is in the class that begins there, and the last class has its end") {
  Distribution all = distribution_of({0, 4, 5, 5, 9, 10, 11, 99});
  const Borders borders = borders_of("2:0-10", all);
  const Histogram histogram = histogram_of(borders, Type::u64, all.counts());
  CHECK(histogram.classes == std::vector<std::uint64_t>{2, 4});
  CHECK(histogram.below == 0);
  CHECK(histogram.above == 2);
  CHECK(histogram.inside.size() == 5);
}

TEST_CASE("what is outside is counted, and nothing inside is no trouble") {
  Distribution all = distribution_of({1, 2, 50});
  const Histogram histogram = histogram_of(borders_of("2:10-20", all), Type::u64, all.counts());
  CHECK(histogram.classes == std::vector<std::uint64_t>{0, 0});
  CHECK(histogram.below == 2);
  CHECK(histogram.above == 1);
  CHECK(histogram.inside.empty());
}
