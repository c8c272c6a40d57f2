// What went on in live flows since the last tick: counters beside the flow table, of flows that were touched.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/pages.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/events.h"
#include "meter/flow_state.h"
#include "meter/record_builder.h"
#include "packet/packet.h"

namespace argus {

class Ticks {
 public:
  explicit Ticks(ReservedPages room) : pages_(std::move(room)), deltas_(static_cast<Delta*>(pages_.start())) {}
  [[nodiscard]] static Result<ReservedPages> room_for(std::size_t flows_max) {
    return ReservedPages::create(flows_max * sizeof(Delta));
  }

  // A packet of `side` of this flow; `begins`: its first one.
  void count(std::uint32_t flow, unsigned side, const Packet& packet, bool begins) {
    Delta& delta = deltas_[flow];
    if (delta.place == 0) {
      touched_.push_back(flow);
      delta = Delta();
      delta.place = static_cast<std::uint32_t>(touched_.size());
      delta.first = delta.last = packet.time;
    }
    delta.begins |= begins;
    delta.first = std::min(delta.first, packet.time);
    delta.last = std::max(delta.last, packet.time);
    delta.packets[side]++;
    delta.bytes[side] += packet.wire_length;
  }
  void prefetch(std::uint32_t flow) const { __builtin_prefetch(&deltas_[flow], 1); }

  // The flow is about to be forgotten: what it has becomes a row.
  void close(std::uint32_t number, const FlowState& flow, const FlowParts& parts, Cause cause,
             const std::string& sensor) {
    Delta& delta = deltas_[number];
    if (delta.place == 0) return;
    add(flow, parts, delta, cause, sensor);
    const std::uint32_t last = touched_.back();
    touched_[delta.place - 1] = last;
    deltas_[last].place = delta.place;
    touched_.pop_back();
    delta.place = 0;
  }
  // Flows touched and not closed, each once; they are untouched then. flow(number) -> FlowState&, parts(flow) ->
  // FlowParts.
  template <class Flow, class Parts>
  void settle(Flow&& flow, Parts&& parts, const std::string& sensor) {
    for (const std::uint32_t number : touched_) {
      const FlowState& state = flow(number);
      add(state, parts(state), deltas_[number], Cause::status, sensor);
      deltas_[number].place = 0;
    }
    touched_.clear();
  }

  [[nodiscard]] std::size_t rows() const { return full_rows_ + rows_.size(); }
  [[nodiscard]] std::vector<Batch> take(const std::string& sensor) {
    if (rows_.size() != 0) full_.push_back(rows_.take(sensor));
    full_rows_ = 0;
    return std::exchange(full_, {});
  }

 private:
  static constexpr std::size_t kRowsABatch = 16'384;
  struct alignas(64) Delta {
    Nanos first = 0, last = 0;
    std::array<std::uint64_t, 2> bytes{};
    std::array<std::uint32_t, 2> packets{};
    std::uint32_t place = 0;  // in touched_, from 1; 0: untouched
    bool begins = false;
  };
  void add(const FlowState& flow, const FlowParts& parts, const Delta& delta, Cause cause, const std::string& sensor) {
    rows_.add_tick(flow, parts, {delta.first, delta.last, delta.bytes, delta.packets, delta.begins}, cause);
    if (rows_.size() < kRowsABatch) return;
    full_rows_ += rows_.size();
    full_.push_back(rows_.take(sensor));
  }

  ReservedPages pages_;
  Delta* deltas_;  // by flow number
  std::vector<std::uint32_t> touched_;
  RecordBuilder rows_;
  std::vector<Batch> full_;
  std::size_t full_rows_ = 0;
};

}  // namespace argus
