// IPv6 and its extension headers. RFC 8200; router alert RFC 2711, atomic fragments RFC 6946.
#include "packet/layer.h"

#include "flow/events.h"

namespace argus {
namespace {

constexpr std::uint8_t kHopByHop = 0, kRouting = 43, kFragment = 44, kDestination = 60;
constexpr std::uint8_t kSegments = 4;  // type of a routing header, RFC 8754

bool is_extension(std::uint8_t number) {
  return number == kHopByHop || number == kRouting || number == kFragment || number == kDestination;
}

void note_hop_options(ByteReader in, Packet& out) {
  while (in.left() > 0) {
    const std::uint8_t kind = in.u8();
    if (kind == 0) continue;  // Pad1 has no length
    if (kind == 5) out.ip_options |= kIpOptRouterAlert;
    in.skip(in.u8());
  }
}

// Takes one extension header; its next-header number, or nothing when it is not whole in the captured bytes.
struct Extension {
  std::uint8_t next = 0;
  bool whole = false;
};
Extension take_extension(std::uint8_t number, Rest& rest, Packet& out) {
  ByteReader in = rest.in;
  Extension found;
  found.next = in.u8();
  const std::size_t length = in.u8();
  if (number == kFragment) {
    const auto word = in.be<std::uint16_t>();
    const auto id = in.be<std::uint32_t>();
    if (in.ok() && (word & 0xfff9) != 0) {
      out.has |= kIsFragment;
      out.fragment_id = id;
      out.fragment_offset = static_cast<std::uint16_t>(word >> 3);
      out.more_fragments = (word & 1) != 0;
      if (out.fragment_offset != 0) out.has |= kIsLaterFragment;
    }
  } else {
    ByteReader ahead = in;
    if (number == kRouting && ahead.u8() == kSegments && ahead.ok()) out.encaps |= kEncSrv6;
    const Bytes options = in.take(length * 8 + 6);
    if (number == kHopByHop) note_hop_options(ByteReader(options), out);
  }
  found.whole = in.ok();
  if (found.whole) rest.in = in;
  return found;
}

}  // namespace

Next after_extensions(std::uint8_t number, Rest& rest, Packet& out) {
  for (unsigned count = 0; is_extension(number); count++) {
    if (count == kExtensionsMax) return done(DecodeStatus::too_deep);
    const Extension extension = take_extension(number, rest, out);
    if (!extension.whole) break;  // the header that was cut off stands as the protocol
    number = extension.next;
    if ((out.has & kIsLaterFragment) != 0) break;
  }
  out.proto = number;
  if ((out.has & kIsLaterFragment) == 0 && !is_extension(number)) return {Layer::ip, number};
  out.payload_length = rest.length();
  return done(DecodeStatus::ok);
}

Next decode_ip6(Rest& rest, Packet& out) {
  const auto first = rest.in.be<std::uint32_t>();
  const auto length = rest.in.be<std::uint16_t>();
  const std::uint8_t next = rest.in.u8();
  out.ttl = rest.in.u8();
  out.tos = static_cast<std::uint8_t>(first >> 20);
  rest.in.copy(out.src.bytes.data(), out.src.bytes.size());
  rest.in.copy(out.dst.bytes.data(), out.dst.bytes.size());
  if (!rest.in.ok()) return done(DecodeStatus::too_short);
  if (first >> 28 != 6) return done(DecodeStatus::malformed);
  out.has |= kHasIp;
  // Zero: a jumbogram, or a sender that leaves cutting to the network card; or nothing at all behind the header.
  if (length != 0 || next == 59) rest.limit(length);
  return after_extensions(next, rest, out);
}

Next decode_authentication(Rest& rest, Packet& out) {
  out.encaps |= kEncAh;
  out.payload_length = rest.length();
  if (rest.outside == nullptr) return done(DecodeStatus::ok);
  ByteReader in = rest.in;
  const std::uint8_t next = in.u8();
  const std::size_t words = in.u8();  // RFC 4302 2.2
  in.skip(words * 4 + 6);
  if (!in.ok()) return done(DecodeStatus::ok);
  *rest.outside = out;  // what cannot be read behind it leaves the header as the protocol
  rest.inside = true;
  rest.in = in;
  if (!out.src.is_v4()) return after_extensions(next, rest, out);
  out.proto = next;
  return {Layer::ip, next};
}

}  // namespace argus
