// What drivers put before 802.11 frames: radiotap (LINKTYPE_IEEE802_11_RADIOTAP, radiotap.org), Prism
// (LINKTYPE_IEEE802_11_PRISM), AVS (LINKTYPE_IEEE802_11_AVS) and PPI (LINKTYPE_PPI), which goes before any link.
#include "packet/layer.h"

namespace argus {

namespace {

constexpr Next kWlanFrame{Layer::link, static_cast<std::uint16_t>(LinkType::ieee802_11)};
constexpr std::uint32_t kAvsMagic = 0x80211000, kAvsMask = 0xfffff000;

// Bits of radiotap's field `flags`.
constexpr std::uint8_t kHasFcs = 0x10, kPadded = 0x20;

// Of a header of `header` bytes that follow its first four. 0 where it does not say.
std::uint8_t radiotap_flags(Bytes header) {
  constexpr std::uint32_t kTimer = 1u << 0, kFlags = 1u << 1, kMorePresent = 1u << 31;
  constexpr std::size_t kBefore = 4;  // of the whole header, by which fields are aligned
  ByteReader in(header);
  const auto present = in.le<std::uint32_t>();
  if ((present & kFlags) == 0) return 0;
  for (std::uint32_t word = present; (word & kMorePresent) != 0 && in.ok();) word = in.le<std::uint32_t>();
  if ((present & kTimer) != 0) {
    const std::size_t at = kBefore + header.size() - in.left();
    in.skip((8 - at % 8) % 8 + 8);
  }
  return in.u8();
}

}  // namespace

Next decode_radiotap(Rest& rest, Packet& out) {
  const std::uint8_t version = rest.in.u8();
  rest.in.skip(1);
  const auto length = rest.in.le<std::uint16_t>();
  if (!rest.in.ok()) return done(DecodeStatus::too_short);
  if (version != 0 || length < 8) return done(DecodeStatus::malformed);
  const std::uint8_t flags = radiotap_flags(rest.in.take(length - 4u));
  constexpr std::uint32_t kFcs = 4;
  if ((flags & kHasFcs) != 0 && rest.length() >= kFcs) rest.limit(rest.length() - kFcs);
  return wlan_frame(rest, (flags & kPadded) != 0, out);
}

Next decode_avs(Rest& rest, Packet&) {
  const auto magic = rest.in.be<std::uint32_t>();
  const auto length = rest.in.be<std::uint32_t>();
  if (rest.in.ok() && ((magic & kAvsMask) != kAvsMagic || length < 8)) return done(DecodeStatus::malformed);
  rest.in.skip(length - 8u);
  return kWlanFrame;
}

Next decode_prism(Rest& rest, Packet& out) {
  ByteReader ahead = rest.in;
  const auto code = ahead.be<std::uint32_t>();
  if ((code & kAvsMask) == kAvsMagic) return decode_avs(rest, out);
  // In the byte order of the machine that captured, which nothing tells; codes are small numbers.
  const bool little = code > 0xffff;
  const std::uint32_t length = little ? ahead.le<std::uint32_t>() : ahead.be<std::uint32_t>();
  if (!ahead.ok()) return done(DecodeStatus::too_short);
  if (length < 8) return done(DecodeStatus::malformed);
  rest.in.skip(length);
  return kWlanFrame;
}

Next decode_ppi(Rest& rest, Packet&) {
  const std::uint8_t version = rest.in.u8();
  rest.in.skip(1);
  const auto length = rest.in.le<std::uint16_t>();
  const auto link = rest.in.le<std::uint32_t>();
  if (!rest.in.ok()) return done(DecodeStatus::too_short);
  if (version != 0 || length < 8 || link > UINT16_MAX) return done(DecodeStatus::malformed);
  rest.in.skip(length - 8u);
  return {Layer::link, static_cast<std::uint16_t>(link)};
}

}  // namespace argus
