// Transports of which only ports and header lengths matter: UDP (RFC 768), UDP-Lite (RFC 3828), SCTP (RFC 9260 3.1),
// DCCP (RFC 4340 5.1).
#include "packet/layer.h"

namespace argus {
namespace {

// Ports, and the payload behind a header of this size.
Next with_ports(const Rest& rest, std::uint32_t header, Packet& out) {
  ByteReader in = rest.in;
  const auto source = in.be<std::uint16_t>();
  const auto destination = in.be<std::uint16_t>();
  const std::uint32_t length = rest.length();
  out.payload_length = length > header ? length - header : 0;
  if (in.ok()) {
    out.sport = source;
    out.dport = destination;
    out.has |= kHasPorts;
  }
  return done(DecodeStatus::ok);
}

}  // namespace

Next decode_udp(Rest& rest, Packet& out) {
  const Next end = with_ports(rest, 8, out);
  if (rest.outside == nullptr || !is_tunnel_port(out.sport, out.dport)) return end;
  ByteReader in = rest.in;
  in.skip(4);
  const std::uint32_t length = in.be<std::uint16_t>();
  in.skip(2);
  if (!in.ok()) return end;
  rest.in = in;
  if (length >= 8) rest.limit(length - 8);  // 0: left to the network card
  return {Layer::udp_to, out.dport};
}

Next decode_udp_lite(Rest& rest, Packet& out) { return with_ports(rest, 8, out); }
Next decode_sctp(Rest& rest, Packet& out) { return with_ports(rest, 12, out); }

Next decode_dccp(Rest& rest, Packet& out) {
  ByteReader in = rest.in;
  in.skip(4);
  const std::uint32_t words = in.u8();
  return with_ports(rest, in.ok() ? words * 4 : 12, out);
}

}  // namespace argus
