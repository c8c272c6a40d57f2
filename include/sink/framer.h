// Batches of any size made into ones that fit a frame: small ones wait for each other, large ones are divided.
#pragma once

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "base/result.h"
#include "codec/block.h"
#include "flow/batch.h"

namespace argus {

class Framer {
 public:
  // take(batch) -> Result<>: gets what fits a frame.
  template <class Take>
  Result<> add(const Batch& batch, Take&& take) {
    if (batch.rows() + held_rows_ > kRowsAFrame) ARGUS_TRY(flush(take));
    if (batch.rows() >= kRowsAFrame) return pieces(batch, take);
    held_.push_back(batch);
    held_rows_ += batch.rows();
    return {};
  }
  template <class Take>
  Result<> flush(Take&& take) {
    if (held_.empty()) return {};
    const Batch all = concatenated(std::exchange(held_, {}));
    held_rows_ = 0;
    return pieces(all, take);
  }
  [[nodiscard]] std::size_t held_rows() const { return held_rows_; }

 private:
  template <class Take>
  static Result<> pieces(const Batch& batch, Take&& take) {
    if (batch.rows() <= kRowsAFrame && raw_bound(batch) <= kRawAFrame) return take(batch);
    const std::size_t piece = std::min(kRowsAFrame, (batch.rows() + 1) / 2);
    for (std::size_t at = 0; at < batch.rows(); at += piece) {
      std::vector<std::uint32_t> rows(std::min(piece, batch.rows() - at));
      std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(at));
      ARGUS_TRY(pieces(gathered(batch, rows), take));
    }
    return {};
  }

  std::vector<Batch> held_;
  std::size_t held_rows_ = 0;
};

}  // namespace argus
