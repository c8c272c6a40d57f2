// The walk from header to header. Which decoder reads what stands in decoders.def.
#include "packet/decode.h"

#include "base/address.h"
#include "base/names.h"
#include "flow/events.h"
#include "packet/layer.h"

namespace argus {
namespace {

constexpr std::uint32_t key(Layer layer, std::uint32_t number) {
  return static_cast<std::uint32_t>(layer) << 16 | number;
}

Decoder find_decoder(Next next) {
  switch (key(next.layer, next.number)) {
// clang-format off
#define DECODER(layer, number, name) case key(Layer::layer, number): return decode_##name;
// clang-format on
#include "packet/decoders.def"
    default: return nullptr;
  }
}

// What a header that no decoder reads makes of the packet.
Next undecoded(Next next, const Rest& rest, Packet& out) {
  switch (next.layer) {
    case Layer::link: return done(DecodeStatus::bad_link);
    case Layer::ether: return without_ip(out, next.number);
    case Layer::ppp: return without_ip(out, (out.encaps & kEncPppoe) != 0 ? kPppoeSession : kProtoPpp);
    case Layer::ip: out.payload_length = rest.length(); return done(DecodeStatus::ok);
    case Layer::udp_to: return {Layer::udp_from, out.sport};
    case Layer::udp_from: return done(DecodeStatus::ok);
    case Layer::done: break;
  }
  return next;
}

// Inside a tunnel a packet has IP addresses, or MAC addresses of its own.
bool is_whole(DecodeStatus status, const Rest& rest, const Packet& out) {
  return status == DecodeStatus::ok && (!rest.inside || rest.framed || (out.has & kHasIp) != 0);
}

DecodeStatus walk(Next next, Rest& rest, Packet& out) {
  for (unsigned depth = 0; depth < kLayersMax; depth++) {
    const Decoder decoder = find_decoder(next);
    next = decoder != nullptr ? decoder(rest, out) : undecoded(next, rest, out);
    if (!rest.in.ok()) return DecodeStatus::too_short;
    if (next.layer == Layer::done) return static_cast<DecodeStatus>(next.number);
  }
  return DecodeStatus::too_deep;
}

}  // namespace

Next without_ip(Packet& out, Proto proto) {
  out.proto = proto;
  if (proto >= 0x0600) {
    out.etype = proto;
    out.has |= kHasEtype;
  }
  out.src = Address::from_mac(out.smac);
  out.dst = Address::from_mac(out.dmac);
  return done(DecodeStatus::ok);
}

DecodeStatus decode_from(Next next, Rest& rest, Packet& out) {
  const DecodeStatus status = walk(next, rest, out);
  if (!rest.inside || is_whole(status, rest, out)) return status;
  // What cannot be read inside a tunnel is a packet of the tunnel's own header.
  out = *rest.outside;
  return DecodeStatus::ok;
}

DecodeStatus decode_layers(const Frame& frame, Packet& out, Tunnels tunnels) {
  out = Packet();
  out.time = frame.time;
  const auto captured = static_cast<std::uint32_t>(frame.bytes.size());
  out.wire_length = std::max(frame.wire_length, captured);
  Packet outside;
  Rest rest{ByteReader(frame.bytes), out.wire_length - captured};
  if (tunnels == Tunnels::inner) rest.outside = &outside;
  return decode_from({Layer::link, static_cast<std::uint16_t>(frame.link)}, rest, out);
}

DecodeStatus decode(const Frame& frame, Packet& out, Tunnels tunnels) {
  if (decode_common(frame, out, tunnels)) return DecodeStatus::ok;
  return decode_layers(frame, out, tunnels);
}

std::optional<Bytes> udp_payload(const Frame& frame) {
  constexpr std::uint16_t kUdpHeader = 8;
  Packet packet;
  const auto captured = static_cast<std::uint32_t>(frame.bytes.size());
  Rest rest{ByteReader(frame.bytes), std::max(frame.wire_length, captured) - captured};
  Next next{Layer::link, static_cast<std::uint16_t>(frame.link)};
  for (unsigned depth = 0; depth < kLayersMax; depth++) {
    if (next.layer == Layer::ip && next.number == kProtoUdp) {
      rest.in.skip(4);
      const auto length = rest.in.be<std::uint16_t>();
      rest.in.skip(2);
      // Of jumbograms and senders that leave it out, 0.
      if (length >= kUdpHeader) rest.in.limit(length - std::size_t{kUdpHeader});
      return rest.in.ok() ? std::optional(rest.in.rest()) : std::nullopt;
    }
    const Decoder decoder = find_decoder(next);
    if (decoder == nullptr) return std::nullopt;
    next = decoder(rest, packet);
    if (!rest.in.ok() || next.layer == Layer::done) return std::nullopt;
  }
  return std::nullopt;
}

bool is_known(LinkType link) { return find_decoder({Layer::link, static_cast<std::uint16_t>(link)}) != nullptr; }

}  // namespace argus
