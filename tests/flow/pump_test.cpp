#include "flow/pump.h"

#include <catch2/catch.hpp>

#include "support/flow_builder.h"

using namespace argus;

namespace {

class Recorder final : public Sink {
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
