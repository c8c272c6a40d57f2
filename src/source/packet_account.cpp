#include "source/packet_account.h"

namespace argus {

namespace {

LedgerItem item_of(DecodeStatus status) {
  switch (status) {
    case DecodeStatus::too_short: return LedgerItem::too_short;
    case DecodeStatus::malformed: return LedgerItem::malformed;
    case DecodeStatus::bad_link: return LedgerItem::bad_link;
    case DecodeStatus::too_deep: return LedgerItem::too_deep;
    case DecodeStatus::ok: break;
  }
  return LedgerItem::metered;
}

}  // namespace

void PacketAccount::frame(DecodeStatus status, const Frame& frame) {
  received_++;
  span(frame.time, frame.time);
  if (status == DecodeStatus::ok) {
    metered_++;
    return;
  }
  counts_[item_of(status)]++;
  if (status == DecodeStatus::bad_link) unknown_links_[static_cast<std::uint16_t>(frame.link)]++;
}

void PacketAccount::meter(const MeterCounts& now) {
  counts_[LedgerItem::evicted] += now.evicted - told_.evicted;
  counts_[LedgerItem::time_back] += now.time_back - told_.time_back;
  told_ = now;
}

void PacketAccount::drain(const TimeSpan& when, Journal& out) {
  counts_[LedgerItem::received] += std::exchange(received_, 0);
  counts_[LedgerItem::metered] += std::exchange(metered_, 0);
  const bool known = begin_ <= end_;
  for (const auto& [item, count] : counts_)
    if (!known || when.overlaps(begin_, end_)) out.add({sensor_, known ? begin_ : 0, known ? end_ : 0, item, count});
  counts_.clear();
  begin_ = INT64_MAX, end_ = INT64_MIN;
}

}  // namespace argus
