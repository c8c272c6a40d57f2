// PPPoE sessions. RFC 2516; protocol field compression RFC 1661 6.5.
#include "packet/layer.h"

#include "flow/events.h"

namespace argus {

Next decode_pppoe(Rest& rest, Packet& out) {
  rest.in.skip(4);  // version and type, code, session
  const auto length = rest.in.be<std::uint16_t>();
  rest.limit(length);
  std::uint16_t protocol = rest.in.u8();
  if ((protocol & 1) == 0) protocol = static_cast<std::uint16_t>(protocol << 8 | rest.in.u8());
  out.encaps |= kEncPppoe;
  return {Layer::ppp, protocol};
}

}  // namespace argus
