// The clock's spans of records that come in any order: those of the last few are remembered.
#pragma once

#include <array>
#include <cstddef>

#include "base/clock_span.h"
#include "base/time.h"

namespace argus {

class RecentSpans {
 public:
  explicit RecentSpans(ClockSpans& spans) : spans_(spans) {}

  [[nodiscard]] const ClockSpan& at(Nanos time) {
    if (known_[last_].holds(time)) return known_[last_];
    for (std::size_t i = 0; i < known_.size(); i++)
      if (known_[i].holds(time)) return known_[last_ = i];
    oldest_ = (oldest_ + 1) % known_.size();
    return known_[last_ = oldest_] = spans_.at(time);
  }
  [[nodiscard]] ClockStep step() const { return spans_.step(); }

 private:
  ClockSpans& spans_;
  std::array<ClockSpan, 8> known_;  // those not yet known hold no time
  std::size_t last_ = 0, oldest_ = 0;
};

}  // namespace argus
