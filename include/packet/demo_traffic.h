// Invented traffic for the demo and for tests: a small office, made from a seed, as a capture file. No packet of it was
// ever on a network; all addresses are of private and documentation ranges (RFC 1918, RFC 3849, RFC 5737, RFC 7042 2.1.1).
//
// Ordinary life: web, DNS, time, mail, shells, printing, ARP, neighbour discovery, ping, multicast, spanning tree. And
// things to find: a port scan, a machine that talks to port 4444 every few seconds, a burst of pings, names of
// suspicious length asked of one server, and a rise of https in the middle.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"

namespace argus {

struct DemoTraffic {
  std::uint64_t seed = 1;
  Nanos start = 1'790'586'000 * kSecond;  // 2026-09-28 09:00:00 UTC, a Monday
  Nanos length = 10 * kMinute;            // conversations that begin in it; at least kMinute is made of less
  unsigned clients = 24;                  // machines of the office, 1 to 100
  std::uint32_t snaplen = 96;             // bytes kept of a frame, at least 64; the lengths on the wire stay true
};

// The whole capture as the bytes of a pcap file (microseconds, Ethernet), packets in the order of their times. The same
// bytes for the same wishes on every machine. Ten minutes are about 5,000 flows, 20,000 packets and 2 MB.
[[nodiscard]] std::vector<std::byte> demo_capture(const DemoTraffic& wishes);

}  // namespace argus
