// Cisco's HDLC (LINKTYPE_C_HDLC, LINKTYPE_C_HDLC_WITH_DIR): RFC 1547 4.3.1.
#include "packet/layer.h"

#include "flow/events.h"

namespace argus {

Next decode_c_hdlc(Rest& rest, Packet& out) {
  constexpr std::uint16_t kSlarp = 0x8035;  // keep-alives; elsewhere it is RARP
  rest.in.skip(2);                          // address, control
  const auto protocol = rest.in.be<std::uint16_t>();
  out.encaps |= kEncHdlc;
  return protocol >= 0x0600 && protocol != kSlarp && protocol != 0x2000 ? Next{Layer::ether, protocol}
                                                                        : without_ip(out, kProtoHdlc);
}

Next decode_c_hdlc_with_dir(Rest& rest, Packet& out) {
  rest.in.skip(1);
  return decode_c_hdlc(rest, out);
}

}  // namespace argus
