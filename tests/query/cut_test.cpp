#include "query/cut.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>
#include <random>

#include "base/bytes.h"
#include "base/clock_span.h"
#include "base/int128.h"
#include "base/result.h"
#include "base/time.h"
#include "base/time_range.h"
#include "codec/block.h"
#include "codec/directory.h"
#include "codec/frame.h"
#include "flow/batch.h"
#include "flow/buffered_source.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "flow/where.h"
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

Batch records_of(const std::vector<Record>& records) {
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

Result<std::vector<Batch>> cut_batch(const Batch& batch, ClockSpans& spans) {
  std::vector<Batch> out;
  BatchPieces pieces(batch);
  for (;;) {
    Batch some;
    ARGUS_TRY_LET(const bool more, pieces.next(spans, some));
    if (!more) return out;
    out.push_back(std::move(some));
  }
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
    const Batch whole = records_of({r});
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
  const Batch whole = records_of({{5 * kSecond, 45 * kSecond, 25 * kSecond, 45 * kSecond, 3, 1, 300, 60}});
  ClockSpans spans(ClockStep{10 * kSecond, 0});
  const auto pieces = cut_batch(whole, spans);
  REQUIRE(pieces);
  REQUIRE(pieces->size() == 2);
  std::vector<std::pair<Nanos, std::uint64_t>> seen;
  for (const Batch& cut : *pieces)
    for (std::size_t i = 0; i < cut.rows(); i++) {
      CHECK(at<std::uint64_t>(cut, Field::trans, i) == (seen.empty() ? 1 : 0));
      CHECK(at<std::uint8_t>(cut, Field::estimated, i) == 1);
      seen.emplace_back(at<Nanos>(cut, Field::stime, i) / kSecond, at<std::uint64_t>(cut, Field::spkts, i));
    }
  using Seen = std::vector<std::pair<Nanos, std::uint64_t>>;
  REQUIRE(seen == Seen{{5, 0}, {20, 1}, {40, 2}});
}

TEST_CASE("whole records stay where they are, with the first pieces of others among them") {
  const auto lasting = [](Nanos from, Nanos to) { return Record{from, to, from, to, 2, 0, 120, 0}; };
  const Batch whole = records_of({lasting(1, 2), lasting(3, 12 * kSecond), lasting(4, 5), lasting(6, 31 * kSecond)});
  ClockSpans spans(ClockStep{10 * kSecond, 0});
  const auto pieces = cut_batch(whole, spans);
  REQUIRE(pieces);
  REQUIRE(pieces->size() == 2);
  const auto stimes = [](const Batch& batch) {
    std::vector<Nanos> out;
    for (std::size_t i = 0; i < batch.rows(); i++) out.push_back(at<Nanos>(batch, Field::stime, i));
    return out;
  };
  CHECK(stimes((*pieces)[0]) == std::vector<Nanos>{1, 3, 4, 6});
  CHECK(stimes((*pieces)[1]) == std::vector<Nanos>{10 * kSecond, 30 * kSecond});
  CHECK(at<std::uint64_t>((*pieces)[0], Field::spkts, 0) == 2);
  CHECK(at<std::uint64_t>((*pieces)[0], Field::spkts, 1) == 1);
  CHECK(sum<std::uint64_t>(*pieces, Field::sbytes) == 4 * 120);
}

TEST_CASE("what is within a span stays as it was, and no time is left alone") {
  Batch whole = records_of({{5 * kSecond, 6 * kSecond, 5 * kSecond, 6 * kSecond, 3, 1, 300, 60}});
  ClockSpans spans(ClockStep{10 * kSecond, 0});
  auto same = cut_batch(whole, spans);
  REQUIRE(same);
  CHECK((*same)[0][Field::estimated].absent());
  whole.set(Field::stime, Column());
  same = cut_batch(whole, spans);
  REQUIRE(same);
  CHECK((*same)[0].rows() == 1);
}

TEST_CASE("a long record of few packets has few pieces, and each where its packet is") {
  const Nanos end = 30 * 365 * kDay;
  const Batch whole = records_of({{0, end, 0, end, 5, 0, 500, 0}});
  ClockSpans spans(ClockStep{kHour, 0});
  const auto pieces = cut_batch(whole, spans);
  REQUIRE(pieces);
  CHECK(sum<std::uint64_t>(*pieces, Field::spkts) == 5);
  CHECK(sum<std::uint64_t>(*pieces, Field::sbytes) == 500);
  std::size_t rows = 0;
  for (const Batch& batch : *pieces) rows += batch.rows();
  CHECK(rows == 5);
}

TEST_CASE("times at the ends of what there is are cut within a bound, whichever comes first") {
  for (const Nanos first : {INT64_MIN, kTimeLeast, Nanos{0}, kTimeMost, INT64_MAX})
    for (const Nanos last : {INT64_MIN, kTimeLeast, Nanos{0}, kTimeMost, INT64_MAX})
      for (const char* text : {"1h", "1d", "1M", "100y"}) {
        CAPTURE(first, last, text);
        Batch whole = records_of({{0, 0, 0, 0, 4, 0, 400, 0}});
        whole.set(Field::stime, Column::constant(first)), whole.set(Field::ltime, Column::constant(last));
        whole.set(Field::sstime, Column()), whole.set(Field::sltime, Column());
        ClockSpans spans(*parse_clock_step(text));
        const auto pieces = cut_batch(whole, spans);
        if (pieces) REQUIRE(sum<std::uint64_t>(*pieces, Field::spkts) == 4);
        else REQUIRE(pieces.error().code == Errc::limit);
      }
}

TEST_CASE("more pieces than a batch may be are refused before they are made") {
  const Nanos end = 900'000 * kHour;
  const Record lasting{0, end, 0, end, UINT64_MAX, 0, UINT64_MAX, 0};
  ClockSpans spans(ClockStep{kHour, 0});
  BatchPieces few(records_of(std::vector<Record>(15, lasting)));
  Batch out;
  CHECK(few.next(spans, out));
  BatchPieces many(records_of(std::vector<Record>(25, lasting)));
  const auto refused = many.next(spans, out);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::limit);
}

TEST_CASE("whoever interrupts does not wait for the million pieces of a record") {
  const Nanos end = 900'000 * kHour;
  std::atomic<bool> stop = false;
  Resources resources;
  resources.stop = &stop;
  const SourcePtr pieces = cut(std::make_unique<BufferedSource>(std::deque<Batch>{
                                   records_of({{0, end, 0, end, 1'000'000'000, 0, 1'000'000'000, 0}})}),
                               {kHour, 0});
  REQUIRE(pieces->bind({FieldSet::all_stored(), {}, {}}, resources));
  std::size_t batches = 0;
  for (Batch out; *pieces->next(out) == Step::rows; batches++) stop = stop || batches == 2;
  CHECK(batches < 10);
}

TEST_CASE("spans that follow each other have all of every record between them, once") {
  std::mt19937_64 random(12);
  for (int turn = 0; turn < 200; turn++) {
    std::vector<Record> records;
    for (int i = 0; i < 20; i++) {
      Record r;
      r.stime = static_cast<Nanos>(random() % (100 * kSecond));
      r.ltime = r.stime + static_cast<Nanos>(random() % (60 * kSecond));
      r.sstime = r.stime + static_cast<Nanos>(random() % 3) * (r.ltime - r.stime) / 4;
      r.sltime = r.ltime - static_cast<Nanos>(random() % 3) * (r.ltime - r.sstime) / 4;
      r.spkts = random() % 6, r.dpkts = random() % 20;
      r.sbytes = i == 7 ? UINT64_MAX / 2 : r.spkts * 60 + random() % 1000, r.dbytes = r.dpkts * 1400;
      records.push_back(r);
    }
    const Batch whole = records_of(records);
    std::vector<Nanos> borders = {INT64_MIN, INT64_MAX};
    for (int i = 0; i < 4; i++) borders.push_back(static_cast<Nanos>(random() % (170 * kSecond)));
    std::sort(borders.begin(), borders.end());
    std::vector<Batch> pieces;
    for (std::size_t i = 0; i + 1 < borders.size(); i++) {
      const TimeSpan span{borders[i], borders[i + 1]};
      const SourcePtr within = cut_to(std::make_unique<BufferedSource>(std::deque<Batch>{whole}), span);
      REQUIRE(within->bind({FieldSet::all_stored(), {}, {}}, {}));
      for (Batch out; *within->next(out) == Step::rows;) {
        for (std::size_t row = 0; row < out.rows(); row++) {
          REQUIRE(at<Nanos>(out, Field::stime, row) >= span.begin);
          REQUIRE(at<Nanos>(out, Field::ltime, row) < span.end);
          REQUIRE(at<Nanos>(out, Field::stime, row) <= at<Nanos>(out, Field::ltime, row));
        }
        pieces.push_back(out);
      }
    }
    const std::vector<Batch> all = {whole};
    for (const Field field : {Field::spkts, Field::dpkts, Field::sbytes, Field::dbytes, Field::trans})
      REQUIRE(sum<std::uint64_t>(pieces, field) == sum<std::uint64_t>(all, field));
    REQUIRE(sum<u128>(pieces, Field::dursq) == sum<u128>(all, Field::dursq));
  }
}

TEST_CASE("records within a span stay as they are, those outside and what is left of nothing go") {
  const auto lasting = [](Nanos from, Nanos to, std::uint64_t packets) {
    return Record{from, to, from, to, packets, 0, packets * 60, 0};
  };
  // The last one has its two packets before the span and behind it.
  const Batch whole = records_of({lasting(10, 19, 2), lasting(1, 5, 2), lasting(20, 30, 2), lasting(5, 25, 2)});
  const SourcePtr within = cut_to(std::make_unique<BufferedSource>(std::deque<Batch>{whole}), {10, 20});
  REQUIRE(within->bind({FieldSet::all_stored(), {}, {}}, {}));
  Batch out;
  REQUIRE(*within->next(out) == Step::rows);
  CHECK(rows_of(out) == std::vector<Row>{rows_of(whole)[0]});
}

TEST_CASE("a record of absurd length is refused, not cut into millions") {
  const Batch whole = records_of({{0, 100 * 365 * kDay, 0, 5, 3, 1, 300, 60}});
  ClockSpans spans(ClockStep{kSecond, 0});
  const auto none = cut_batch(whole, spans);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::limit);
}

namespace {

// Gives batches with a coded form where the reader can use it, as a flow file does.
class FromFile final : public Source {
 public:
  explicit FromFile(std::vector<Batch> batches) : batches_(std::move(batches)) {}
  void accept_raw_frames(const RawFrameRequest& wish) override { wish_ = wish; }
  Result<> bind(const Needs& needs, const Resources&) override { return where_ = needs.where, Result<>(); }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override {
    if (at_ == batches_.size()) return Step::end;
    out = filtered(batches_[at_++], where_.get());
    FrameHead head;
    const std::vector<std::byte> block = encode_block(out, head);
    const auto directory = BlockDirectory::parse(Bytes(block).first(head.directory), head);
    if (wish_.wanted && wish_.wanted(*directory, out.rows())) out.set_raw_frame(std::make_shared<const RawFrame>());
    return Step::rows;
  }
  void drain(Journal&) override {}
  std::vector<Error> problems() const override { return {}; }

 private:
  std::vector<Batch> batches_;
  std::size_t at_ = 0;
  RawFrameRequest wish_;
  WherePtr where_;
  StreamHeader header_;
};

}  // namespace

TEST_CASE("a frame within a span is passed on as it was coded, others are cut") {
  const Nanos hour = Nanos{490'000} * kHour;
  const auto lasting = [&](Nanos from, Nanos to) {
    return tcp_row("10.0.0.1", 1, "10.0.0.2", 80, 4).with(Field::stime, hour + from).with(Field::ltime, hour + to);
  };
  const std::vector<Batch> batches = {
      batch_of({lasting(0, 5 * kMinute), lasting(kMinute, kHour - 1)}),
      batch_of({lasting(0, kMinute), lasting(kMinute, kHour)}),
      batch_of({lasting(0, kMinute), lasting(kHour, kHour)}),
      batch_of({lasting(0, kMinute), lasting(1, 1).without(Field::stime)}),
  };
  const auto coded = [&](WherePtr where) {
    const SourcePtr flows = cut(std::make_unique<FromFile>(batches), ClockStep{kHour, 0});
    flows->accept_raw_frames({{}, [](const FrameStats&, std::size_t) { return true; }});
    REQUIRE(flows->bind({FieldSet::all_stored(), std::move(where), {}}, {}));
    std::vector<bool> out;
    Batch batch;
    while (*flows->next(batch) == Step::rows) out.push_back(batch.raw_frame() != nullptr);
    return out;
  };
  CHECK(coded(nullptr) == std::vector<bool>{true, false, false, false, false});  // the second has a piece beyond
  struct All final : Where {
    FieldSet fields() const override { return {}; }
    void select(const Batch&, std::span<std::uint8_t>) const override {}
  };
  CHECK(coded(std::make_shared<All>()) == std::vector<bool>(5, false));
}

}  // namespace argus
