// What became of the frames of an input, for its journal.
#pragma once

#include <algorithm>
#include <map>
#include <string>

#include "base/time.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "meter/meter.h"
#include "packet/decode.h"
#include "packet/packet.h"

namespace argus {

inline constexpr std::size_t kPacketsAtOnce = 128;  // given to the meter together; they stay in the first cache
inline constexpr std::size_t kRowsAtOnce = 16'384;  // taken from it together, while more come

class PacketAccount {
 public:
  explicit PacketAccount(std::string sensor) : sensor_(std::move(sensor)) {}

  void frame(DecodeStatus status, const Frame& frame);
  // What never came as a frame, or is no packet at all.
  void add(LedgerItem item, std::uint64_t count) { counts_[item] += count; }
  // What the meter counted beside packets since the last call.
  void meter(const MeterCounts& now);
  void span(Nanos from, Nanos to) { begin_ = std::min(begin_, from), end_ = std::max(end_, to); }
  // Moves everything to the journal, if its span overlaps.
  void drain(const TimeSpan& when, Journal& out);
  // Packets of link types that nobody knows, since the last call.
  [[nodiscard]] std::map<std::uint16_t, std::uint64_t> unknown_links() { return std::exchange(unknown_links_, {}); }

 private:
  std::string sensor_;
  std::map<LedgerItem, std::uint64_t> counts_;
  MeterCounts told_;                           // of the meter, already counted
  Nanos begin_ = INT64_MAX, end_ = INT64_MIN;  // of what counts_ speaks of
  std::map<std::uint16_t, std::uint64_t> unknown_links_;
  std::uint64_t received_ = 0, metered_ = 0;
};

}  // namespace argus
