#include "archive/retention.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "archive/pattern_walk.h"
#include "base/file.h"
#include "sink/flow_place.h"

namespace argus {

namespace {

constexpr std::uint64_t kStatBlock = 512;  // bytes, of st_blocks

// The file when it is finished and a flow file, with what can be told from it.
std::optional<KeptFile> finished_file(const File& folder, const std::vector<std::string>& names) {
  struct stat info {};
  if (::fstatat(folder.fd(), names.back().c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(info.st_mode))
    return {};
  const int fd = ::openat(folder.fd(), names.back().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return {};
  const File file(fd, names.back());
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return {};
  if (!begins_as_flow_file(file) || is_locked_elsewhere(fd)) return {};
  KeptFile out;
  out.names = names;
  out.bytes = static_cast<std::uint64_t>(info.st_size);
  out.on_disk = info.st_nlink > 1 ? 0 : static_cast<std::uint64_t>(info.st_blocks) * kStatBlock;
  out.changed = static_cast<Nanos>(info.st_mtim.tv_sec) * kSecond + info.st_mtim.tv_nsec;
  return out;
}

// The folders from the base down to the one that holds the file.
Result<std::vector<File>> folders_to(const FilePattern& pattern, const std::vector<std::string>& names) {
  std::vector<File> out;
  ARGUS_TRY_LET(File base, open_folder(pattern.base(), false));
  out.push_back(std::move(base));
  for (std::size_t level = 0; level + 1 < names.size(); level++) {
    ARGUS_TRY_LET(File below, open_folder_below(out.back().fd(), names[level], names[level], false));
    out.push_back(std::move(below));
  }
  return out;
}

Result<bool> remove_file(const FilePattern& pattern, const KeptFile& file) {
  const std::string path = path_of(pattern, file.names);
  const auto folders = folders_to(pattern, file.names);
  if (!folders) return while_doing(path, folders.error());
  const auto now = finished_file(folders->back(), file.names);
  if (!now || now->changed != file.changed || now->bytes != file.bytes) return false;
  if (::unlinkat(folders->back().fd(), file.names.back().c_str(), 0) != 0)
    return fail(Errc::io, "{}: cannot be removed: {}", path, system_reason(errno));
  for (std::size_t level = file.names.size() - 1; level > 0; level--)
    if (::unlinkat((*folders)[level - 1].fd(), file.names[level - 1].c_str(), AT_REMOVEDIR) != 0) break;
  return true;
}

}  // namespace

Result<std::vector<KeptFile>> finished_files(const FilePattern& pattern) {
  ARGUS_TRY_LET(const File base, open_folder(pattern.base(), false));
  std::vector<KeptFile> out;
  walk_pattern(pattern, base, {}, [&out](const File& folder, const std::vector<std::string>& names) {
    if (auto file = finished_file(folder, names)) out.push_back(*std::move(file));
  });
  return out;
}

Result<DiskSpace> disk_space(const std::string& folder) {
  struct statvfs info {};
  if (::statvfs(folder.c_str(), &info) != 0) return fail(Errc::io, "{}: {}", folder, system_reason(errno));
  return DiskSpace{static_cast<std::uint64_t>(info.f_blocks) * info.f_frsize,
                   static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize};
}

Expiry choose_expired(std::vector<KeptFile> files, const Rotation& rules, Nanos now, const DiskSpace& space) {
  std::sort(files.begin(), files.end(), [](const KeptFile& a, const KeptFile& b) {
    return a.changed != b.changed ? a.changed < b.changed : a.names < b.names;
  });
  Expiry out;
  out.files = files.size();
  for (const KeptFile& file : files) out.bytes += file.bytes;
  std::uint64_t kept = out.bytes, free = space.free;
  const std::uint64_t wanted = space.total / 100 * rules.min_free_percent;
  for (KeptFile& file : files) {
    Expiry::Going going;
    if (rules.keep != 0 && file.changed < now - rules.keep) going.reason = ExpiryReason::age;
    else if (rules.keep_size != 0 && kept > rules.keep_size) going.reason = ExpiryReason::size;
    else if (free < wanted) going.reason = ExpiryReason::space;
    else break;  // all behind it are younger, and what is kept fits
    kept -= file.bytes;
    free += file.on_disk;
    out.going_bytes += file.bytes;
    going.file = std::move(file);
    out.going.push_back(std::move(going));
  }
  return out;
}

Result<Expiry> plan_expiry(const FilePattern& pattern, const Rotation& rules, Nanos now) {
  ARGUS_TRY_LET(std::vector<KeptFile> files, finished_files(pattern));
  ARGUS_TRY_LET(const DiskSpace space, disk_space(pattern.base()));
  return choose_expired(std::move(files), rules, now, space);
}

Removal remove_expired(const FilePattern& pattern, const Expiry& expiry) {
  Removal out;
  for (const Expiry::Going& going : expiry.going) {
    const auto done = remove_file(pattern, going.file);
    if (!done) {
      out.failures.push_back(done.error().text);
    } else if (*done) {
      out.files++;
      out.bytes += going.file.bytes;
    }
  }
  return out;
}

}  // namespace argus
