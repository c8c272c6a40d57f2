#include "query/comparison.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <utility>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/source.h"
#include "query/key.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

const FieldSet kCounters = {Field::spkts, Field::sbytes, Field::trans};

KeyWords key_of(const std::string& word) {
  auto key = parse_keys({word});
  REQUIRE(key);
  return *key;
}

std::vector<SourcePtr> inputs_of(const std::vector<std::vector<Row>>& sides) {
  std::vector<SourcePtr> out;
  for (const auto& rows : sides) out.push_back(source_of({batch_of(rows)}));
  return out;
}

}  // namespace

TEST_CASE("each side has its own counters of each group, and 0 where it has none") {
  const std::vector<std::vector<Row>> sides = {
      {tcp_row("10.0.0.2", 1, "10.0.0.9", 80, 3), tcp_row("10.0.0.1", 2, "10.0.0.9", 80, 5)},
      {tcp_row("10.0.0.2", 3, "10.0.0.9", 80, 7), tcp_row("10.0.0.3", 4, "10.0.0.9", 80, 11),
       tcp_row("10.0.0.2", 5, "10.0.0.9", 80, 13)}};
  Comparison comparison(key_of("saddr"), {}, kCounters, 2);
  const SourcePtr source = compared(inputs_of(sides), key_of("saddr"), comparison);
  const auto passed = try_rows_of(*source, {kCounters, nullptr, {}});
  REQUIRE(passed);
  CHECK(passed->size() == 5);
  CHECK(comparison.records(0) == 2);
  CHECK(comparison.records(1) == 3);

  const std::vector<std::uint32_t> groups = comparison.in_key_order();
  REQUIRE(groups.size() == 3);
  const std::vector<Row> keys = rows_of(comparison.keys(groups));
  CHECK(keys[0] == row().with(Field::saddr, "10.0.0.1"));
  CHECK(keys[1] == row().with(Field::saddr, "10.0.0.2"));
  CHECK(keys[2] == row().with(Field::saddr, "10.0.0.3"));
  const auto packets = [&](std::size_t side) {
    std::vector<std::uint64_t> out;
    for (const Row& one : rows_of(comparison.counters(side, groups))) out.push_back(one.number(Field::spkts));
    return out;
  };
  CHECK(packets(0) == std::vector<std::uint64_t>{5, 3, 0});
  CHECK(packets(1) == std::vector<std::uint64_t>{0, 20, 11});
  CHECK(comparison.has(0, groups[0]));
  CHECK_FALSE(comparison.has(1, groups[0]));
  CHECK_FALSE(comparison.has(0, groups[2]));
  CHECK(row_of(comparison.total(1).row(), 0).number(Field::spkts) == 31);
}

TEST_CASE("random records: the sums of each side and key are those of its rows") {
  std::mt19937_64 random(23);
  std::vector<std::vector<Row>> sides(4);
  std::map<std::pair<std::size_t, std::uint64_t>, std::uint64_t> expected;
  for (std::size_t side = 0; side < sides.size(); side++)
    for (int i = 0; i < 400; i++) {
      Row one = random_row(random);
      if (!one.has(Field::proto)) one.with(Field::proto, 6);
      if (one.has(Field::sbytes)) expected[{side, one.number(Field::proto)}] += one.number(Field::sbytes);
      sides[side].push_back(std::move(one));
    }
  Comparison comparison(key_of("proto"), {}, kCounters, sides.size());
  const SourcePtr source = compared(inputs_of(sides), key_of("proto"), comparison);
  REQUIRE(try_rows_of(*source, {kCounters, nullptr, {}}));
  const std::vector<std::uint32_t> groups = comparison.in_key_order();
  const Batch keys = comparison.keys(groups);
  for (std::size_t side = 0; side < sides.size(); side++) {
    const Batch counters = comparison.counters(side, groups);
    for (std::size_t i = 0; i < groups.size(); i++)
      CHECK(row_of(counters, i).number(Field::sbytes) == expected[{side, row_of(keys, i).number(Field::proto)}]);
  }
}

TEST_CASE("groups take no more memory than is allowed") {
  std::vector<Row> rows = numbered(1, 2000);
  Comparison comparison(key_of("sport"), {}, kCounters, 2);
  const SourcePtr source = compared(inputs_of({rows, rows}), key_of("sport"), comparison);
  Resources little;
  little.memory_max = 1000;
  const auto done = try_rows_of(*source, {kCounters, nullptr, {}}, little);
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::limit);
}

TEST_CASE("counters of doubled records are those of both ends") {
  const KeyWords key = key_of("addr");
  REQUIRE(key.rmon);
  Comparison comparison(key, {}, kCounters, 1);
  const SourcePtr source = compared(inputs_of({{tcp_row("10.0.0.1", 1, "10.0.0.2", 80, 3, 4)}}), key, comparison);
  REQUIRE(try_rows_of(*source, {kCounters, nullptr, {}}));
  const std::vector<Row> rows = rows_of(comparison.counters(0, comparison.in_key_order()));
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].number(Field::spkts) == 3);
  CHECK(rows[1].number(Field::spkts) == 4);
}
