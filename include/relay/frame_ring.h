// The newest frames, kept once for all readers: who is slow falls off its end and is told what it missed. Everything
// may be called from any thread; what was pushed never changes.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/time.h"

namespace argus {

struct RingFrame {
  std::vector<std::byte> bytes;  // a whole frame
  std::uint64_t records = 0;
  Nanos begin = 0, end = 0;  // of its records; both 0 without any
};
using RingFramePtr = std::shared_ptr<const RingFrame>;

class FrameRing {
 public:
  explicit FrameRing(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // A reader's place. A new one begins with the next frame that is pushed.
  struct Place {
    std::uint64_t next = 0;    // number of the frame
    std::uint64_t record = 0;  // number of its first record
    std::uint64_t ledger = 0;  // number of the ledger frame
  };
  // What lies between a place and the oldest frame that is still here.
  struct Gap {
    std::uint64_t records = 0;
    Nanos begin = 0, end = 0;  // of the records
  };

  void push(RingFrame frame);
  // Ledger frames are small and kept apart, so that no slow reader loses one; given after the frames pushed before.
  void push_ledger(RingFrame frame);
  // Gives the memory back where nobody reads: the frames are as if they had fallen off.
  void forget();
  // Nothing more will come.
  void close();

  [[nodiscard]] Place newest() const;
  // The next frame from `place`, which moves on; null when there is none. Where it fell off the ring it goes on with
  // the newest frame, and `gap` tells what it missed.
  [[nodiscard]] RingFramePtr take(Place& place, Gap& gap);
  [[nodiscard]] bool closed() const;
  // Bytes that readers hold besides (frames on their way): the ring is smaller by them, down to a quarter.
  void hold_outside(std::size_t bytes);
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Slot {
    RingFramePtr frame;                     // null: fell off
    std::uint64_t record = 0, records = 0;  // number of its first one, how many
    Nanos begin = 0, end = 0;
  };
  struct LedgerSlot {
    RingFramePtr frame;
    std::uint64_t after = 0;  // number of the flows frame that comes next
  };
  void evict();
  [[nodiscard]] Gap skip(Place& place) const;

  mutable std::mutex mutex_;
  std::size_t bytes_max_, bytes_ = 0, outside_ = 0;
  std::deque<Slot> slots_;     // those that fell off in front, as long as their number is remembered
  std::uint64_t first_ = 0;    // number of slots_.front()
  std::uint64_t oldest_ = 0;   // number of the oldest frame that is still here
  std::uint64_t records_ = 0;  // pushed so far
  std::deque<LedgerSlot> ledger_;
  std::uint64_t ledger_first_ = 0;
  bool closed_ = false;
};

}  // namespace argus
