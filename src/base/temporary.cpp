#include "base/temporary.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <ctime>

#include "base/file.h"

namespace argus {

namespace {

constexpr std::string_view kSuffix = ".part", kDigitsOfRandom = "0123456789abcdef";
constexpr std::size_t kRandomDigits = 8;
constexpr std::time_t kLeftAfter = 60;  // s; a younger one may be of a process that has not marked it yet

bool is_temporary_of(std::string_view name, std::string_view found) {
  if (found.size() != name.size() + 2 + kRandomDigits + kSuffix.size() || found[0] != '.') return false;
  found.remove_prefix(1);
  if (!found.starts_with(name) || !found.ends_with(kSuffix) || found[name.size()] != '.') return false;
  return found.substr(name.size() + 1, kRandomDigits).find_first_not_of(kDigitsOfRandom) == std::string_view::npos;
}

// Where the file system has no locks nobody can tell: then nothing is left.
bool is_left(int fd) {
  struct flock lock {};
  lock.l_type = F_RDLCK;
  lock.l_whence = SEEK_SET;
  struct stat info {};
  return ::fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK && ::fstat(fd, &info) == 0 &&
         S_ISREG(info.st_mode) && ::time(nullptr) - info.st_mtim.tv_sec >= kLeftAfter;
}

}  // namespace

Result<std::string> temporary_name(std::string_view name) {
  std::uint32_t random = 0;
  if (::getrandom(&random, sizeof random, 0) != static_cast<ssize_t>(sizeof random))
    return fail(Errc::io, "getrandom: {}", system_reason(errno));
  return fmt::format(".{}.{:08x}{}", name, random, kSuffix);
}

void mark_in_use(int fd) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  (void)::fcntl(fd, F_SETLK, &lock);
}

void take_owner_and_mode(int fd, const struct stat& replaced) {
  const bool given =
      ::fchown(fd, replaced.st_uid, replaced.st_gid) == 0 || ::fchown(fd, static_cast<uid_t>(-1), replaced.st_gid) == 0;
  constexpr mode_t kAll = 0777, kOfGroup = 0070;
  (void)::fchmod(fd, replaced.st_mode & kAll & ~(given ? mode_t{0} : kOfGroup));
}

void remove_left_temporaries(int folder, std::string_view name) {
  const int fd = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  DIR* const dir = ::fdopendir(fd);
  if (dir == nullptr) {
    ::close(fd);
    return;
  }
  while (const dirent* entry = ::readdir(dir)) {
    if (!is_temporary_of(name, entry->d_name)) continue;
    const File file(::openat(fd, entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), entry->d_name);
    if (file.is_open() && is_left(file.fd())) ::unlinkat(fd, entry->d_name, 0);
  }
  ::closedir(dir);
}

}  // namespace argus
