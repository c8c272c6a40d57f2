// What the process was told by signals. The only door to their handlers.
#pragma once

#include <atomic>
#include <cstdint>

namespace argus {

struct Signals {
  std::atomic<bool> stop = false;               // INT or TERM came
  std::atomic<int> number = 0;                  // which of them, the last
  std::atomic<std::uint32_t> hangups = 0;       // HUP, since hear_sensor_signals()
  std::atomic<std::uint32_t> status_asked = 0;  // USR1, likewise
};
// Of the process, for as long as it lives.
[[nodiscard]] Signals& signals();

// INT and TERM set `stop`; a second one ends the process at once.
void hear_stop_signals();
// INT and TERM set `stop`, also the second time; HUP and USR1 are counted.
void hear_sensor_signals();

}  // namespace argus
