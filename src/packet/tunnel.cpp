#include "packet/tunnel.h"

#include "base/bytes.h"
#include "base/names.h"

namespace argus {
namespace {

// Of the tunnels around this one, what fits: 24 bits that differ where they do.
std::uint64_t folded(std::uint64_t around) { return around == 0 ? 0 : around * 0x9e3779b97f4a7c15u >> 40 | 1; }

std::uint64_t key_of(const TunnelHeader& tunnel, std::uint64_t around) {
  const std::uint64_t id = tunnel.has_id && tunnel.id_both_ways ? tunnel.id : 0;
  return static_cast<std::uint64_t>(tunnel.kind) << 56 | folded(around) << 32 | id;
}

// A sum over all of the header, its own field included (RFC 1071). Zero is left to the network card.
bool checksum_holds(ByteReader header) {
  std::uint32_t sum = 0;
  for (int i = 0; header.left() >= 2; i++) {
    const auto word = header.be<std::uint16_t>();
    if (i == 5 && word == 0) return true;
    sum += word;
  }
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return sum == 0xffff;
}

bool holds_ip4(const Rest& rest) {
  ByteReader in = rest.in;
  const std::uint8_t first = in.u8();
  in.skip(1);
  const std::uint32_t total = in.be<std::uint16_t>();
  const std::uint32_t header = (first & 15u) * 4;
  if (!in.ok() || first >> 4 != 4 || header < 20 || total < header || header > rest.in.left()) return false;
  if (total > rest.length() && !rest.open) return false;
  ByteReader whole = rest.in;
  whole.limit(header);
  return checksum_holds(whole);
}

bool holds_ip6(const Rest& rest) {
  ByteReader in = rest.in;
  const auto first = in.be<std::uint32_t>();
  const std::uint32_t payload = in.be<std::uint16_t>();
  in.skip(34);
  return in.ok() && first >> 28 == 6 && (payload + 40 <= rest.length() || rest.open);
}

bool holds_arp(ByteReader in) {
  return in.be<std::uint32_t>() == 0x00010800 && in.be<std::uint16_t>() == 0x0604 && in.ok();
}

bool holds_labels(Rest rest) {
  for (unsigned depth = 0; depth < kLayersMax; depth++) {
    const auto entry = rest.in.be<std::uint32_t>();
    if (!rest.in.ok()) return false;
    if ((entry & 0x100) != 0) return !is_end(held_ip(rest));
  }
  return false;
}

bool holds_frame(Rest rest) {
  rest.in.skip(12);
  auto type = rest.in.be<std::uint16_t>();
  for (unsigned tags = 0; (type == 0x8100 || type == 0x88a8) && tags < kLayersMax; tags++) {
    rest.in.skip(2);
    type = rest.in.be<std::uint16_t>();
  }
  if (!rest.in.ok()) return false;
  if (type == 0x0800 || type == 0x86dd || type == 0x8847 || type == kProtoArp) return holds({Layer::ether, type}, rest);
  return type >= 0x0600 || (type <= 1500 && (type <= rest.length() || rest.open));
}

}  // namespace

bool holds(Next next, const Rest& rest) {
  if (next.layer == Layer::link) return holds_frame(rest);
  switch (next.number) {
    case 0x0800: return holds_ip4(rest);
    case 0x86dd: return holds_ip6(rest);
    case 0x8847: return holds_labels(rest);
    case kProtoArp: return holds_arp(rest.in);
    default: return false;
  }
}

Next ip_inside(const Rest& rest) {
  ByteReader ahead = rest.in;
  const int version = ahead.u8() >> 4;
  return version == 4 ? kInnerIp4 : version == 6 ? kInnerIp6 : kNotEntered;
}

Next held_ip(const Rest& rest) {
  const Next next = ip_inside(rest);
  return is_end(next) || holds(next, rest) ? next : kNotEntered;
}

Next take_ppp(Rest& rest) {
  Rest ahead = rest;
  const Next next = after_ppp_framing(ahead);
  if (!ahead.in.ok() || next.layer != Layer::ppp || (next.number != 0x0021 && next.number != 0x0057))
    return kNotEntered;
  rest = ahead;
  return next.number == 0x0021 ? kInnerIp4 : kInnerIp6;
}

Next enter(const TunnelHeader& tunnel, Next inner, Rest& rest, Packet& out) {
  constexpr std::uint32_t kStays = kHasMac | kHasSourceMac | kHasVlan | kHasMpls | kIsInTrain;
  const bool fragment = (out.has & kIsFragment) != 0;
  // A packet can wait for one datagram around it, not for two.
  if (rest.outside == nullptr || (fragment && (out.has & kIsInTrain) != 0)) return kNotEntered;
  *rest.outside = out;
  rest.inside = true;
  rest.framed = rest.tagged = rest.labelled = false;
  const Packet& outside = *rest.outside;
  const std::uint64_t around = (outside.has & kHasTunnel) != 0 ? outside.outer.key : 0;

  out = Packet();
  out.time = outside.time;
  out.wire_length = outside.wire_length;
  out.has = (outside.has & kStays) | kHasTunnel;
  out.smac = outside.smac;
  out.dmac = outside.dmac;
  out.vlan = outside.vlan;
  out.mpls = outside.mpls;
  out.encaps = outside.encaps | tunnel.encaps;
  out.train = outside.train;
  if (fragment) {
    out.train = {outside.src, outside.dst, around, outside.fragment_id, outside.proto};
    out.has |= kIsInTrain;
    rest.open = true;
  }
  Outer& outer = out.outer;
  outer.src = outside.src;
  outer.dst = outside.dst;
  outer.kind = tunnel.kind;
  outer.id = tunnel.id;
  outer.has_id = tunnel.has_id;
  outer.key = key_of(tunnel, around);
  outer.has_ports = (outside.has & kHasPorts) != 0;
  outer.sport = outside.sport;
  outer.dport = outside.dport;
  return inner;
}

}  // namespace argus
