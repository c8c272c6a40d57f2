// Keeping the rows that a filter and a time range want.
#pragma once

#include "flow/source.h"
#include "flow/where.h"

namespace argus {

// Only rows that satisfy `filter` (null: all); ledger entries only of `span`. The wish goes down to the input, which
// applies it where it reads.
[[nodiscard]] SourcePtr where(SourcePtr input, WherePtr filter, TimeSpan span = {});

}  // namespace argus
