// Telling the service manager how it goes (sd_notify(3)): a datagram to the socket that it named. Without one nothing
// is done, and nothing here ever waits or fails: a manager that does not listen must not stop a capture.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace argus {

class Notifier {
 public:
  // From $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID.
  Notifier();
  // To the socket of that path, or of that abstract name after '@'; empty: to nobody.
  Notifier(std::string socket_path, Nanos watchdog) : path_(std::move(socket_path)), watchdog_(watchdog) {}

  [[nodiscard]] bool active() const { return !path_.empty(); }
  // How often watchdog() must be called: half of what the manager waits. 0: it does not watch.
  [[nodiscard]] Nanos watchdog_every() const { return watchdog_ / 2; }

  void ready(std::string_view status) const;   // interfaces are open, packets are being read
  void status(std::string_view status) const;  // a line for `systemctl status`
  void watchdog() const;                       // only while packets or timers move
  void reloading() const;                      // HUP came; ready() ends it
  void stopping(std::string_view status) const;

 private:
  void send(const std::string& text) const;
  std::string path_;
  Nanos watchdog_ = 0;
};

}  // namespace argus
