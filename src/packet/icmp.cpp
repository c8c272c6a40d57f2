// ICMP (RFC 792, RFC 950) and ICMPv6 (RFC 4443), with the packet that an error quotes.
#include "packet/layer.h"

namespace argus {
namespace {

// Queries and answers that carry an identifier.
bool has_id(std::uint8_t type, bool v6) {
  if (v6) return type == 128 || type == 129;
  return type == 0 || type == 8 || (type >= 13 && type <= 18);
}

bool is_error(std::uint8_t type, bool v6) {
  if (v6) return type >= 1 && type <= 4;
  return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

Next decode_icmp(const Rest& rest, bool v6, Packet& out) {
  ByteReader in = rest.in;
  const std::uint32_t length = rest.length();
  out.payload_length = length > 8 ? length - 8 : 0;
  const std::uint8_t type = in.u8();
  const std::uint8_t code = in.u8();
  if (!in.ok()) return done(DecodeStatus::ok);
  out.icmp_type = type;
  out.icmp_code = code;
  out.has |= kHasIcmp;
  in.skip(2);
  const auto id = in.be<std::uint16_t>();
  if (in.ok() && has_id(type, v6)) {
    out.icmp_id = id;
    out.has |= kHasIcmpId;
  }
  in.skip(2);
  if (in.ok() && is_error(type, v6)) decode_quoted(in, v6, out);
  return done(DecodeStatus::ok);
}

}  // namespace

Next decode_icmp4(Rest& rest, Packet& out) { return decode_icmp(rest, false, out); }
Next decode_icmp6(Rest& rest, Packet& out) { return decode_icmp(rest, true, out); }

// The quoted packet is read by the IP decoders into a packet of its own, and of its transport only the key. Nothing
// quotes deeper: an error about an error is never sent (RFC 1122 3.2.2).
void decode_quoted(ByteReader in, bool v6, Packet& out) {
  Rest rest{in, 0};
  Packet inner;
  Next next = v6 ? decode_ip6(rest, inner) : decode_ip4(rest, inner);
  if (!rest.in.ok() || (inner.has & kHasIp) == 0) return;
  const bool has_transport = next.layer == Layer::ip;
  QuotedPacket& quoted = out.quoted;
  quoted = QuotedPacket();
  quoted.src = inner.src;
  quoted.dst = inner.dst;
  quoted.proto = inner.proto;
  out.has |= kHasQuoted;
  if (!has_transport) return;
  ByteReader& transport = rest.in;
  if (has_ports(inner.proto)) {
    quoted.sport = transport.be<std::uint16_t>();
    quoted.dport = transport.be<std::uint16_t>();
    quoted.has_ports = transport.ok();
  } else if (inner.proto == (v6 ? kProtoIcmp6 : kProtoIcmp)) {
    quoted.icmp_type = transport.u8();
    quoted.icmp_code = transport.u8();
    quoted.has_icmp = transport.ok();
    transport.skip(2);
    quoted.icmp_id = transport.be<std::uint16_t>();
    quoted.has_icmp_id = transport.ok() && has_id(quoted.icmp_type, v6);
  }
  if (!quoted.has_ports) quoted.sport = quoted.dport = 0;
  if (!quoted.has_icmp) quoted.icmp_type = quoted.icmp_code = 0;
  if (!quoted.has_icmp_id) quoted.icmp_id = 0;
}

}  // namespace argus
