#include "sensor/notify.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "base/text.h"
#include "shell/environment.h"

namespace argus {

namespace {

// One line, whatever stands in it: a line end would begin another assignment.
std::string one_line(std::string_view text) { return escaped(text); }

}  // namespace

Notifier::Notifier() : path_(environment("NOTIFY_SOCKET")) {
  if (path_.empty()) return;
  const auto wait = parse_unsigned(environment("WATCHDOG_USEC"));
  const std::string pid = environment("WATCHDOG_PID");
  const bool meant = pid.empty() || parse_unsigned(pid) == static_cast<std::uint64_t>(::getpid());
  if (wait && meant && *wait <= static_cast<std::uint64_t>(INT64_MAX / kMicrosecond))
    watchdog_ = static_cast<Nanos>(*wait) * kMicrosecond;
}

void Notifier::send(const std::string& text) const {
  sockaddr_un to{};
  if (path_.empty() || path_.size() >= sizeof to.sun_path || (path_[0] != '/' && path_[0] != '@')) return;
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, path_.data(), path_.size());
  if (path_[0] == '@') to.sun_path[0] = '\0';  // the abstract namespace
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_.size());
  (void)::sendto(fd, text.data(), text.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to), size);
  ::close(fd);
}

void Notifier::ready(std::string_view status) const { send("READY=1\nSTATUS=" + one_line(status)); }
void Notifier::status(std::string_view status) const { send("STATUS=" + one_line(status)); }
void Notifier::watchdog() const { send("WATCHDOG=1"); }
void Notifier::reloading() const { send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", steady_now() / kMicrosecond)); }
void Notifier::stopping(std::string_view status) const { send("STOPPING=1\nSTATUS=" + one_line(status)); }

}  // namespace argus
