// Which finished files of a pattern are kept, and the removal of the others, oldest first.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "archive/file_pattern.h"
#include "archive/live_file.h"
#include "base/result.h"
#include "base/time.h"

namespace argus {

// A finished file: it has the pattern's shape, is no symbolic link, begins as a flow file, and nobody is writing to it.
struct KeptFile {
  std::vector<std::string> names;  // below the pattern's base folder
  std::uint64_t bytes = 0;
  std::uint64_t on_disk = 0;  // bytes that its removal frees
  Nanos changed = 0;          // when it was written to last
};

enum class ExpiryReason : std::uint8_t { age, size, space };

struct Expiry {
  struct Going {
    KeptFile file;
    ExpiryReason reason{};
  };
  std::vector<Going> going;            // oldest first
  std::uint64_t files = 0, bytes = 0;  // of all finished files, those that go among them
  std::uint64_t going_bytes = 0;
};

struct DiskSpace {
  std::uint64_t total = 0, free = 0;  // bytes; free: for everybody, not only for root
};

[[nodiscard]] Result<std::vector<KeptFile>> finished_files(const FilePattern& pattern);  // Errc::io: no base folder
[[nodiscard]] Result<DiskSpace> disk_space(const std::string& folder);

// Oldest first, as many as keep, keep_size and min_free_percent ask for; equally old ones by name.
[[nodiscard]] Expiry choose_expired(std::vector<KeptFile> files, const Rotation& rules, Nanos now,
                                    const DiskSpace& space);
[[nodiscard]] Result<Expiry> plan_expiry(const FilePattern& pattern, const Rotation& rules, Nanos now);

struct Removal {
  std::uint64_t files = 0, bytes = 0;
  std::vector<std::string> failures;  // sentences
};
// Removes them, and the folders below the base that are empty then. A name that is another file by now stays.
[[nodiscard]] Removal remove_expired(const FilePattern& pattern, const Expiry& expiry);

}  // namespace argus
