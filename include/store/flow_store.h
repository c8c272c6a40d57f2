// Flows kept in memory under a limit of bytes: the oldest go first, and what went is counted. A scan is a source like
// any other, so that every stage works over what is kept.
#pragma once

#include <cstdint>
#include <deque>

#include "base/time.h"
#include "flow/batch.h"
#include "flow/source.h"

namespace argus {

class FlowStore {
 public:
  // What went because of the limit, summed up.
  struct Gone {
    std::uint64_t rows = 0, packets = 0, bytes = 0;  // packets and bytes of both directions, as far as rows have them
    Nanos since = INT64_MAX, until = INT64_MIN;      // earliest stime and latest ltime of what went
    [[nodiscard]] bool any() const { return rows != 0; }
  };

  // 0 keeps nothing.
  explicit FlowStore(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}

  // Rows are never changed once kept. Small batches are put together, large ones cut, so that little goes at a time.
  void add(const Batch& batch);
  void clear();  // also of what went

  // What is kept now, oldest arrivals first, in the order of arrival: later add() and the store's end do not touch it.
  [[nodiscard]] SourcePtr scan() const;

  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }  // never above the limit
  [[nodiscard]] std::uint64_t bytes_max() const { return bytes_max_; }
  [[nodiscard]] const Gone& gone() const { return gone_; }

 private:
  struct KeptBatch {
    Batch batch;
    std::uint64_t bytes = 0;
  };
  void keep(Batch batch);
  void let_go(const Batch& batch);

  std::uint64_t bytes_max_;
  std::deque<KeptBatch> kept_;
  std::uint64_t rows_ = 0, bytes_ = 0;
  Gone gone_;
};

}  // namespace argus
