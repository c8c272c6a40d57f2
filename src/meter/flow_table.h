// Live flows: a slab of states with stable numbers, and an open-addressing index over their keyed hashes.
#pragma once

#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/pages.h"
#include "base/result.h"
#include "meter/flow_state.h"
#include "meter/key.h"

namespace argus {

// Objects by number, in one piece of address space whose pages come with use; numbers are reused.
template <class T>
class Slab {
 public:
  explicit Slab(ReservedPages pages) : pages_(std::move(pages)), items_(static_cast<T*>(pages_.start())) {}
  [[nodiscard]] static Result<ReservedPages> room_for(std::size_t most) {
    return ReservedPages::create(most * sizeof(T));
  }
  [[nodiscard]] T& operator[](std::uint32_t number) const { return items_[number]; }
  [[nodiscard]] std::uint32_t take() {
    std::uint32_t number = used_;
    if (free_.empty()) {
      used_++;
    } else {
      number = free_.back();
      free_.pop_back();
    }
    new (&items_[number]) T{};
    return number;
  }
  void give_back(std::uint32_t number) { free_.push_back(number); }
  [[nodiscard]] std::uint32_t used() const { return used_; }  // numbers below it have been taken at some time

 private:
  static_assert(std::is_trivially_destructible_v<T>);
  ReservedPages pages_;
  T* items_;
  std::vector<std::uint32_t> free_;
  std::uint32_t used_ = 0;
};

class FlowTable {
 public:
  explicit FlowTable(ReservedPages room);  // of Slab<FlowState>::room_for
  [[nodiscard]] FlowState& operator[](std::uint32_t number) { return flows_[number]; }
  [[nodiscard]] std::uint32_t size() const { return live_; }
  [[nodiscard]] std::uint32_t used() const { return flows_.used(); }

  // The flow's number, or kNone.
  [[nodiscard]] std::uint32_t find(const FlowKey& key, std::uint64_t hash) const;
  // A fresh flow with this key, which must not be there yet.
  [[nodiscard]] std::uint32_t insert(const FlowKey& key, std::uint64_t hash);
  void erase(std::uint32_t number);

  void prefetch_slot(std::uint64_t hash) const { __builtin_prefetch(&slots_[home_of(tag_of(hash))]); }
  void prefetch_flow(std::uint64_t hash);
  // A flow that will be looked at, and the slot of one that is there and may be erased.
  void prefetch(std::uint32_t number) const {
    const char* flow = reinterpret_cast<const char*>(&flows_[number]);
    for (std::size_t line = 0; line < sizeof(FlowState); line += 64) __builtin_prefetch(flow + line, 1);
  }
  void prefetch_slot_of(std::uint32_t number) const { __builtin_prefetch(&slots_[home_of(flows_[number].hash)], 1); }

 private:
  struct Slot {
    std::uint32_t tag = 0;  // the low half of the hash: it says where the slot belongs, and no flow is read for that
    std::uint32_t flow = kNone;
  };
  [[nodiscard]] static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash); }
  [[nodiscard]] std::uint64_t home_of(std::uint32_t tag) const { return tag & mask_; }
  void grow();

  Slab<FlowState> flows_;
  std::vector<Slot> slots_;
  std::uint64_t mask_;
  std::uint32_t live_ = 0;
};

}  // namespace argus
