// Ten minutes of office traffic for demonstrations: made up, the same for the same seed, only private and documentation
// addresses. Hidden in it: a port scan, a machine that talks to a backdoor, a burst of pings, a client that tunnels
// through DNS, and a jump of https in the second half.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"

namespace argus {

struct DemoTraffic {
  std::uint64_t seed = 1;
  Nanos start = 1'790'000'000 * kSecond;  // 2026-09-21 14:13:20 UTC
};

// A pcap file (Ethernet, microseconds, snap length 128) of about 25,000 packets.
[[nodiscard]] std::vector<std::byte> demo_capture(const DemoTraffic& traffic);

}  // namespace argus
