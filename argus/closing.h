// The last line under a table that somebody reads at a terminal: how many rows, of what, and whether that is all.
#pragma once

#include <cstdint>
#include <string>

#include "argus/account.h"
#include "base/time.h"
#include "flow/progress.h"

namespace argus {

struct ClosingFacts {
  std::uint64_t rows = 0;
  bool rows_limited = false;  // by -N: there may be more
  bool time_limited = false;  // by -T
  bool stopped = false;       // by a signal, in live input
  bool utc = false;           // how times look
};

// "214 rows from 44,187 records, 14:02-14:03, complete"; the day where it is another than that of `now`.
[[nodiscard]] std::string closing_text(const ClosingFacts& facts, const Progress& progress, const Outcome& done,
                                       Nanos now);

}  // namespace argus
