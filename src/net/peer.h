// What the kernel knows of the other end of a connection.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>

#include "base/file.h"
#include "net/socket.h"

namespace argus {

// Of connections on this machine: a Unix socket, or loopback. Where the kernel does not tell, nobody is known.
class LocalPeers {
 public:
  // Who called: the user that the socket at the other end belongs to.
  [[nodiscard]] std::optional<uid_t> user(int fd);
  // Bytes (on a Unix socket: memory) that were sent and that the other side has not read; off this machine those that
  // its kernel has not got.
  [[nodiscard]] std::size_t unread(int fd);

 private:
  struct End {
    uid_t user = 0;
    std::size_t unread = 0;
  };
  [[nodiscard]] std::optional<End> other_end(const SocketAddress& here, const SocketAddress& there);

  File netlink_;
  bool refused_ = false;  // the kernel has no such account
};

}  // namespace argus
