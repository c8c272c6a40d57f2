// Live flows: a slab of states with stable numbers, and an open-addressing index over their keyed hashes.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "meter/flow_state.h"

namespace argus {

// Objects by number in chunks that never move; numbers are reused.
template <class T>
class Slab {
 public:
  [[nodiscard]] T& operator[](std::uint32_t number) { return chunks_[number >> kShift][number & kMask]; }
  [[nodiscard]] std::uint32_t take() {
    if (!free_.empty()) {
      const std::uint32_t number = free_.back();
      free_.pop_back();
      (*this)[number] = T{};
      return number;
    }
    if (used_ >> kShift == chunks_.size()) chunks_.push_back(std::make_unique<T[]>(kMask + 1));
    return used_++;
  }
  void give_back(std::uint32_t number) { free_.push_back(number); }
  [[nodiscard]] std::uint32_t used() const { return used_; }  // numbers below it have been taken at some time

 private:
  static constexpr std::uint32_t kShift = 10, kMask = (1u << kShift) - 1;
  std::vector<std::unique_ptr<T[]>> chunks_;
  std::vector<std::uint32_t> free_;
  std::uint32_t used_ = 0;
};

class FlowTable {
 public:
  FlowTable();
  [[nodiscard]] FlowState& operator[](std::uint32_t number) { return flows_[number]; }
  [[nodiscard]] std::uint32_t size() const { return live_; }
  [[nodiscard]] std::uint32_t used() const { return flows_.used(); }

  // The flow's number, or kNone.
  [[nodiscard]] std::uint32_t find(const FlowKey& key, std::uint64_t hash) const;
  // A fresh flow with this key, which must not be there yet.
  [[nodiscard]] std::uint32_t insert(const FlowKey& key, std::uint64_t hash);
  void erase(std::uint32_t number);

  void prefetch_slot(std::uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }
  void prefetch_flow(std::uint64_t hash);

 private:
  struct Slot {
    std::uint32_t tag = 0;         // high half of the hash
    std::uint32_t flow = kNone;
  };
  [[nodiscard]] static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
  void grow();

  mutable Slab<FlowState> flows_;
  std::vector<Slot> slots_;
  std::uint64_t mask_;
  std::uint32_t live_ = 0;
};

}  // namespace argus
