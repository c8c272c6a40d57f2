// Mends frames: what one damaged place took is made again from what the rest of the frame says (docs/format.md,
// Repair).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "codec/frame.h"

namespace argus {

// Makes the repair bytes of a payload (directory and columns), which is all from byte `begin` on, and appends them;
// head gets stored and repair. None where they would make the frame too large.
void append_repair(FrameHead& head, std::vector<std::byte>& payload, std::size_t begin = 0);

// Makes a payload again in which one place is damaged, of at most half of head.repair bytes (longer ones
// where it can). True: every check of it holds; else it is as it was.
[[nodiscard]] bool mend_payload(const FrameHead& head, std::span<std::byte> payload);

// What the next head of a stream must say.
struct HeadPlace {
  std::uint64_t stream = 0, number = 0, first_record = 0;
};
// The head that these bytes are but for one of them.
[[nodiscard]] bool mend_head(Bytes bytes, const HeadPlace& place, FrameHead& out);

}  // namespace argus
