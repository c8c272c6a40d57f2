// Frames of every link type but Ethernet's, cooked and raw IP ones.
#pragma once

#include <vector>

#include "support/packet_builder.h"

namespace argus {

// The same TCP segment, 192.0.2.1:40000 to 192.0.2.2:443, with 10 bytes of payload, in a frame of each.
[[nodiscard]] std::vector<Sample> sample_tcp_links();
// Frames of them that have no IP header, or not one that can be read.
[[nodiscard]] std::vector<Sample> sample_plain_links();

}  // namespace argus
