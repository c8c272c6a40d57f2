#include "base/scratch.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "base/temporary.h"

namespace argus {

std::string scratch_place() {
  const char* const chosen = std::getenv("TMPDIR");
  return chosen != nullptr && *chosen != '\0' ? chosen : "/var/tmp";
}

Error scratch_error(Error error) {
  return hinted(std::move(error), "  set TMPDIR to a folder with more room, or allow more memory with --memory");
}

Result<File> open_scratch() {
  const std::string folder = scratch_place(), name = "scratch folder " + folder;
  constexpr mode_t kOwn = 0600;
  int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kOwn);
  if (fd >= 0) return File(fd, name);
  if (errno == EOPNOTSUPP || errno == EISDIR) {  // the file system has no files without names
    ARGUS_TRY_LET(const std::string hidden, temporary_name("argus"));
    const std::string path = folder + '/' + hidden;
    fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwn);
    if (fd >= 0 && ::unlink(path.c_str()) == 0) return File(fd, name);
  }
  const int why = errno;
  if (fd >= 0) ::close(fd);
  return scratch_error(fail(Errc::io, "{}: {}", name, system_reason(why)));
}

}  // namespace argus
