// A wheel of timers, one a flow. Timers are coarse and early: when one fires the owner looks what is really due and
// sets it again; packets never move timers.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "meter/key.h"

namespace argus {

class Timers {
 public:
  static constexpr Nanos kTick = Nanos{1} << 28;  // about 0.27 s
  static constexpr std::uint32_t kSlots = 1024;   // about 275 s in all
  static constexpr Nanos kFarthest = kTick * (kSlots - 2);

  Timers() { heads_.fill(kNone); }

  void set(std::uint32_t number, Nanos when) {
    const Nanos farthest = now_ * kTick + kFarthest;
    const Nanos tick = (when < farthest ? when : farthest) >> 28;
    const auto slot = static_cast<std::uint32_t>((tick > now_ ? tick : now_ + 1) & (kSlots - 1));
    if (number >= links_.size()) links_.resize(number + 1);
    links_[number] = {.next = heads_[slot], .before = kNone, .slot = slot};
    if (heads_[slot] != kNone) links_[heads_[slot]].before = number;
    heads_[slot] = number;
  }
  void clear(std::uint32_t number) {
    Link& link = links_[number];
    if (link.slot == kNone) return;
    if (link.next != kNone) links_[link.next].before = link.before;
    if (link.before != kNone) links_[link.before].next = link.next;
    else heads_[link.slot] = link.next;
    link = {};
  }
  // Calls fire(number) for each flow whose timer passed; its timer is clear by then. Before that, while others fire,
  // far(number) and then near(number), for what is to be fetched.
  template <class Far, class Near, class Fire>
  void advance(Nanos to, Far&& far, Near&& near, Fire&& fire) {
    const Nanos target = to >> 28;
    if (target <= now_) return;
    Nanos steps = target - now_;
    if (steps > kSlots) steps = kSlots;
    now_ = target;
    for (Nanos i = 0; i < steps; i++) {
      const auto slot = static_cast<std::uint32_t>((target - i) & (kSlots - 1));
      std::uint32_t number = heads_[slot];
      heads_[slot] = kNone;
      std::uint32_t to_far = number, to_near = number;
      const auto step = [this](std::uint32_t& at, auto& call) {
        if (at == kNone) return;
        call(at);
        at = links_[at].next;
      };
      for (int n = 0; n < kFar; n++) step(to_far, far);
      for (int n = 0; n < kNear; n++) step(to_near, near);
      while (number != kNone) {
        step(to_far, far);
        step(to_near, near);
        const std::uint32_t next = links_[number].next;
        links_[number] = {};
        fire(number);
        number = next;
      }
    }
  }
  void start(Nanos at) { now_ = at >> 28; }

 private:
  static constexpr int kFar = 12, kNear = 6;  // flows ahead
  struct Link {
    std::uint32_t next = kNone, before = kNone, slot = kNone;
  };
  std::vector<Link> links_;  // by flow number: close together, as they are walked
  std::array<std::uint32_t, kSlots> heads_;
  Nanos now_ = 0;  // ticks
};

}  // namespace argus
