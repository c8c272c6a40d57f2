// GRE: RFC 2784, RFC 2890, routing of RFC 1701; PPTP's version 1, RFC 2637; NVGRE, RFC 7637; ERSPAN,
// draft-foschiano-erspan; WCCP, draft-wilson-wrec-wccp-v2.
#include "packet/layer.h"
#include "packet/tunnel.h"

#include "flow/events.h"

namespace argus {
namespace {

constexpr std::uint16_t kHasChecksum = 0x8000, kHasRoutes = 0x4000, kHasKey = 0x2000, kHasSequence = 0x1000,
                        kHasAcknowledgment = 0x80;
constexpr std::uint16_t kFrames = 0x6558, kErspan = 0x88be, kErspan3 = 0x22eb, kWccp = 0x883e, kPppFrames = 0x880b;

// Source route entries, up to the empty one.
void skip_routes(ByteReader& in) {
  while (in.ok()) {
    const auto family = in.be<std::uint16_t>();
    in.skip(1);
    const std::uint8_t length = in.u8();
    if (family == 0 && length == 0) return;
    in.skip(length);
  }
}

// Behind the GRE header: what kind of tunnel it is, and what is inside.
Next inside_of(std::uint16_t type, std::uint16_t flags, TunnelHeader& tunnel, Rest& rest) {
  switch (type) {
    case 0x0800:
    case 0x86dd:
    case 0x8847:
    case 0x8848: return {Layer::ether, type};
    case kFrames:
      // Ids below 4096 are reserved in NVGRE, so that a small key is one of plain GRE.
      if ((flags & (kHasChecksum | kHasRoutes | kHasKey | kHasSequence)) == kHasKey && tunnel.id >> 20 != 0) {
        tunnel.kind = Tunnel::nvgre;
        tunnel.id >>= 8;  // the lower byte spreads flows over paths
      }
      return kEthernetFrame;
    case kErspan:
    case kErspan3: {
      tunnel.kind = Tunnel::erspan;
      tunnel.encaps |= kEncErspan;
      tunnel.has_id = false;
      if (type == kErspan && (flags & kHasSequence) == 0) return kEthernetFrame;  // type I has no header
      tunnel.id = rest.in.be<std::uint32_t>() & 0x3ff;
      tunnel.has_id = true;
      rest.in.skip(4);
      if (type == kErspan3) {
        rest.in.skip(3);
        if ((rest.in.u8() & 1) != 0) rest.in.skip(8);  // the platform's own
      }
      return kEthernetFrame;
    }
    case kWccp: {
      tunnel.kind = Tunnel::wccp;
      const Next plain = ip_inside(rest);
      if (!is_end(plain)) return plain;
      rest.in.skip(4);  // version 2: why and how it was redirected
      return ip_inside(rest);
    }
    case kPppFrames: return take_ppp(rest);
    default: return kNotEntered;
  }
}

}  // namespace

Next decode_gre(Rest& rest, Packet& out) {
  out.payload_length = rest.length();
  Rest ahead = rest;
  ByteReader& in = ahead.in;
  const auto flags = in.be<std::uint16_t>();
  const auto type = in.be<std::uint16_t>();
  const unsigned version = flags & 7;
  TunnelHeader tunnel{.kind = Tunnel::gre, .encaps = kEncGre};
  if ((flags & (kHasChecksum | kHasRoutes)) != 0) in.skip(4);
  if ((flags & kHasKey) != 0) {
    tunnel.id = in.be<std::uint32_t>();
    tunnel.has_id = true;
  }
  if ((flags & kHasSequence) != 0) in.skip(4);
  if (version == 1) {
    if (type != kPppFrames || (flags & kHasSequence) == 0) return kNotEntered;  // an acknowledgment carries nothing
    if ((flags & kHasAcknowledgment) != 0) in.skip(4);
    tunnel.kind = Tunnel::pptp;
    ahead.limit(tunnel.id >> 16);
    tunnel.id &= 0xffff;  // the receiver's call
    tunnel.id_both_ways = false;
  } else if ((flags & kHasRoutes) != 0) {
    skip_routes(in);
  }
  const Next inner = version <= 1 ? inside_of(type, flags, tunnel, ahead) : kNotEntered;
  if (!in.ok() || is_end(inner)) return kNotEntered;
  rest = ahead;
  return enter(tunnel, inner, rest, out);
}

}  // namespace argus
