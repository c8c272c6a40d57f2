// How flow files are opened, by whoever writes, looks after and removes them.
#pragma once

#include <cstdint>
#include <string>

#include "base/file.h"
#include "base/result.h"

namespace argus {

[[nodiscard]] std::uint64_t random_stream_id();

struct FileEnd {
  File file;
  std::uint64_t end = 0;  // bytes that it has
};
// For adding a stream: made with mode 0640 whatever the umask, or a flow file that exists. Holds the writer's lock.
// Errc::foreign for a file that does not begin as a flow file; Errc::io also when another process has the lock, or the
// name is a symbolic link.
[[nodiscard]] Result<FileEnd> open_to_append(const std::string& path);
[[nodiscard]] Result<FileEnd> open_to_append(int folder, const std::string& name, const std::string& path);
// The same for a name that is not there yet, in an open folder; `path` is for messages.
[[nodiscard]] Result<File> make_locked(int folder, const std::string& name, const std::string& path);

// Begins with the marker of a frame.
[[nodiscard]] bool begins_as_flow_file(const File& file);
// Another process holds the writer's lock.
[[nodiscard]] bool is_locked_elsewhere(int fd);
// Errc::io while another process has the writer's lock.
[[nodiscard]] Result<> check_unlocked(const File& file);
// The same for a file that is to be replaced, and Errc::foreign where it is neither empty nor a flow file.
[[nodiscard]] Result<> check_replaceable(const File& file);
// The name in this folder is this very file, and no link to it.
[[nodiscard]] bool is_named(int folder, const std::string& name, int fd);

// A folder below an open one, never through a symbolic link; with `make` it is made, mode 0750, where it is missing.
[[nodiscard]] Result<File> open_folder_below(int folder, const std::string& name, const std::string& path, bool make);
// A folder as the user gave it, links and all; with `make` each missing one on the way is made.
[[nodiscard]] Result<File> open_folder(const std::string& path, bool make);

}  // namespace argus
