#include "flow/merge.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>
#include <random>

#include "base/int128.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/where.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

Batch merged(const Batch& batch, std::span<const std::uint32_t> group_of, std::size_t groups) {
  Groups folded(FieldSet::all_stored());
  folded.add(batch, group_of, groups);
  std::vector<std::uint32_t> all(groups);
  std::iota(all.begin(), all.end(), 0u);
  return folded.batch(all);
}

Row merged_row(const std::vector<Row>& rows) {
  const std::vector<std::uint32_t> one(rows.size(), 0);
  return row_of(merged(batch_of(rows), one, 1), 0);
}

// Merges the rows in a random order through a random tree of partial merges, each a record of its own.
Row merged_in_pieces(std::vector<Row> rows, std::mt19937_64& random) {
  std::shuffle(rows.begin(), rows.end(), random);
  while (rows.size() > 1) {
    std::vector<Row> next;
    for (std::size_t at = 0; at < rows.size();) {
      const std::size_t count = std::min<std::size_t>(1 + random() % 3, rows.size() - at);
      next.push_back(merged_row(
          {rows.begin() + static_cast<std::ptrdiff_t>(at), rows.begin() + static_cast<std::ptrdiff_t>(at + count)}));
      at += count;
    }
    std::shuffle(next.begin(), next.end(), random);
    rows = std::move(next);
  }
  return merged_row(rows);
}

}  // namespace

TEST_CASE("merging in any order and any grouping gives the same record, for every stored field") {
  std::mt19937_64 random(4711);
  for (int round = 0; round < 300; round++) {
    CAPTURE(round);
    std::vector<Row> rows;
    for (std::size_t n = 1 + random() % 6; rows.size() < n;) rows.push_back(random_row(random, round % 2 == 1));
    // Half of the rounds agree on most fields, so that `same` has something to keep.
    if (round % 4 >= 2)
      for (Row& row : rows) row = random() % 8 == 0 ? row : rows[0];
    const Row whole = merged_row(rows);
    for (int again = 0; again < 4; again++) REQUIRE(merged_in_pieces(rows, random) == whole);
  }
}

TEST_CASE("each rule of the algebra does what it says") {
  const Row a = row()
                    .with(Field::spkts, 3)
                    .with(Field::stime, 50)
                    .with(Field::ltime, 60)
                    .with(Field::sflags, 2)
                    .with(Field::sport, 80);
  const Row b = row()
                    .with(Field::spkts, 4)
                    .with(Field::stime, 40)
                    .with(Field::ltime, 45)
                    .with(Field::sflags, 16)
                    .with(Field::sport, 80);
  const Row m = merged_row({a, b});
  CHECK(m.number(Field::spkts) == 7);
  CHECK(m.number(Field::stime) == 40);
  CHECK(m.number(Field::ltime) == 60);
  CHECK(m.number(Field::sflags) == 18);
  CHECK(m.number(Field::sport) == 80);
  CHECK(m.number(Field::dursum) == 15);
  CHECK(m.number(Field::durmin) == 5);
  CHECK(m.number(Field::durmax) == 10);
  CHECK(std::get<u128>(m.cell(Field::dursq)) == u128{125});
}

TEST_CASE("sums stop at the largest value") {
  const Row most = row().with(Field::spkts, UINT64_MAX - 1).with(Field::dursq, ~u128{0} - 1);
  const Row m = merged_row({most, row().with(Field::spkts, 5).with(Field::dursq, u128{5}), most});
  CHECK(m.number(Field::spkts) == UINT64_MAX);
  CHECK(std::get<u128>(m.cell(Field::dursq)) == ~u128{0});
}

TEST_CASE("absent changes no sum, minimum, maximum or union") {
  const Row a = row().with(Field::dpkts, 3).with(Field::sttl, 64).with(Field::swin, 9).with(Field::dflags, 1);
  CHECK(merged_row({row(), a, row()}) == a);
}

TEST_CASE("an absent value ends agreement for good") {
  const Row port = row().with(Field::dport, 80);
  CHECK(merged_row({port, port}).has(Field::dport));
  CHECK_FALSE(merged_row({port, row()}).has(Field::dport));
  CHECK_FALSE(merged_row({row(), port, port}).has(Field::dport));
  CHECK_FALSE(merged_row({port, row().with(Field::dport, 81), port}).has(Field::dport));
}

TEST_CASE("a field that first comes in a later batch was absent before") {
  Groups groups({Field::dport, Field::srcid, Field::daddr, Field::spkts});
  const std::vector<std::uint32_t> zero = {0}, both = {0, 1};
  const Row full =
      row().with(Field::dport, 80).with(Field::srcid, "s").with(Field::daddr, "10.0.0.1").with(Field::spkts, 1);
  groups.add(batch_of({row().with(Field::spkts, 2)}), zero, 1);
  groups.add(batch_of({full, full}), both, 2);
  const std::vector<Row> rows = rows_of(groups.batch(both));
  CHECK(rows[0] == row().with(Field::spkts, 3));
  CHECK(rows[1] == full);
  groups.clear();
  CHECK(groups.size() == 0);
  groups.add(batch_of({full}), zero, 1);
  CHECK(rows_of(groups.batch(zero))[0] == full);
}

TEST_CASE("groups that are merged get no duration that none of their records had") {
  const std::uint32_t one[] = {0, 0}, alone[] = {0};
  Groups part({Field::stime, Field::ltime, Field::dursum}), whole({Field::stime, Field::ltime, Field::dursum});
  part.add(batch_of({row().with(Field::stime, 5), row().with(Field::ltime, 9)}), one, 1);
  whole.add_merged(part.batch(alone), alone, 1);
  const Batch merged = whole.batch(alone);
  CHECK(merged[Field::stime].has(0));
  CHECK(merged[Field::ltime].has(0));
  CHECK(merged[Field::dursum].absent());
  whole.add_merged(batch_of({row().with(Field::dursum, 3)}), alone, 1);
  CHECK(whole.batch(alone)[Field::dursum].at<std::uint64_t>(0) == 3);
}

TEST_CASE("the shape of a column does not change what merging gives") {
  std::mt19937_64 random(11);
  for (int round = 0; round < 20; round++) {
    std::vector<Row> rows;
    std::vector<std::uint32_t> group_of;
    for (std::size_t i = 0; i < 200; i++) {
      rows.push_back(random_row(random));
      if (round % 2 == 0) rows.back().with(Field::sport, 80).with(Field::srcid, "one").with(Field::saddr, "10.0.0.9");
      group_of.push_back(static_cast<std::uint32_t>(random() % 20));
    }
    const Batch flat = batch_of(rows);
    REQUIRE(rows_of(merged(with_dictionaries(flat), group_of, 20)) == rows_of(merged(flat, group_of, 20)));
  }
}

TEST_CASE("only the fields that were asked for are merged") {
  Groups groups({Field::spkts});
  const std::vector<std::uint32_t> zero = {0};
  groups.add(batch_of({tcp_row("10.0.0.1", 1, "10.0.0.2", 2, 7)}), zero, 1);
  CHECK(rows_of(groups.batch(zero))[0] == row().with(Field::spkts, 7));
  CHECK(groups.bytes() < 1024);
}

TEST_CASE("groups come out in the order they are asked for") {
  Groups groups({Field::spkts});
  const std::vector<std::uint32_t> of = {0, 1, 2, 1}, which = {2, 0, 1, 2};
  groups.add(batch_of({row().with(Field::spkts, 1), row().with(Field::spkts, 2), row().with(Field::spkts, 3),
                       row().with(Field::spkts, 9)}),
             of, 3);
  const std::vector<Row> rows = rows_of(groups.batch(which));
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].number(Field::spkts) == 3);
  CHECK(rows[1].number(Field::spkts) == 1);
  CHECK(rows[2].number(Field::spkts) == 11);
  CHECK(rows[3].number(Field::spkts) == 3);
}
