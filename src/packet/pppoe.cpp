// PPPoE sessions, in Ethernet frames and on links of their own (LINKTYPE_PPP_ETHER). RFC 2516.
#include "packet/layer.h"

#include "flow/events.h"

namespace argus {

Next decode_pppoe(Rest& rest, Packet& out) {
  rest.in.skip(4);  // version and type, code, session
  const auto length = rest.in.be<std::uint16_t>();
  rest.limit(length);
  out.encaps |= kEncPppoe;
  return after_ppp_framing(rest);
}

}  // namespace argus
