#include "sink/narrowed.h"

#include <string>
#include <utility>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"

namespace argus {

namespace {

class Narrowed final : public Sink {
 public:
  Narrowed(SinkPtr inner, const std::vector<ColumnSpec>& columns)
      : inner_(std::move(inner)), kept_(stored_inputs(fields_of(columns))) {
    for (const ColumnSpec& column : columns) names_.emplace_back(info(column.field).name);
  }

  FieldSet fields() const override { return kept_; }
  Result<> begin(const StreamHeader& header) override {
    StreamHeader own = header;
    own.columns = names_;
    return inner_->begin(own);
  }
  std::vector<Batch> arrange(const Batch& batch) override {
    Batch some(batch.rows());
    some.set_ordinal(batch.ordinal());
    for (const Field field : kept_.list()) some.set(field, batch[field]);
    return inner_->arrange(some);
  }
  std::vector<Batch> arrange_rest() override { return inner_->arrange_rest(); }
  Result<> encode(const Batch& batch, const TakeEncoded& take) const override { return inner_->encode(batch, take); }
  Result<> append(Encoded rows) override { return inner_->append(std::move(rows)); }
  Result<> ledger(const std::vector<LedgerEntry>& entries) override { return inner_->ledger(entries); }
  Result<> append_ledger(const std::vector<LedgerEntry>& entries) override { return inner_->append_ledger(entries); }
  Result<> tick() override { return inner_->tick(); }
  Result<> finish() override { return inner_->finish(); }

 private:
  SinkPtr inner_;
  FieldSet kept_;
  std::vector<std::string> names_;
};

}  // namespace

SinkPtr narrowed(SinkPtr inner, const std::vector<ColumnSpec>& columns) {
  return std::make_unique<Narrowed>(std::move(inner), columns);
}

}  // namespace argus
