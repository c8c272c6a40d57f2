// Headers of tunnels, as the builder of frames makes them.
#include "support/packet_builder.h"

namespace argus {

PacketBuilder& PacketBuilder::gre(const GreFields& fields) {
  follows(Space::ip, 47);
  u16(static_cast<std::uint16_t>((fields.checksum ? 0x8000 : 0) | (fields.key ? 0x2000 : 0) |
                                 (fields.sequence ? 0x1000 : 0)));
  u16(fields.type);
  const std::size_t type_at = out_.size() - 2;
  if (fields.checksum) u32(0x12340000);
  if (fields.key) u32(*fields.key);
  if (fields.sequence) u32(77);
  if (fields.type == 0) expects(Space::ether_type, type_at);
  return *this;
}

PacketBuilder& PacketBuilder::pptp(std::uint16_t call, bool acknowledges) {
  follows(Space::ip, 47);
  u16(static_cast<std::uint16_t>(acknowledges ? 0x3081 : 0x3001));
  u16(0x880b);
  const std::size_t length_at = out_.size();
  u16(0);
  u16(call);
  u32(1);
  if (acknowledges) u32(1);
  lengths_.push_back({Count::udp, length_at, out_.size()});
  return ppp();
}

PacketBuilder& PacketBuilder::erspan(int type, std::uint16_t session) {
  const auto number = static_cast<std::uint16_t>(type == 3 ? 0x22eb : 0x88be);
  gre({.sequence = type != 1, .type = number});
  if (type == 1) return *this;
  u16(static_cast<std::uint16_t>(type == 2 ? 0x1005 : 0x2005));
  u16(static_cast<std::uint16_t>(0x1800 | session));
  u32(9);
  if (type == 3) u32(1), u32(2);  // an odd last byte: the platform's header follows
  if (type == 3) out_.back() = std::byte{1}, u32(3), u32(4), out_.resize(out_.size() - 4);
  return *this;
}

PacketBuilder& PacketBuilder::wccp(bool redirect_header) {
  gre({.type = 0x883e});
  if (redirect_header) u32(0x01020304);
  return *this;
}

PacketBuilder& PacketBuilder::etherip() {
  follows(Space::ip, 97);
  u16(0x3000);
  return *this;
}

PacketBuilder& PacketBuilder::vxlan(std::uint32_t vni, std::uint16_t from, std::uint16_t to) {
  udp(from, to);
  u32(0x08000000);
  u32(vni << 8);
  return *this;
}

PacketBuilder& PacketBuilder::vxlan_gpe(std::uint32_t vni, std::uint8_t protocol) {
  udp(40000, 4790);
  u32(0x0c000000u | protocol);
  u32(vni << 8);
  return *this;
}

PacketBuilder& PacketBuilder::geneve(std::uint32_t vni, const std::vector<std::uint8_t>& options, std::uint16_t type) {
  udp(40000, 6081);
  u16(static_cast<std::uint16_t>(options.size() / 4 << 8));
  u16(type);
  const std::size_t type_at = out_.size() - 2;
  u32(vni << 8);
  raw(options);
  if (type == 0) expects(Space::ether_type, type_at);
  return *this;
}

PacketBuilder& PacketBuilder::nsh(std::uint8_t protocol) {
  u16(0x0002 | 0x0fc0);
  u8(2);
  u8(protocol);
  u32(0x00000aff);
  return *this;
}

PacketBuilder& PacketBuilder::gtpu(std::uint32_t teid, const std::vector<std::uint8_t>& extensions, std::uint8_t type) {
  udp(2152, 2152);
  u8(extensions.empty() ? 0x30 : 0x34);
  u8(type);
  const std::size_t length_at = out_.size();
  u16(0);
  u32(teid);
  lengths_.push_back({Count::udp, length_at, out_.size()});
  if (extensions.empty()) return *this;
  u16(7);
  u8(0);
  return raw(extensions);  // the type of the first, then each
}

PacketBuilder& PacketBuilder::teredo(bool authentication, bool origin, std::uint16_t from, std::uint16_t to) {
  udp(from, to);
  if (authentication) raw({0, 1, 2, 4, 'i', 'd', 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 9, 0});
  if (origin) raw({0, 0, 0x12, 0x34, 0xf0, 0xff, 0xff, 0xfe});
  return *this;
}

PacketBuilder& PacketBuilder::l2tp(std::uint16_t tunnel, std::uint16_t session, bool length) {
  udp(1701, 1701);
  const std::size_t at = out_.size();
  u16(static_cast<std::uint16_t>(length ? 0x4002 : 0x0002));
  if (length) {
    u16(0);
    lengths_.push_back({Count::udp, at + 2, at});
  }
  u16(tunnel);
  u16(session);
  return ppp();
}

PacketBuilder& PacketBuilder::l2tpv3(std::uint32_t session, std::size_t cookie, bool over_udp) {
  if (over_udp) {
    udp(1701, 1701);
    u32(0x00030000);
  } else {
    follows(Space::ip, 115);
  }
  u32(session);
  return payload(cookie, 0xc0);
}

PacketBuilder& PacketBuilder::ppp() {
  u16(0xff03);
  u16(0);
  expects(Space::ppp, out_.size() - 2);
  return *this;
}

PacketBuilder& PacketBuilder::segments() {
  return extension(43, {4, 0, 0, 0, 0, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9});
}

}  // namespace argus
