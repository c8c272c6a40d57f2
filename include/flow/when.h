// Time ranges as -t takes them (docs/time.md).
#pragma once

#include <string_view>

#include "base/result.h"
#include "flow/source.h"
#include "flow/where.h"

namespace argus {

struct When {
  WherePtr where;  // over stime and ltime
  TimeSpan span;   // the smallest span that holds it, for ledger entries
};

// `now` is what relative and incomplete times refer to. Local zone unless the text ends in Z. Usage error with the
// accepted forms otherwise. Intersection is half-open and exact: a record that begins before and ends after the range is in
// it; a record of no duration is in it when begin <= stime < end.
[[nodiscard]] Result<When> parse_when(std::string_view text, Nanos now);

}  // namespace argus
