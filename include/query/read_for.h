// Reading for a while only (-T).
#pragma once

#include "base/time.h"
#include "flow/source.h"

namespace argus {

// The input, stopped `duration` after the first wish for rows: it ends as it ends when it is stopped, well and with
// what there is. An input that waits without ticks is stopped when it has something.
[[nodiscard]] SourcePtr read_for(SourcePtr input, Nanos duration);

}  // namespace argus
