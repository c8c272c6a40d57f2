// pcapng files: draft-ietf-opsawg-pcapng. Sections in either byte order; interfaces with link types, resolutions and
// offsets of their own; enhanced, simple and obsolete packet blocks. All other blocks are passed over.
#include <algorithm>
#include <vector>

#include "base/bytes.h"
#include "base/int128.h"
#include "base/result.h"
#include "base/stream.h"
#include "base/time.h"
#include "base/time_range.h"
#include "capture/capture_file.h"
#include "capture/window.h"
#include "packet/packet.h"

namespace argus {
namespace {

constexpr std::uint32_t kSection = 0x0a0d0d0a, kInterface = 1, kObsoletePacket = 2, kSimplePacket = 3;
constexpr std::uint32_t kEnhancedPacket = 6;
constexpr std::uint32_t kByteOrder = 0x1a2b3c4d;
constexpr std::size_t kInterfacesMax = 65'536;  // a section
constexpr std::uint32_t kBlockMin = 12, kBlockMax = InputStream::kPeekMax;

struct Interface {
  LinkType link = LinkType::ethernet;
  std::uint32_t snap_length = 0;  // 0: none
  std::uint8_t resolution = 6;    // if_tsresol
  Nanos multiplier = 1000;        // nanoseconds a tick; 0: `resolution` is finer than that
  std::int64_t offset = 0;        // seconds
};

// if_tsoffset, which may be negative, added and the sum clamped to [0, kTimeMost].
Nanos with_offset(u128 nanoseconds, std::int64_t offset_seconds) {
  const u128 shift = static_cast<u128>(offset_seconds < 0 ? -(offset_seconds + 1) : offset_seconds) * kSecond;
  if (offset_seconds >= 0) {
    nanoseconds += shift;
  } else if (nanoseconds <= shift + kSecond) {
    return 0;
  } else {
    nanoseconds -= shift + kSecond;
  }
  return nanoseconds > kTimeMost ? kTimeMost : static_cast<Nanos>(nanoseconds);
}

u128 power_of_10(unsigned n) {
  u128 power = 1;
  while (n-- > 0) power *= 10;
  return power;
}

Nanos to_time(std::uint64_t ticks, const Interface& interface) {
  // What nearly every file has, without 128 bits.
  constexpr std::uint64_t kPlainMax = std::uint64_t{1} << 62;
  if (interface.multiplier == 1000 && interface.offset == 0 && ticks < kPlainMax / 1000) {
    return static_cast<Nanos>(ticks * 1000);
  }
  u128 nanoseconds = 0;
  const unsigned digits = interface.resolution & 0x7f;
  if (interface.multiplier != 0) {
    nanoseconds = static_cast<u128>(ticks) * static_cast<std::uint64_t>(interface.multiplier);
  } else if ((interface.resolution & 0x80) != 0) {
    // Two steps, so that 94 bits suffice whatever the resolution.
    const std::uint64_t seconds = digits < 64 ? ticks >> digits : 0;
    const std::uint64_t fraction = digits < 64 ? ticks & ((std::uint64_t{1} << digits) - 1) : ticks;
    nanoseconds = static_cast<u128>(seconds) * 1'000'000'000 + (static_cast<u128>(fraction) * 1'000'000'000 >> digits);
  } else if (digits - 9 < 20) {
    nanoseconds = ticks / power_of_10(digits - 9);
  }
  return with_offset(nanoseconds, interface.offset);
}

class PcapngFile final : public CaptureFile {
 public:
  explicit PcapngFile(Window window) : window_(std::move(window)) {}

  Result<bool> next(Frame& out) override;
  [[nodiscard]] bool cut_short() const override { return cut_short_ || window_.input().cut_short(); }
  [[nodiscard]] std::uint64_t frames() const override { return frames_; }
  [[nodiscard]] Result<bool> begin() { return block(nullptr); }

 private:
  // Takes one block: true, or false at the end. `frame_found_` tells whether it held a packet, which is then in `out`.
  Result<bool> block(Frame* out);
  bool take_enhanced(Frame& out);
  Result<bool> section();
  Result<> contents(std::uint32_t type, Bytes body, Frame* out);
  Result<> interface_block(ByteReader in);
  Result<> packet(ByteReader in, std::uint32_t interface, Frame& out);
  Result<> simple_packet(ByteReader in, Frame& out);
  Result<> hold(ByteReader in, const Interface& interface, std::uint32_t captured, std::uint32_t original, Frame& out);
  Result<bool> ended(std::uint64_t start);
  [[nodiscard]] Error damaged(std::string_view what) const;

  template <class T>
  T read(ByteReader& in) const {
    return big_endian_ ? in.be<T>() : in.le<T>();
  }

  Window window_;
  std::vector<Interface> interfaces_;
  std::uint64_t block_start_ = 0;
  std::uint64_t frames_ = 0;
  Nanos last_time_ = 0;
  bool big_endian_ = false;
  bool frame_found_ = false;
  bool cut_short_ = false;
};

Error PcapngFile::damaged(std::string_view what) const {
  return fail(Errc::corrupt, "block at byte {}: {}", block_start_, what);
}

// Takes the packet of a sound enhanced packet block that stands whole in the window: nearly all of most files. Of
// anything else it takes nothing.
bool PcapngFile::take_enhanced(Frame& out) {
  constexpr std::size_t kOverhead = 32;
  const Bytes rest = window_.rest();
  if (rest.size() < kOverhead) return false;
  ByteReader in(rest.first(kOverhead - 4));
  const auto type = read<std::uint32_t>(in);
  const auto length = read<std::uint32_t>(in);
  const auto interface = read<std::uint32_t>(in);
  const auto high = read<std::uint32_t>(in);
  const auto low = read<std::uint32_t>(in);
  const auto captured = read<std::uint32_t>(in);
  const auto original = read<std::uint32_t>(in);
  if (type != kEnhancedPacket || length < kOverhead || length % 4 != 0 || length > rest.size()) return false;
  ByteReader tail(rest.subspan(length - 4, 4));
  if (read<std::uint32_t>(tail) != length) return false;
  if (interface >= interfaces_.size() || captured > length - kOverhead || captured > kCapturedMax) return false;
  last_time_ = to_time(static_cast<std::uint64_t>(high) << 32 | low, interfaces_[interface]);
  out.bytes = window_.take(length).subspan(kOverhead - 4, captured);
  out.time = last_time_;
  out.link = interfaces_[interface].link;
  out.wire_length = std::max(original, captured);
  frames_++;
  return true;
}

Result<bool> PcapngFile::next(Frame& out) {
  if (take_enhanced(out)) return true;
  for (;;) {
    frame_found_ = false;
    auto more = block(&out);
    if (!more || !*more || frame_found_) return more;
  }
}

// The input ended within what began at `start`.
Result<bool> PcapngFile::ended(std::uint64_t start) {
  if (window_.offset() != start) cut_short_ = true;
  return false;
}

Result<bool> PcapngFile::block(Frame* out) {
  block_start_ = window_.offset();
  ARGUS_TRY_LET(const bool begun, window_.need(kBlockMin));
  if (!begun) return ended(block_start_);
  ByteReader head(window_.rest().first(kBlockMin));
  const auto type = read<std::uint32_t>(head);
  if (type == kSection) return section();  // reads the same in both byte orders
  const auto length = read<std::uint32_t>(head);
  if (length < kBlockMin || length % 4 != 0 || length > kBlockMax) return damaged(fmt::format("length {}", length));
  ARGUS_TRY_LET(const bool whole, window_.need(length));
  if (!whole) {
    cut_short_ = true;
    return false;
  }
  const Bytes bytes = window_.take(length);
  ByteReader tail(bytes.last(4));
  if (read<std::uint32_t>(tail) != length) return damaged("its two lengths differ");
  ARGUS_TRY(contents(type, bytes.subspan(8, length - kBlockMin), out));
  return true;
}

Result<bool> PcapngFile::section() {
  ByteReader head(window_.rest().first(kBlockMin));
  head.skip(4);
  auto length = head.be<std::uint32_t>();
  const auto order = head.be<std::uint32_t>();
  big_endian_ = order == kByteOrder;
  if (!big_endian_ && order != byte_swapped(kByteOrder)) return damaged("no byte-order mark in a section header");
  if (!big_endian_) length = byte_swapped(length);
  if (length < 28 || length % 4 != 0 || length > kBlockMax) return damaged(fmt::format("length {}", length));
  ARGUS_TRY_LET(const bool whole, window_.need(length));
  if (!whole) {
    cut_short_ = true;
    return false;
  }
  ByteReader body(window_.take(length));
  body.skip(kBlockMin);
  const auto major = read<std::uint16_t>(body);
  if (major != 1) return fail(Errc::foreign, "pcapng version {}; argus reads version 1", major);
  interfaces_.clear();
  return true;
}

Result<> PcapngFile::contents(std::uint32_t type, Bytes body, Frame* out) {
  ByteReader in(body);
  if (type == kInterface) return interface_block(in);
  if (out == nullptr) return {};
  switch (type) {
    case kEnhancedPacket: {
      const auto interface = read<std::uint32_t>(in);
      return packet(in, interface, *out);
    }
    case kObsoletePacket: {
      const auto interface = read<std::uint16_t>(in);
      in.skip(2);  // packets dropped since the last one, seldom known
      return packet(in, interface, *out);
    }
    case kSimplePacket: return simple_packet(in, *out);
    default: return {};
  }
}

Result<> PcapngFile::interface_block(ByteReader in) {
  Interface found;
  found.link = static_cast<LinkType>(read<std::uint16_t>(in));
  in.skip(2);
  found.snap_length = read<std::uint32_t>(in);
  if (!in.ok()) return damaged("an interface block too short");
  if (interfaces_.size() == kInterfacesMax) return fail(Errc::limit, "more than {} interfaces", kInterfacesMax);
  while (in.left() >= 4) {
    const auto code = read<std::uint16_t>(in);
    const auto length = read<std::uint16_t>(in);
    if (code == 0) break;
    ByteReader value(in.take(length));
    in.skip((4 - length % 4u) % 4u);
    if (code == 9 && length == 1) found.resolution = value.u8();
    if (code == 14 && length == 8) found.offset = read<std::int64_t>(value);
  }
  found.multiplier = 0;
  if (found.resolution <= 9) found.multiplier = static_cast<Nanos>(power_of_10(9u - found.resolution));
  interfaces_.push_back(found);
  return {};
}

Result<> PcapngFile::packet(ByteReader in, std::uint32_t interface, Frame& out) {
  const auto high = read<std::uint32_t>(in);
  const auto low = read<std::uint32_t>(in);
  const auto captured = read<std::uint32_t>(in);
  const auto original = read<std::uint32_t>(in);
  if (!in.ok()) return damaged("a packet block too short");
  if (interface >= interfaces_.size()) return damaged(fmt::format("interface {} was not described", interface));
  last_time_ = to_time(static_cast<std::uint64_t>(high) << 32 | low, interfaces_[interface]);
  return hold(in, interfaces_[interface], captured, original, out);
}

// These have no time and no interface: the time of the packet before, the first interface.
Result<> PcapngFile::simple_packet(ByteReader in, Frame& out) {
  const auto original = read<std::uint32_t>(in);
  if (!in.ok()) return damaged("a packet block too short");
  if (interfaces_.empty()) return damaged("interface 0 was not described");
  const Interface& interface = interfaces_.front();
  const std::uint32_t snapped = interface.snap_length != 0 ? std::min(interface.snap_length, original) : original;
  const auto captured = std::min(snapped, static_cast<std::uint32_t>(in.left()));
  return hold(in, interface, captured, original, out);
}

Result<> PcapngFile::hold(ByteReader in, const Interface& interface, std::uint32_t captured, std::uint32_t original,
                          Frame& out) {
  if (captured > in.left() || captured > kCapturedMax) {
    return damaged(fmt::format("a packet claims {} captured bytes", captured));
  }
  out.bytes = in.take(captured);
  out.time = last_time_;
  out.link = interface.link;
  out.wire_length = std::max(original, captured);
  frames_++;
  frame_found_ = true;
  return {};
}

}  // namespace

Result<CaptureFilePtr> open_pcapng(Window window) {
  auto file = std::make_unique<PcapngFile>(std::move(window));
  ARGUS_TRY_LET(const bool begun, file->begin());
  if (!begun) return fail(Errc::corrupt, "cut off within the file head");
  return CaptureFilePtr(std::move(file));
}

}  // namespace argus
