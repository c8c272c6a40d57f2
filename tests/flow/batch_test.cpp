#include "flow/batch.h"

#include <catch2/catch.hpp>

#include "flow/column.h"
#include "flow/field.h"
#include "flow/where.h"
#include "support/flow_builder.h"

using namespace argus;

TEST_CASE("gathering keeps the rows named, in their order, in every shape of column") {
  std::mt19937_64 random(1);
  std::vector<Row> rows;
  for (int i = 0; i < 50; i++) rows.push_back(random_row(random));
  const std::vector<std::uint32_t> which = {7, 3, 3, 49, 0};
  for (const Batch& batch : {batch_of(rows), with_dictionaries(batch_of(rows))}) {
    std::vector<Row> expected;
    for (const std::uint32_t i : which) expected.push_back(rows[i]);
    CHECK(rows_of(gathered(batch, which)) == expected);
  }
}

TEST_CASE("reversing twice changes nothing, once changes places") {
  std::mt19937_64 random(2);
  const std::vector<Row> rows = {random_row(random), random_row(random)};
  const Batch batch = batch_of(rows);
  CHECK(rows_of(reversed(reversed(batch))) == rows);
  const Batch once =
      reversed(batch_of({row().with(Field::saddr, "10.0.0.1").with(Field::dport, 80).with(Field::trans, 1)}));
  CHECK(rows_of(once) ==
        std::vector<Row>{row().with(Field::daddr, "10.0.0.1").with(Field::sport, 80).with(Field::trans, 1)});
}

TEST_CASE("concatenated batches are their rows one after the other") {
  std::mt19937_64 random(3);
  std::vector<Row> all;
  std::vector<Batch> batches;
  for (int i = 0; i < 5; i++) {
    std::vector<Row> rows;
    for (int j = 0; j <= i; j++) rows.push_back(random_row(random));
    all.insert(all.end(), rows.begin(), rows.end());
    batches.push_back(batch_of(rows));
  }
  CHECK(rows_of(concatenated(batches)) == all);
}

TEST_CASE("filtering keeps exactly the rows that the predicate keeps") {
  class Even final : public Where {
   public:
    FieldSet fields() const override { return {Field::spkts}; }
    void select(const Batch& batch, std::span<std::uint8_t> keep) const override {
      for (std::size_t i = 0; i < keep.size(); i++)
        if (!batch[Field::spkts].has(i) || batch[Field::spkts].at<std::uint64_t>(i) % 2 != 0) keep[i] = 0;
    }
  };
  std::vector<Row> rows;
  for (int i = 0; i < 10; i++) rows.push_back(row().with(Field::spkts, i).with(Field::sport, 80));
  const Even even;
  const auto kept = rows_of(filtered(batch_of(rows), &even));
  REQUIRE(kept.size() == 5);
  for (const Row& r : kept) CHECK(r.number(Field::spkts) % 2 == 0);
  CHECK(rows_of(filtered(batch_of(rows), nullptr)) == rows);
}

TEST_CASE("what changes rows leaves their coded form behind") {
  Batch batch = batch_of({row().with(Field::sport, 1), row().with(Field::sport, 2)});
  batch.set_raw_frame(std::make_shared<const RawFrame>());
  const Batch copy = batch;
  CHECK(copy.raw_frame());
  CHECK(filtered(copy, nullptr).raw_frame());
  CHECK_FALSE(gathered(copy, std::vector<std::uint32_t>{0, 1}).raw_frame());
  CHECK_FALSE(reversed(copy).raw_frame());
  CHECK_FALSE(concatenated(std::vector<Batch>{copy, copy}).raw_frame());
  batch.set(Field::dport, Column::constant<std::uint16_t>(80));
  CHECK_FALSE(batch.raw_frame());
  CHECK(copy.raw_frame());
}
