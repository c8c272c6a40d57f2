// VXLAN (RFC 7348, with a group policy, draft-smith-vxlan-group-policy), VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe), GENEVE
// (RFC 8926), MPLS in UDP (RFC 7510) and the network service header that may be in them (RFC 8300).
#include "packet/layer.h"
#include "packet/tunnel.h"

#include "flow/events.h"

namespace argus {
namespace {

// By the numbers of VXLAN-GPE and NSH.
Next inside_of(std::uint8_t protocol) {
  switch (protocol) {
    case 1: return kInnerIp4;
    case 2: return kInnerIp6;
    case 3: return kEthernetFrame;
    case 5: return {Layer::ether, 0x8847};
    default: return kNotEntered;
  }
}

Next take_nsh(Rest& rest) {
  const auto first = rest.in.be<std::uint16_t>();
  rest.in.skip(1);
  const std::uint8_t protocol = rest.in.u8();
  const std::uint32_t size = (first & 0x3fu) * 4;
  if (first >> 14 != 0 || size < 8) return kNotEntered;
  rest.in.skip(size - 4);
  return inside_of(protocol);
}

// Enters what holds.
Next enter_held(const TunnelHeader& tunnel, Next inner, const Rest& ahead, Rest& rest, Packet& out) {
  if (!ahead.in.ok() || is_end(inner) || !holds(inner, ahead)) return kNotEntered;
  rest = ahead;
  return enter(tunnel, inner, rest, out);
}

}  // namespace

Next decode_vxlan(Rest& rest, Packet& out) {
  Rest ahead = rest;
  const auto flags = ahead.in.be<std::uint32_t>();
  const auto last = ahead.in.be<std::uint32_t>();
  const bool policy = (flags & 0x80000000) != 0;
  // The id is there; what else is reserved is zero, but for what a group policy puts there.
  if ((flags & 0x77ffffff) != 0 && !(policy && (flags & 0x77b70000) == 0)) return kNotEntered;
  if ((flags & 0x08000000) == 0 || (last & 0xff) != 0) return kNotEntered;
  return enter_held({.kind = Tunnel::vxlan, .encaps = kEncVxlan, .id = last >> 8, .has_id = true}, kEthernetFrame,
                    ahead, rest, out);
}

Next decode_vxlan_gpe(Rest& rest, Packet& out) {
  Rest ahead = rest;
  const std::uint8_t flags = ahead.in.u8();
  ahead.in.skip(2);
  const std::uint8_t protocol = ahead.in.u8();
  const auto last = ahead.in.be<std::uint32_t>();
  // Version 0, no test packet, a protocol or an Ethernet frame without one.
  if ((flags & 0x31) != 0 || (last & 0xff) != 0) return kNotEntered;
  TunnelHeader tunnel{.kind = Tunnel::vxlan_gpe, .encaps = kEncVxlan, .id = last >> 8, .has_id = (flags & 0x08) != 0};
  Next inner = (flags & 0x04) == 0 ? kEthernetFrame : inside_of(protocol);
  if ((flags & 0x04) != 0 && protocol == 4) {
    inner = take_nsh(ahead);
    tunnel.encaps |= kEncNsh;
  }
  return enter_held(tunnel, inner, ahead, rest, out);
}

Next decode_geneve(Rest& rest, Packet& out) {
  Rest ahead = rest;
  const std::uint8_t first = ahead.in.u8();
  const std::uint8_t flags = ahead.in.u8();
  const auto type = ahead.in.be<std::uint16_t>();
  const auto last = ahead.in.be<std::uint32_t>();
  // Version 0, no control packet.
  if (first >> 6 != 0 || (flags & 0xbf) != 0 || (last & 0xff) != 0) return kNotEntered;
  ahead.in.skip((first & 0x3fu) * 4);
  TunnelHeader tunnel{.kind = Tunnel::geneve, .encaps = kEncGeneve, .id = last >> 8, .has_id = true};
  Next inner = type == 0x6558 ? kEthernetFrame : Next{Layer::ether, type};
  if (type == 0x894f) {
    inner = take_nsh(ahead);
    tunnel.encaps |= kEncNsh;
  }
  return enter_held(tunnel, inner, ahead, rest, out);
}

Next decode_mpls_udp(Rest& rest, Packet& out) {
  return enter_held({.kind = Tunnel::mpls_udp, .encaps = kEncUdp}, {Layer::ether, 0x8847}, rest, rest, out);
}

}  // namespace argus
