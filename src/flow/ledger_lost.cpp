#include "flow/ledger_lost.h"

#include <algorithm>
#include <array>

namespace argus {

namespace {

constexpr std::array kLost = {LedgerItem::kernel_dropped,  LedgerItem::interface_dropped, LedgerItem::records_unwritten,
                              LedgerItem::records_skipped, LedgerItem::sensor_silent,     LedgerItem::capture_cut,
                              LedgerItem::records_lost,    LedgerItem::bytes_skipped,     LedgerItem::frames_damaged,
                              LedgerItem::datagrams_lost,  LedgerItem::flows_lost};

}  // namespace

bool is_lost(LedgerItem item) { return std::find(kLost.begin(), kLost.end(), item) != kLost.end(); }

}  // namespace argus
