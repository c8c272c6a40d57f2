// Blocks that were compressed each by itself: the only door to LZO, and to LZ4 and bzip2 without their frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace argus {

// The numbers are those of nfdump's files.
enum class BlockCompression : std::uint8_t { none = 0, lzo = 1, bzip2 = 2, lz4 = 3, zstd = 4 };
inline constexpr std::uint8_t kBlockCompressions = 5;

// What a block holds, up to to.size() bytes of it; gives how many there are. Errc::corrupt for what is damaged or
// larger.
[[nodiscard]] Result<std::size_t> unpack_block(BlockCompression compression, Bytes block, std::span<std::byte> to);

}  // namespace argus
