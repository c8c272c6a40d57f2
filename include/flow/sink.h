// Where flows go.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"

namespace argus {

// A piece of what encode() makes of rows and append() takes; a sink fills in what it needs.
struct Encoded {
  Batch batch;                         // rows that it takes as they are
  std::string text;                    // lines
  std::vector<std::size_t> line_ends;  // in `text`, behind each line, where something may have to stand between them
  std::vector<std::byte> frame;        // a flows frame, without its place in the stream
};
using TakeEncoded = std::function<Result<>(Encoded)>;

// Rows are written in two halves, so that the first can be done for many batches at once: encode() on any thread,
// append() in the order of the rows.
class Sink {
 public:
  virtual ~Sink() = default;
  // The stored and derived fields it writes.
  [[nodiscard]] virtual FieldSet fields() const = 0;
  // Batches that it takes with Batch::raw_frame and no columns but those requested.
  [[nodiscard]] virtual std::optional<RawFrameRequest> raw_frame_request() const { return std::nullopt; }
  // Once, before anything else, when the input is bound.
  [[nodiscard]] virtual Result<> begin(const StreamHeader& header) = 0;
  // In the order of the rows: these, with those that waited for them, as the batches that encode() gets. None: they
  // wait for others.
  [[nodiscard]] virtual std::vector<Batch> arrange(const Batch& batch) { return {batch}; }
  // What waits for others, because something else than rows comes next.
  [[nodiscard]] virtual std::vector<Batch> arrange_rest() { return {}; }
  // Hands on pieces, in the order of the rows, until all are made or `take` fails. Pieces of text are about as large as
  // a cache that is near. Looks at nothing that append() changes.
  [[nodiscard]] virtual Result<> encode(const Batch& batch, const TakeEncoded& take) const = 0;
  // In the order of the rows. Errc::closed when nobody reads any more; the caller stops quietly.
  [[nodiscard]] virtual Result<> append(Encoded rows) = 0;
  // All of that, one after the other.
  [[nodiscard]] virtual Result<> write(const Batch& batch) {
    for (const Batch& rows : arrange(batch)) ARGUS_TRY(put(rows));
    return {};
  }
  // Entries for the record, behind all rows that were arranged; sinks of text ignore them.
  [[nodiscard]] virtual Result<> ledger(const std::vector<LedgerEntry>&) { return {}; }
  // The same, in the order of the rows, where arrange_rest() was asked for and others may wait since.
  [[nodiscard]] virtual Result<> append_ledger(const std::vector<LedgerEntry>& entries) { return ledger(entries); }
  // Nothing came for a while: make visible what is held back.
  [[nodiscard]] virtual Result<> tick() { return {}; }
  // Once, at the end: flushes, closes, renames. Not called after an error.
  [[nodiscard]] virtual Result<> finish() = 0;

 protected:
  // What is arranged: both halves.
  [[nodiscard]] Result<> put(const Batch& arranged) {
    return encode(arranged, [this](Encoded piece) { return append(std::move(piece)); });
  }
};
using SinkPtr = std::unique_ptr<Sink>;

// A sink that adds rows up, holds them or hands them on: all that is done in their order, and nothing before.
class RowSink : public Sink {
 public:
  Result<> write(const Batch& batch) override = 0;
  Result<> encode(const Batch& batch, const TakeEncoded& take) const final { return take({batch, {}, {}, {}}); }
  Result<> append(Encoded rows) final { return write(rows.batch); }
};

}  // namespace argus
