// Files and streams of the classic Argus 3, as `argus -w` and `ra -w` write them and as its sensors send them.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/stream.h"
#include "base/time.h"
#include "import/reader.h"

namespace argus {

// By the management record that each of them begins with.
[[nodiscard]] bool looks_like_classic(Bytes head);
// The sensor asks for SASL (RFC 4422), which nobody here speaks.
[[nodiscard]] bool classic_wants_sasl(Bytes head);
// How often it sends management records, at the least.
[[nodiscard]] Nanos classic_interval(Bytes head);

struct ClassicOptions {
  bool prompt = false;  // of a sensor: rows are given as soon as the next one would have to be waited for
};
[[nodiscard]] RecordReaderPtr read_classic(InputStream input, const ClassicOptions& options = {});

}  // namespace argus
