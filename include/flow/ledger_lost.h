// What of the ledger is missing traffic: it was there to be had, and is in no record that is read.
#pragma once

#include "flow/ledger.h"

namespace argus {

// Dropped, unwritten, skipped, damaged, or of a sensor that was away. What could not be metered is not.
[[nodiscard]] bool is_lost(LedgerItem item);

}  // namespace argus
