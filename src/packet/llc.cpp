// 802.2 LLC and SNAP. IEEE 802.2-1998 3.2, IEEE 802-2014 9.2 and RFC 1042.
#include "packet/layer.h"

#include "flow/events.h"

namespace argus {

Next decode_llc(Rest& rest, Packet& out) {
  const std::uint8_t dsap = rest.in.u8();
  const std::uint8_t ssap = rest.in.u8();
  const std::uint8_t control = rest.in.u8();
  out.encaps |= kEncLlc;
  // The lowest bit of the source's SAP tells commands from responses.
  if (dsap == 0xaa && (ssap & 0xfe) == 0xaa && control == 3) {
    ByteReader snap = rest.in;
    const auto organisation = static_cast<std::uint32_t>(snap.be<std::uint16_t>()) << 8 | snap.u8();
    const auto type = snap.be<std::uint16_t>();
    if (snap.ok() && organisation == 0 && type >= 0x0600) {
      rest.in = snap;
      return {Layer::ether, type};
    }
  }
  out.ssap = ssap;
  out.dsap = dsap;
  out.has |= kHasSap;
  return without_ip(out, kProtoLlc);
}

}  // namespace argus
