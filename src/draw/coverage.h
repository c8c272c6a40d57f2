// Which time was listened to, and when something was lost: what the ledger says, bin by bin.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/clock_span.h"
#include "base/time.h"
#include "flow/ledger.h"
#include "flow/source.h"

namespace argus {

class Coverage {
 public:
  // Longer without any packet is no silence but a gap: nobody knows whether somebody listened.
  static constexpr Nanos kQuietMost = 5 * kMinute;

  void add(const std::vector<LedgerEntry>& entries);
  // From the first to the last packet that was received.
  [[nodiscard]] std::optional<ClockSpan> range() const;
  // The states of bins; `has_rows`: of the bin that begins there.
  void settle(const std::vector<ClockSpan>& bins, const std::function<bool(Nanos)>& has_rows, const TimeSpan& asked,
              std::vector<std::uint8_t>& states);
  // After settle(): how much of a bin lies between the first and the last that is known; of rates a tenth of it at
  // least, so that a single packet at the edge is no peak.
  [[nodiscard]] Nanos known_of(const ClockSpan& bin) const;

 private:
  std::vector<ClockSpan> received_, lost_;
  Nanos begin_ = INT64_MIN, end_ = INT64_MAX;
};

}  // namespace argus
