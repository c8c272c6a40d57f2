// zstd for blocks of known size (RFC 8878). The only door to the library together with base/stream.h.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace argus {

// Appends one zstd frame with its content size; no dictionary, no checksum (callers have their own).
void zstd_compress(Bytes from, int level, std::vector<std::byte>& to);
// Decompresses one whole frame into exactly to.size() bytes; Errc::corrupt for anything else. Never allocates by what
// the frame says.
[[nodiscard]] Result<> zstd_decompress(Bytes from, std::span<std::byte> to);

// What the head of a frame says that it decompresses into; empty where it says nothing.
[[nodiscard]] std::optional<std::uint64_t> zstd_content_size(Bytes frame);

}  // namespace argus
