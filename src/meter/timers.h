// A wheel of timers, one a flow. Timers are coarse and early: when one fires the owner looks what is really due and
// sets it again; packets never move timers.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.h"
#include "meter/flow_state.h"
#include "meter/flow_table.h"
#include "meter/key.h"

namespace argus {

class Timers {
 public:
  static constexpr Nanos kTick = Nanos{1} << 28;  // about 0.27 s
  static constexpr std::uint32_t kSlots = 1024;   // about 275 s in all
  static constexpr Nanos kFarthest = kTick * (kSlots - 2);

  Timers() { heads_.fill(kNone); }

  void set(FlowTable& flows, std::uint32_t number, Nanos when) {
    const Nanos farthest = now_ * kTick + kFarthest;
    const Nanos tick = (when < farthest ? when : farthest) >> 28;
    const auto slot = static_cast<std::uint32_t>((tick > now_ ? tick : now_ + 1) & (kSlots - 1));
    FlowState& flow = flows[number];
    flow.timer_slot = slot;
    flow.timer_before = kNone;
    flow.timer_next = heads_[slot];
    if (flow.timer_next != kNone) flows[flow.timer_next].timer_before = number;
    heads_[slot] = number;
  }
  void clear(FlowTable& flows, std::uint32_t number) {
    FlowState& flow = flows[number];
    if (flow.timer_slot == kNone) return;
    if (flow.timer_next != kNone) flows[flow.timer_next].timer_before = flow.timer_before;
    if (flow.timer_before != kNone) flows[flow.timer_before].timer_next = flow.timer_next;
    else heads_[flow.timer_slot] = flow.timer_next;
    flow.timer_slot = kNone;
  }
  // Calls fire(number) for each flow whose timer passed; its timer is clear by then.
  template <class Fire>
  void advance(FlowTable& flows, Nanos to, Fire&& fire) {
    const Nanos target = to >> 28;
    if (target <= now_) return;
    Nanos steps = target - now_;
    if (steps > kSlots) steps = kSlots;
    now_ = target;
    for (Nanos i = 0; i < steps; i++) {
      const auto slot = static_cast<std::uint32_t>((target - i) & (kSlots - 1));
      std::uint32_t number = heads_[slot];
      heads_[slot] = kNone;
      while (number != kNone) {
        FlowState& flow = flows[number];
        const std::uint32_t next = flow.timer_next;
        flow.timer_slot = flow.timer_next = flow.timer_before = kNone;
        fire(number);
        number = next;
      }
    }
  }
  void start(Nanos at) { now_ = at >> 28; }

 private:
  std::array<std::uint32_t, kSlots> heads_;
  Nanos now_ = 0;  // ticks
};

}  // namespace argus
