// ICMP (RFC 792, RFC 950) and ICMPv6 (RFC 4443), with the packet that an error quotes.
#include "packet/layer.h"

namespace argus {
namespace {

constexpr std::uint16_t kEtherIp4 = 0x0800, kEtherIp6 = 0x86dd;

// Queries and answers that carry an identifier.
bool has_id(std::uint8_t type, bool v6) {
  if (v6) return type == 128 || type == 129;
  return type == 0 || type == 8 || (type >= 13 && type <= 18);
}

bool is_error(std::uint8_t type, bool v6) {
  if (v6) return type >= 1 && type <= 4;
  return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

// The packet quoted in an error, as far as it goes: read into a packet of its own, and of that only the key kept.
// Nothing quotes deeper: an error about an error is never sent (RFC 1122 3.2.2). It was in the tunnel that the error is
// in.
void decode_quoted(ByteReader in, bool v6, bool tunnels, Packet& out) {
  Packet inner, outside;
  Rest rest{in, 0};
  rest.open = rest.quoted = true;
  if (tunnels) rest.outside = &outside;
  inner.has = out.has & kHasTunnel;
  inner.outer.key = out.outer.key;
  const DecodeStatus status = decode_from({Layer::ether, v6 ? kEtherIp6 : kEtherIp4}, rest, inner);
  if (status != DecodeStatus::ok || (inner.has & kHasIp) == 0) return;
  QuotedPacket& quoted = out.quoted;
  quoted = QuotedPacket();
  quoted.src = inner.src;
  quoted.dst = inner.dst;
  quoted.proto = inner.proto;
  quoted.tunnel = (inner.has & kHasTunnel) != 0 ? inner.outer.key : 0;
  quoted.has_ports = (inner.has & kHasPorts) != 0;
  quoted.sport = inner.sport;
  quoted.dport = inner.dport;
  quoted.has_icmp = (inner.has & kHasIcmp) != 0 && inner.proto == (v6 ? kProtoIcmp6 : kProtoIcmp);
  quoted.has_icmp_id = quoted.has_icmp && (inner.has & kHasIcmpId) != 0;
  if (quoted.has_icmp) quoted.icmp_type = inner.icmp_type, quoted.icmp_code = inner.icmp_code;
  if (quoted.has_icmp_id) quoted.icmp_id = inner.icmp_id;
  out.has |= kHasQuoted;
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
  if (in.ok() && is_error(type, v6) && !rest.quoted) decode_quoted(in, v6, rest.outside != nullptr, out);
  return done(DecodeStatus::ok);
}

}  // namespace

Next decode_icmp4(Rest& rest, Packet& out) { return decode_icmp(rest, false, out); }
Next decode_icmp6(Rest& rest, Packet& out) { return decode_icmp(rest, true, out); }

}  // namespace argus
