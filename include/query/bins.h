// Records in bins of time (rabins).
#pragma once

#include <cstdint>

#include "base/clock_span.h"
#include "flow/source.h"
#include "query/key.h"

namespace argus {

inline constexpr std::uint64_t kEmptyBinsMax = 1'000'000;

struct BinOptions {
  ClockStep step;
  KeyWords key;           // within a bin; no keys and not none: the default ones of cluster without the flow's start
  bool rmon = false;      // every record counted from both ends
  bool hard = false;      // stime and ltime are the borders of the bin, not those of what is in it
  bool zero = false;      // bins without records between the first and the last are there too, with counters of 0
  bool nomodify = false;  // records are not cut: all of one is in the bin of its stime
};

// Output: the bins in order of time, within one in key order. Cut records add up exactly to what they were. Held in
// memory; Errc::limit over Resources::memory_max, or for more than kEmptyBinsMax bins of nothing.
[[nodiscard]] SourcePtr binned(SourcePtr input, BinOptions options);

// stime, then the default columns of cluster.
[[nodiscard]] std::vector<std::string> bin_columns(const KeyWords& key);

}  // namespace argus
