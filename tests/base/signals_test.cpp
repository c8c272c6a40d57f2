#include "base/signals.h"

#include <catch2/catch.hpp>

#include <csignal>

namespace argus {
namespace {

TEST_CASE("a sensor's signals are counted, and each wish to end is heard") {
  hear_sensor_signals();
  const std::uint32_t hangups = signals().hangups, asked = signals().status_asked;
  std::raise(SIGHUP);
  std::raise(SIGHUP);
  std::raise(SIGUSR1);
  CHECK(signals().hangups == hangups + 2);
  CHECK(signals().status_asked == asked + 1);
  for (const int number : {SIGTERM, SIGINT, SIGTERM}) {
    signals().stop = false;
    std::raise(number);
    CHECK(signals().stop);
    CHECK(signals().number == number);
  }
  signals().stop = false;
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) std::signal(number, SIG_DFL);
}

TEST_CASE("the first wish to end is heard, the second one is the system's to fulfil") {
  hear_stop_signals();
  std::raise(SIGINT);
  CHECK(signals().stop);
  struct sigaction now {};
  ::sigaction(SIGINT, nullptr, &now);
  CHECK(now.sa_handler == SIG_DFL);
  signals().stop = false;
  std::signal(SIGTERM, SIG_DFL);
}

}  // namespace
}  // namespace argus
