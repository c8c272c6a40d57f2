// Ethernet II and 802.3 frames. IEEE 802.3-2018 3.2; the FCS is never captured.
#include "packet/layer.h"

#include "flow/events.h"

namespace argus {

std::uint64_t read_mac(ByteReader& in) {
  const auto high = in.be<std::uint16_t>();
  return static_cast<std::uint64_t>(high) << 32 | in.be<std::uint32_t>();
}

Next after_ether_type(Rest& rest, std::uint16_t ether_type) {
  if (ether_type >= 0x0600) return {Layer::ether, ether_type};
  // Some senders leave the length zero; above 1500 it is not one.
  if (ether_type != 0 && ether_type <= 1500) rest.limit(ether_type);
  // Novell's 802.3 frames have no LLC header: IPX begins with its checksum, which is always ffff.
  ByteReader ahead = rest.in;
  return {Layer::ether, ahead.be<std::uint16_t>() == 0xffff ? kRawIpx : kLlcFrame};
}

Next decode_ethernet(Rest& rest, Packet& out) {
  out.dmac = read_mac(rest.in);
  out.smac = read_mac(rest.in);
  out.has = (out.has & ~std::uint32_t{kHasSourceMac}) | kHasMac;
  rest.framed = true;
  out.encaps |= kEncEthernet;
  return after_ether_type(rest, rest.in.be<std::uint16_t>());
}

Next decode_raw_ipx(Rest&, Packet& out) {
  const Next next = without_ip(out, kProtoIpx);
  out.has &= ~std::uint32_t{kHasEtype};  // the frame says none
  out.etype = 0;
  return next;
}

}  // namespace argus
