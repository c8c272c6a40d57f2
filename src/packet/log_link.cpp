// Packets as filters log them: PF of the BSDs (LINKTYPE_PFLOG), nfnetlink_log of Linux (LINKTYPE_NFLOG), and OpenBSD's
// view into IPsec (LINKTYPE_ENC).
#include "packet/layer.h"

#include <bit>
#include <optional>

namespace argus {

namespace {

// Where an attribute of nfnetlink_log stands, behind its head.
struct Attribute {
  std::uint32_t length = 0;
  ByteReader value;
};

// The attribute `wanted` of `in`, whose numbers are in the byte order given; empty where there is none, or the list
// does not make sense.
std::optional<Attribute> attribute(ByteReader in, std::uint16_t wanted, bool big_endian) {
  constexpr std::uint32_t kHead = 4;
  while (in.left() >= kHead) {
    const auto length = big_endian ? in.be<std::uint16_t>() : in.le<std::uint16_t>();
    const auto type = big_endian ? in.be<std::uint16_t>() : in.le<std::uint16_t>();
    if (length < kHead) return std::nullopt;
    if (type == wanted) return Attribute{length - kHead, in};
    in.skip((length + 3u) / 4u * 4u - kHead);
  }
  return std::nullopt;
}

}  // namespace

Next decode_pflog(Rest& rest, Packet&) {
  constexpr unsigned kLeast = 45;  // of the oldest form
  const unsigned length = rest.in.u8();
  if (!rest.in.ok()) return done(DecodeStatus::too_short);
  if (length < kLeast) return done(DecodeStatus::malformed);
  rest.in.skip((length + 3) / 4 * 4 - 1);
  return ip_by_version(rest);
}

Next decode_nflog(Rest& rest, Packet&) {
  constexpr std::uint16_t kPayload = 9;
  rest.in.skip(1);  // family: that of the packet is told by its version
  const std::uint8_t version = rest.in.u8();
  rest.in.skip(2);
  if (!rest.in.ok()) return done(DecodeStatus::too_short);
  if (version != 0) return done(DecodeStatus::malformed);
  // In the byte order of the machine that captured, which nothing tells.
  constexpr bool kBig = std::endian::native == std::endian::big;
  auto payload = attribute(rest.in, kPayload, kBig);
  if (!payload) payload = attribute(rest.in, kPayload, !kBig);
  if (!payload) return done(rest.missing != 0 ? DecodeStatus::too_short : DecodeStatus::malformed);
  rest.in = payload->value;
  rest.limit(payload->length);
  return ip_by_version(rest);
}

Next decode_enc(Rest& rest, Packet&) {
  rest.in.skip(12);  // address family, SPI, flags
  return ip_by_version(rest);
}

}  // namespace argus
