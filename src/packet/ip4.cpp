// IPv4. RFC 791; options RFC 791 3.1, RFC 2113.
#include "packet/layer.h"

#include "base/address.h"
#include "flow/events.h"

namespace argus {

std::uint16_t ip4_options(ByteReader in) {
  std::uint16_t found = 0;
  while (in.left() > 0) {
    const std::uint8_t kind = in.u8();
    if (kind == 0) break;
    if (kind == 1) continue;
    switch (kind) {
      case 7: found |= kIpOptRecordRoute; break;
      case 68: found |= kIpOptTimestamp; break;
      case 130: found |= kIpOptSecurity; break;
      case 131: found |= kIpOptLooseRoute; break;
      case 137: found |= kIpOptStrictRoute; break;
      case 148: found |= kIpOptRouterAlert; break;
      default: found |= kIpOptOther; break;
    }
    const std::uint8_t length = in.u8();
    if (length < 2) break;
    in.skip(length - 2u);
  }
  return found;
}

namespace {

// Notes the identification and a fragment; false when it is a later one, which has no transport header.
bool note_fragment(std::uint16_t word, std::uint16_t id, Packet& out) {
  const auto offset = static_cast<std::uint16_t>(word & 0x1fff);
  const bool more = (word & 0x2000) != 0;
  out.fragment_id = id;
  if (offset == 0 && !more) return true;
  out.has |= kIsFragment;
  out.fragment_offset = offset;
  out.more_fragments = more;
  if (offset == 0) return true;
  out.has |= kIsLaterFragment;
  return false;
}

}  // namespace

Next decode_ip4(Rest& rest, Packet& out) {
  const std::uint32_t available = rest.length();
  const std::uint8_t first = rest.in.u8();
  out.tos = rest.in.u8();
  const auto total = rest.in.be<std::uint16_t>();
  const auto id = rest.in.be<std::uint16_t>();
  const auto fragment = rest.in.be<std::uint16_t>();
  out.ttl = rest.in.u8();
  out.proto = rest.in.u8();
  rest.in.skip(2);
  std::array<std::byte, 8> addresses{};
  rest.in.copy(addresses.data(), addresses.size());
  if (!rest.in.ok()) return done(DecodeStatus::too_short);

  const std::uint32_t header = (first & 15u) * 4;
  if (first >> 4 != 4 || header < 20 || header > available) return done(DecodeStatus::malformed);
  if (total != 0 && total < header) return done(DecodeStatus::malformed);
  out.src = Address::from_v4(addresses.data());
  out.dst = Address::from_v4(addresses.data() + 4);
  out.has |= kHasIp;
  // Senders that leave cutting to the network card are captured with a total length of zero.
  if (total != 0) rest.limit(total - 20u);
  const std::uint32_t options = header - 20;
  if (options > rest.in.left()) {  // cut off within the options: nothing of the transport is there
    out.ip_options = ip4_options(ByteReader(rest.in.rest()));
    rest.missing = rest.length() - options;
    rest.in = ByteReader();
  } else if (options != 0) {
    out.ip_options = ip4_options(ByteReader(rest.in.take(options)));
  }
  if (note_fragment(fragment, id, out)) return {Layer::ip, out.proto};
  out.payload_length = rest.length();
  return done(DecodeStatus::ok);
}

}  // namespace argus
