// What is remembered of places that calls come from, so that one of them cannot keep others out.
#pragma once

#include <map>
#include <string>

#include "net/server.h"

namespace argus {

class Admission {
 public:
  explicit Admission(const NetLimits& limits) : limits_(limits) {}
  void failed(const std::string& source, Nanos now);
  [[nodiscard]] bool is_ignored(const std::string& source, Nanos now);

 private:
  struct Failures {
    std::size_t count = 0;
    Nanos since = 0, ignored_until = 0;
  };
  void forget(Nanos now);

  const NetLimits& limits_;
  std::map<std::string, Failures> failures_;
};

// Sentences for the log, so many a minute of each kind; what is held back is counted.
class Complaints {
 public:
  explicit Complaints(std::function<void(const std::string&)> warn) : warn_(std::move(warn)) {}
  enum class Kind : std::uint8_t { handshake, request, limit, stalled, system };
  // False when it is only counted.
  bool say(Kind kind, const std::string& text, Nanos now);
  void tick(Nanos now);  // tells the counts of a minute that is over

 private:
  struct Said {
    std::size_t count = 0, held_back = 0;
    Nanos since = 0;
  };
  std::function<void(const std::string&)> warn_;
  std::map<Kind, Said> said_;
};

}  // namespace argus
