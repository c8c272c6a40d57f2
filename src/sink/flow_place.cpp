#include "sink/flow_place.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/bytes.h"
#include "codec/frame.h"

namespace argus {

namespace {

constexpr mode_t kFileMode = 0640, kFolderMode = 0750;

Error system_error(const std::string& path, int why) { return fail(Errc::io, "{}: {}", path, system_reason(why)); }

Error written_elsewhere(const File& file) { return fail(Errc::io, "{}: another argus is writing to it", file.path()); }

Result<> lock_for_writing(const File& file) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(file.fd(), F_SETLK, &lock) == 0) return {};
  if (errno != EACCES && errno != EAGAIN) return system_error(file.path(), errno);
  return written_elsewhere(file);
}

}  // namespace

std::uint64_t random_stream_id() {
  std::uint64_t id = 0;
  // Without randomness two streams could be taken for one; the clock's address bits are a poor but different choice.
  if (::getrandom(&id, sizeof id, 0) != static_cast<ssize_t>(sizeof id))
    id = reinterpret_cast<std::uintptr_t>(&id) ^ static_cast<std::uint64_t>(::getpid());
  return id;
}

Result<FileEnd> open_to_append(const std::string& path) { return open_to_append(AT_FDCWD, path, path); }

Result<FileEnd> open_to_append(int folder, const std::string& name, const std::string& path) {
  const int flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
  int fd = ::openat(folder, name.c_str(), flags | O_CREAT | O_EXCL, kFileMode);
  const bool made = fd >= 0;
  if (!made && errno == EEXIST) fd = ::openat(folder, name.c_str(), flags);
  if (fd < 0) return system_error(path, errno);
  FileEnd out{File(fd, path), 0};
  if (made) (void)::fchmod(fd, kFileMode);  // where the umask took bits away; where that fails, less is allowed
  struct stat info {};
  if (::fstat(fd, &info) != 0) return system_error(path, errno);
  if (!S_ISREG(info.st_mode)) return fail(Errc::io, "{}: not a file that can grow", path);
  ARGUS_TRY(lock_for_writing(out.file));
  if (::fstat(fd, &info) != 0) return system_error(path, errno);
  out.end = static_cast<std::uint64_t>(info.st_size);
  std::array<std::byte, kFrameHeadSize> head;
  ARGUS_TRY_LET(const std::size_t n, out.file.read_at(head.data(), head.size(), 0));
  FrameHead first;
  if (n != 0 && parse_head(Bytes(head).first(n), first) != HeadFault::none)
    return fail(Errc::foreign, "{}: exists and is not a flow file; nothing was added to it", path);
  return out;
}

Result<File> make_locked(int folder, const std::string& name, const std::string& path) {
  const int flags = O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const int fd = ::openat(folder, name.c_str(), flags, kFileMode);
  if (fd < 0) return system_error(path, errno);
  File out(fd, path);
  (void)::fchmod(fd, kFileMode);
  ARGUS_TRY(lock_for_writing(out));
  return out;
}

bool begins_as_flow_file(const File& file) {
  std::array<std::uint8_t, kFrameMarker.size()> head;
  const auto n = file.read_at(head.data(), head.size(), 0);
  return n && *n == head.size() && head == kFrameMarker;
}

bool is_locked_elsewhere(int fd) {
  struct flock lock {};
  lock.l_type = F_RDLCK;
  lock.l_whence = SEEK_SET;
  return ::fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_WRLCK;
}

Result<> check_unlocked(const File& file) {
  return is_locked_elsewhere(file.fd()) ? Result<>(written_elsewhere(file)) : Result<>();
}

Result<> check_replaceable(const File& file) {
  struct stat info {};
  if (::fstat(file.fd(), &info) != 0) return system_error(file.path(), errno);
  ARGUS_TRY(check_unlocked(file));
  if (!S_ISREG(info.st_mode) || (info.st_size != 0 && !begins_as_flow_file(file)))
    return fail(Errc::foreign,
                "{}: exists and is not a flow file; it was not replaced. Remove it, or name another file", file.path());
  return {};
}

bool is_named(int folder, const std::string& name, int fd) {
  struct stat there {
  }, own{};
  return ::fstat(fd, &own) == 0 && ::fstatat(folder, name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
         own.st_dev == there.st_dev && own.st_ino == there.st_ino;
}

Result<File> open_folder_below(int folder, const std::string& name, const std::string& path, bool make) {
  const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  int fd = ::openat(folder, name.c_str(), flags);
  if (fd < 0 && errno == ENOENT && make) {
    const bool made = ::mkdirat(folder, name.c_str(), kFolderMode) == 0;
    if (!made && errno != EEXIST) return system_error(path, errno);
    fd = ::openat(folder, name.c_str(), flags);
    if (fd >= 0 && made) (void)::fchmod(fd, kFolderMode);
  }
  if (fd < 0) return system_error(path, errno);
  return File(fd, path);
}

Result<File> open_folder(const std::string& path, bool make) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0) return File(fd, path);
  if (errno != ENOENT || !make) return system_error(path, errno);
  std::string_view above = path;
  while (above.size() > 1 && above.ends_with('/')) above.remove_suffix(1);
  const std::string name(above.substr(above.rfind('/') + 1));
  above.remove_suffix(name.size());
  ARGUS_TRY_LET(const File parent, open_folder(above.empty() ? "." : std::string(above), true));
  return open_folder_below(parent.fd(), name, path, true);
}

}  // namespace argus
