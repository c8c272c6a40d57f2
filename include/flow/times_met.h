// What a time range met of the data, so that one that misses can say where the data is: known from what is judged and
// selected anyway, without reading anything twice.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "base/time.h"
#include "flow/batch.h"
#include "flow/source.h"
#include "flow/where.h"

namespace argus {

// May be asked while a thread reads.
class TimesMet {
 public:
  void note(const FrameStats& stats);
  void note(const Batch& batch);
  void hit() { hit_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool is_hit() const { return hit_.load(std::memory_order_relaxed); }
  // From the first to the last time of all records, when certainly none of them was in the range; also empty where no
  // record has times.
  [[nodiscard]] std::optional<TimeSpan> missed() const;

 private:
  void widen(Nanos begin, Nanos end);
  std::atomic<bool> hit_ = false;  // some record was in the range, or may have been
  std::atomic<Nanos> begin_ = INT64_MAX, end_ = INT64_MIN;
};

// Rows of the range `when` that satisfy `filter` (null: all); `met` hears of the times.
[[nodiscard]] WherePtr where_met(WherePtr when, WherePtr filter, std::shared_ptr<TimesMet> met);

}  // namespace argus
