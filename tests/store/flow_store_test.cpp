#include "store/flow_store.h"

#include <catch2/catch.hpp>

#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/source.h"
#include "flow/where.h"

namespace argus {

namespace {

// Rows numbered in `trans`; one second, two packets and 100 bytes each.
Batch numbered(std::uint64_t first, std::size_t rows) {
  ColumnBuilder<std::uint64_t> trans;
  ColumnBuilder<Nanos> stime, ltime;
  for (std::uint64_t i = first; i < first + rows; i++) {
    trans.add(i);
    stime.add(static_cast<Nanos>(i) * kSecond), ltime.add(static_cast<Nanos>(i + 1) * kSecond);
  }
  Batch out(rows);
  out.set(Field::trans, trans.finish());
  out.set(Field::stime, stime.finish()), out.set(Field::ltime, ltime.finish());
  out.set(Field::spkts, Column::constant<std::uint64_t>(2));
  out.set(Field::sbytes, Column::constant<std::uint64_t>(60)),
      out.set(Field::dbytes, Column::constant<std::uint64_t>(40));
  return out;
}

std::vector<std::uint64_t> numbers(Source& source, const Needs& needs = {}) {
  REQUIRE(source.bind(needs, {}));
  std::vector<std::uint64_t> out;
  for (;;) {
    Batch batch;
    auto step = source.next(batch);
    REQUIRE(step);
    if (*step == Step::end) return out;
    for (std::size_t i = 0; i < batch.rows(); i++) out.push_back(batch[Field::trans].at<std::uint64_t>(i));
  }
}

class Odd final : public Where {
 public:
  FieldSet fields() const override { return {Field::trans}; }
  void select(const Batch& batch, std::span<std::uint8_t> keep) const override {
    for (std::size_t i = 0; i < keep.size(); i++)
      if (batch[Field::trans].at<std::uint64_t>(i) % 2 == 0) keep[i] = 0;
  }
};

}  // namespace

TEST_CASE("what is kept is scanned in the order of arrival, however it came in pieces") {
  FlowStore store(100'000'000);
  std::uint64_t next = 0;
  for (const std::size_t rows : {1u, 1u, 7u, 3u, 1000u, 1u, 20'000u, 2u, 2u, 65'536u, 5u}) {
    store.add(numbered(next, rows));
    next += rows;
  }
  const std::vector<std::uint64_t> seen = numbers(*store.scan());
  REQUIRE(seen.size() == next);
  for (std::uint64_t i = 0; i < next; i++) REQUIRE(seen[i] == i);
  CHECK(store.rows() == next);
  CHECK_FALSE(store.gone().any());
}

TEST_CASE("the limit holds after every batch, the oldest go, and what went is counted exactly") {
  FlowStore store(1'000'000);
  std::uint64_t next = 0;
  for (int turn = 0; turn < 400; turn++) {
    const std::size_t rows = turn % 7 == 0 ? 5000 : static_cast<std::size_t>(turn % 50);
    store.add(numbered(next, rows));
    next += rows;
    REQUIRE(store.bytes() <= store.bytes_max());
    REQUIRE(store.rows() + store.gone().rows == next);
  }
  const FlowStore::Gone& gone = store.gone();
  REQUIRE(gone.any());
  CHECK(gone.packets == 2 * gone.rows);
  CHECK(gone.bytes == 100 * gone.rows);
  CHECK(gone.since == 0);
  CHECK(gone.until == static_cast<Nanos>(gone.rows) * kSecond);
  const std::vector<std::uint64_t> seen = numbers(*store.scan());
  REQUIRE(seen.size() == store.rows());
  CHECK(seen.front() == gone.rows);
  CHECK(seen.back() == next - 1);
  CHECK(store.bytes() > store.bytes_max() / 2);  // only little goes at a time
}

TEST_CASE("a limit that no row fits in keeps nothing and counts everything") {
  FlowStore store(100);
  store.add(numbered(0, 1000));
  CHECK(store.rows() == 0);
  CHECK(store.bytes() == 0);
  CHECK(store.gone().rows == 1000);
}

TEST_CASE("a scan has what was there when it was asked for") {
  FlowStore store(200'000);
  store.add(numbered(0, 100));
  const SourcePtr before = store.scan();
  store.add(numbered(100, 10'000));
  store.clear();
  CHECK(numbers(*before).size() == 100);
  CHECK(numbers(*store.scan()).empty());
  CHECK_FALSE(store.gone().any());
}

TEST_CASE("a scan delivers exactly the rows that are wanted") {
  FlowStore store(1'000'000);
  store.add(numbered(0, 10));
  CHECK(numbers(*store.scan(), {.fields = {}, .where = std::make_shared<Odd>(), .when = {}}) ==
        std::vector<std::uint64_t>{1, 3, 5, 7, 9});
}

}  // namespace argus
