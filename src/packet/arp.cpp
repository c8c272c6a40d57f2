// ARP and RARP. RFC 826, RFC 903. Only IPv4 addresses are looked at: others are packets of their MAC addresses.
#include "packet/layer.h"

#include "base/address.h"

namespace argus {

namespace {

struct Arp {
  std::uint16_t operation = 0;
  Address sender, target;
  bool is_ip4 = false;
};

Arp read_arp(ByteReader in) {
  Arp arp;
  in.skip(2);  // hardware type
  const auto protocol = in.be<std::uint16_t>();
  const std::size_t hardware_length = in.u8();
  const std::size_t protocol_length = in.u8();
  arp.operation = in.be<std::uint16_t>();
  in.skip(hardware_length);
  std::array<std::byte, 4> address{};
  in.copy(address.data(), address.size());
  arp.sender = Address::from_v4(address.data());
  in.skip(hardware_length);
  in.copy(address.data(), address.size());
  arp.target = Address::from_v4(address.data());
  arp.is_ip4 = in.ok() && protocol == 0x0800 && protocol_length == 4;
  return arp;
}

Next decode_addresses(const Rest& rest, Packet& out, Proto proto) {
  const Arp arp = read_arp(rest.in);
  const Next next = without_ip(out, proto);
  if (!arp.is_ip4) return next;
  out.src = arp.sender;
  out.dst = arp.target;
  // Replies of ARP, RARP and InARP (RFC 2390).
  if (arp.operation == 2 || arp.operation == 4 || arp.operation == 9) out.has |= kIsArpReply;
  return next;
}

}  // namespace

Next decode_arp(Rest& rest, Packet& out) { return decode_addresses(rest, out, kProtoArp); }
Next decode_rarp(Rest& rest, Packet& out) { return decode_addresses(rest, out, kProtoRarp); }

}  // namespace argus
