#include "relay/frame_ring.h"

#include <algorithm>
#include <utility>

namespace argus {

namespace {

constexpr std::size_t kSlotsMax = 65'536;   // frames whose numbers of records are remembered
constexpr std::size_t kLedgerMax = 16'384;  // ledger frames; a sensor makes one a minute

}  // namespace

void FrameRing::push(RingFrame frame) {
  const std::scoped_lock lock(mutex_);
  bytes_ += frame.bytes.size();
  Slot slot{nullptr, records_, frame.records, frame.begin, frame.end};
  records_ += frame.records;
  slot.frame = std::make_shared<const RingFrame>(std::move(frame));
  slots_.push_back(std::move(slot));
  evict();
}

void FrameRing::push_ledger(RingFrame frame) {
  const std::scoped_lock lock(mutex_);
  ledger_.push_back({std::make_shared<const RingFrame>(std::move(frame)), first_ + slots_.size()});
  if (ledger_.size() <= kLedgerMax) return;
  ledger_.pop_front();
  ledger_first_++;
}

void FrameRing::forget() {
  const std::scoped_lock lock(mutex_);
  first_ = oldest_ = first_ + slots_.size();
  slots_.clear();
  bytes_ = 0;
}

void FrameRing::close() {
  const std::scoped_lock lock(mutex_);
  closed_ = true;
}

// Lets the oldest frames go until the rest fits; the newest one stays.
void FrameRing::evict() {
  const std::size_t most = std::max(bytes_max_ / 4, bytes_max_ - std::min(bytes_max_, outside_));
  while (bytes_ > most && oldest_ + 1 < first_ + slots_.size()) {
    Slot& slot = slots_[static_cast<std::size_t>(oldest_ - first_)];
    bytes_ -= slot.frame->bytes.size();
    slot.frame.reset();
    oldest_++;
  }
  while (slots_.size() > kSlotsMax) {
    if (slots_.front().frame) {
      bytes_ -= slots_.front().frame->bytes.size();
      oldest_++;
    }
    slots_.pop_front();
    first_++;
  }
}

FrameRing::Place FrameRing::newest() const {
  const std::scoped_lock lock(mutex_);
  return {first_ + slots_.size(), records_, ledger_first_ + ledger_.size()};
}

// Moves a place that fell off to the newest frame. The count is exact; the span is of what is remembered.
FrameRing::Gap FrameRing::skip(Place& place) const {
  Gap gap;
  const std::uint64_t newest = first_ + slots_.size() - (slots_.empty() ? 0 : 1);
  for (std::uint64_t number = std::max(place.next, first_); number < newest; number++) {
    const Slot& slot = slots_[static_cast<std::size_t>(number - first_)];
    if (slot.records == 0) continue;
    gap.begin = gap.end == 0 ? slot.begin : std::min(gap.begin, slot.begin);
    gap.end = std::max(gap.end, slot.end);
  }
  const std::uint64_t record = slots_.empty() ? records_ : slots_.back().record;
  gap.records = record - place.record;
  place.next = newest;
  place.record = record;
  return gap;
}

RingFramePtr FrameRing::take(Place& place, Gap& gap) {
  const std::scoped_lock lock(mutex_);
  if (place.next < oldest_) gap = skip(place);
  place.ledger = std::max(place.ledger, ledger_first_);
  const std::size_t entry = static_cast<std::size_t>(place.ledger - ledger_first_);
  if (entry < ledger_.size() && ledger_[entry].after <= place.next) {
    place.ledger++;
    return ledger_[entry].frame;
  }
  if (place.next >= first_ + slots_.size()) return nullptr;
  const Slot& slot = slots_[static_cast<std::size_t>(place.next++ - first_)];
  place.record = slot.record + slot.records;
  return slot.frame;
}

bool FrameRing::closed() const {
  const std::scoped_lock lock(mutex_);
  return closed_;
}

void FrameRing::hold_outside(std::size_t bytes) {
  const std::scoped_lock lock(mutex_);
  outside_ = bytes;
  evict();
}

std::size_t FrameRing::bytes() const {
  const std::scoped_lock lock(mutex_);
  return bytes_;
}

}  // namespace argus
