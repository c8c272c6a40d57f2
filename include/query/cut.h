// Cutting records at borders of time, so that what happened in a span is counted in it (rasplit, rabins).
#pragma once

#include <memory>

#include "base/clock_span.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/source.h"
#include "flow/state.h"

namespace argus {

inline constexpr std::uint64_t kSpansOfRecordMax = 1'000'000;
inline constexpr std::uint64_t kPiecesOfBatchMax = 16'000'000;

struct CutCounts {
  std::uint64_t records = 0, pieces = 0;  // that were cut, and what they became
};

// Records that go over a border of the clock's spans become pieces, one for each span in which there is something of
// them. Packets of a direction are shared out over its own time, the first and the last where they were; its other sums
// follow its packets, in cumulative integer shares, so that pieces add up exactly. What belongs to no direction (trans,
// records, handshake times, duration statistics) is in the first piece; everything else is copied, and `estimated` is
// set. Errc::limit for a record that lasts over more than kSpansOfRecordMax spans.
// With `counts`, what was cut is added there.
[[nodiscard]] SourcePtr cut(SourcePtr input, ClockStep step, std::shared_ptr<CutCounts> counts = nullptr);

// Of records that go over a border of `span` the piece inside it, in the same manner: what lies outside is left out, so
// that spans which follow each other have all of every record between them, once. Records outside of it, and pieces in
// which there is nothing, are left out.
[[nodiscard]] SourcePtr cut_to(SourcePtr input, TimeSpan span);

// The pieces of one batch: first the batch itself, in which a record that was cut is its first piece, then the other
// pieces, in batches that are made when they are asked for: one record may have a million.
class BatchPieces {
 public:
  explicit BatchPieces(Batch batch);
  BatchPieces(BatchPieces&&) noexcept;
  BatchPieces& operator=(BatchPieces&&) noexcept;
  ~BatchPieces();
  // False at the end. Errc::limit as cut() has it, and for more than kPiecesOfBatchMax pieces of the batch.
  [[nodiscard]] Result<bool> next(ClockSpans& spans, Batch& out);
  // Records that are cut, once the first batch was given.
  [[nodiscard]] std::size_t records_cut() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace argus
