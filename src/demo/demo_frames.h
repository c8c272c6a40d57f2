// Frames for the demonstration traffic: headers right, payload zeros, cut at the snap length.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/time.h"

namespace argus {

inline constexpr std::uint32_t kDemoSnap = 128;

struct DemoHost {
  std::uint64_t mac = 0;
  std::uint32_t v4 = 0;
  std::array<std::uint8_t, 16> v6{};
  std::uint8_t ttl = 64;  // as it arrives here
};

struct DemoFrame {
  Nanos time = 0;
  std::uint32_t length = 0;         // on the wire
  std::vector<std::byte> captured;  // up to kDemoSnap bytes of it
};

enum class DemoFamily : std::uint8_t { v4, v6 };

struct DemoTcp {
  std::uint16_t sport = 0, dport = 0;
  std::uint32_t seq = 0, ack = 0;
  std::uint8_t flags = 0;
};

// Each gives a whole frame from one host to another at a time, with `payload` bytes above the last header.
[[nodiscard]] DemoFrame demo_tcp(Nanos time, const DemoHost& from, const DemoHost& to, DemoFamily family,
                                 const DemoTcp& tcp, std::uint32_t payload);
[[nodiscard]] DemoFrame demo_udp(Nanos time, const DemoHost& from, const DemoHost& to, DemoFamily family,
                                 std::uint16_t sport, std::uint16_t dport, std::uint32_t payload);
[[nodiscard]] DemoFrame demo_icmp(Nanos time, const DemoHost& from, const DemoHost& to, DemoFamily family,
                                  std::uint8_t type, std::uint8_t code, std::uint16_t id, std::uint16_t seq,
                                  std::uint32_t payload);
[[nodiscard]] DemoFrame demo_arp(Nanos time, const DemoHost& from, const DemoHost& to, bool reply);
[[nodiscard]] DemoFrame demo_igmp(Nanos time, const DemoHost& from, std::uint32_t group);
[[nodiscard]] DemoFrame demo_stp(Nanos time, std::uint64_t bridge);
[[nodiscard]] DemoFrame demo_lldp(Nanos time, std::uint64_t from);

}  // namespace argus
