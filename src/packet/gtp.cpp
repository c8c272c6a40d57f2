// GTP-U version 1: user traffic of mobile networks. 3GPP TS 29.281, extension headers 5.2.
#include "packet/layer.h"
#include "packet/tunnel.h"

#include "flow/events.h"

namespace argus {
namespace {

constexpr std::uint8_t kUserData = 255;
constexpr unsigned kHeadersMax = 16;

// Extension headers, each of which ends with the type of the next.
bool skip_headers(std::uint8_t type, ByteReader& in) {
  for (unsigned count = 0; type != 0; count++) {
    const std::size_t words = in.u8();
    if (words == 0 || count == kHeadersMax) return false;
    in.skip(words * 4 - 2);
    type = in.u8();
  }
  return in.ok();
}

}  // namespace

Next decode_gtpu(Rest& rest, Packet& out) {
  Rest ahead = rest;
  const std::uint8_t flags = ahead.in.u8();
  const std::uint8_t type = ahead.in.u8();
  const std::uint32_t length = ahead.in.be<std::uint16_t>();
  const auto tunnel = ahead.in.be<std::uint32_t>();
  // Version 1, GTP rather than GTP'.
  if ((flags & 0xf8) != 0x30 || type != kUserData || (length > ahead.length() && !ahead.open)) return kNotEntered;
  ahead.limit(length);
  if ((flags & 7) != 0) {  // sequence, N-PDU number and extension come together
    ahead.in.skip(3);
    const std::uint8_t extension = ahead.in.u8();
    if ((flags & 4) != 0 && !skip_headers(extension, ahead.in)) return kNotEntered;
  }
  const Next inner = ahead.in.ok() ? held_ip(ahead) : kNotEntered;
  if (is_end(inner)) return kNotEntered;
  rest = ahead;
  // Each end chooses the id that it wants to be sent to.
  return enter({.kind = Tunnel::gtpu, .encaps = kEncGtpu, .id = tunnel, .has_id = true, .id_both_ways = false}, inner,
               rest, out);
}

}  // namespace argus
