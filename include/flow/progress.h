// How far inputs were read and what of them was passed over, for those who have to say so.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.h"

namespace argus {

// What it took to find the rows that were wanted: the same on any number of threads. Of a frame whose rows are lost
// nothing counts.
struct ReadCounts {
  std::uint64_t files = 0;        // files and pipes that were opened, and could be used
  std::uint64_t frames_read = 0;  // of flow files: frames of rows of which columns were decoded
  // Frames that were not, since what their directory says rules them out. Counted only where a source is asked to: the
  // first that is enough, of the times of its rows, the minima and maxima of all columns, the membership of addresses.
  std::uint64_t skipped_by_time = 0, skipped_by_range = 0, skipped_by_membership = 0;
  std::uint64_t rows_read = 0;  // of the frames read, and those that captures were metered into
  std::uint64_t rows_kept = 0;  // of these, wanted; of live input, all that came
  friend bool operator==(const ReadCounts&, const ReadCounts&) = default;
};

// From the first to the last packet of what was read, wanted or not, as far as that is known.
struct TimesRead {
  Nanos first = INT64_MAX, last = INT64_MIN;
  [[nodiscard]] bool known() const { return first <= last; }
  void widen(Nanos from, Nanos to) { first = std::min(first, from), last = std::max(last, to); }
  friend bool operator==(const TimesRead&, const TimesRead&) = default;
};

// What is not known is 0.
struct Progress {
  bool cut = false;                          // stopped before the end; never what is live
  std::uint64_t bytes = 0, bytes_whole = 0;  // of files as they are on disk, and all that they have
  std::uint64_t packets = 0, records = 0;    // of captures; of flow files, whether read or skipped
  bool ended = false;                        // the end of it was seen, whatever stopped then
  ReadCounts read = {};
  TimesRead times = {};  // of frames that were read, and of captures
};

// Of the present input, and those that were left before it.
[[nodiscard]] ReadCounts sum_of(const ReadCounts& a, const ReadCounts& b);

// A source that knows how far it is: between two calls of next(), also before the end, and once parts are gone.
class MeasuredSource {
 public:
  virtual ~MeasuredSource() = default;
  [[nodiscard]] virtual Progress progress() const = 0;
};

}  // namespace argus
