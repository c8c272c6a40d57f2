// Records that may be shown to strangers: who it was is hidden, and what happened stays as it was.
#pragma once

#include <optional>

#include "base/time.h"
#include "flow/field.h"
#include "flow/source.h"
#include "privacy/key.h"

namespace argus {

struct AnonymizeOptions {
  DisguiseKey key;
  FieldSet kept;                    // stored fields that stay as they are
  FieldSet dropped;                 // stored fields that are left out
  std::optional<Nanos> shift = {};  // of all times; none: what the key says
  bool keeps_vendors = false;       // of MAC addresses
};

// Each stored field is changed by what its format says (flow/formats.def): addresses, MAC addresses, ports from 1024 on
// and times have others in their place, texts are left out, and everything else stays. Fields that are derived follow
// from these. Ledger entries have no sensor, and the times of the records. A live source that gives ticks gives none.
[[nodiscard]] SourcePtr anonymized(SourcePtr input, const AnonymizeOptions& options);

}  // namespace argus
