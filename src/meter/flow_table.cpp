#include "meter/flow_table.h"

namespace argus {

namespace {
constexpr std::size_t kSlotsAtStart = 1024;
}

FlowTable::FlowTable(ReservedPages room) : flows_(std::move(room)), slots_(kSlotsAtStart), mask_(kSlotsAtStart - 1) {}

std::uint32_t FlowTable::find(const FlowKey& key, std::uint64_t hash) const {
  for (std::uint64_t i = home_of(tag_of(hash));; i = (i + 1) & mask_) {
    const Slot& slot = slots_[i];
    if (slot.flow == kNone) return kNone;
    if (slot.tag == tag_of(hash) && flows_[slot.flow].key == key) return slot.flow;
  }
}

void FlowTable::prefetch_flow(std::uint64_t hash) {
  for (std::uint64_t i = home_of(tag_of(hash)); slots_[i].flow != kNone; i = (i + 1) & mask_)
    if (slots_[i].tag == tag_of(hash)) return prefetch(slots_[i].flow);
}

std::uint32_t FlowTable::insert(const FlowKey& key, std::uint64_t hash) {
  if (std::uint64_t{live_} * 2 > mask_) grow();
  std::uint64_t i = home_of(tag_of(hash));
  while (slots_[i].flow != kNone) i = (i + 1) & mask_;
  const std::uint32_t number = flows_.take();
  slots_[i] = {tag_of(hash), number};
  FlowState& flow = flows_[number];
  flow.key = key;
  flow.hash = tag_of(hash);
  flow.live = true;
  live_++;
  return number;
}

void FlowTable::erase(std::uint32_t number) {
  FlowState& flow = flows_[number];
  std::uint64_t hole = home_of(flow.hash);
  while (slots_[hole].flow != number) hole = (hole + 1) & mask_;
  // Moves later entries of the run up, so that no search stops early.
  for (std::uint64_t i = (hole + 1) & mask_; slots_[i].flow != kNone; i = (i + 1) & mask_) {
    const std::uint64_t home = home_of(slots_[i].tag);
    if (((i - home) & mask_) >= ((i - hole) & mask_)) {
      slots_[hole] = slots_[i];
      hole = i;
    }
  }
  slots_[hole] = {};
  flow.live = false;
  flows_.give_back(number);
  live_--;
}

void FlowTable::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  mask_ = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.flow == kNone) continue;
    std::uint64_t i = home_of(slot.tag);
    while (slots_[i].flow != kNone) i = (i + 1) & mask_;
    slots_[i] = slot;
  }
}

}  // namespace argus
