// Where a sensor keeps its flows: a file that grows, or files that follow each other by the clock or by size. Made for
// capture that must not stop: a full disk, a moved file and a slow one are told, counted and outlived.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "flow/sink.h"

namespace argus {

// When a pattern begins its next file, and what of the finished ones is kept. 0: not so.
struct Rotation {
  Nanos every = 0;                // aligned to the clock, local time: 1 h begins files on the hour
  std::uint64_t size = 0;         // bytes
  Nanos keep = 0;                 // finished files older than this are removed
  std::uint64_t keep_size = 0;    // bytes of all finished files together
  unsigned min_free_percent = 0;  // of the file system

  [[nodiscard]] bool rotates() const { return every != 0 || size != 0; }
  [[nodiscard]] bool removes() const { return keep != 0 || keep_size != 0 || min_free_percent != 0; }
};

// Usage errors, with the option that is missing: a pattern without rotation, removal without rotation, a path that
// FilePattern refuses, spans that check_span refuses.
[[nodiscard]] Result<> check_rotation(const std::string& path, const Rotation& rotation);

struct LiveFileOptions {
  std::string path;  // plain, or a strftime pattern ("%Y/%m/%d/argus.%H%M.flows"); patterns need a rotation
  Rotation rotation;
  std::uint64_t queue_bytes = 32u << 20;  // encoded frames that wait for a slow disk; then the oldest is lost
  Nanos sync_every = 5 * kSecond;         // fdatasync
  const std::atomic<std::uint32_t>* reopen = nullptr;  // counted up by HUP: close, and open the path anew
  std::function<void(const std::string&)> warn;        // a sentence for the log, already limited in rate
};

struct LiveFileCounts {
  std::uint64_t bytes = 0, records = 0, files = 0, lost = 0;  // lost: records, while the disk was full or slow
  std::uint64_t taken_along = 0;  // of the records: in files that somebody removed or replaced while they were written
  std::uint64_t names_taken = 0, removed = 0;  // names of the pattern that something else had; old files removed
  bool grown = false;                          // the first file had something in it before
  std::string path;                            // of the current file, ".part" behind its name while it grows
};

// The sink writes on a thread of its own and never makes its caller wait for a disk. Its file is open when it is made,
// so that errors are told and rights can be given up after it; the thread runs from begin() to finish(). finish() tries
// for 3 s to write what waits; then Errc::io says how many records are lost. It is an error as well when a file could
// not be synced, closed or given its name. Without finish() the destructor does that.
//
// What does not fit into the queue is taken from its oldest end. Numbers of frames go on without a gap, and one ledger
// entry, records_unwritten, tells of the loss where it was: a reader counts it once.
class LiveFileSink : public RowSink {
 public:
  [[nodiscard]] virtual LiveFileCounts counts() const = 0;  // any thread
  // Another path or rotation from now on; another path finishes the file and begins one there. Errors of
  // check_rotation. Where nothing can be made at the new place that is said, and the old one goes on.
  [[nodiscard]] virtual Result<> change(const std::string& path, const Rotation& rotation) = 0;
};
// Errors of check_rotation; Errc::foreign: the path is something else's; Errc::io: also when it is another argus's.
[[nodiscard]] Result<std::unique_ptr<LiveFileSink>> live_file_sink(const LiveFileOptions& options);

}  // namespace argus
