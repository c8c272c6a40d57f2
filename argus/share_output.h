// What cluster prints with --percent and --against: groups with shares, the rest of them, and all.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "argus/account.h"
#include "argus/output_options.h"
#include "base/result.h"
#include "flow/field.h"
#include "flow/source.h"
#include "query/key.h"
#include "query/sort.h"
#include "shell/io.h"

namespace argus {

inline constexpr std::size_t kShareRowsMax = 1'000'000;  // groups that a report may hold

// The largest groups, in the order of these fields; no order: all of them, in the order of their keys.
struct TopAsked {
  std::vector<SortKey> order;
  std::uint64_t groups = UINT64_MAX;
};

// The columns of -s; without it the keys, what groups are ranked by, and bytes, pkts and trans. Usage errors.
[[nodiscard]] Result<std::vector<Field>> share_columns(const OutputOptions& output, const KeyWords& key,
                                                       const TopAsked& top);

// `groups`: merged records, in the order of their keys. Shares are of their sums.
[[nodiscard]] Result<Outcome> run_shares(Io& io, SourcePtr groups, const TopAsked& top,
                                         const std::vector<Field>& columns, const OutputOptions& output,
                                         const InputAsked& asked);

// Records of a part and of a whole, which are grouped here. The share of a group of the part is of the same group of
// the whole. Usage error for columns that are neither keys nor counters, and for an order that is no counter's.
[[nodiscard]] Result<Outcome> run_shares_against(Io& io, SourcePtr part, SourcePtr whole, const KeyWords& key,
                                                 const TopAsked& top, const std::vector<Field>& columns,
                                                 const OutputOptions& output, const InputAsked& asked);

}  // namespace argus
