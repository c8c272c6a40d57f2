// The file that is written to: whole frames or nothing of them, and its way to the final name.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "archive/file_pattern.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "base/time.h"

namespace argus {

// What is asked of the disk; tests answer in its place. As the system calls, with errno; rename() gives a name that is
// free, and errno where it is not (renameat2 with RENAME_NOREPLACE).
struct DiskCalls {
  std::function<ssize_t(int, const void*, std::size_t)> write;
  std::function<int(int, off_t)> truncate;
  std::function<int(int)> sync;
  std::function<int(int folder, const std::string& from, const std::string& to)> rename;
  std::function<int(int)> sync_folder;
  std::function<int(int)> close;
  [[nodiscard]] static DiskCalls real();
};

// Gives names of a pattern that are free. A name is taken by anything that is there, symbolic links as well.
struct NameChoice {
  std::vector<std::string> last;  // the first name of its time that was asked for last
  unsigned next = 0;              // the number to try next for that
  std::uint64_t taken = 0;        // names that were in the way so far
};

class LiveOutput {
 public:
  // A flow file that grows under this name, or a character device.
  [[nodiscard]] static Result<LiveOutput> open_plain(const std::string& path, const DiskCalls& disk);
  // A new file of the pattern for this time, with ".part" behind its name; folders are made.
  [[nodiscard]] static Result<LiveOutput> open_part(const FilePattern& pattern, Nanos time, NameChoice& choice,
                                                    const DiskCalls& disk);

  // All of it or, after an error, nothing: what was written of it is taken back.
  [[nodiscard]] Result<> put(Bytes bytes);
  // After an error of put() something could not be taken back: what follows belongs into another file.
  [[nodiscard]] bool torn() const { return torn_; }
  // The name leads to another file, or to none: it was moved or removed.
  [[nodiscard]] bool is_gone() const;
  // It has no name any more: what is in it is lost with the descriptor.
  [[nodiscard]] bool is_removed() const;
  // False for a file that this process could not open or make again, its rights being given up.
  [[nodiscard]] bool may_begin_again() const;
  [[nodiscard]] Result<> sync();
  // Syncs, closes, and gives a part its final name, or removes it when nothing was written. To be called once; path()
  // is the name that it has then, whatever went wrong.
  [[nodiscard]] Result<> close(const FilePattern* pattern, NameChoice& choice);

  [[nodiscard]] const std::string& path() const { return path_; }  // its name at present
  [[nodiscard]] std::uint64_t size() const { return end_; }

 private:
  [[nodiscard]] Result<> finish_part(const FilePattern& pattern, NameChoice& choice);

  const DiskCalls* disk_ = nullptr;
  File file_, folder_;
  std::string path_, name_;  // name_: in folder_, of a part
  std::uint64_t end_ = 0;    // of the last whole frame
  bool device_ = false, torn_ = false, synced_ = true;
  Nanos time_ = 0;      // of its name
  unsigned again_ = 0;  // the number in it
};

// Parts that killed runs left get their final names, or ones with a number where those are taken, when they begin as
// flow files; empty ones are removed. Errc::io
// when a part is being written by another process. Gives the final paths.
[[nodiscard]] Result<std::vector<std::string>> finish_left_parts(const FilePattern& pattern, Nanos now);

}  // namespace argus
