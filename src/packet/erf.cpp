// Endace's ERF records (LINKTYPE_ERF). EDM11-01, ERF types reference.
#include "packet/layer.h"

namespace argus {

namespace {

constexpr std::uint8_t kMore = 0x80;  // of a type: an extension header follows

// What a record of each type is a frame of, and how many bytes of the record stand before the frame.
struct Kind {
  std::uint8_t type;
  std::uint8_t before;
  LinkType link;
};
constexpr Kind kKinds[] = {
    {1, 0, LinkType::ppp_hdlc},     // HDLC_POS
    {2, 2, LinkType::ethernet},     // ETH
    {4, 4, LinkType::atm_rfc1483},  // AAL5
    {5, 4, LinkType::ppp_hdlc},     // MC_HDLC
    {9, 4, LinkType::atm_rfc1483},  // MC_AAL5
    {10, 0, LinkType::ppp_hdlc},    // COLOR_HDLC_POS
    {11, 2, LinkType::ethernet},    // COLOR_ETH
    {15, 0, LinkType::ppp_hdlc},    // DSM_COLOR_HDLC_POS
    {16, 2, LinkType::ethernet},    // DSM_COLOR_ETH
    {17, 4, LinkType::ppp_hdlc},    // COLOR_MC_HDLC_POS
    {19, 0, LinkType::ppp_hdlc},    // COLOR_HASH_POS
    {20, 2, LinkType::ethernet},    // COLOR_HASH_ETH
    {22, 0, LinkType::raw_ip},      // IPV4
    {23, 0, LinkType::raw_ip},      // IPV6
};

}  // namespace

Next decode_erf(Rest& rest, Packet&) {
  rest.in.skip(8);  // time
  const std::uint8_t type = rest.in.u8();
  rest.in.skip(7);  // flags, lengths, losses
  for (std::uint8_t more = type; (more & kMore) != 0 && rest.in.ok();) {
    more = rest.in.u8();
    rest.in.skip(7);
  }
  if (!rest.in.ok()) return done(DecodeStatus::too_short);
  for (const Kind& kind : kKinds)
    if (kind.type == (type & ~kMore)) {
      rest.in.skip(kind.before);
      if (kind.link == LinkType::raw_ip) return ip_by_version(rest);
      return {Layer::link, static_cast<std::uint16_t>(kind.link)};
    }
  return done(DecodeStatus::bad_link);
}

}  // namespace argus
