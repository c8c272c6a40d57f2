#include "flow/pump.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

class Recorder final : public RowSink {
 public:
  explicit Recorder(std::size_t close_after = SIZE_MAX) : left_(close_after) {}
  FieldSet fields() const override { return {Field::spkts}; }
  Result<> begin(const StreamHeader&) override { return began = true, Result<>(); }
  Result<> write(const Batch& batch) override {
    if (left_-- == 0) return fail(Errc::closed, "closed");
    rows += batch.rows();
    return {};
  }
  Result<> finish() override { return finished = true, Result<>(); }
  bool began = false, finished = false;
  std::size_t rows = 0;

 private:
  std::size_t left_;
};

// Writes down in what order rows are appended and what the source accounted for. The last row waits for others.
class Scribe final : public Sink {
 public:
  explicit Scribe(std::uint64_t bad = UINT64_MAX) : bad_(bad) {}
  FieldSet fields() const override { return {Field::spkts}; }
  Result<> begin(const StreamHeader&) override { return {}; }
  std::vector<Batch> arrange(const Batch& batch) override {
    std::vector<Batch> out;
    for (std::uint32_t row = 0; row < batch.rows(); row++) {
      if (held_) out.push_back(*std::move(held_));
      held_ = gathered(batch, std::vector<std::uint32_t>{row});
    }
    return out;
  }
  std::vector<Batch> arrange_rest() override {
    std::vector<Batch> out;
    if (held_) out.push_back(*std::exchange(held_, std::nullopt));
    return out;
  }
  Result<> encode(const Batch& batch, const TakeEncoded& take) const override {
    const std::uint64_t number = batch[Field::spkts].at<std::uint64_t>(0);
    if (number == bad_) return fail(Errc::io, "no room for {}", number);
    for (const char* half : {"a", "b"}) {
      Encoded piece;
      piece.text = std::to_string(number) + half;
      ARGUS_TRY(take(std::move(piece)));
    }
    return {};
  }
  Result<> append(Encoded rows) override { return text += rows.text, Result<>(); }
  Result<> ledger(const std::vector<LedgerEntry>& entries) override {
    ARGUS_TRY(release());
    return append_ledger(entries);
  }
  Result<> append_ledger(const std::vector<LedgerEntry>& entries) override {
    for (const LedgerEntry& entry : entries) text += "[" + std::to_string(entry.count) + "]";
    return {};
  }
  Result<> tick() override {
    ARGUS_TRY(release());
    return text += "-", Result<>();
  }
  Result<> finish() override {
    ARGUS_TRY(release());
    return text += ".", Result<>();
  }
  std::string text;

 private:
  Result<> release() {
    for (const Batch& rows : arrange_rest()) ARGUS_TRY(put(rows));
    return {};
  }

  std::optional<Batch> held_;
  std::uint64_t bad_;
};

// Batches of three rows, with something to say after each fifth, and a tick after each seventh.
class Talking final : public Source {
 public:
  Result<> bind(const Needs&, const Resources&) override { return {}; }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override {
    if (at_ == 60) return Step::end;
    at_++;
    if (at_ % 5 == 0) journal_.add({"here", 0, 0, LedgerItem::received, at_});
    if (at_ % 7 == 0) return Step::tick;
    std::vector<Row> rows;
    for (std::uint64_t i = 0; i < 3; i++) rows.push_back(row().with(Field::spkts, 3 * at_ + i));
    out = batch_of(rows);
    return Step::rows;
  }
  void drain(Journal& out) override {
    for (const LedgerEntry& entry : journal_.drain()) out.add(entry);
  }
  std::vector<Error> problems() const override { return {}; }

 private:
  StreamHeader header_;
  Journal journal_;
  std::uint64_t at_ = 0;
};

std::vector<Batch> three() {
  std::vector<Batch> out;
  for (int i = 0; i < 3; i++) out.push_back(batch_of({row().with(Field::spkts, i), row().with(Field::spkts, 9)}));
  return out;
}

}  // namespace

TEST_CASE("the pump carries every row and finishes the sink") {
  const SourcePtr source = source_of(three());
  Recorder sink;
  const auto done = pump(*source, sink, {sink.fields(), nullptr, {}}, {});
  REQUIRE(done);
  CHECK(done->rows == 6);
  CHECK(sink.rows == 6);
  CHECK(sink.began);
  CHECK(sink.finished);
}

TEST_CASE("a sink that nobody reads any more ends the pump well") {
  const SourcePtr source = source_of(three());
  Recorder sink(1);
  const auto done = pump(*source, sink, {sink.fields(), nullptr, {}}, {});
  REQUIRE(done);
  CHECK(sink.rows == 2);
  CHECK_FALSE(sink.finished);
}

TEST_CASE("rows, ledger and ticks reach the sink in their order, on however many threads") {
  std::string one;
  for (const std::size_t threads : {1u, 2u, 8u}) {
    Talking source;
    Scribe sink;
    const auto done = pump(source, sink, {sink.fields(), nullptr, {}}, {1u << 20, nullptr, threads});
    REQUIRE(done);
    if (one.empty()) one = sink.text;
    CHECK(sink.text == one);
  }
  CHECK(one.starts_with("3a3b4a4b5a5b"));
  CHECK(one.find("14a14b[5]15a15b") != std::string::npos);
  CHECK(one.ends_with("[60]180a180b181a181b182a182b."));
}

TEST_CASE("what cannot be encoded ends the pump where it stands, on however many threads") {
  std::string one;
  for (const std::size_t threads : {1u, 2u, 8u}) {
    Talking source;
    Scribe sink(100);
    const auto done = pump(source, sink, {sink.fields(), nullptr, {}}, {1u << 20, nullptr, threads});
    REQUIRE_FALSE(done);
    CHECK(done.error().text == "no room for 100");
    if (one.empty()) one = sink.text;
    CHECK(sink.text == one);
    CHECK(one.ends_with("99a99b"));
  }
}

TEST_CASE("a summed journal has one entry a sensor and item, over the whole time, and an end to its sensors") {
  Journal journal;
  journal.sum({"a", 0, 0, LedgerItem::received, 1});
  journal.sum({"a", 50, 60, LedgerItem::received, 2});
  journal.sum({"a", 10, 20, LedgerItem::received, 3});
  journal.sum({"a", 10, 20, LedgerItem::metered, 0});
  journal.sum({"b", 0, 0, LedgerItem::received, UINT64_MAX});
  journal.sum({"b", 0, 0, LedgerItem::received, 7});
  REQUIRE(journal.entries().size() == 2);
  const LedgerEntry& a = journal.entries()[0];
  CHECK((a.begin == 10 && a.end == 60 && a.count == 6));
  CHECK(journal.entries()[1].count == UINT64_MAX);
  for (int i = 0; i < 5000; i++) journal.sum({std::to_string(i), 0, 0, LedgerItem::metered, 1});
  CHECK(journal.entries().size() < 1100);
  std::uint64_t metered = 0;
  for (const LedgerEntry& entry : journal.entries()) metered += entry.item == LedgerItem::metered ? entry.count : 0;
  CHECK(metered == 5000);
}
