// SLIP as the BSDs capture it (LINKTYPE_SLIP): RFC 1055 behind a header of the driver.
#include "packet/layer.h"

#include "flow/events.h"

namespace argus {

Next decode_slip(Rest& rest, Packet& out) {
  rest.in.skip(16);  // direction, and the header that was sent in place of a compressed one
  out.encaps |= kEncSlip;
  return ip_by_version(rest);
}

}  // namespace argus
