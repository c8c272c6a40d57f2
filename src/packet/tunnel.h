// What the decoders of tunnels share: the step from the outside in, and what must be right about the inside.
#pragma once

#include <cstdint>

#include "flow/events.h"
#include "packet/decode.h"
#include "packet/layer.h"
#include "packet/packet.h"

namespace argus {

// A tunnel as its header tells it.
struct TunnelHeader {
  Tunnel kind = Tunnel::gre;
  std::uint32_t encaps = 0;  // Encaps bits
  std::uint32_t id = 0;
  bool has_id = false;
  bool id_both_ways = true;  // both ends use one id, so that it tells conversations apart
};

// The packet so far becomes the outside, and what `rest` begins with is decoded as another: gives `inner` back, or the
// end where tunnels are not looked into. Call it when the whole header of the tunnel has been taken from `rest`.
[[nodiscard]] Next enter(const TunnelHeader& tunnel, Next inner, Rest& rest, Packet& out);

// The header at the beginning of `rest` is one that `next` says, by everything that can be checked of it: for tunnels
// that nothing but a port tells. False also for what is cut off.
[[nodiscard]] bool holds(Next next, const Rest& rest);
// IPv4 or IPv6, as the first four bits say, that holds; else the end.
[[nodiscard]] Next held_ip(const Rest& rest);
// As the first four bits say, unchecked; else the end.
[[nodiscard]] Next ip_inside(const Rest& rest);

[[nodiscard]] constexpr bool is_end(Next next) { return next.layer == Layer::done; }
inline constexpr Next kNotEntered{Layer::done, static_cast<std::uint16_t>(DecodeStatus::ok)};
inline constexpr Next kInnerIp4{Layer::ether, 0x0800}, kInnerIp6{Layer::ether, 0x86dd}, kEthernetFrame{Layer::link, 1};

// What PPP carries, with or without address and control bytes, with a protocol field of one byte or two; taken from
// `rest` where it is IP, else the end.
[[nodiscard]] Next take_ppp(Rest& rest);

}  // namespace argus
