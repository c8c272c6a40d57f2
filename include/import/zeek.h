// Zeek's conn.log: text with tabs below its header lines, and JSON lines. https://docs.zeek.org, "conn.log" and "Zeek
// Log Formats".
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"
#include "import/reader.h"

namespace argus {

// By the first header line, or the names in the first object. `head`: what of it can be seen, more than its first
// bytes.
[[nodiscard]] bool looks_like_zeek(Bytes head);

// Errc::foreign for a log of Zeek that has no connections.
[[nodiscard]] Result<RecordReaderPtr> read_zeek(InputStream input);

}  // namespace argus
