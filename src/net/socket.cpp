#include "net/socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/file.h"

namespace argus {

namespace {

const sockaddr_in& as_ip4(const SocketAddress& a) { return reinterpret_cast<const sockaddr_in&>(a.storage); }
const sockaddr_in6& as_ip6(const SocketAddress& a) { return reinterpret_cast<const sockaddr_in6&>(a.storage); }

bool is_mapped(const SocketAddress& a) {
  return a.family() == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&as_ip6(a).sin6_addr) != 0;
}

}  // namespace

bool is_loopback(const SocketAddress& a) {
  if (a.family() == AF_INET) return (ntohl(as_ip4(a).sin_addr.s_addr) >> 24) == 127;
  if (a.family() != AF_INET6) return false;
  const in6_addr& ip = as_ip6(a).sin6_addr;
  return is_mapped(a) ? ip.s6_addr[12] == 127 : IN6_IS_ADDR_LOOPBACK(&ip) != 0;
}

std::string to_text(const SocketAddress& a) {
  char text[INET6_ADDRSTRLEN] = "";
  if (a.family() == AF_INET) {
    ::inet_ntop(AF_INET, &as_ip4(a).sin_addr, text, sizeof text);
    return fmt::format("{} port {}", text, ntohs(as_ip4(a).sin_port));
  }
  if (a.family() != AF_INET6) return "unix socket";
  ::inet_ntop(AF_INET6, &as_ip6(a).sin6_addr, text, sizeof text);
  return fmt::format("{} port {}", text, ntohs(as_ip6(a).sin6_port));
}

std::string source_of(const SocketAddress& a) {
  if (a.family() == AF_INET) return {reinterpret_cast<const char*>(&as_ip4(a).sin_addr), 4};
  if (a.family() != AF_INET6) return {};
  const auto* bytes = reinterpret_cast<const char*>(as_ip6(a).sin6_addr.s6_addr);
  return is_mapped(a) ? std::string(bytes + 12, 4) : std::string(bytes, 8);
}

SocketAddress unix_address(const std::string& path) {
  SocketAddress out;
  auto& name = reinterpret_cast<sockaddr_un&>(out.storage);
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.data(), std::min(path.size(), sizeof name.sun_path - 1));
  out.size = sizeof name;
  return out;
}

Result<std::vector<SocketAddress>> resolve(const std::string& host, std::uint16_t port, bool passive) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  // This name means this machine, whatever is configured (RFC 6761); without a name that is what one gets.
  const bool here = host == "localhost";
  hints.ai_flags = passive && !here ? AI_PASSIVE : 0;
  addrinfo* list = nullptr;
  const int failed = ::getaddrinfo(here ? nullptr : host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (failed == EAI_NONAME || failed == EAI_NODATA) return fail(Errc::io, "no such host");
  if (failed != 0) return fail(Errc::io, "cannot be looked up: {}", ::gai_strerror(failed));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(list, ::freeaddrinfo);
  std::vector<SocketAddress> out;
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    SocketAddress address;
    address.size = one->ai_addrlen;
    std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
    out.push_back(address);
  }
  return out;
}

Result<> wait_for(int fd, short events, const Patience& patience) {
  constexpr Nanos kLook = 100 * kMillisecond;  // for the wish to stop
  for (;;) {
    if (patience.stop != nullptr && *patience.stop) return fail(Errc::interrupted, "stopped");
    const Nanos left = patience.deadline - steady_now();
    if (left <= 0) return fail(Errc::io, "connection timed out");
    pollfd one{fd, events, 0};
    const int ready = ::poll(&one, 1, static_cast<int>(std::min(left, kLook) / kMillisecond) + 1);
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return fail(Errc::io, "{}", system_reason(errno));
  }
}

bool set_blocking(int fd, bool blocking) {
  const int flags = ::fcntl(fd, F_GETFL);
  return flags >= 0 && ::fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK) == 0;
}

}  // namespace argus
