// How the packets and bytes of a record lie over its time, which is all that is known of them: the first and the last
// packet of a direction where they were, the others even between them.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "base/int128.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"

namespace argus {

// value * part / whole, rounded down; part <= whole, whole > 0.
[[nodiscard]] inline std::uint64_t share_of(std::uint64_t value, std::uint64_t part, std::uint64_t whole) {
  if (std::bit_width(value) + std::bit_width(part) <= 64) return value * part / whole;
  return static_cast<std::uint64_t>(static_cast<u128>(value) * part / whole);
}

// One direction of a record.
struct RecordSide {
  std::uint64_t packets = 0;
  Nanos first = 0, last = 0;

  // Packets before `border`.
  [[nodiscard]] std::uint64_t before(Nanos border) const {
    if (packets == 0 || border <= first) return 0;
    if (border > last) return packets;
    if (packets <= 2) return 1;
    return 1 + share_of(packets - 2, static_cast<std::uint64_t>(border) - static_cast<std::uint64_t>(first),
                        static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first));
  }
  // When the packet comes before which there are `n` < packets of them, by the reckoning of before().
  [[nodiscard]] Nanos time_of(std::uint64_t n) const {
    if (n == 0) return first;
    if (n + 1 == packets) return last;
    // The first border before which there are n + 1, less one.
    const u128 length = static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first);
    const auto until = static_cast<std::uint64_t>((length * n + (packets - 3)) / (packets - 2));
    return static_cast<Nanos>(static_cast<std::uint64_t>(first) + std::max<std::uint64_t>(until, 1) - 1);
  }
};

inline constexpr std::array<Field, 2> kPacketsOf = {Field::spkts, Field::dpkts};
inline constexpr std::array<Field, 2> kFirstOf = {Field::sstime, Field::dstime};
inline constexpr std::array<Field, 2> kLastOf = {Field::sltime, Field::dltime};

// The times of a batch's rows; lives no longer than the batch. Side 0 is the source.
class RowTimes {
 public:
  explicit RowTimes(const Batch& batch)
      : stime_(flat<Nanos>(batch[Field::stime], batch.rows())), ltime_(flat<Nanos>(batch[Field::ltime], batch.rows())) {
    for (std::size_t side = 0; side < 2; side++) {
      packets_[side] = flat<std::uint64_t>(batch[kPacketsOf[side]], batch.rows());
      firsts_[side] = flat<Nanos>(batch[kFirstOf[side]], batch.rows());
      lasts_[side] = flat<Nanos>(batch[kLastOf[side]], batch.rows());
    }
  }
  [[nodiscard]] bool timed(std::size_t row) const { return stime_.has(row) && ltime_.has(row); }
  [[nodiscard]] Nanos stime(std::size_t row) const { return stime_.values[row]; }
  [[nodiscard]] Nanos ltime(std::size_t row) const { return std::max(stime_.values[row], ltime_.values[row]); }
  // Times that contradict the record's own are not believed.
  [[nodiscard]] RecordSide direction(std::size_t side, std::size_t row) const {
    RecordSide out{packets_[side].has(row) ? packets_[side].values[row] : 0, stime(row), ltime(row)};
    if (firsts_[side].has(row)) out.first = std::clamp(firsts_[side].values[row], out.first, out.last);
    if (lasts_[side].has(row)) out.last = std::clamp(lasts_[side].values[row], out.first, out.last);
    return out;
  }

 private:
  Flat<Nanos> stime_, ltime_;
  std::array<Flat<std::uint64_t>, 2> packets_;
  std::array<Flat<Nanos>, 2> firsts_, lasts_;
};

}  // namespace argus
