// Merging records that share a key (racluster).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "flow/field.h"
#include "flow/source.h"
#include "query/key.h"

namespace argus {

struct ClusterOptions {
  KeyWords key;       // no keys and not none: by flow (srcid, ftime, 5-tuple and the protocol's own identifiers)
  bool rmon = false;  // every record counted from both ends
  std::vector<Field> shown = {};  // among the default columns, first behind the keys
};

// Output: one record a key, in key order (absent last), times and counters merged by the rules of the field table;
// fields that are neither key nor mergeable are absent. Over Resources::memory_max groups go to the scratch folder
// (base/scratch.h), but for the fields of tallies, which end it with Errc::limit then.
[[nodiscard]] SourcePtr clustered(SourcePtr input, ClusterOptions options);

// The default columns after clustering: the keys as words, `shown`, then trans spkts dpkts sbytes dbytes.
[[nodiscard]] std::vector<std::string> cluster_columns(const KeyWords& key, const std::vector<Field>& shown = {});

// Each batch followed by itself reversed (-M rmon).
[[nodiscard]] SourcePtr doubled(SourcePtr input);

}  // namespace argus
