#include "sink/narrowed.h"

#include <catch2/catch.hpp>

#include <vector>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "sink/text.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

// Keeps what it is given.
class Kept final : public RowSink {
 public:
  explicit Kept(std::vector<Row>& rows, StreamHeader& header) : rows_(rows), header_(header) {}
  FieldSet fields() const override { return FieldSet::all_stored(); }
  Result<> begin(const StreamHeader& header) override {
    header_ = header;
    return {};
  }
  Result<> write(const Batch& batch) override {
    for (const Row& row : rows_of(batch)) rows_.push_back(row);
    return {};
  }
  Result<> finish() override { return {}; }

 private:
  std::vector<Row>& rows_;
  StreamHeader& header_;
};

}  // namespace

TEST_CASE("what is narrowed holds what its columns derive from and names them, and nothing else") {
  std::vector<Row> rows;
  StreamHeader header;
  const SinkPtr sink = narrowed(std::make_unique<Kept>(rows, header), {{Field::saddr}, {Field::bytes}});
  CHECK(sink->fields() == FieldSet{Field::saddr, Field::sbytes, Field::dbytes});
  CHECK_FALSE(sink->raw_frame_request());
  StreamHeader given;
  given.sensor = "probe";
  REQUIRE(sink->begin(given));
  CHECK(header.sensor == "probe");
  CHECK(header.columns == std::vector<std::string>{"saddr", "bytes"});
  const Row row = tcp_row("192.0.2.1", 1, "192.0.2.2", 2).with(Field::sbytes, 5).with(Field::dbytes, 6);
  REQUIRE(sink->write(batch_of({row})));
  REQUIRE(rows.size() == 1);
  CHECK(rows[0] == row.only({Field::saddr, Field::sbytes, Field::dbytes}));
}
