#include "archive/live_output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "archive/pattern_walk.h"
#include "base/text.h"
#include "sink/flow_place.h"

namespace argus {

namespace {

constexpr unsigned kNamesMost = 1'000'000;  // of one time
constexpr Nanos kEmptyPartAge = kMinute;    // a younger one may be of a process that has not locked it yet

bool is_there(int folder, const std::string& name) {
  struct stat info {};
  return ::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
}

// rename() that never replaces; 0 or errno.
int rename_to_free(int folder, const std::string& from, const std::string& to) {
  if (::renameat2(folder, from.c_str(), folder, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  // A file system without it: a second name, then the first one goes.
  if (::linkat(folder, from.c_str(), folder, to.c_str(), 0) != 0) return errno;
  return ::unlinkat(folder, from.c_str(), 0) == 0 ? 0 : errno;
}

std::string part_of(const std::string& name) { return fmt::format("{}{}", name, kPartSuffix); }

// The first free name from `again` on for this time takes over the part; its number.
Result<unsigned> rename_part(const FilePattern& pattern, int folder, const std::string& part, Nanos time,
                             unsigned again, const DiskCalls& disk) {
  for (; again < kNamesMost; again++) {
    const int why = disk.rename(folder, part, pattern.names(time, again).back());
    if (why == 0) return again;
    if (why != EEXIST) return fail(Errc::io, "{}: cannot be renamed: {}", part, system_reason(why));
  }
  return fail(Errc::io, "{}: no name is free", part);
}

// "day.1205.flows" with a number: "day.1205-2.flows", and "day.1205-3.flows" of "day.1205-2.flows".
struct Numbered {
  std::string stem, extension;
  unsigned number = 0;
};
Numbered numbered(const FilePattern& pattern, const std::string& name) {
  Numbered out{name, {}, 0};
  if (const auto dot = name.rfind('.'); dot != std::string::npos && dot != 0) {
    out.stem = name.substr(0, dot);
    out.extension = name.substr(dot);
  }
  const auto dash = out.stem.rfind('-');
  if (dash == std::string::npos) return out;
  const auto number = parse_unsigned(std::string_view(out.stem).substr(dash + 1));
  const std::string plain = out.stem.substr(0, dash);
  // A number of the pattern's own is none.
  if (!number || *number == 0 || *number >= kNamesMost || !pattern.matches(pattern.levels() - 1, plain + out.extension))
    return out;
  out.stem = plain;
  out.number = static_cast<unsigned>(*number);
  return out;
}

// Gives a part that was left its final name, or one with a number where something else has that. False: none is free.
bool rename_left(const FilePattern& pattern, int folder, const std::string& part, std::vector<std::string>& names) {
  int why = rename_to_free(folder, part, names.back());
  const Numbered own = numbered(pattern, names.back());
  for (unsigned n = own.number + 1; why == EEXIST && n < kNamesMost; n++) {
    names.back() = fmt::format("{}-{}{}", own.stem, n, own.extension);
    why = rename_to_free(folder, part, names.back());
  }
  return why == 0;
}

}  // namespace

DiskCalls DiskCalls::real() { return {::write, ::ftruncate, ::fdatasync, rename_to_free, ::fsync, ::close}; }

Result<LiveOutput> LiveOutput::open_plain(const std::string& path, const DiskCalls& disk) {
  LiveOutput out;
  out.disk_ = &disk;
  out.path_ = path;
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && S_ISCHR(info.st_mode)) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return fail(Errc::io, "{}: {}", path, system_reason(errno));
    out.file_ = File(fd, path);
    out.device_ = true;
    return out;
  }
  ARGUS_TRY_LET(FileEnd end, open_to_append(path));
  out.file_ = std::move(end.file);
  out.end_ = end.end;
  return out;
}

Result<LiveOutput> LiveOutput::open_part(const FilePattern& pattern, Nanos time, NameChoice& choice,
                                         const DiskCalls& disk) {
  LiveOutput out;
  out.disk_ = &disk;
  out.time_ = time;
  const std::vector<std::string> first = pattern.names(time, 0);
  ARGUS_TRY_LET(out.folder_, open_folder(pattern.base(), true));
  std::string path = pattern.base();
  for (std::size_t level = 0; level + 1 < first.size(); level++) {
    path = path_below(path, first[level]);
    ARGUS_TRY_LET(out.folder_, open_folder_below(out.folder_.fd(), first[level], path, true));
  }
  if (first != choice.last) choice.next = 0;
  choice.last = first;
  for (unsigned again = choice.next; again < kNamesMost; again++) {
    const std::string name = pattern.names(time, again).back();
    out.name_ = part_of(name);
    out.path_ = path_below(path, out.name_);
    if (!is_there(out.folder_.fd(), name)) {
      auto file = make_locked(out.folder_.fd(), out.name_, out.path_);
      if (file) {
        out.file_ = *std::move(file);
        out.again_ = again;
        choice.next = again + 1;
        return out;
      }
      if (!is_there(out.folder_.fd(), out.name_)) return std::move(file.error());
    }
    choice.taken++;
  }
  return fail(Errc::io, "{}: no name is free", path_below(path, first.back()));
}

Result<> LiveOutput::put(Bytes bytes) {
  int why = 0;
  std::size_t done = 0;
  while (done < bytes.size() && why == 0) {
    const ssize_t n = disk_->write(file_.fd(), bytes.data() + done, bytes.size() - done);
    if (n > 0) done += static_cast<std::size_t>(n);
    else if (n == 0) why = ENOSPC;
    else if (errno != EINTR) why = errno;
  }
  if (why == 0) {
    end_ += bytes.size();
    synced_ = false;
    return {};
  }
  if (done != 0) torn_ = device_ || disk_->truncate(file_.fd(), static_cast<off_t>(end_)) != 0;
  return fail(Errc::io, "{}: {}", path_, system_reason(why));
}

bool LiveOutput::is_gone() const {
  if (device_) return false;
  const int folder = name_.empty() ? AT_FDCWD : folder_.fd();
  const std::string& name = name_.empty() ? path_ : name_;
  if (is_named(folder, name, file_.fd())) return false;
  // Where rights were given up after it was opened the name may be out of sight; that says nothing.
  struct stat other {};
  return ::fstatat(folder, name.c_str(), &other, AT_SYMLINK_NOFOLLOW) == 0 || errno == ENOENT || errno == ENOTDIR;
}

bool LiveOutput::is_removed() const {
  struct stat info {};
  return !device_ && ::fstat(file_.fd(), &info) == 0 && info.st_nlink == 0;
}

bool LiveOutput::may_begin_again() const {
  if (device_ || !name_.empty()) return true;
  if (::faccessat(AT_FDCWD, path_.c_str(), W_OK, AT_EACCESS) == 0) return true;
  if (errno != ENOENT) return errno != EACCES && errno != EPERM;
  const auto slash = path_.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path_.substr(0, std::max<std::size_t>(slash, 1));
  return ::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0 || (errno != EACCES && errno != EPERM);
}

Result<> LiveOutput::sync() {
  if (device_ || synced_) return {};
  synced_ = true;
  if (disk_->sync(file_.fd()) == 0 || errno == EINVAL || errno == EROFS) return {};
  return fail(Errc::io, "{}: not all of it may be on the disk: {}", path_, system_reason(errno));
}

Result<> LiveOutput::close(const FilePattern* pattern, NameChoice& choice) {
  auto done = sync();
  // The lock goes with the descriptor; it is held until the file has its name.
  if (pattern != nullptr && !is_gone()) {
    auto named = finish_part(*pattern, choice);
    if (done) done = std::move(named);
  }
  if (disk_->close(file_.release()) != 0 && errno != EINTR && done)
    done = fail(Errc::io, "{}: not all of it may be on the disk: {}", path_, system_reason(errno));
  return done;
}

Result<> LiveOutput::finish_part(const FilePattern& pattern, NameChoice& choice) {
  if (end_ == 0) {
    if (::unlinkat(folder_.fd(), name_.c_str(), 0) == 0) return {};
    return fail(Errc::io, "{}: cannot be removed: {}", path_, system_reason(errno));
  }
  auto again = rename_part(pattern, folder_.fd(), name_, time_, again_, *disk_);
  if (!again) return while_doing(folder_.path(), std::move(again.error()));
  choice.taken += *again - again_;
  if (pattern.names(time_, 0) == choice.last) choice.next = std::max(choice.next, *again + 1);
  const auto names = pattern.names(time_, *again);
  path_ = path_of(pattern, names);
  // So that the name outlives a power cut; where folders cannot be synced it does anyway.
  if (disk_->sync_folder(folder_.fd()) == 0 || errno == EINVAL || errno == EROFS) return {};
  return fail(Errc::io, "{}: its name may not be on the disk: {}", path_, system_reason(errno));
}

Result<std::vector<std::string>> finish_left_parts(const FilePattern& pattern, Nanos now) {
  std::vector<std::string> out;
  const auto base = open_folder(pattern.base(), false);
  if (!base) return out;  // it is made with the first file, or the reason is told then
  Result<> done;
  walk_pattern(pattern, *base, kPartSuffix, [&](const File& folder, const std::vector<std::string>& names) {
    const std::string& part = names.back();
    const int fd = ::openat(folder.fd(), part.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    const File file(fd, part);
    struct stat info {};
    if (fd < 0 || ::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || !done) return;
    if (is_locked_elsewhere(fd)) {
      done = fail(Errc::io, "{}: another argus is writing to it", path_of(pattern, names));
    } else if (info.st_size == 0) {
      if (now - info.st_mtim.tv_sec * kSecond > kEmptyPartAge) (void)::unlinkat(folder.fd(), part.c_str(), 0);
    } else if (begins_as_flow_file(file)) {
      std::vector<std::string> final = names;
      final.back().resize(part.size() - kPartSuffix.size());
      if (rename_left(pattern, folder.fd(), part, final)) out.push_back(path_of(pattern, final));
    }
  });
  if (!done) return std::move(done.error());
  return out;
}

}  // namespace argus
