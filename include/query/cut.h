// Cutting records at borders of time, so that what happened in a span is counted in it (rasplit, rabins).
#pragma once

#include "base/clock_span.h"
#include "flow/source.h"

namespace argus {

inline constexpr std::uint64_t kSpansOfRecordMax = 1'000'000;

// Records that go over a border of the clock's spans become pieces, one for each span in which there is something of
// them. Packets of a direction are shared out over its own time, the first and the last where they were; its other sums
// follow its packets, in cumulative integer shares, so that pieces add up exactly. What belongs to no direction (trans,
// records, handshake times, duration statistics) is in the first piece; everything else is copied, and `estimated` is
// set. Errc::limit for a record that lasts over more than kSpansOfRecordMax spans.
[[nodiscard]] SourcePtr cut(SourcePtr input, ClockStep step);

// The batch itself, in which a record that was cut is its first piece, and then the other pieces, in batches of at most
// kBatchRowsMax rows.
[[nodiscard]] Result<std::vector<Batch>> cut_batch(const Batch& batch, ClockSpans& spans);

}  // namespace argus
