#include "net/dial.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <thread>

#include "base/text.h"
#include "net/keys.h"
#include "net/socket.h"
#include "net/tls_pump.h"

namespace argus {

namespace {

Error system_error(int number) { return fail(number == EACCES ? Errc::denied : Errc::io, "{}", system_reason(number)); }

// Connects one address. The descriptor does not block.
Result<File> connect_to(const SocketAddress& address, const std::string& name, const Patience& patience) {
  const int fd = ::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return system_error(errno);
  File file(fd, name);
  if (::connect(fd, address.get(), address.size) == 0) return file;
  if (errno != EINPROGRESS && errno != EINTR) return system_error(errno);
  ARGUS_TRY(wait_for(fd, POLLOUT, patience));
  int why = 0;
  socklen_t size = sizeof why;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &size) != 0) why = errno;
  if (why != 0) return system_error(why);
  return file;
}

// The key kept for the sensor as it was named, else for its host at any port.
Result<std::optional<SharedKey>> key_for(const Endpoint& endpoint, const DialOptions& options) {
  const std::string path = options.keys_path.empty() ? sensor_keys_path() : options.keys_path;
  if (path.empty() || (::access(path.c_str(), F_OK) != 0 && errno == ENOENT)) return std::optional<SharedKey>();
  ARGUS_TRY_LET(const auto keys, read_sensor_keys(path));
  for (const std::string& name : {endpoint.text, endpoint.host})
    for (const SensorKey& kept : keys)
      if (kept.sensor == name) return std::optional(kept.key);
  return std::optional<SharedKey>();
}

Result<File> encrypt(File wire, const SocketAddress& address, const Endpoint& endpoint, const DialOptions& options,
                     const Patience& patience) {
  ARGUS_TRY_LET(const auto key, key_for(endpoint, options));
  const std::string cure =
      fmt::format("  on {}: argus key new NAME     then, here, the line that it prints: argus key add {} KEY",
                  escaped(endpoint.host), escaped(endpoint.text));
  if (!key) return hinted(fail(Errc::io, "there is no key for it here"), cure);
  auto file = encrypted(std::move(wire), *key, patience);
  if (!file && file.error().code == Errc::denied)
    return hinted(fail(Errc::denied, "key not accepted: {} has no key '{}', or its secret differs ({})",
                       escaped(endpoint.host), key->name, to_text(address)),
                  cure);
  if (!file) return fail(file.error().code, "{} ({})", file.error().text, to_text(address));
  return file;
}

struct Reached {
  File wire;
  SocketAddress address;
};

// The first of the host's addresses that answers; Errc::io where none does, Errc::interrupted when stopped.
Result<Reached> reach(const Endpoint& endpoint, const DialOptions& options, Nanos deadline) {
  ARGUS_TRY_LET(const auto addresses, resolve(endpoint.host, endpoint.port, false));
  std::string reason = "no address";
  for (std::size_t i = 0; i < addresses.size(); i++) {
    const SocketAddress& address = addresses[i];
    const Nanos now = steady_now(), left = std::max<Nanos>(0, deadline - now);
    auto wire =
        connect_to(address, endpoint.text, {now + left / static_cast<Nanos>(addresses.size() - i), options.stop});
    if (!wire && wire.error().code == Errc::interrupted) return std::move(wire.error());
    if (!wire) {
      reason = fmt::format("{} ({})", wire.error().text, to_text(address));
      continue;
    }
    const int on = 1;
    (void)::setsockopt(wire->fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)::setsockopt(wire->fd(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    return Reached{*std::move(wire), address};
  }
  return fail(Errc::io, "{}", reason);
}

Result<File> blocking(File file) {
  if (!set_blocking(file.fd(), true)) return fail(Errc::io, "{}", system_reason(errno));
  return file;
}

Result<File> dial_tcp(const Endpoint& endpoint, const DialOptions& options) {
  const Nanos deadline = steady_now() + options.timeout;
  auto reached = reach(endpoint, options, deadline);
  if (!reached && reached.error().code == Errc::interrupted) return std::move(reached.error());
  if (!reached)
    return hinted(
        std::move(reached.error()),
        fmt::format("  is it listening?  on {}: argus capture --listen ADDRESS:{}   (without --listen it does not)",
                    escaped(endpoint.host), endpoint.port));
  if (is_loopback(reached->address)) return blocking(std::move(reached->wire));
  return encrypt(std::move(reached->wire), reached->address, endpoint, options, {deadline, options.stop});
}

// A sensor takes few strangers at a time; whoever has a key is soon none.
Result<File> dial_tcp_patiently(const Endpoint& endpoint, const DialOptions& options) {
  constexpr int kCallsMost = 5;
  for (int calls = 1;; calls++) {
    auto file = dial_tcp(endpoint, options);
    if (file || calls == kCallsMost || file.error().code != Errc::turned_away) return file;
    const Nanos until = steady_now() + calls * (300 + ::getpid() % 200) * kMillisecond;
    while (steady_now() < until) {
      if (options.stop != nullptr && *options.stop) return file;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
}

Result<File> dial_unix(const Endpoint& endpoint, const DialOptions& options) {
  auto file = connect_to(unix_address(endpoint.host), endpoint.text, {steady_now() + options.timeout, options.stop});
  if (!file && file.error().code == Errc::denied) {
    Error why = with_outcome(std::move(file.error()), "members of its group may read it (sudo adduser NAME argus)");
    why.code = Errc::io;  // a group takes effect sooner than a key that is told to a sensor
    return why;
  }
  if (!file) return file;
  return blocking(*std::move(file));
}

std::optional<std::string> find_program(std::string_view name) {
  const char* path = std::getenv("PATH");
  for (const std::string_view folder : split_words(path == nullptr ? "/usr/bin:/bin" : path, ":")) {
    std::string file = fmt::format("{}/{}", folder, name);
    if (folder.front() == '/' && ::access(file.c_str(), X_OK) == 0) return file;
  }
  return std::nullopt;
}

// What a child does between fork and exec is only what a signal handler might do, too. Its parent ends at once, so
// that nobody has to wait for it; an interrupt typed at the terminal is for argus.
[[noreturn]] void become(const char* program, char* const* argv, int end) {
  if (::fork() != 0) ::_exit(0);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGINT, &ignore, nullptr);
  ignore.sa_handler = SIG_DFL;
  ::sigaction(SIGPIPE, &ignore, nullptr);
  ::dup2(end, STDIN_FILENO);
  ::dup2(end, STDOUT_FILENO);
  ::execv(program, argv);
  ::_exit(127);
}

Result<File> dial_ssh(const Endpoint& endpoint) {
  const auto program = find_program("ssh");
  if (!program) return fail(Errc::io, "the program ssh is not in PATH");
  std::array<std::string, 6> words = {"ssh", "--", endpoint.host, "argus", "serve", "--stdio"};
  std::array<char*, 7> argv{};
  for (std::size_t i = 0; i < words.size(); i++) argv.at(i) = words.at(i).data();
  std::array<int, 2> ends = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return fail(Errc::io, "{}", system_reason(errno));
  File ours(ends[0], endpoint.text), theirs(ends[1], endpoint.text);
  const pid_t child = ::fork();
  if (child == 0) become(program->c_str(), argv.data(), theirs.fd());
  if (child < 0) return fail(Errc::io, "{}", system_reason(errno));
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
  return ours;
}

}  // namespace

Result<File> dial_plain(const Endpoint& endpoint, const DialOptions& options) {
  ARGUS_TRY_LET(Reached reached, reach(endpoint, options, steady_now() + options.timeout));
  return blocking(std::move(reached.wire));
}

Result<File> dial(const Endpoint& endpoint, const DialOptions& options) {
  switch (endpoint.transport) {
    case Transport::tcp: return dial_tcp_patiently(endpoint, options);
    case Transport::classic: return dial_plain(endpoint, options);
    case Transport::unix_socket: return dial_unix(endpoint, options);
    case Transport::ssh: return dial_ssh(endpoint);
  }
  return fail(Errc::usage, "not a place to read from");
}

}  // namespace argus
