// L2TP: version 2 (RFC 2661), version 3 over UDP and IP (RFC 3931). Of version 3 nothing in the packet says how long
// the cookie is, whether a sublayer follows, or what is carried: what holds is taken.
#include "packet/layer.h"
#include "packet/tunnel.h"

#include "flow/events.h"

namespace argus {
namespace {

constexpr std::uint16_t kControlMessage = 0x8000, kWithLength = 0x4000, kNumbers = 0x0800, kWithOffset = 0x0200,
                        kUnused = 0x34f0;

// A frame of Ethernet, or of PPP, with IP or ARP in it.
Next session_data(Rest& rest) {
  ByteReader ahead = rest.in;
  ahead.skip(12);
  const auto type = ahead.be<std::uint16_t>();
  const bool known = type == 0x0800 || type == 0x86dd || type == 0x0806 || type == 0x8100 || type == 0x88a8;
  if (ahead.ok() && known && holds(kEthernetFrame, rest)) return kEthernetFrame;
  Rest inside = rest;
  const Next ppp = take_ppp(inside);
  if (is_end(ppp) || !holds(ppp, inside)) return kNotEntered;
  rest = inside;
  return ppp;
}

Next enter_session(std::uint32_t session, Rest& rest, const Rest& behind, Packet& out) {
  if (!behind.in.ok() || session == 0) return kNotEntered;  // 0 is the control connection
  for (const std::size_t size : {0u, 4u, 8u, 12u}) {        // a cookie of 0, 4 or 8 bytes, and a sublayer of 4
    Rest ahead = behind;
    ahead.in.skip(size);
    if (!ahead.in.ok()) break;
    const Next inner = session_data(ahead);
    if (is_end(inner)) continue;
    rest = ahead;
    return enter({.kind = Tunnel::l2tpv3, .encaps = kEncL2tp, .id = session, .has_id = true, .id_both_ways = false},
                 inner, rest, out);
  }
  return kNotEntered;
}

Next enter_version2(std::uint16_t flags, Rest& rest, Rest ahead, Packet& out) {
  if ((flags & (kControlMessage | kUnused)) != 0) return kNotEntered;
  if ((flags & kWithLength) != 0) {
    const std::uint32_t length = ahead.in.be<std::uint16_t>();
    if (length < 8 || (length - 4 > ahead.length() && !ahead.open)) return kNotEntered;
    ahead.limit(length - 4);
  }
  const auto id = ahead.in.be<std::uint32_t>();  // tunnel, session
  if ((flags & kNumbers) != 0) ahead.in.skip(4);
  if ((flags & kWithOffset) != 0) ahead.in.skip(ahead.in.be<std::uint16_t>());
  const Next inner = take_ppp(ahead);
  if (is_end(inner) || !holds(inner, ahead)) return kNotEntered;
  rest = ahead;
  // Each end chooses the ids that it wants to be sent to.
  return enter({.kind = Tunnel::l2tp, .encaps = kEncL2tp, .id = id, .has_id = true, .id_both_ways = false}, inner, rest,
               out);
}

}  // namespace

Next decode_l2tp(Rest& rest, Packet& out) {
  Rest ahead = rest;
  const auto flags = ahead.in.be<std::uint16_t>();
  if (!ahead.in.ok()) return kNotEntered;
  if ((flags & 15) == 2) return enter_version2(flags, rest, ahead, out);
  if (flags != 3 || ahead.in.be<std::uint16_t>() != 0) return kNotEntered;
  const auto session = ahead.in.be<std::uint32_t>();
  return enter_session(session, rest, ahead, out);
}

Next decode_l2tpv3(Rest& rest, Packet& out) {
  out.payload_length = rest.length();
  Rest ahead = rest;
  const auto session = ahead.in.be<std::uint32_t>();
  return enter_session(session, rest, ahead, out);
}

}  // namespace argus
