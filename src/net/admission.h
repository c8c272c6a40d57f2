// How calls are let in: how many a second, and what is said of those that are not.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "base/time.h"

namespace argus {

// Lets so many calls a second in, and a tenth of that at once.
class Pace {
 public:
  explicit Pace(std::size_t a_second) : each_(kSecond / static_cast<Nanos>(std::max<std::size_t>(a_second, 1))) {}
  [[nodiscard]] bool is_ready(Nanos now) const { return taken_until_ <= now; }
  // One call more.
  void take(Nanos now) { taken_until_ = std::max(taken_until_, now - kAtOnce) + each_; }

 private:
  static constexpr Nanos kAtOnce = kSecond / 10;
  Nanos each_, taken_until_ = 0;
};

// Sentences for the log, so many a minute of each kind; what is held back is counted.
class Complaints {
 public:
  explicit Complaints(std::function<void(const std::string&)> warn) : warn_(std::move(warn)) {}
  enum class Kind : std::uint8_t { handshake, request, limit, stalled, system };
  // False when it is only counted.
  bool complain(Kind kind, const std::string& text, Nanos now);
  void tick(Nanos now);  // tells the counts of a minute that is over

 private:
  struct Quota {
    std::size_t count = 0, held_back = 0;
    Nanos since = 0;
  };
  std::function<void(const std::string&)> warn_;
  std::map<Kind, Quota> quotas_;
};

}  // namespace argus
