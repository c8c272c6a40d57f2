// The stream's frames (docs/format.md): self-delimiting, checked, found again after damage. A file, a pipe and a
// socket carry the same frames, nothing between them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"

namespace argus {

inline constexpr std::array<std::uint8_t, 8> kFrameMarker = {0x89, 'A', 'R', 'G', 'F', 0x0d, 0x0a, 0x1a};
inline constexpr std::size_t kFrameHeadSize = 64;
inline constexpr std::uint8_t kFormatVersion = 0;
inline constexpr std::uint32_t kStoredMax = 16u << 20;  // bytes behind a head
inline constexpr std::uint32_t kRawMax = 16u << 20;     // bytes of all columns before compression
inline constexpr std::uint32_t kFrameRowsMax = 65'536;
inline constexpr std::uint32_t kDirectoryMax = 1u << 20;

enum class FrameType : std::uint8_t { header = 1, flows = 2, ledger = 3, index = 4, end = 5, request = 6 };

struct FrameHead {
  std::uint8_t version = kFormatVersion;
  std::uint8_t type = 0;     // FrameType; unknown ones are skipped
  std::uint16_t flags = 0;   // 0 in this version
  std::uint32_t stored = 0;  // bytes behind the head: directory, columns, and what mends them
  std::uint32_t raw = 0;     // bytes of the columns before compression
  std::uint32_t rows = 0;
  std::uint64_t stream = 0;           // random; the same in every frame of a stream
  std::uint64_t number = 0;           // of the frame in its stream, from 0; header copies and all types count
  std::uint64_t first_record = 0;     // number of the first record in it, or that the next flows frame will have
  std::uint32_t directory = 0;        // bytes of the directory
  std::uint32_t directory_check = 0;  // CRC32C of the directory, seeded with the stream id
  std::uint32_t repair = 0;           // bytes at the end that mend what is before them; 0: none

  [[nodiscard]] std::size_t columns() const { return std::size_t{stored} - directory - repair; }  // bytes
};

// CRC-32C (RFC 3720 B.4) over the stream id and then the bytes, so that bytes of another stream never pass.
[[nodiscard]] std::uint32_t seeded_check(std::uint64_t stream, Bytes bytes);

void append_head(const FrameHead& head, std::vector<std::byte>& out);
// Over the first kFrameHeadSize bytes of a frame.
void write_head(const FrameHead& head, std::span<std::byte> frame);

enum class HeadFault : std::uint8_t { none, too_short, no_marker, bad_check, newer, out_of_bounds };
// The head at the start of `bytes`. `newer`: whole and checked, but of a later format.
[[nodiscard]] HeadFault parse_head(Bytes bytes, FrameHead& out);

}  // namespace argus
