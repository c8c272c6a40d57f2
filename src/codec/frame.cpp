#include "codec/frame.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "codec/crc32c.h"

namespace argus {

std::uint32_t seeded_check(std::uint64_t stream, Bytes bytes) {
  std::array<std::byte, 8> seed;
  for (std::size_t i = 0; i < seed.size(); i++) seed[i] = static_cast<std::byte>(stream >> (8 * i));
  return crc32c(crc32c(0, seed), bytes);
}

void append_head(const FrameHead& head, std::vector<std::byte>& out) {
  ByteWriter bytes;
  bytes.bytes(kFrameMarker.data(), kFrameMarker.size());
  bytes.le(head.version);
  bytes.le(head.type);
  bytes.le(head.flags);
  bytes.le(head.stored);
  bytes.le(head.raw);
  bytes.le(head.rows);
  bytes.le(head.stream);
  bytes.le(head.number);
  bytes.le(head.first_record);
  bytes.le(head.directory);
  bytes.le(head.directory_check);
  bytes.le(head.repair);
  bytes.le(seeded_check(head.stream, bytes.view()));
  out.insert(out.end(), bytes.view().begin(), bytes.view().end());
}

void write_head(const FrameHead& head, std::span<std::byte> frame) {
  std::vector<std::byte> bytes;
  append_head(head, bytes);
  std::copy(bytes.begin(), bytes.end(), frame.begin());
}

HeadFault parse_head(Bytes bytes, FrameHead& out) {
  if (bytes.size() < kFrameHeadSize) return HeadFault::too_short;
  if (std::memcmp(bytes.data(), kFrameMarker.data(), kFrameMarker.size()) != 0) return HeadFault::no_marker;
  ByteReader in(bytes.first(kFrameHeadSize));
  in.skip(kFrameMarker.size());
  out.version = in.u8();
  out.type = in.u8();
  out.flags = in.le<std::uint16_t>();
  out.stored = in.le<std::uint32_t>();
  out.raw = in.le<std::uint32_t>();
  out.rows = in.le<std::uint32_t>();
  out.stream = in.le<std::uint64_t>();
  out.number = in.le<std::uint64_t>();
  out.first_record = in.le<std::uint64_t>();
  out.directory = in.le<std::uint32_t>();
  out.directory_check = in.le<std::uint32_t>();
  out.repair = in.le<std::uint32_t>();
  if (in.le<std::uint32_t>() != seeded_check(out.stream, bytes.first(kFrameHeadSize - 4))) return HeadFault::bad_check;
  if (out.version > kFormatVersion) return HeadFault::newer;
  const bool sane = out.stored <= kStoredMax && out.raw <= kRawMax && out.rows <= kFrameRowsMax &&
                    out.directory <= std::min(out.stored, kDirectoryMax) && out.repair <= out.stored - out.directory;
  return sane ? HeadFault::none : HeadFault::out_of_bounds;
}

}  // namespace argus
