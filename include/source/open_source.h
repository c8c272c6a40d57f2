// Any input as flows: flow files, captures, directories of them, standard input. What an input is, its first bytes say.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "base/stream.h"
#include "flow/source.h"
#include "meter/meter.h"

namespace argus {

inline constexpr std::size_t kHeadBytes = 64;

struct SourceOptions {
  MeterOptions meter;           // for captures
  bool follow = false;          // at the end of a flow file that its writer holds locked, wait for more
  bool follow_written = false;  // the same, where one of the inputs is being written when they are opened
  const std::atomic<bool>* stop =
      nullptr;  // set: an input that says nothing is given up, with Errc::closed; may be null
};

// The inputs one after the other: paths, directories (their files in name order), "-" for standard input. Captures that
// follow each other are metered as one piece of traffic. An input that cannot be used is a trouble of the source, and
// the others are read; when none can be used, opening fails.
[[nodiscard]] Result<SourcePtr> open_source(const std::vector<std::string>& paths, const SourceOptions& options);

}  // namespace argus
