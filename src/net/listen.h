// Places to listen at, opened.
#pragma once

#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace argus {

struct Listener {
  File file;  // does not block
  bool is_unix = false;
  bool is_local = false;  // only this machine can call there
  std::string path;       // of a Unix socket, to be removed at the end
  std::string place;      // the word it was opened for
};

// All sockets of one word of --listen: "561" is loopback in both families. A Unix socket that nobody listens at any
// more is replaced; its mode is 0660, and root gives it to the group argus where there is one.
[[nodiscard]] Result<std::vector<Listener>> open_listeners(const std::string& text);

}  // namespace argus
