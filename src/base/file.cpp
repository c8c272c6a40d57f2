#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/sync.h"
#include "base/temporary.h"

namespace argus {

namespace {

// Calls some(done) until n bytes are read or there are no more.
template <class Some>
Result<std::size_t> read_until(std::size_t n, const std::string& path, const Some& some) {
  std::size_t done = 0;
  while (done < n) {
    const ssize_t got = some(done);
    if (got > 0) {
      done += static_cast<std::size_t>(got);
    } else if (got == 0) {
      break;
    } else if (errno != EINTR) {
      return fail(Errc::io, "{}: {}", path, system_reason(errno));
    }
  }
  return done;
}

}  // namespace

std::string system_reason(int error_number) {
  std::string text = std::strerror(error_number);
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

bool is_being_written(int fd) {
  struct flock lock {};
  lock.l_type = F_RDLCK;
  lock.l_whence = SEEK_SET;
  return ::fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_WRLCK;
}

File::File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

File& File::operator=(File&& other) noexcept {
  if (this != &other) {
    if (fd_ > 2) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
    path_ = std::move(other.path_);
  }
  return *this;
}

File::~File() {
  if (fd_ > 2) ::close(fd_);  // the standard descriptors are the process's, not ours
}

int File::release() { return std::exchange(fd_, -1); }

Result<std::size_t> File::read(void* to, std::size_t n) {
  auto* at = static_cast<std::byte*>(to);
  return read_until(n, path_, [&](std::size_t done) { return ::read(fd_, at + done, n - done); });
}

Result<std::size_t> File::read_at(void* to, std::size_t n, std::uint64_t offset) const {
  auto* at = static_cast<std::byte*>(to);
  return read_until(
      n, path_, [&](std::size_t done) { return ::pread(fd_, at + done, n - done, static_cast<off_t>(offset + done)); });
}

Result<> File::write(Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd_, bytes.data(), bytes.size());
    if (put >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(put));
    } else if (errno == EPIPE || errno == ECONNRESET) {
      return fail(Errc::closed, "{}: {}", path_, system_reason(errno));
    } else if (errno != EINTR) {
      return fail(Errc::io, "{}: {}", path_, system_reason(errno));
    }
  }
  return {};
}

Result<> File::write(std::string_view text) { return write(std::as_bytes(std::span(text.data(), text.size()))); }

Result<> File::close() {
  const int fd = release();
  if (fd <= 2) return {};
  if (::close(fd) != 0 && errno != EINTR) return fail(Errc::io, "{}: {}", path_, system_reason(errno));
  return {};
}

namespace {

Result<File> open_read(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
  if (fd < 0) return fail(Errc::io, "{}: {}", path, system_reason(errno));
  File file(fd, path);
  struct stat info {};
  if (::fstat(fd, &info) != 0) return fail(Errc::io, "{}: {}", path, system_reason(errno));
  if (S_ISDIR(info.st_mode)) return fail(Errc::io, "{}: {}", path, system_reason(EISDIR));
  return file;
}

}  // namespace

Result<File> open_read(const std::string& path) { return open_read(path, 0); }
Result<File> open_read_at_once(const std::string& path) { return open_read(path, O_NONBLOCK); }

void make_waiting(const File& file) {
  const int flags = ::fcntl(file.fd(), F_GETFL);
  if (flags >= 0 && (flags & O_NONBLOCK) != 0) (void)::fcntl(file.fd(), F_SETFL, flags & ~O_NONBLOCK);
}

File standard_input() { return File(STDIN_FILENO, "stdin"); }
File standard_output() { return File(STDOUT_FILENO, "stdout"); }

Result<Replacement> Replacement::create(const std::string& path) {
  struct stat info {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) return fail(Errc::io, "{}: {}", path, system_reason(EISDIR));
  Replacement out;
  out.path_ = path;
  if (exists && !S_ISREG(info.st_mode)) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return fail(Errc::io, "{}: {}", path, system_reason(errno));
    out.file_ = File(fd, path);
    return out;
  }
  const auto slash = path.rfind('/');
  const std::string above = slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
  const std::string name = path.substr(above.size());
  const File folder(::open(above.empty() ? "." : above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), above);
  if (folder.is_open()) remove_left_temporaries(folder.fd(), name);
  for (int attempt = 0; attempt < 16; attempt++) {
    ARGUS_TRY_LET(const std::string temporary, temporary_name(name));
    out.temporary_ = above + temporary;
    const int fd = ::open(out.temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
    if (fd >= 0) {
      out.file_ = File(fd, path);
      mark_in_use(fd);
      if (exists) take_owner_and_mode(fd, info);
      return out;
    }
    if (errno != EEXIST) {
      const int why = errno;
      out.temporary_.clear();
      return fail(Errc::io, "{}: {}", path, system_reason(why));
    }
  }
  out.temporary_.clear();
  return fail(Errc::io, "{}: no free temporary name beside it", path);
}

Replacement::Replacement(Replacement&& other) noexcept
    : file_(std::move(other.file_)), path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, {})) {}

Replacement& Replacement::operator=(Replacement&& other) noexcept {
  if (this != &other) {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
    file_ = std::move(other.file_);
    path_ = std::move(other.path_);
    temporary_ = std::exchange(other.temporary_, {});
  }
  return *this;
}

Replacement::~Replacement() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<> Replacement::commit() {
  ARGUS_TRY(sync_file(file_));
  ARGUS_TRY(file_.close());
  if (temporary_.empty()) return {};
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return fail(Errc::io, "{}: {}", path_, system_reason(errno));
  temporary_.clear();
  return sync_folder_of(path_);
}

}  // namespace argus
