// PPP on links of its own (LINKTYPE_PPP, LINKTYPE_PPP_HDLC, LINKTYPE_PPP_PPPD, LINKTYPE_PPP_WITH_DIR). RFC 1661;
// framing RFC 1662, Cisco's on the same link types RFC 1547 4.3.1.
#include "packet/layer.h"

#include "flow/events.h"

namespace argus {

namespace {

constexpr std::uint8_t kAllStations = 0xff, kUnnumbered = 0x03;  // RFC 1662 3.1
constexpr std::uint8_t kCiscoUnicast = 0x0f, kCiscoMulticast = 0x8f;

std::uint8_t peeked(const Rest& rest, std::size_t at) {
  ByteReader ahead = rest.in;
  ahead.skip(at);
  return ahead.u8();
}

}  // namespace

Next after_ppp_framing(Rest& rest) {
  if (peeked(rest, 0) == kAllStations && peeked(rest, 1) == kUnnumbered) rest.in.skip(2);
  std::uint16_t protocol = rest.in.u8();
  if ((protocol & 1) == 0) protocol = static_cast<std::uint16_t>(protocol << 8 | rest.in.u8());
  return {Layer::ppp, protocol};
}

Next decode_ppp(Rest& rest, Packet& out) {
  const std::uint8_t address = peeked(rest, 0);
  if ((address == kCiscoUnicast || address == kCiscoMulticast) && peeked(rest, 1) == 0) return decode_c_hdlc(rest, out);
  out.encaps |= kEncPpp;
  return after_ppp_framing(rest);
}

Next decode_ppp_with_dir(Rest& rest, Packet& out) {
  rest.in.skip(1);  // from or to this host
  return decode_ppp(rest, out);
}

// The direction stands in the place of the address.
Next decode_ppp_pppd(Rest& rest, Packet& out) {
  rest.in.skip(1);
  if (peeked(rest, 0) == kUnnumbered) rest.in.skip(1);
  out.encaps |= kEncPpp;
  return after_ppp_framing(rest);
}

}  // namespace argus
