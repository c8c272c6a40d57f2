// The one loop: pulls batches from a bound source into a sink.
#pragma once

#include <vector>

#include "base/result.h"
#include "flow/ledger.h"
#include "flow/sink.h"
#include "flow/source.h"

namespace argus {

struct Pumped {
  std::uint64_t rows = 0;
  Journal journal;              // what the source accounted for, summed up by sensor and item
  std::vector<Error> problems;  // Source::problems at the end
};

// Binds, begins, pulls to the end, drains the ledger, finishes. A sink that answers Errc::closed ends it well. On
// several threads (Resources::threads) rows of a source that is not live are encoded while others are pulled; what the
// sink appends is the same.
[[nodiscard]] Result<Pumped> pump(Source& source, Sink& sink, const Needs& needs, const Resources& resources);

}  // namespace argus
