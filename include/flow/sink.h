// Where flows go.
#pragma once

#include <memory>
#include <optional>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"

namespace argus {

class Sink {
 public:
  virtual ~Sink() = default;
  // The stored and derived fields it writes.
  [[nodiscard]] virtual FieldSet fields() const = 0;
  // Batches that it takes with Batch::coded and no columns but these.
  [[nodiscard]] virtual std::optional<CodedWish> coded_wish() const { return std::nullopt; }
  // Once, before anything else, when the input is bound.
  [[nodiscard]] virtual Result<> begin(const StreamHeader& header) = 0;
  // Errc::closed when nobody reads any more; the caller stops quietly.
  [[nodiscard]] virtual Result<> write(const Batch& batch) = 0;
  // Entries for the record; sinks of text ignore them.
  [[nodiscard]] virtual Result<> ledger(const std::vector<LedgerEntry>&) { return {}; }
  // Nothing came for a while: make visible what is held back.
  [[nodiscard]] virtual Result<> tick() { return {}; }
  // Once, at the end: flushes, closes, renames. Not called after an error.
  [[nodiscard]] virtual Result<> finish() = 0;
};
using SinkPtr = std::unique_ptr<Sink>;

}  // namespace argus
