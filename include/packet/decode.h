// From a frame's bytes to a Packet.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "packet/packet.h"

namespace argus {

// Why a frame did not become a packet. Counted, never printed per packet.
enum class DecodeStatus : std::uint8_t {
  ok,
  too_short,  // the link or network header is not whole in the captured bytes
  malformed,  // lengths or versions contradict each other
  bad_link,   // unknown link type
  too_deep,   // more than kLayersMax headers
};

inline constexpr unsigned kLayersMax = 24;      // headers in all
inline constexpr unsigned kExtensionsMax = 16;  // IPv6 extension headers

// Which header of a packet in a tunnel is the packet.
enum class Tunnels : std::uint8_t {
  inner,  // the innermost that can be told; what is around it is Packet::outer
  outer,  // the outermost: tunnels are not looked into
};

// Decodes one frame into `out` (every field but `quoted`, `outer` and `train` is set, whatever it held before; those
// are with their flags). A frame whose transport header is cut off or damaged is still a packet of its addresses and
// protocol.
// Anything without IP is a packet by its MAC addresses and ether type or LLC SAPs. Never reads outside frame.bytes.
//
// A tunnel whose content is damaged, cut off or not known is a packet of the tunnel's own header. One that only a UDP
// port tells is looked into only where the headers inside validate: versions, lengths, checksum.
[[nodiscard]] DecodeStatus decode(const Frame& frame, Packet& out, Tunnels tunnels = Tunnels::inner);

// The captured part of what a frame carries over UDP, a view into frame.bytes; nothing where it is not UDP, or a later
// fragment.
[[nodiscard]] std::optional<Bytes> udp_payload(const Frame& frame);

[[nodiscard]] bool is_known(LinkType link);

}  // namespace argus
