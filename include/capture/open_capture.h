// Which reader a capture file needs, by its first bytes.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"
#include "capture/capture_file.h"

namespace argus {

// Reads the file's head. Errc::foreign when it is no capture file, with what it starts with.
[[nodiscard]] Result<CaptureFilePtr> open_capture_file(InputStream input);

// True if these first bytes (>= 4) begin a capture file; compressed files are asked for after decompression.
[[nodiscard]] bool looks_like_capture(Bytes head);
// What they say of the form: "pcap, microseconds", "pcapng"; empty for what is no capture file.
[[nodiscard]] std::string_view capture_form(Bytes head);

}  // namespace argus
