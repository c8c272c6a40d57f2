// rest: proto 16 | first 16 | second 16 | VLAN id and KeyBits 16. first and second are the ports of low and high; for
// ICMP type << 8 | code and the identifier; for LLC the SAPs of low and high.
#include "meter/key.h"

#include <utility>

namespace argus {

namespace {

constexpr std::uint64_t packed(Proto proto, std::uint16_t first, std::uint16_t second, std::uint64_t bits) {
  return std::uint64_t{proto} << 48 | std::uint64_t{first} << 32 | std::uint64_t{second} << 16 | bits;
}

// Puts the ends in order by address, then by port.
void order(Keyed& out, const Address& src, const Address& dst, Proto proto, std::uint16_t sport, std::uint16_t dport,
           std::uint64_t bits) {
  const auto compared = src <=> dst;
  const bool swap = compared > 0 || (compared == 0 && sport > dport);
  out.side = swap ? 1 : 0;
  out.key.low = swap ? dst : src;
  out.key.high = swap ? src : dst;
  out.key.rest = swap ? packed(proto, dport, sport, bits) : packed(proto, sport, dport, bits);
}

void order_icmp(Keyed& out, const Address& src, const Address& dst, Proto proto, std::uint8_t type, std::uint8_t code,
                bool has_id, std::uint16_t id, std::uint64_t bits) {
  const bool v6 = proto == kProtoIcmp6;
  const std::uint8_t request = request_type(v6, type, out.is_reply);
  out.is_request = !out.is_reply && is_query(v6, type);
  const auto first = static_cast<std::uint16_t>(request << 8 | code);
  // Who asks stands first, so that the same question of the other end is another flow, also of a host that asks itself.
  out.side = out.is_reply ? 1 : 0;
  out.key.low = out.is_reply ? dst : src;
  out.key.high = out.is_reply ? src : dst;
  out.key.rest = packed(proto, first, has_id ? id : std::uint16_t{0}, has_id ? bits | kKeyHasIcmpId : bits);
}

}  // namespace

std::uint8_t request_type(bool v6, std::uint8_t type, bool& reply) {
  reply = true;
  if (v6) {
    if (type == 129) return 128;
  } else {
    switch (type) {
      case 0: return 8;
      case 14: return 13;
      case 16: return 15;
      case 18: return 17;
      default: break;
    }
  }
  reply = false;
  return type;
}

bool is_query(bool v6, std::uint8_t type) {
  if (v6) return type == 128 || type == 129;
  return type == 0 || type == 8 || (type >= 13 && type <= 18);
}

// What has no address but MAC ones (STP, CDP, IPX) is another conversation in each VLAN: switches and routers send the
// same frames into all of theirs. A conversation of IP goes on when it is routed from one VLAN into another.
std::uint64_t vlan_bits(const Packet& packet, bool with_vlan) {
  with_vlan = with_vlan || packet.src.family() == Family::mac;
  return with_vlan && (packet.has & kHasVlan) != 0 ? (packet.vlan & kKeyVlanMask) | kKeyHasVlan : 0;
}

void key_into(Keyed& out, const Packet& packet, bool with_vlan, const HashKey& secret) {
  out.guess = kNone;
  out.is_reply = out.is_request = false;
  const std::uint64_t bits = vlan_bits(packet, with_vlan);
  out.key.tunnel = tunnel_of(packet);
  if ((packet.has & kHasPorts) != 0) {
    order(out, packet.src, packet.dst, packet.proto, packet.sport, packet.dport, bits | kKeyHasPorts);
  } else if ((packet.has & kHasIcmp) != 0) {
    order_icmp(out, packet.src, packet.dst, packet.proto, packet.icmp_type, packet.icmp_code,
               (packet.has & kHasIcmpId) != 0, packet.icmp_id, bits);
  } else if ((packet.has & kHasSap) != 0) {
    order(out, packet.src, packet.dst, packet.proto, packet.ssap, packet.dsap, bits | kKeyHasSaps);
  } else {
    order(out, packet.src, packet.dst, packet.proto, 0, 0, bits);
    if (packet.proto == kProtoArp || packet.proto == kProtoRarp) {
      out.is_reply = (packet.has & kIsArpReply) != 0;
      out.is_request = !out.is_reply;
    }
  }
  out.hash = hash_of(out.key, secret);
}

Keyed keyed(const QuotedPacket& quoted, std::uint64_t bits, const HashKey& secret) {
  Keyed out;
  out.key.tunnel = quoted.tunnel;
  if (quoted.has_ports) {
    order(out, quoted.src, quoted.dst, quoted.proto, quoted.sport, quoted.dport, bits | kKeyHasPorts);
  } else if (quoted.has_icmp) {
    order_icmp(out, quoted.src, quoted.dst, quoted.proto, quoted.icmp_type, quoted.icmp_code, quoted.has_icmp_id,
               quoted.icmp_id, bits);
  } else {
    order(out, quoted.src, quoted.dst, quoted.proto, 0, 0, bits);
  }
  out.hash = hash_of(out.key, secret);
  return out;
}

}  // namespace argus
