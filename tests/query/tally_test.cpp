// Tallies against sets and sorted times made row by row.
#include "query/tally.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/source.h"
#include "query/cluster.h"
#include "query/clusterer.h"
#include "query/dealt.h"
#include "query/key.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

struct Pair {
  Field made, of;
};
constexpr Pair kPairs[] = {{Field::saddrs, Field::saddr}, {Field::daddrs, Field::daddr}, {Field::sports, Field::sport},
                           {Field::dports, Field::dport}, {Field::protos, Field::proto}, {Field::smacs, Field::smac},
                           {Field::dmacs, Field::dmac},   {Field::srcids, Field::srcid}};

KeyWords keys(const std::vector<std::string>& words) {
  auto parsed = parse_keys(words);
  REQUIRE(parsed);
  return *parsed;
}

std::optional<Cell> cell(const Row& row, Field field) {
  return row.has(field) ? std::optional(row.cell(field)) : std::nullopt;
}

std::vector<Row> random_rows(std::mt19937_64& random, std::size_t count, bool wide) {
  std::vector<Row> out;
  while (out.size() < count) out.push_back(random_row(random, wide));
  return out;
}

std::vector<Batch> batches_of(const std::vector<Row>& rows, std::size_t each) {
  std::vector<Batch> out;
  for (std::size_t at = 0; at < rows.size(); at += each) {
    const std::vector<Row> some(rows.begin() + static_cast<std::ptrdiff_t>(at),
                                rows.begin() + static_cast<std::ptrdiff_t>(std::min(at + each, rows.size())));
    out.push_back(out.size() % 2 == 0 ? batch_of(some) : with_dictionaries(batch_of(some)));
  }
  return out;
}

const FieldSet kTallied = {Field::proto,  Field::saddrs, Field::daddrs, Field::sports, Field::dports,
                           Field::protos, Field::smacs,  Field::dmacs,  Field::srcids};

Row call(Nanos start, const char* to, std::uint64_t flows = 1) {
  return row().with(Field::stime, start).with(Field::ftime, start).with(Field::daddr, to).with(Field::trans, flows);
}

std::vector<Row> regularity(const std::vector<Row>& rows) {
  return rows_of(*clustered(source_of({batch_of(rows)}), {keys({"daddr"}), false}),
                 {{Field::daddr, Field::intvl, Field::intvldev}, nullptr, {}});
}

}  // namespace

TEST_CASE("different values are as many as a set holds, on any number of threads") {
  std::mt19937_64 random(7);
  for (int round = 0; round < 12; round++) {
    const std::vector<Row> rows = random_rows(random, 300, round % 3 == 0);
    std::map<std::optional<Cell>, std::map<Field, std::set<Cell>>> expected;
    for (const Row& row : rows) {
      auto& group = expected[cell(row, Field::proto)];
      for (const Pair& pair : kPairs)
        if (row.has(pair.of)) group[pair.made].insert(row.cell(pair.of));
    }
    Resources resources;
    resources.threads = static_cast<std::size_t>(round % 4 + 1);
    resources.memory_max = round % 2 == 0 ? 2ull << 30 : 1'000'000;
    const SourcePtr flows = clustered(dealt(batches_of(rows, 17)), {keys({"proto"}), false});
    const std::vector<Row> got = rows_of(*flows, {kTallied, nullptr, {}}, resources);
    REQUIRE(got.size() == expected.size());
    for (const Row& row : got) {
      CAPTURE(row);
      auto& group = expected.at(cell(row, Field::proto));
      for (const Pair& pair : kPairs) {
        REQUIRE(row.has(pair.made) == !group[pair.made].empty());
        if (row.has(pair.made)) CHECK(row.number(pair.made) == group[pair.made].size());
      }
    }
  }
}

TEST_CASE("groups that go take what was tallied along, and those that stay keep it") {
  Clusterer clusterer(keys({"proto"}), {Field::proto, Field::daddrs, Field::intvl});
  std::vector<Row> rows;
  for (unsigned i = 0; i < 60; i++)
    rows.push_back(call(kSecond * (1000 + i), i % 2 == 0 ? "10.0.0.1" : "10.0.0.2").with(Field::proto, i % 3));
  clusterer.add(batch_of(rows));
  const std::uint32_t stay[] = {2, 0};
  clusterer.keep(stay);
  clusterer.add(batch_of({call(kSecond * 1060, "10.0.0.9").with(Field::proto, 0)}));
  const std::vector<Row> left = rows_of(clusterer.next());
  REQUIRE(left.size() == 2);
  CHECK(left[0].number(Field::proto) == 0);
  CHECK(left[0].number(Field::daddrs) == 3);
  CHECK(left[0].number(Field::intvl) == 3 * kSecond);
  CHECK(left[1].number(Field::proto) == 2);
  CHECK(left[1].number(Field::daddrs) == 2);
}

TEST_CASE("who takes all that records hold gets no tallies, and those of its input are not added up") {
  const std::vector<Row> rows = {call(kSecond, "10.0.0.1").with(Field::daddrs, 5)};
  const std::vector<Row> got = rows_of(*clustered(source_of({batch_of(rows)}), {keys({"daddr"}), false}));
  REQUIRE(got.size() == 1);
  for (const Field field : tallied_fields().list()) CHECK_FALSE(got[0].has(field));
}

TEST_CASE("calls at regular times have a small deviation") {
  std::vector<Row> rows;
  for (int i = 9; i >= 0; i--) rows.push_back(call(100 * kSecond + i * 20 * kSecond, "192.0.2.1"));
  for (const Nanos at : {0, 10, 40}) rows.push_back(call(at * kSecond, "192.0.2.2"));
  rows.push_back(call(5 * kSecond, "192.0.2.3"));
  rows.push_back(call(5 * kSecond, "192.0.2.4"));
  rows.push_back(call(8 * kSecond, "192.0.2.4"));
  rows.push_back(call(5 * kSecond, "192.0.2.5"));
  rows.push_back(call(9 * kSecond, "192.0.2.5", 3));  // of two of them nobody knows when
  rows.push_back(call(6 * kSecond, "192.0.2.5"));
  rows.push_back(call(7 * kSecond, "192.0.2.3", 0));  // a later record of a flow
  const std::vector<Row> got = regularity(rows);
  REQUIRE(got.size() == 5);
  CHECK(got[0].number(Field::intvl) == 20 * kSecond);
  CHECK(got[0].number(Field::intvldev) == 0);
  CHECK(got[1].number(Field::intvl) == 20 * kSecond);
  CHECK(got[1].number(Field::intvldev) == 10 * kSecond);
  CHECK_FALSE(got[2].has(Field::intvl));
  CHECK(got[3].number(Field::intvl) == 3 * kSecond);
  CHECK_FALSE(got[3].has(Field::intvldev));
  CHECK_FALSE(got[4].has(Field::intvl));
}

TEST_CASE("times at the ends of what is possible are told apart without overflow") {
  const std::vector<Row> got =
      regularity({call(INT64_MIN, "192.0.2.1"), call(INT64_MAX, "192.0.2.1"), call(0, "192.0.2.1")});
  REQUIRE(got.size() == 1);
  CHECK(got[0].has(Field::intvl));
  CHECK(got[0].has(Field::intvldev));
}
