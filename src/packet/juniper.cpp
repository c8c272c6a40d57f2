// Frames as routers of Juniper Networks capture them (LINKTYPE_JUNIPER_...): a header, a cookie of the interface card,
// and a frame of the interface's own link.
#include "packet/layer.h"

namespace argus {

namespace {

struct Header {
  bool incoming = false;
  bool bare = false;  // the link header was taken off
};

constexpr std::uint8_t kServicesCookie = 0x54, kAdaptiveCookie = 0x47;

// False where it is not one.
bool take_header(Rest& rest, Header& out) {
  constexpr std::uint32_t kMagic = 0x4d4743;  // "MGC"
  constexpr std::uint32_t kIncoming = 1, kBare = 2, kExtended = 0x80;
  const auto word = rest.in.be<std::uint32_t>();
  if (rest.in.ok() && word >> 8 != kMagic) return false;
  if ((word & kExtended) != 0) rest.in.skip(rest.in.be<std::uint16_t>());
  out.incoming = (word & kIncoming) != 0;
  out.bare = (word & kBare) != 0;
  return true;
}

Next without_link(Rest& rest) {
  rest.in.skip(4);
  return ip_by_version(rest);
}

// The header, then a frame of another link.
Next framed(Rest& rest, LinkType link) {
  Header header;
  if (!take_header(rest, header)) return done(DecodeStatus::malformed);
  return header.bare ? without_link(rest) : Next{Layer::link, static_cast<std::uint16_t>(link)};
}

// What ATM cards put before a packet: LLC, or an identifier of the network layer as Cisco writes it, or nothing.
Next after_atm(Rest& rest, Packet& out) {
  ByteReader ahead = rest.in;
  const std::uint32_t head = static_cast<std::uint32_t>(ahead.be<std::uint16_t>()) << 8 | ahead.u8();
  if (!ahead.ok()) return done(DecodeStatus::too_short);
  if (head == 0xaaaa03) return {Layer::ether, kLlcFrame};
  if (head == 0xfefe03 || head >> 16 == 0x03) {
    rest.in.skip(head == 0xfefe03 ? 3 : 1);
    return after_nlpid(rest, out, kProtoAtm);
  }
  const std::uint32_t protocol = head >> 8;
  if (protocol == 0x0021 || protocol == 0x0057 || protocol == 0x0281 || (protocol & 0xc0f1) == 0xc021 ||
      (protocol & 0xc0f1) == 0x8021)
    return after_ppp_framing(rest);
  const std::uint32_t version = head >> 20;
  return version == 4 || version == 6 ? ip_by_version(rest) : without_ip(out, kProtoAtm);
}

}  // namespace

Next decode_juniper_ether(Rest& rest, Packet&) { return framed(rest, LinkType::ethernet); }
Next decode_juniper_ppp(Rest& rest, Packet&) { return framed(rest, LinkType::ppp); }
Next decode_juniper_chdlc(Rest& rest, Packet&) { return framed(rest, LinkType::c_hdlc); }
Next decode_juniper_frelay(Rest& rest, Packet&) { return framed(rest, LinkType::frelay); }

// An ether type, then as that says.
Next decode_juniper_pppoe_atm(Rest& rest, Packet&) {
  Header header;
  if (!take_header(rest, header)) return done(DecodeStatus::malformed);
  if (header.bare) return without_link(rest);
  return after_ether_type(rest, rest.in.be<std::uint16_t>());
}

Next decode_juniper_atm1(Rest& rest, Packet& out) {
  Header header;
  if (!take_header(rest, header)) return done(DecodeStatus::malformed);
  if (header.bare) return without_link(rest);
  constexpr std::uint8_t kMaintenance = 0x80;
  const std::uint8_t format = rest.in.u8();
  rest.in.skip(3);
  return format == kMaintenance ? without_ip(out, kProtoAtm) : after_atm(rest, out);
}

Next decode_juniper_atm2(Rest& rest, Packet& out) {
  Header header;
  if (!take_header(rest, header)) return done(DecodeStatus::malformed);
  if (header.bare) return without_link(rest);
  constexpr std::uint32_t kMaintenance = 0x70, kBridged = 0x3f;
  const auto first = rest.in.be<std::uint32_t>();
  const auto second = rest.in.be<std::uint32_t>();
  if ((second & kMaintenance) != 0) return without_ip(out, kProtoAtm);
  ByteReader ahead = rest.in;
  const bool llc = ahead.be<std::uint16_t>() == 0xaaaa;
  if (!llc && !header.incoming && (first & kBridged) != 0) return decode_ethernet(rest, out);
  return after_atm(rest, out);
}

Next decode_juniper_mlppp(Rest& rest, Packet& out) {
  Header header;
  if (!take_header(rest, header)) return done(DecodeStatus::malformed);
  if (header.bare) return without_link(rest);
  ByteReader ahead = rest.in;
  const std::uint8_t kind = ahead.u8();
  if (kind != kAdaptiveCookie) {
    rest.in.skip(kind == kServicesCookie ? 4 : 2);
    return decode_ppp(rest, out);
  }
  rest.in.skip(4);
  const std::uint8_t way = rest.in.u8(), protocol = rest.in.u8();
  rest.in.skip(2);
  constexpr std::uint8_t kToRouter = 0x0c;
  switch (protocol & 0x70) {
    case 0x00: return way == kToRouter ? decode_ppp(rest, out) : ip_by_version(rest);
    case 0x10: return ip_by_version(rest);
    case 0x20: return {Layer::ether, 0x8847};
    default: return decode_ppp(rest, out);
  }
}

// Cards for services, whose cookie tells nothing of what follows.
Next decode_juniper_services(Rest& rest, Packet&) {
  Header header;
  if (!take_header(rest, header)) return done(DecodeStatus::malformed);
  if (header.bare) return without_link(rest);
  rest.in.skip(8);
  return ip_by_version(rest);
}

}  // namespace argus
