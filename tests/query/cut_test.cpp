#include "query/cut.h"

#include <catch2/catch.hpp>
#include <random>

#include "support/flow_builder.h"

namespace argus {

namespace {

template <class T>
T at(const Batch& batch, Field field, std::size_t row) {
  return batch[field].at<T>(row);
}

struct Record {
  Nanos stime = 0, ltime = 0, sstime = 0, sltime = 0;
  std::uint64_t spkts = 0, dpkts = 0, sbytes = 0, dbytes = 0;
};

Batch batch_of(const std::vector<Record>& records) {
  ColumnBuilder<Nanos> stime, ltime, sstime, sltime;
  ColumnBuilder<std::uint64_t> spkts, dpkts, sbytes, dbytes, trans;
  ColumnBuilder<u128> squares;
  for (const Record& r : records) {
    stime.add(r.stime), ltime.add(r.ltime), sstime.add(r.sstime), sltime.add(r.sltime);
    spkts.add(r.spkts), dpkts.add(r.dpkts), sbytes.add(r.sbytes), dbytes.add(r.dbytes), trans.add(1);
    squares.add(static_cast<u128>(r.ltime - r.stime) * static_cast<u128>(r.ltime - r.stime));
  }
  Batch out(records.size());
  out.set(Field::stime, stime.finish()), out.set(Field::ltime, ltime.finish());
  out.set(Field::sstime, sstime.finish()), out.set(Field::sltime, sltime.finish());
  out.set(Field::spkts, spkts.finish()), out.set(Field::dpkts, dpkts.finish());
  out.set(Field::sbytes, sbytes.finish()), out.set(Field::dbytes, dbytes.finish());
  out.set(Field::trans, trans.finish()), out.set(Field::dursq, squares.finish());
  return out;
}

template <class T>
T sum(const std::vector<Batch>& pieces, Field field) {
  T out{};
  for (const Batch& batch : pieces)
    for (std::size_t i = 0; i < batch.rows(); i++)
      if (batch[field].has(i)) out += at<T>(batch, field, i);
  return out;
}

}  // namespace

TEST_CASE("pieces add up to the record, and lie within their spans") {
  std::mt19937_64 random(7);
  for (int turn = 0; turn < 300; turn++) {
    const Nanos begin = static_cast<Nanos>(random() % 100) * kSecond + static_cast<Nanos>(random() % kSecond);
    Record r;
    r.stime = begin;
    r.ltime = begin + static_cast<Nanos>(random() % (90 * kSecond));
    r.sstime = r.stime + static_cast<Nanos>(random() % 3) * (r.ltime - r.stime) / 4;
    r.sltime = r.ltime;
    r.spkts = 1 + random() % 50, r.dpkts = random() % 3;
    r.sbytes = turn % 50 == 0 ? UINT64_MAX : r.spkts * 60 + random() % 1000, r.dbytes = r.dpkts * 1400;
    const Batch whole = batch_of({r});
    ClockSpans spans(ClockStep{7 * kSecond, 0});
    const auto pieces = cut_batch(whole, spans);
    REQUIRE(pieces);
    for (const Field field : {Field::spkts, Field::dpkts, Field::sbytes, Field::dbytes, Field::trans})
      REQUIRE(sum<std::uint64_t>(*pieces, field) == at<std::uint64_t>(whole, field, 0));
    REQUIRE(sum<u128>(*pieces, Field::dursq) == at<u128>(whole, Field::dursq, 0));
    for (const Batch& batch : *pieces)
      for (std::size_t i = 0; i < batch.rows(); i++) {
        const Nanos stime = at<Nanos>(batch, Field::stime, i), ltime = at<Nanos>(batch, Field::ltime, i);
        REQUIRE(stime <= ltime);
        REQUIRE(span_at(stime, spans.step()).holds(ltime));
        const bool any = at<std::uint64_t>(batch, Field::spkts, i) != 0;
        if (!any) REQUIRE(at<std::uint64_t>(batch, Field::sbytes, i) == 0);
        if (batch[Field::sstime].has(i)) {
          REQUIRE(at<Nanos>(batch, Field::sstime, i) >= stime);
          REQUIRE(at<Nanos>(batch, Field::sltime, i) <= ltime);
        }
      }
  }
}

TEST_CASE("a direction's packets lie in its own time, the first and last where they were") {
  // 3 packets of the source: at 25 s, between, and at 45 s
  const Batch whole = batch_of({{5 * kSecond, 45 * kSecond, 25 * kSecond, 45 * kSecond, 3, 1, 300, 60}});
  ClockSpans spans(ClockStep{10 * kSecond, 0});
  const auto pieces = cut_batch(whole, spans);
  REQUIRE(pieces);
  REQUIRE(pieces->size() == 1);
  const Batch& cut = (*pieces)[0];
  std::vector<std::pair<Nanos, std::uint64_t>> seen;
  for (std::size_t i = 0; i < cut.rows(); i++)
    seen.emplace_back(at<Nanos>(cut, Field::stime, i) / kSecond, at<std::uint64_t>(cut, Field::spkts, i));
  using Seen = std::vector<std::pair<Nanos, std::uint64_t>>;
  REQUIRE(seen == Seen{{5, 0}, {20, 1}, {40, 2}});
  CHECK(at<std::uint64_t>(cut, Field::trans, 0) == 1);
  CHECK(at<std::uint64_t>(cut, Field::trans, 2) == 0);
  CHECK(at<std::uint8_t>(cut, Field::estimated, 1) == 1);
}

TEST_CASE("what is within a span stays as it was, and no time is left alone") {
  Batch whole = batch_of({{5 * kSecond, 6 * kSecond, 5 * kSecond, 6 * kSecond, 3, 1, 300, 60}});
  ClockSpans spans(ClockStep{10 * kSecond, 0});
  auto same = cut_batch(whole, spans);
  REQUIRE(same);
  CHECK((*same)[0][Field::estimated].absent());
  whole.set(Field::stime, Column());
  same = cut_batch(whole, spans);
  REQUIRE(same);
  CHECK((*same)[0].rows() == 1);
}

TEST_CASE("a record of absurd length is refused, not cut into millions") {
  const Batch whole = batch_of({{0, 100 * 365 * kDay, 0, 5, 3, 1, 300, 60}});
  ClockSpans spans(ClockStep{kSecond, 0});
  const auto none = cut_batch(whole, spans);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::limit);
}

}  // namespace argus
