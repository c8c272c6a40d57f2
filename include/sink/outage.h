// A place that refuses what it is given for a while: when it is tried again, and what is said of it and how often.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace argus {

class Outage {
 public:
  // `say` gets sentences: the first refusal, once a minute that it still refuses, and that it takes again.
  Outage(Nanos try_every, std::function<void(const std::string&)> say) : try_every_(try_every), say_(std::move(say)) {}

  // It refused. `lost`: records so far, here and below.
  void refuse(const Error& why, Nanos steady, std::uint64_t lost);
  // It took something; `all`: nothing waits any more. A place that takes something now and then is one outage.
  void recover(const std::string& place, bool all, std::uint64_t lost);

  [[nodiscard]] bool refused() const { return refused_; }  // what it was given last
  [[nodiscard]] bool may_try(Nanos steady) const { return !refused_ || steady >= try_at_; }
  [[nodiscard]] const std::string& reason() const { return reason_; }  // of the last refusal; empty: there was none

 private:
  Nanos try_every_;
  std::function<void(const std::string&)> say_;
  bool refused_ = false, said_ = false;
  std::string reason_;
  Nanos try_at_ = 0, say_at_ = 0;
  std::uint64_t lost_said_ = 0;
};

}  // namespace argus
