// CRC-32C, Castagnoli (RFC 3720 B.4), by the processor where it can.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace argus {

// Goes on from `crc` (0 to begin): crc32c(crc32c(0, a), b) is that of a and b together.
[[nodiscard]] std::uint32_t crc32c(std::uint32_t crc, Bytes bytes);
[[nodiscard]] std::uint32_t crc32c_by_table(std::uint32_t crc, Bytes bytes);

}  // namespace argus
