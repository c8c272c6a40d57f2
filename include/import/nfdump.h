// Files of nfdump 1.7: version 2 of its format, with records of version 3. Learned from files that its programs wrote
// and from what they print of them.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"
#include "import/reader.h"

namespace argus {

[[nodiscard]] bool looks_like_nfdump(Bytes head);

// Errc::unsupported for a compression or encryption that is not known.
[[nodiscard]] Result<RecordReaderPtr> read_nfdump(InputStream input);

}  // namespace argus
