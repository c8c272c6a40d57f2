// Capture files: pcap (both byte orders, micro- and nanoseconds; draft-ietf-opsawg-pcap) and pcapng
// (draft-ietf-opsawg-pcapng; several sections and interfaces with link types and resolutions of their own), plain or
// compressed as base/stream.h says, from a seekable file or a pipe. Our own buffered reader, no mapping.
#pragma once

#include <memory>

#include "base/result.h"
#include "packet/packet.h"

namespace argus {

class CaptureFile {
 public:
  virtual ~CaptureFile() = default;
  // The next frame: true, or false at the end. A file that is cut short ends there (cut_short()); other damage is
  // Errc::corrupt, after which the frames read so far stand.
  [[nodiscard]] virtual Result<bool> next(Frame& out) = 0;
  [[nodiscard]] virtual bool cut_short() const = 0;  // ended in the middle of a packet or block
  [[nodiscard]] virtual std::uint64_t frames() const = 0;
};

using CaptureFilePtr = std::unique_ptr<CaptureFile>;

}  // namespace argus
