// Teredo: IPv6 through address translation. RFC 4380 5.1.1; the older prefix is of the drafts before it.
#include "packet/layer.h"
#include "packet/tunnel.h"

#include "flow/events.h"

namespace argus {
namespace {

constexpr std::size_t kSenderAt = 8, kReceiverAt = 24;

// A Teredo address, or a link-local one.
bool is_ours(ByteReader in, std::size_t at) {
  in.skip(at);
  const auto first = in.be<std::uint32_t>();
  return in.ok() && (first == 0x20010000 || first == 0x3ffe831f || first >> 22 == 0xfe80u >> 6);
}

}  // namespace

Next decode_teredo(Rest& rest, Packet& out) {
  Rest ahead = rest;
  ByteReader in = ahead.in;
  if (in.be<std::uint16_t>() == 1) {  // authentication: identifier and value of some length, nonce, confirmation
    const std::size_t identifier = in.u8();
    const std::size_t value = in.u8();
    in.skip(identifier + value + 9);
    ahead.in = in;
  }
  in = ahead.in;
  if (in.be<std::uint16_t>() == 0) {  // origin: port and address
    in.skip(6);
    ahead.in = in;
  }
  if (!ahead.in.ok() || !holds(kInnerIp6, ahead)) return kNotEntered;
  if (!is_ours(ahead.in, kSenderAt) && !is_ours(ahead.in, kReceiverAt)) return kNotEntered;
  rest = ahead;
  return enter({.kind = Tunnel::teredo, .encaps = kEncTeredo}, kInnerIp6, rest, out);
}

}  // namespace argus
