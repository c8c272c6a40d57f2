// MPLS label stack. RFC 3032; what follows the stack is told by its first nibble (RFC 4928).
#include "packet/layer.h"

#include "flow/events.h"

namespace argus {

Next decode_mpls(Rest& rest, Packet& out) {
  const auto entry = rest.in.be<std::uint32_t>();
  if (!rest.labelled) out.mpls = entry >> 12;  // the top label
  rest.labelled = true;
  out.has |= kHasMpls;
  out.encaps |= kEncMpls;
  if ((entry & 0x100) == 0) return {Layer::ether, 0x8847};
  ByteReader ahead = rest.in;
  const int version = ahead.u8() >> 4;
  if (!ahead.ok()) return done(DecodeStatus::too_short);
  if (version == 4) return {Layer::ether, 0x0800};
  return version == 6 ? Next{Layer::ether, 0x86dd} : without_ip(out, 0x8847);
}

}  // namespace argus
