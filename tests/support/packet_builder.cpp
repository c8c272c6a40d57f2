#include "support/packet_builder.h"

#include <algorithm>
#include <optional>

#include "base/address.h"
#include "base/bytes.h"
#include "base/time.h"
#include "packet/packet.h"

namespace argus {

void PacketBuilder::u8(std::uint8_t value) { out_.push_back(static_cast<std::byte>(value)); }
void PacketBuilder::u16(std::uint16_t value) {
  u8(static_cast<std::uint8_t>(value >> 8));
  u8(static_cast<std::uint8_t>(value));
}
void PacketBuilder::u32(std::uint32_t value) {
  u16(static_cast<std::uint16_t>(value >> 16));
  u16(static_cast<std::uint16_t>(value));
}
void PacketBuilder::mac(std::uint64_t value) {
  u16(static_cast<std::uint16_t>(value >> 32));
  u32(static_cast<std::uint32_t>(value));
}
void PacketBuilder::address(std::string_view text, std::size_t size) {
  const Address parsed = parse_address(text).value();
  for (std::size_t i = 16 - size; i < 16; i++) u8(parsed.bytes[i]);
}
void PacketBuilder::patch(std::vector<std::byte>& out, std::size_t at, std::uint16_t value) const {
  out[at] = static_cast<std::byte>(value >> 8);
  out[at + 1] = static_cast<std::byte>(value);
}
void PacketBuilder::follows(Space space, std::uint16_t number) {
  if (space_ == Space::ppp && space == Space::ether_type) {
    space = Space::ppp;
    number = number == 0x0800 ? 0x0021 : 0x0057;
  }
  if (space_ == space && space == Space::ip) out_[next_at_] = static_cast<std::byte>(number);
  if (space_ == space && space != Space::ip && space != Space::none) patch(out_, next_at_, number);
  space_ = Space::none;
}
void PacketBuilder::expects(Space space, std::size_t at) {
  space_ = space;
  next_at_ = at;
}

PacketBuilder& PacketBuilder::ethernet(std::uint64_t from, std::uint64_t to, std::uint16_t ether_type) {
  space_ == Space::ip ? follows(Space::ip, 143) : follows(Space::ether_type, 0x6558);
  mac(to);
  mac(from);
  u16(ether_type);
  if (ether_type == 0) expects(Space::ether_type, out_.size() - 2);
  return *this;
}
PacketBuilder& PacketBuilder::ethernet_802_3(std::uint64_t from, std::uint64_t to) {
  ethernet(from, to, 1);
  lengths_.push_back({Count::ieee_802_3, out_.size() - 2, out_.size()});
  return *this;
}
PacketBuilder& PacketBuilder::sll(std::uint64_t from, std::uint16_t hardware, std::uint16_t protocol) {
  u16(0);
  u16(hardware);
  u16(6);
  mac(from);
  u16(0);
  u16(protocol);
  if (protocol == 0) expects(Space::ether_type, out_.size() - 2);
  return *this;
}
PacketBuilder& PacketBuilder::sll2(std::uint64_t from, std::uint16_t hardware, std::uint16_t protocol) {
  const std::size_t at = out_.size();
  u16(protocol);
  u16(0);
  u32(2);
  u16(hardware);
  u8(0);
  u8(6);
  mac(from);
  u16(0);
  if (protocol == 0) expects(Space::ether_type, at);
  return *this;
}
PacketBuilder& PacketBuilder::null(std::uint32_t family, bool big_endian) {
  u32(big_endian ? family : byte_swapped(family));
  return *this;
}
PacketBuilder& PacketBuilder::vlan(std::uint16_t tci, std::uint16_t tag_type) {
  follows(Space::ether_type, tag_type);
  u16(tci);
  u16(0);
  expects(Space::ether_type, out_.size() - 2);
  return *this;
}
PacketBuilder& PacketBuilder::vlan_802_3(std::uint16_t tci, std::uint16_t tag_type) {
  vlan(tci, tag_type);
  space_ = Space::none;
  lengths_.push_back({Count::ieee_802_3, out_.size() - 2, out_.size()});
  return *this;
}
PacketBuilder& PacketBuilder::mpls(std::uint32_t label, bool bottom, std::uint16_t ether_type) {
  space_ == Space::ip ? follows(Space::ip, 137) : follows(Space::ether_type, ether_type);
  u32(label << 12 | (bottom ? 0x100u : 0u) | 64u);
  return *this;
}
PacketBuilder& PacketBuilder::pppoe(std::uint16_t session, std::uint16_t ppp_protocol) {
  follows(Space::ether_type, 0x8864);
  u16(0x1100);
  u16(session);
  u16(0);
  lengths_.push_back({Count::pppoe, out_.size() - 2, out_.size()});
  u16(ppp_protocol);
  if (ppp_protocol == 0) expects(Space::ppp, out_.size() - 2);
  return *this;
}
PacketBuilder& PacketBuilder::llc(std::uint8_t dsap, std::uint8_t ssap, std::uint8_t control) {
  u8(dsap);
  u8(ssap);
  u8(control);
  return *this;
}
PacketBuilder& PacketBuilder::snap(std::uint32_t oui, std::uint16_t type) {
  llc(0xaa, 0xaa);
  u8(static_cast<std::uint8_t>(oui >> 16));
  u16(static_cast<std::uint16_t>(oui));
  u16(type);
  if (type == 0) expects(Space::ether_type, out_.size() - 2);
  return *this;
}

PacketBuilder& PacketBuilder::ip4(std::string_view from, std::string_view to, const Ip4Fields& fields) {
  space_ == Space::ip ? follows(Space::ip, 4) : follows(Space::ether_type, 0x0800);
  const std::size_t at = out_.size();
  u8(static_cast<std::uint8_t>(0x45 + fields.options.size() / 4));
  u8(fields.tos);
  u16(static_cast<std::uint16_t>(fields.total_length));
  if (fields.total_length < 0) lengths_.push_back({Count::ip4_total, at + 2, at});
  u16(fields.id);
  u16(static_cast<std::uint16_t>((fields.more_fragments ? 0x2000 : 0) | (fields.fragment_offset & 0x1fff)));
  u8(fields.ttl);
  u8(fields.proto);
  u16(0);
  address(from, 4);
  address(to, 4);
  raw(fields.options);
  ip4_headers_.push_back(at);
  expects(Space::ip, at + 9);
  return *this;
}
PacketBuilder& PacketBuilder::ip6(std::string_view from, std::string_view to, const Ip6Fields& fields) {
  space_ == Space::ip ? follows(Space::ip, 41) : follows(Space::ether_type, 0x86dd);
  const std::size_t at = out_.size();
  u32(0x60000000u | static_cast<std::uint32_t>(fields.traffic_class) << 20);
  u16(static_cast<std::uint16_t>(fields.payload_length));
  if (fields.payload_length < 0) lengths_.push_back({Count::ip6_payload, at + 4, at + 40});
  u8(fields.next);
  u8(fields.hop_limit);
  address(from, 16);
  address(to, 16);
  expects(Space::ip, at + 6);
  return *this;
}
PacketBuilder& PacketBuilder::extension(std::uint8_t number, const std::vector<std::uint8_t>& options) {
  follows(Space::ip, number);
  const std::size_t at = out_.size();
  const std::size_t size = std::max<std::size_t>((options.size() + 2 + 7) / 8 * 8, 8);
  u8(59);
  u8(static_cast<std::uint8_t>(number == 51 ? size / 4 - 2 : size / 8 - 1));
  raw(options);
  while (out_.size() < at + size) u8(0);
  expects(Space::ip, at);
  return *this;
}
PacketBuilder& PacketBuilder::fragment6(std::uint16_t offset_units, bool more, std::uint32_t id, std::uint8_t next) {
  follows(Space::ip, 44);
  const std::size_t at = out_.size();
  u8(next);
  u8(0);
  u16(static_cast<std::uint16_t>(offset_units << 3 | (more ? 1 : 0)));
  u32(id);
  expects(Space::ip, at);
  return *this;
}
PacketBuilder& PacketBuilder::arp(std::uint16_t operation, std::string_view sender, std::string_view target,
                                  bool reverse) {
  follows(Space::ether_type, reverse ? 0x8035 : 0x0806);
  u16(1);
  u16(0x0800);
  u16(0x0604);
  u16(operation);
  mac(kMacA);
  address(sender, 4);
  mac(operation % 2 == 0 ? kMacB : 0);
  address(target, 4);
  return *this;
}

PacketBuilder& PacketBuilder::tcp(std::uint16_t from, std::uint16_t to, const TcpFields& fields) {
  follows(Space::ip, 6);
  u16(from);
  u16(to);
  u32(fields.seq);
  u32(fields.ack);
  u8(static_cast<std::uint8_t>((5 + fields.options.size() / 4) << 4));
  u8(fields.flags);
  u16(fields.window);
  u32(0);
  return raw(fields.options);
}
PacketBuilder& PacketBuilder::udp(std::uint16_t from, std::uint16_t to) {
  follows(Space::ip, 17);
  const std::size_t at = out_.size();
  u16(from);
  u16(to);
  u16(0);
  lengths_.push_back({Count::udp, at + 4, at});
  u16(0);
  return *this;
}
PacketBuilder& PacketBuilder::udp_lite(std::uint16_t from, std::uint16_t to) {
  follows(Space::ip, 136);
  return udp(from, to);
}
PacketBuilder& PacketBuilder::sctp(std::uint16_t from, std::uint16_t to) {
  follows(Space::ip, 132);
  u16(from);
  u16(to);
  u32(0x01020304);
  u32(0);
  return *this;
}
PacketBuilder& PacketBuilder::dccp(std::uint16_t from, std::uint16_t to) {
  follows(Space::ip, 33);
  u16(from);
  u16(to);
  u8(4);  // data offset in words
  u8(0);
  u16(0);
  u32(0x01000000);
  u32(1);
  return *this;
}
PacketBuilder& PacketBuilder::icmp(std::uint8_t type, std::uint8_t code, std::uint16_t id, std::uint16_t seq) {
  follows(Space::ip, 1);
  u8(type);
  u8(code);
  u16(0);
  u16(id);
  u16(seq);
  return *this;
}
PacketBuilder& PacketBuilder::icmp6(std::uint8_t type, std::uint8_t code, std::uint16_t id, std::uint16_t seq) {
  follows(Space::ip, 58);
  return icmp(type, code, id, seq);
}
PacketBuilder& PacketBuilder::protocol(std::uint8_t number) {
  follows(Space::ip, number);
  return *this;
}
PacketBuilder& PacketBuilder::payload(std::size_t size, std::uint8_t fill) {
  out_.insert(out_.end(), size, static_cast<std::byte>(fill));
  return *this;
}
PacketBuilder& PacketBuilder::raw(Bytes bytes) {
  out_.insert(out_.end(), bytes.begin(), bytes.end());
  return *this;
}
PacketBuilder& PacketBuilder::raw(const std::vector<std::uint8_t>& bytes) {
  return raw(std::as_bytes(std::span(bytes)));
}
PacketBuilder& PacketBuilder::padding_to(std::size_t frame_size) {
  end_ = out_.size();
  if (out_.size() < frame_size) out_.resize(frame_size);
  return *this;
}

std::vector<std::byte> PacketBuilder::bytes() const {
  std::vector<std::byte> done = out_;
  const std::size_t end = end_ != 0 ? end_ : out_.size();
  for (const Length& length : lengths_) patch(done, length.at, static_cast<std::uint16_t>(end - length.from));
  for (const std::size_t at : ip4_headers_) {
    const std::size_t size = (std::to_integer<std::size_t>(done[at]) & 15) * 4;
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < size; i += 2) {
      sum += std::to_integer<std::uint32_t>(done[at + i]) << 8 | std::to_integer<std::uint32_t>(done[at + i + 1]);
    }
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    patch(done, at + 10, static_cast<std::uint16_t>(~sum));
  }
  return done;
}

Frame frame_of(Bytes bytes, LinkType link, Nanos time, std::uint32_t wire_length) {
  return {time, link, wire_length != 0 ? wire_length : static_cast<std::uint32_t>(bytes.size()), bytes};
}

}  // namespace argus
