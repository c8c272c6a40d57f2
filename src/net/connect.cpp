#include "net/connect.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <vector>

#include "base/text.h"
#include "net/socket.h"

namespace argus {

namespace {

Result<File> connect_to(const SocketAddress& address, Wire wire, const ConnectOptions& options) {
  const int kind = wire == Wire::stream ? SOCK_STREAM : SOCK_DGRAM;
  const int fd = ::socket(address.family(), kind | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return fail(Errc::io, "{}", system_reason(errno));
  File file(fd, to_text(address));
  if (::connect(fd, address.get(), address.size) == 0) return file;
  if (errno != EINPROGRESS && errno != EINTR) return fail(Errc::io, "{}", system_reason(errno));
  ARGUS_TRY(wait_for(fd, POLLOUT, {steady_now() + options.timeout, options.stop}));
  int why = 0;
  socklen_t size = sizeof why;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &size) != 0) why = errno;
  if (why != 0) return fail(Errc::io, "{}", system_reason(why));
  return file;
}

}  // namespace

Result<HostPort> parse_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  HostPort out;
  std::string_view host = text.substr(0, colon == std::string_view::npos ? 0 : colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto port = colon == std::string_view::npos ? std::nullopt : parse_unsigned(text.substr(colon + 1));
  if (host.empty() || !port || *port == 0 || *port > 65'535 || (!bracketed && host.find(':') != std::string_view::npos))
    return fail(Errc::usage, "'{}' is not a place to send to; write HOST:PORT or [ADDRESS]:PORT", escaped(text));
  return HostPort{std::string(host), static_cast<std::uint16_t>(*port)};
}

Result<File> connect_plainly(const HostPort& to, Wire wire, const ConnectOptions& options) {
  ARGUS_TRY_LET(const auto addresses, resolve(to.host, to.port, false));
  std::string reason = "no address";
  for (const SocketAddress& address : addresses) {
    auto file = connect_to(address, wire, options);
    if (file || file.error().code == Errc::interrupted) return file;
    reason = fmt::format("{} ({})", file.error().text, to_text(address));
  }
  return fail(Errc::io, "{}", reason);
}

Result<> send_all(const File& socket, std::string_view bytes, const ConnectOptions& options) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return fail(Errc::io, "{}", system_reason(errno));
    ARGUS_TRY(wait_for(socket.fd(), POLLOUT, {steady_now() + options.timeout, options.stop}));
  }
  return {};
}

bool has_left(const File& socket) {
  char byte = 0;
  const ssize_t n = ::recv(socket.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

}  // namespace argus
