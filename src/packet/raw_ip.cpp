// Links without a header of their own (LINKTYPE_RAW, LINKTYPE_IPV4, LINKTYPE_IPV6) or with an address family only
// (LINKTYPE_NULL, LINKTYPE_LOOP).
#include "packet/layer.h"

#include "flow/events.h"

namespace argus {

Next ip_by_version(const Rest& rest) {
  ByteReader ahead = rest.in;
  const int version = ahead.u8() >> 4;
  if (!ahead.ok()) return done(DecodeStatus::too_short);
  if (version == 4) return {Layer::ether, 0x0800};
  return version == 6 ? Next{Layer::ether, 0x86dd} : done(DecodeStatus::malformed);
}

Next decode_raw_ip(Rest& rest, Packet& out) {
  out.encaps |= kEncRawIp;
  return ip_by_version(rest);
}

Next decode_null(Rest& rest, Packet& out) {
  out.encaps |= kEncNull;
  auto family = rest.in.be<std::uint32_t>();
  // In the byte order of the machine that captured, which nothing tells; families are small numbers.
  if (family > 0xffff) family = byte_swapped(family);
  switch (family) {
    case 2: return {Layer::ether, 0x0800};
    case 10:  // AF_INET6 of Linux, the BSDs, FreeBSD and macOS
    case 24:
    case 28:
    case 30: return {Layer::ether, 0x86dd};
    default: return done(DecodeStatus::malformed);
  }
}

}  // namespace argus
