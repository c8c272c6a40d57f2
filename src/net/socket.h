// Sockets by address: what is shared between those who call and those who are called.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace argus {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] int family() const { return storage.ss_family; }
};

[[nodiscard]] bool is_loopback(const SocketAddress& address);     // 127.0.0.0/8, ::1, also as a mapped address
[[nodiscard]] std::string to_text(const SocketAddress& address);  // "192.0.2.1 port 561", "unix socket"
// What limits for each source count by: the IPv4 address, or the first 64 bits of an IPv6 address.
[[nodiscard]] std::string source_of(const SocketAddress& address);
[[nodiscard]] SocketAddress unix_address(const std::string& path);  // at most 107 bytes

// Addresses of a host, in the system's order; `passive`: to listen on. Errc::io "no such host".
[[nodiscard]] Result<std::vector<SocketAddress>> resolve(const std::string& host, std::uint16_t port, bool passive);

// A clock that is never set back.
// How long to wait for the other side: until the clock is at `deadline`, or `stop` is set (may be null).
struct Patience {
  Nanos deadline = 0;
  const std::atomic<bool>* stop = nullptr;
};
// Until the descriptor is ready for `events` (POLLIN, POLLOUT). Errc::io when that took too long, Errc::interrupted
// when stopped.
[[nodiscard]] Result<> wait_for(int fd, short events, const Patience& patience);
[[nodiscard]] bool set_blocking(int fd, bool blocking);

}  // namespace argus
