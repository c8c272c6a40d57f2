#include "net/listen.h"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/text.h"
#include "net/dial.h"
#include "net/server.h"
#include "net/socket.h"

namespace argus {

namespace {

constexpr int kBacklog = 128;

struct Place {
  std::string path;  // of a Unix socket, else empty
  std::vector<SocketAddress> addresses;
  bool loopback_only = false;
};

Error wrong(const std::string& text) {
  return fail(Errc::usage,
              "'{}' is not a place to listen at; write a PORT (of loopback), HOST:PORT, [ADDRESS]:PORT or "
              "unix:PATH",
              escaped(text));
}

Result<Place> parse_place(const std::string& text) {
  Place out;
  std::uint16_t port = 0;
  std::vector<std::string> hosts;
  if (const auto number = parse_unsigned(text)) {
    if (*number > 65'535) return wrong(text);
    port = static_cast<std::uint16_t>(*number);
    hosts = {"127.0.0.1", "::1"};
  } else {
    // Port 0, of the system's choice, is for tests.
    const bool any_port = text.ends_with(":0");
    auto endpoint = parse_endpoint(any_port ? text.substr(0, text.size() - 2) : text);
    if (!endpoint || endpoint->transport == Transport::ssh || endpoint->transport == Transport::classic)
      return wrong(text);
    if (endpoint->transport == Transport::unix_socket) out.path = endpoint->host;
    else hosts = {endpoint->host};
    port = any_port ? 0 : endpoint->port;
  }
  for (const std::string& host : hosts) {
    auto addresses = resolve(host, port, true);
    if (!addresses) return while_doing(text, std::move(addresses.error()));
    out.addresses.insert(out.addresses.end(), addresses->begin(), addresses->end());
  }
  out.loopback_only = std::all_of(out.addresses.begin(), out.addresses.end(), is_loopback);
  return out;
}

// A socket that somebody answers at is in use; one that nobody does is left over.
Result<> remove_stale(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return {};
  if (!S_ISSOCK(info.st_mode)) return fail(Errc::io, "{}: exists and is not a socket", path);
  const File probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), path);
  const SocketAddress address = unix_address(path);
  if (::connect(probe.fd(), address.get(), address.size) == 0 || errno != ECONNREFUSED)
    return fail(Errc::io, "{}: another argus listens there", path);
  if (::unlink(path.c_str()) != 0) return fail(Errc::io, "{}: {}", path, system_reason(errno));
  return {};
}

Result<Listener> listen_unix(const std::string& path) {
  const std::string folder = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
  if (path.rfind('/') != std::string::npos && ::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST)
    return fail(Errc::io, "{}: {}", folder, system_reason(errno));
  ARGUS_TRY(remove_stale(path));
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return fail(Errc::io, "{}: {}", path, system_reason(errno));
  Listener out{File(fd, path), true, true, path, {}};
  const SocketAddress address = unix_address(path);
  // The mode is the socket's from the first moment on (narrower, until the chmod, by the umask).
  if (::fchmod(fd, 0660) != 0 || ::bind(fd, address.get(), address.size) != 0 || ::chmod(path.c_str(), 0660) != 0 ||
      ::listen(fd, kBacklog) != 0)
    return fail(Errc::io, "{}: {}", path, system_reason(errno));
  const struct group* service = ::geteuid() == 0 ? ::getgrnam("argus") : nullptr;
  if (service != nullptr) (void)!::lchown(path.c_str(), static_cast<uid_t>(-1), service->gr_gid);
  return out;
}

Result<Listener> listen_at(const std::string& text, const SocketAddress& address) {
  const int fd = ::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return fail(Errc::io, "{}: {}", text, system_reason(errno));
  Listener out{File(fd, text), false, is_loopback(address), {}, {}};
  const int on = 1;
  (void)::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.family() == AF_INET6) (void)::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(fd, address.get(), address.size) == 0 && ::listen(fd, kBacklog) == 0) return out;
  const int why = errno;
  if (why == EACCES)
    return fail(Errc::io, "{}: {}; ports below 1024 need root or CAP_NET_BIND_SERVICE", text, system_reason(why));
  if (why == EADDRINUSE) return fail(Errc::io, "{}: another program listens there ({})", text, to_text(address));
  return fail(Errc::io, "{}: {} ({})", text, system_reason(why), to_text(address));
}

}  // namespace

Result<std::vector<Listener>> open_listeners(const std::string& text) {
  ARGUS_TRY_LET(const Place place, parse_place(text));
  std::vector<Listener> out;
  if (!place.path.empty()) {
    ARGUS_TRY_LET(Listener one, listen_unix(place.path));
    one.place = text;
    out.push_back(std::move(one));
    return out;
  }
  Error first;
  for (const SocketAddress& address : place.addresses) {
    auto one = listen_at(text, address);
    if (one) {
      one->place = text;
      out.push_back(*std::move(one));
    } else if (first.text.empty()) {
      first = one.error();
    }
  }
  // A machine without IPv6 has only half of loopback.
  if (out.empty() || (!first.text.empty() && !place.loopback_only)) return first;
  return out;
}

Result<bool> needs_keys(const std::string& listen) {
  ARGUS_TRY_LET(const Place place, parse_place(listen));
  return !place.loopback_only;
}

}  // namespace argus
