// Records into many flow files: by time and by the values of fields, or one file after the other (rasplit).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "archive/split_names.h"
#include "base/clock_span.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/sink.h"
#include "flow/where.h"

namespace argus {

// Files at once, fewer where ulimit -n asks for it; the one not used for longest is closed.
inline constexpr std::size_t kSplitOpenMost = 256;
inline constexpr std::uint64_t kSplitFilesMost = 100'000;  // of a run, unless raised

// When the next file of a series begins.
struct FileSeries {
  std::uint64_t count = 0;  // after so many records; 0: not
  std::uint64_t size = 0;   // once the file has so many bytes; 0: not
  WherePtr begins;          // with a record that matches; null: not
  unsigned letters = 2;     // of the first names, behind the name given
  [[nodiscard]] bool any() const { return count != 0 || size != 0 || begins != nullptr; }
};

// What becomes of files that are there before the run. Replaced are they at its end, all of them or, where it failed or
// was interrupted, none.
enum class ExistingFiles : std::uint8_t { replaced, appended };

struct SplitOptions {
  SplitNames names;
  // Records of a span belong together; where it is empty, names have no time. Records go by their stime: they were cut
  // before, or are to stay whole.
  std::optional<ClockStep> step;
  FileSeries series;  // where any(): names have neither time nor fields
  ExistingFiles existing = ExistingFiles::replaced;
  std::uint64_t files_max = kSplitFilesMost;
  std::vector<std::string> inputs;    // paths that must not be written to
  std::function<bool()> interrupted;  // asked at the end: the input was, and no file is replaced; may be empty
  std::function<Nanos()> now;         // the clock by which live files end; empty: the system's
};

struct SplitCounts {
  std::uint64_t files = 0, records = 0;
  std::uint64_t replaced = 0, appended = 0;  // of the files, those that were there before
};
// "; 2 replaced", "; 1 appended to", both or nothing: the end of a closing line.
[[nodiscard]] std::string existing_text(const SplitCounts& counts);

// Files are mode 0640, folders that are missing are made; below the base folder no symbolic link is followed. A file is
// whole each time it is closed: what is reopened gets another stream behind the first. Records of live input are
// visible on each tick, and files of spans that are over are closed.
class SplitSink : public RowSink {
 public:
  [[nodiscard]] virtual SplitCounts counts() const = 0;
};

// Makes the base folder, and refuses one that cannot be written in.
[[nodiscard]] Result<std::unique_ptr<SplitSink>> split_sink(SplitOptions options);

}  // namespace argus
