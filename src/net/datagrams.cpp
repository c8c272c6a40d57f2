#include "net/datagrams.h"

#include <netinet/in.h>

#include <algorithm>
#include <cerrno>

#include "base/text.h"
#include "net/dial.h"
#include "net/socket.h"

namespace argus {

namespace {

Error not_to_collect_at(const std::string& text) {
  return fail(Errc::usage,
              "'{}' is not a place to collect at; write udp://ADDRESS:PORT, or udp://:PORT for every address of this "
              "machine",
              escaped(text));
}

// Sets what is asked for, or what everybody may have.
void widen_buffer(int fd, std::uint64_t bytes) {
  const int size = static_cast<int>(std::min<std::uint64_t>(bytes, INT32_MAX));
  if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
    (void)::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

Result<File> open_at(const std::string& text, const SocketAddress& address, bool both_families, std::uint64_t buffer) {
  const int fd = ::socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return fail(Errc::io, "{}: {}", text, system_reason(errno));
  File out(fd, text);
  const int on = 1, only = both_families ? 0 : 1;
  if (address.family() == AF_INET6) (void)::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
  (void)::setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
  (void)::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  widen_buffer(fd, buffer);
  if (::bind(fd, address.get(), address.size) == 0) return out;
  const int why = errno;
  if (why == EACCES)
    return fail(Errc::io, "{}: {}; ports below 1024 need root or CAP_NET_BIND_SERVICE", text, system_reason(why));
  if (why == EADDRINUSE) return fail(Errc::io, "{}: another program collects there ({})", text, to_text(address));
  return fail(Errc::io, "{}: {} ({})", text, system_reason(why), to_text(address));
}

}  // namespace

std::uint64_t datagram_buffer(const File& socket) {
  int size = 0;
  socklen_t length = sizeof size;
  if (::getsockopt(socket.fd(), SOL_SOCKET, SO_RCVBUF, &size, &length) != 0) return 0;
  return static_cast<std::uint64_t>(std::max(size, 0));
}

namespace {

struct DatagramPlace {
  std::string host;
  std::uint16_t port = 0;
  bool any_address = false;
};

Result<DatagramPlace> parse_datagram_place(const std::string& text) {
  const std::string_view scheme = "udp://";
  if (!text.starts_with(scheme)) return not_to_collect_at(text);
  std::string place = text.substr(scheme.size());
  const bool any_address = place.starts_with(":") && place.find(':', 1) == std::string::npos;
  if (any_address) place.insert(0, "[::]");
  const bool any_port = place.ends_with(":0");  // of the system's choice, for tests
  auto endpoint = parse_endpoint(any_port ? place.substr(0, place.size() - 2) : place);
  const bool has_port =
      place.find(':', place.starts_with("[") ? std::min(place.find(']'), place.size()) : 0) != std::string::npos;
  if (!endpoint || endpoint->transport != Transport::tcp || !has_port) return not_to_collect_at(text);
  return DatagramPlace{std::move(endpoint->host), any_port ? std::uint16_t{0} : endpoint->port, any_address};
}

}  // namespace

Result<> check_datagram_place(const std::string& text) {
  ARGUS_TRY(parse_datagram_place(text));
  return {};
}

Result<std::vector<File>> open_datagram_sockets(const std::string& text, std::uint64_t buffer) {
  ARGUS_TRY_LET(const DatagramPlace place, parse_datagram_place(text));
  std::vector<File> out;
  auto addresses = resolve(place.host, place.port, true);
  if (!addresses) return while_doing(text, std::move(addresses.error()));
  for (const SocketAddress& address : *addresses) {
    auto one = open_at(text, address, place.any_address, buffer);
    // A machine without IPv6 has IPv4 alone.
    if (!one && place.any_address && (one.error().code == Errc::io)) {
      ARGUS_TRY_LET(const std::vector<SocketAddress> four, resolve("0.0.0.0", place.port, true));
      if (auto other = open_at(text, four.front(), false, buffer)) one = std::move(other);
    }
    if (!one) return std::move(one.error());
    out.push_back(*std::move(one));
  }
  return out;
}

}  // namespace argus
