// Our own CSV, TSV and JSON lines back.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"
#include "import/reader.h"

namespace argus {

// A first line of nothing but names of fields, or an object whose first member is one. `head`: what of it can be seen.
[[nodiscard]] bool looks_like_table(Bytes head);

[[nodiscard]] Result<RecordReaderPtr> read_table(InputStream input);

}  // namespace argus
