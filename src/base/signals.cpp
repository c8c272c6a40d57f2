#include "base/signals.h"

#include <csignal>

namespace argus {

namespace {

static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free &&
              std::atomic<std::uint32_t>::is_always_lock_free);

// Ready before any handler is set: a handler must not wait for its making.
constinit Signals heard;

extern "C" void on_stop(int number) {
  heard.number = number;
  heard.stop = true;
}

extern "C" void on_count(int number) { number == SIGHUP ? heard.hangups++ : heard.status_asked++; }

void handle(int number, void (*handler)(int), unsigned flags) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = static_cast<int>(flags);
  ::sigaction(number, &action, nullptr);
}

}  // namespace

Signals& signals() { return heard; }

void hear_stop_signals() {
  for (const int number : {SIGINT, SIGTERM}) handle(number, on_stop, unsigned{SA_RESETHAND} | unsigned{SA_RESTART});
}

void hear_sensor_signals() {
  for (const int number : {SIGINT, SIGTERM}) handle(number, on_stop, SA_RESTART);
  for (const int number : {SIGHUP, SIGUSR1}) handle(number, on_count, SA_RESTART);
}

}  // namespace argus
