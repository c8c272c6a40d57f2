#include "sensor/notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>

#include "base/time.h"

using namespace argus;

namespace {

// A service manager: a datagram socket under a path or, after '@', an abstract name.
class Manager {
 public:
  explicit Manager(const std::string& name) : name_(name) {
    fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path, name.data(), name.size());
    if (name[0] == '@') at.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&at), size) == 0);
  }
  ~Manager() {
    ::close(fd_);
    if (name_[0] != '@') ::unlink(name_.c_str());
  }
  std::string heard() const {
    std::array<char, 512> text{};
    const auto n = ::recv(fd_, text.data(), text.size(), 0);
    return n < 0 ? "nothing" : std::string(text.data(), static_cast<std::size_t>(n));
  }

 private:
  std::string name_;
  int fd_ = -1;
};

}  // namespace

TEST_CASE("a service manager is told, by path and by abstract name") {
  for (const std::string& name :
       {fmt::format("/tmp/argus-notify-{}", ::getpid()), fmt::format("@argus-notify-{}", ::getpid())}) {
    CAPTURE(name);
    const Manager manager(name);
    const Notifier notifier(name, 30 * kSecond);
    notifier.ready("eth0: reading");
    CHECK(manager.heard() == "READY=1\nSTATUS=eth0: reading");
    notifier.watchdog();
    CHECK(manager.heard() == "WATCHDOG=1");
    notifier.status("a\nREADY=1");
    CHECK(manager.heard() == "STATUS=a\\x0aREADY=1");
    notifier.reloading();
    CHECK(manager.heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    notifier.stopping("done");
    CHECK(manager.heard() == "STOPPING=1\nSTATUS=done");
    CHECK(notifier.watchdog_every() == 15 * kSecond);
  }
}

TEST_CASE("without a service manager nothing is said") {
  const Notifier nobody("", 0);
  CHECK_FALSE(nobody.active());
  nobody.ready("x");
  Notifier("/nowhere/at/all", 0).ready("x");
  Notifier(std::string(200, '/'), 0).ready("x");
}

TEST_CASE("how often to speak comes from the environment, when this process is meant") {
  ::setenv("NOTIFY_SOCKET", "/run/x", 1);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  CHECK(Notifier().watchdog_every() == 15 * kSecond);
  ::setenv("WATCHDOG_PID", "1", 1);
  CHECK(Notifier().watchdog_every() == 0);
  ::unsetenv("WATCHDOG_PID");
  ::setenv("WATCHDOG_USEC", "soon", 1);
  CHECK(Notifier().watchdog_every() == 0);
  for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC"}) ::unsetenv(name);
  CHECK_FALSE(Notifier().active());
}
