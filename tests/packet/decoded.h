// A built frame as the decoder sees it.
#pragma once

#include <catch2/catch.hpp>

#include "base/time.h"
#include "packet/decode.h"
#include "packet/packet.h"
#include "support/packet_builder.h"

namespace argus {

inline Packet packet_of(const PacketBuilder& builder, LinkType link = LinkType::ethernet) {
  const auto bytes = builder.bytes();
  Packet packet;
  REQUIRE(decode(frame_of(bytes, link, 5 * kSecond), packet) == DecodeStatus::ok);
  CHECK(packet.time == 5 * kSecond);
  CHECK(packet.wire_length == bytes.size());
  return packet;
}
inline DecodeStatus status_of(const PacketBuilder& builder, LinkType link = LinkType::ethernet) {
  const auto bytes = builder.bytes();
  Packet packet;
  return decode(frame_of(bytes, link), packet);
}
inline PacketBuilder ether() { return PacketBuilder().ethernet(); }
inline bool has(const Packet& packet, std::uint32_t bits) { return (packet.has & bits) == bits; }

}  // namespace argus
