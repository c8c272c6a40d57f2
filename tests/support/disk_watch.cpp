#include "support/disk_watch.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <mutex>

namespace argus {

DiskWatch& disk_watch() {
  static DiskWatch watch;
  return watch;
}

namespace {

int watched(long call, int fd) {
  std::array<char, 512> name;
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t size = ::readlink(link.c_str(), name.data(), name.size());
  static std::mutex one_at_a_time;  // a sensor has a thread for each of its files
  {
    const std::lock_guard lock(one_at_a_time);
    disk_watch().synced.emplace_back(name.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  }
  if (disk_watch().refuse == 0) return static_cast<int>(::syscall(call, fd));
  errno = disk_watch().refuse;
  return -1;
}

}  // namespace

}  // namespace argus

extern "C" {
int fsync(int fd) { return argus::watched(SYS_fsync, fd); }
int fdatasync(int fd) { return argus::watched(SYS_fdatasync, fd); }
int syncfs(int fd) noexcept { return argus::watched(SYS_syncfs, fd); }
}
