// A sink that gets some of the records.
#pragma once

#include <utility>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "flow/where.h"

namespace argus {

class FilteredSink final : public RowSink {
 public:
  // `where` outlives the sink, and may become another; null: every record.
  FilteredSink(SinkPtr inner, const WherePtr& where) : inner_(std::move(inner)), where_(where) {}

  FieldSet fields() const override;
  Result<> begin(const StreamHeader& header) override { return inner_->begin(header); }
  Result<> write(const Batch& batch) override;
  Result<> ledger(const std::vector<LedgerEntry>& entries) override { return inner_->ledger(entries); }
  Result<> tick() override { return inner_->tick(); }
  Result<> finish() override { return inner_->finish(); }

 private:
  SinkPtr inner_;
  const WherePtr& where_;
};

}  // namespace argus
