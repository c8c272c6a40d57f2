// IP in IP (RFC 2003, RFC 4213, RFC 2473), SRv6 (RFC 8754, RFC 8986), EtherIP (RFC 3378), MPLS in IP (RFC 4023).
#include "packet/layer.h"
#include "packet/tunnel.h"

#include "flow/events.h"

namespace argus {
namespace {

Next enter_ip(Tunnel in4, Tunnel in6, Next inner, Rest& rest, Packet& out) {
  out.payload_length = rest.length();
  TunnelHeader tunnel{.kind = out.src.is_v4() ? in4 : in6, .encaps = kEncIpInIp};
  if ((out.encaps & kEncSrv6) != 0 && !out.src.is_v4()) tunnel.kind = Tunnel::srv6;
  return enter(tunnel, inner, rest, out);
}

}  // namespace

Next decode_ipip(Rest& rest, Packet& out) { return enter_ip(Tunnel::ipip, Tunnel::ip4in6, kInnerIp4, rest, out); }
Next decode_ipip6(Rest& rest, Packet& out) { return enter_ip(Tunnel::ip6in4, Tunnel::ip6in6, kInnerIp6, rest, out); }

Next decode_srv6(Rest& rest, Packet& out) {
  out.payload_length = rest.length();
  return enter({.kind = Tunnel::srv6, .encaps = kEncSrv6}, kEthernetFrame, rest, out);
}

Next decode_etherip(Rest& rest, Packet& out) {
  out.payload_length = rest.length();
  ByteReader in = rest.in;
  if (in.be<std::uint16_t>() != 0x3000 || !in.ok()) return kNotEntered;  // version 3
  rest.in = in;
  return enter({.kind = Tunnel::etherip, .encaps = kEncEtherIp}, kEthernetFrame, rest, out);
}

Next decode_mpls_ip(Rest& rest, Packet& out) {
  out.payload_length = rest.length();
  return enter({.kind = Tunnel::mpls_ip}, {Layer::ether, 0x8847}, rest, out);
}

}  // namespace argus
