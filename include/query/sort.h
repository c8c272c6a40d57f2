// Order (rasort), and ends of an order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/field.h"
#include "flow/source.h"

namespace argus {

struct SortKey {
  Field field;
  bool descending = false;
};
// Amounts (counters, sizes, rates, durations, losses) come largest first; names, addresses, ports and instants smallest
// first (formats.def). "-bytes" turns that round, "+bytes" does not. Absent sorts last both ways. No words: stime.
[[nodiscard]] Result<std::vector<SortKey>> parse_sort_keys(const std::vector<std::string>& words);

// The whole input in order, ties in input order. `first`: only so many rows are kept.
// Rows are held in memory; over Resources::memory_max it ends with Errc::limit.
[[nodiscard]] SourcePtr sorted(SourcePtr input, std::vector<SortKey> keys, std::optional<std::uint64_t> first,
                               bool reverse_all = false);

// Rows begin..end (counted from 0, end exclusive) of the input, then the end.
[[nodiscard]] SourcePtr limited(SourcePtr input, std::uint64_t begin, std::uint64_t end);

}  // namespace argus
