// A batch as the payload of a flows frame: a directory of columns, then each column coded and compressed by itself.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "codec/frame.h"
#include "flow/batch.h"

namespace argus {

inline constexpr std::size_t kRowsAFrame = 16'384;        // what writers put in one
inline constexpr std::size_t kRawAFrame = 12u << 20;      // so that what does not compress fits with its directory
inline constexpr std::uint32_t kSharedBelow = 64 * 1024;  // raw bytes under which columns share one zstd frame
inline constexpr int kZstdLevel = 3;

// Directory, then columns; head gets stored, raw, rows, directory and directory_check. Needs rows() <= kRowsAFrame and
// strings of at most 255 bytes.
[[nodiscard]] std::vector<std::byte> encode_block(const Batch& batch, FrameHead& head);

// Bytes that a frame of this batch takes in a reader at most, before compression.
[[nodiscard]] std::size_t raw_bound(const Batch& batch);

}  // namespace argus
