// VLAN tags: 802.1Q, 802.1ad and the older 0x9100. IEEE 802.1Q-2018, 9.6.
#include "packet/layer.h"

#include "flow/events.h"

namespace argus {

Next decode_vlan(Rest& rest, Packet& out) {
  const auto tag = rest.in.be<std::uint16_t>();
  const auto ether_type = rest.in.be<std::uint16_t>();
  if (!rest.tagged) out.vlan = tag;  // the outermost one
  rest.tagged = true;
  out.has |= kHasVlan;
  out.encaps |= kEncVlan;
  return after_ether_type(rest, ether_type);
}

}  // namespace argus
