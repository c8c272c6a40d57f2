#include "base/sync.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace argus {

namespace {

// What has no disk behind it, and file systems that do not sync.
bool is_without_sync(int why) { return why == EINVAL || why == EROFS || why == ENOTSUP; }

}  // namespace

Result<> sync_file(const File& file) {
  if (::fdatasync(file.fd()) == 0 || is_without_sync(errno)) return {};
  return fail(Errc::io, "{}: not all of it may be on the disk: {}", file.path(), system_reason(errno));
}

Result<> sync_folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
  const File opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), folder);
  // Where it may be written to and not read, nothing more can be done.
  if (!opened.is_open() || ::fsync(opened.fd()) == 0 || is_without_sync(errno)) return {};
  return fail(Errc::io, "{}: its name may not be on the disk: {}", path, system_reason(errno));
}

}  // namespace argus
