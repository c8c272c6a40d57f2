// The identity of a flow: both ends in a canonical order, and what tells conversations between them apart.
#pragma once

#include <array>
#include <cstdint>

#include "base/address.h"
#include "base/hash.h"
#include "base/names.h"
#include "packet/packet.h"

namespace argus {

struct FlowKey {
  Address low, high;       // in byte order; of ICMP, who asks and who is asked
  std::uint64_t rest = 0;  // proto, ports (or ICMP type, code, id; or SAPs), VLAN id; see key.cpp
  // Outer::key. The same addresses in another tunnel, or outside, are other hosts, or the same packets once more.
  std::uint64_t tunnel = 0;
  friend bool operator==(const FlowKey&, const FlowKey&) = default;
};

enum KeyBit : std::uint64_t {  // the low 16 bits of rest
  kKeyVlanMask = 0x0fff,
  kKeyHasPorts = 1u << 12,
  kKeyHasIcmpId = 1u << 13,
  kKeyHasSaps = 1u << 14,
  kKeyHasVlan = 1u << 15,
};
[[nodiscard]] inline Proto key_proto(const FlowKey& key) { return static_cast<Proto>(key.rest >> 48); }
[[nodiscard]] inline std::uint16_t key_first(const FlowKey& key) { return static_cast<std::uint16_t>(key.rest >> 32); }
[[nodiscard]] inline std::uint16_t key_second(const FlowKey& key) { return static_cast<std::uint16_t>(key.rest >> 16); }

inline constexpr std::uint32_t kNone = UINT32_MAX;  // no flow

struct Keyed {
  FlowKey key;
  std::uint64_t hash = 0;
  std::uint32_t guess = kNone;  // the flow's number when it was looked up ahead of time
  std::uint8_t side = 0;        // 1: the packet's source is the key's `high` end
  bool is_reply = false;        // an ICMP or ARP reply: its sender did not start the flow
  bool is_request = false;      // the matching request
};

// An ICMP type as its request has it; `reply` says that it was one. Messages without a counterpart stay.
[[nodiscard]] std::uint8_t request_type(bool v6, std::uint8_t type, bool& reply);
// Has a counterpart: echo, timestamp, information, mask.
[[nodiscard]] bool is_query(bool v6, std::uint8_t type);

// Made where it stands: it is made for every packet.
void key_into(Keyed& out, const Packet& packet, bool with_vlan, const HashKey& secret);
[[nodiscard]] inline Keyed keyed(const Packet& packet, bool with_vlan, const HashKey& secret) {
  Keyed out;
  key_into(out, packet, with_vlan, secret);
  return out;
}
// The key that the packet quoted in an ICMP error would have had. side: which end sent the quoted packet.
// `bits`: the VLAN of the error's own frame where VLANs are part of keys, else 0.
[[nodiscard]] Keyed keyed(const QuotedPacket& quoted, std::uint64_t bits, const HashKey& secret);
[[nodiscard]] inline std::uint64_t tunnel_of(const Packet& packet) {
  return (packet.has & kHasTunnel) != 0 ? packet.outer.key : 0;
}
[[nodiscard]] std::uint64_t vlan_bits(const Packet& packet, bool with_vlan);

[[nodiscard]] inline std::uint64_t hash_of(const FlowKey& key, const HashKey& secret) {
  const std::uint64_t a = mix(key.low.high() ^ secret.k0, key.low.low() ^ secret.k1);
  const std::uint64_t b = mix(key.high.high() ^ secret.k2, key.high.low() ^ secret.k3);
  return mix(a ^ key.rest ^ secret.k3, (b + secret.k1) ^ key.tunnel);
}

}  // namespace argus
