// Any input as flows: flow files, captures, directories of them, standard input. What an input is, its first bytes say.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/progress.h"
#include "flow/source.h"
#include "meter/meter.h"

namespace argus {

inline constexpr std::size_t kHeadBytes = 64;

struct SourceOptions {
  MeterOptions meter;           // for captures
  bool collect = false;         // captures hold datagrams of exporters (collect/collector.h): the flows these tell
  bool follow = false;          // at the end of a flow file that its writer holds locked, wait for more
  bool follow_written = false;  // the same, where one of the inputs is being written when they are opened
  bool count_skipped = false;   // Source::measured() tells why frames were skipped
  const std::atomic<bool>* stop =
      nullptr;  // set: an input that says nothing is given up, with Errc::interrupted; may be null
  std::shared_ptr<Progress> progress;  // told at the end, and where the first input is given up; may be null
};

// "tcp://HOST:PORT": not a file, but a TCP connection (plain, without keys) to whoever sends a capture or records.
[[nodiscard]] bool names_connection(std::string_view path);

// The files that paths lead to, those of folders in the order of their names; and why a folder cannot be looked into.
[[nodiscard]] std::vector<std::string> input_files(const std::vector<std::string>& paths, std::vector<Error>& problems);

// The inputs one after the other: paths, directories (their files in name order), "-" for standard input, connections.
// Captures that follow each other are metered as one piece of traffic. An input that cannot be used is a problem of the
// source, and the others are read; when none can be used, opening fails.
[[nodiscard]] Result<SourcePtr> open_source(const std::vector<std::string>& paths, const SourceOptions& options);

}  // namespace argus
