// Descriptors, whole reads and writes, and temporary-then-rename output. No streams: a descriptor and its path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace argus {

// Owns a descriptor. Moved-from and closed files have fd -1.
class File {
 public:
  File() = default;
  File(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  [[nodiscard]] const std::string& path() const { return path_; }  // as the user gave it, for messages
  [[nodiscard]] int release();                                     // gives the descriptor away

  // Up to n bytes, fewer only at the end; EINTR is retried.
  [[nodiscard]] Result<std::size_t> read(void* to, std::size_t n);
  [[nodiscard]] Result<std::size_t> read_at(void* to, std::size_t n, std::uint64_t offset) const;
  // All of it or an error: Errc::closed when the reader of a pipe or socket went away, else Errc::io.
  [[nodiscard]] Result<> write(Bytes bytes);
  [[nodiscard]] Result<> write(std::string_view text);
  [[nodiscard]] Result<> close();  // reports what the kernel says at close (NFS, quotas)

 private:
  int fd_ = -1;
  std::string path_;
};

// For reading; Errc::io with the system's reason ("no such file or directory"). Directories are an error.
[[nodiscard]] Result<File> open_read(const std::string& path);
// The same, without a wait for the writer of a named pipe, in which signals would not be heard. Reads do not wait
// either until make_waiting().
[[nodiscard]] Result<File> open_read_at_once(const std::string& path);
void make_waiting(const File& file);
// A descriptor of the process under a name: standard input or output. Not closed by the File.
[[nodiscard]] File standard_input();
[[nodiscard]] File standard_output();

// A file that takes its final name only when it is whole: written beside `path` under a hidden temporary name, mode
// 0640 or with the mode and, where this process may, the owner of what it replaces, O_EXCL and O_NOFOLLOW; commit()
// syncs and renames, the destructor without commit() removes it. Devices and named pipes are written as they are.
class Replacement {
 public:
  static Result<Replacement> create(const std::string& path);
  Replacement(Replacement&& other) noexcept;
  Replacement& operator=(Replacement&& other) noexcept;
  ~Replacement();
  [[nodiscard]] File& file() { return file_; }
  [[nodiscard]] Result<> commit();

 private:
  Replacement() = default;
  File file_;
  std::string path_, temporary_;
};

[[nodiscard]] bool is_being_written(int fd);                // another process holds a POSIX write lock on the file
[[nodiscard]] std::string system_reason(int error_number);  // "no space left on device", lower case

}  // namespace argus
