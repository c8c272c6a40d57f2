// Records in bins of time (rabins).
#pragma once

#include <cstdint>
#include <functional>

#include "base/clock_span.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/source.h"
#include "query/key.h"

namespace argus {

inline constexpr std::uint64_t kEmptyBinsMax = 1'000'000;

inline constexpr Nanos kBinHold = 65 * kSecond;  // a flow that lives is reported each minute

struct BinOptions {
  ClockStep step;
  KeyWords key;           // within a bin; no keys and not none: the default ones of cluster without the flow's start
  bool rmon = false;      // every record counted from both ends
  bool hard = false;      // stime and ltime are the borders of the bin, not those of what is in it
  bool zero = false;      // bins without records are there too, with counters of 0: between the first and the last, and
                          // to the ends of the time that the reader wants
  bool nomodify = false;  // records are not cut: all of one is in the bin of its stime
  bool loose = false;     // without a key the pieces come as they are, in no order
  bool live = false;      // of live input, a bin is given once its time has passed
  Nanos hold = kBinHold;  // live: so long after its end
  std::function<Nanos()> now = {};  // the clock of live bins; empty: the system's
};

// Usage error for keys that have no meaning within bins.
[[nodiscard]] Result<> check_bin_key(const KeyWords& key);

// Output: the bins in order of time, within one in key order. Cut records add up exactly to what they were. Held in
// memory; Errc::limit over Resources::memory_max, or for more than kEmptyBinsMax bins of nothing. With `live`,
// bins of live input come as their time passes, also when no records come, and again with those that came too late.
[[nodiscard]] SourcePtr binned(SourcePtr input, BinOptions options);

// The same with a step that is chosen when all records were read: `choose` gets the span from the first to the last of
// them, or of the packets that the ledger speaks of. They are held until then; over Resources::memory_max it ends with
// Errc::limit.
[[nodiscard]] SourcePtr binned(SourcePtr input, BinOptions options, std::function<ClockStep(TimeSpan)> choose);

// stime, then the default columns of cluster.
[[nodiscard]] std::vector<std::string> bin_columns(const KeyWords& key);

}  // namespace argus
