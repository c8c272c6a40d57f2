#include "flow/pump.h"

#include <catch2/catch.hpp>

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
