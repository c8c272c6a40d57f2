// Time ranges as -t takes them (docs/time.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "flow/source.h"
#include "flow/where.h"

namespace argus {

struct When {
  WherePtr where;        // over stime and ltime
  TimeSpan span;         // the smallest span that holds it, for ledger entries
  bool borders = false;  // the rows are those that share an instant with `span`: they can be cut at its ends
};

// `now` is what relative and incomplete times refer to. Local zone unless the text ends in Z. Usage error with the
// accepted forms otherwise. Intersection is half-open and exact: a record that begins before and ends after the range
// is in it; a record of no duration is in it when begin <= stime < end.
[[nodiscard]] Result<When> parse_when(std::string_view text, Nanos now);

// From one time to another, each as one side of a range is written, or so long ago: "14:00", "2026/11/23", "-1h".
// Either may be missing, and then that side is open. What `until` leaves out is taken from `since`, as in "A-B". Usage
// errors name the option, --since or --until.
[[nodiscard]] Result<When> parse_since_until(const std::optional<std::string>& since,
                                             const std::optional<std::string>& until, Nanos now);

// What one absolute time with its year covers: "2026-11-23T14:00Z" a minute, "2026/11/23" a day. Empty for anything
// else, and for bare numbers.
[[nodiscard]] std::optional<TimeSpan> parse_instant(std::string_view text);

}  // namespace argus
