// One stream of records to several sinks.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/sink.h"
#include "flow/source.h"

namespace argus {

// Each call goes to every sink in order; the first error is the answer, after all were called.
class FanOut final : public RowSink {
 public:
  explicit FanOut(std::vector<SinkPtr> sinks) : sinks_(std::move(sinks)) {}
  // One more, which gets what comes from now on.
  [[nodiscard]] Result<> add(SinkPtr sink);

  FieldSet fields() const override;
  Result<> begin(const StreamHeader& header) override;
  Result<> write(const Batch& batch) override;
  Result<> ledger(const std::vector<LedgerEntry>& entries) override;
  Result<> tick() override;
  Result<> finish() override;

 private:
  std::vector<SinkPtr> sinks_;
  std::optional<StreamHeader> header_;  // once it has begun
};

}  // namespace argus
