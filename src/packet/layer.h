// What a decoder of one header is given and what it says comes next. One decoder a file, listed in decoders.def.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/bytes.h"
#include "base/names.h"
#include "packet/decode.h"
#include "packet/packet.h"

namespace argus {

// What numbers the next header: each has its own numbers in decoders.def.
enum class Layer : std::uint8_t {
  done,      // nothing more to decode; number is a DecodeStatus
  link,      // LinkType
  ether,     // ether type, from 0x0600; or kLlcFrame, kRawIpx
  ppp,       // PPP protocol
  ip,        // IP protocol or IPv6 next header
  udp_to,    // destination port of UDP
  udp_from,  // source port of UDP, where the destination's means nothing
};

// Pseudo ether types for 802.3 frames, below all real ones.
inline constexpr std::uint16_t kLlcFrame = 0, kRawIpx = 1;
inline constexpr std::uint16_t kPppoeSession = 0x8864;

struct Next {
  Layer layer = Layer::done;
  std::uint16_t number = 0;
};

[[nodiscard]] constexpr Next done(DecodeStatus status) { return {Layer::done, static_cast<std::uint16_t>(status)}; }

// The undecoded rest of a frame: the bytes that were captured, how many more there were on the wire, and where in the
// frame that is.
struct Rest {
  ByteReader in;
  std::uint32_t missing = 0;  // bytes on the wire after the captured ones
  // Where a tunnel or an authentication header is looked into: the packet that it is on the outside is left there, and
  // `inside` set. Null: none is.
  Packet* outside = nullptr;
  bool inside = false;
  bool open = false;    // more of it came elsewhere, as later fragments, or not at all, as of a quoted packet
  bool quoted = false;  // by an ICMP error
  bool framed = false, tagged = false,
       labelled = false;  // of this frame or tunnel: MAC addresses, VLAN tag, label seen

  [[nodiscard]] std::uint32_t length() const { return static_cast<std::uint32_t>(in.left()) + missing; }
  // Cuts off what a length field says is not part of it; a length beyond the wire changes nothing.
  void limit(std::uint32_t length_on_wire) {
    const auto captured = static_cast<std::uint32_t>(in.left());
    missing = length_on_wire <= captured ? 0
              : open                     ? length_on_wire - captured
                                         : std::min(missing, length_on_wire - captured);
    in.limit(length_on_wire);
  }
};

// A decoder takes its header from `rest`, notes in `out` what it found, and names the next header. A reader that is not
// ok() afterwards is a header that was cut off, whatever the decoder gave back.
using Decoder = Next (*)(Rest& rest, Packet& out);

#define DECODER(layer, number, name) Next decode_##name(Rest& rest, Packet& out);
#include "packet/decoders.def"

// The frame has no IP header: it is a packet of its MAC addresses (zero when the link has none).
[[nodiscard]] Next without_ip(Packet& out, Proto proto);
// The next MAC address.
[[nodiscard]] std::uint64_t read_mac(ByteReader& in);
// An IP packet, told by its version.
[[nodiscard]] Next ip_by_version(const Rest& rest);
// A PPP protocol field, with the address and control fields before it where they were not left out.
[[nodiscard]] Next after_ppp_framing(Rest& rest);
// What a network layer protocol identifier (ISO/IEC TR 9577) names; all but IP, SNAP and PPP is a frame of `other`.
[[nodiscard]] Next after_nlpid(Rest& rest, Packet& out, Proto other);
// An 802.11 frame; `padded`: its header is followed by what fills it up to a multiple of four bytes.
[[nodiscard]] Next wlan_frame(Rest& rest, bool padded, Packet& out);
// An ether type field, which below 0x0600 is the length of an 802.3 frame.
[[nodiscard]] Next after_ether_type(Rest& rest, std::uint16_t ether_type);
// From header to header, to the end.
[[nodiscard]] DecodeStatus decode_from(Next next, Rest& rest, Packet& out);
// Behind an IPv6 header or extension header: those that follow, up to the transport header or a later fragment's bytes.
[[nodiscard]] Next after_extensions(std::uint8_t number, Rest& rest, Packet& out);
// A tunnel has these UDP ports. Asked of each packet of UDP: comparisons without a branch.
[[nodiscard]] inline bool is_tunnel_port(std::uint16_t from, std::uint16_t to) {
  bool found = false;
#define DECODER(layer, number, name) \
  found |= (Layer::layer == Layer::udp_to && to == (number)) || (Layer::layer == Layer::udp_from && from == (number));
#include "packet/decoders.def"
  return found;
}
// Option bytes, captured part only.
[[nodiscard]] std::uint16_t ip4_options(ByteReader in);
void tcp_options(ByteReader in, TcpHeader& out);

// The straight decoder of common frames: false when the frame is not one, and then `out` is unspecified.
[[nodiscard]] bool decode_common(const Frame& frame, Packet& out, Tunnels tunnels = Tunnels::inner);
// All others, layer by layer.
[[nodiscard]] DecodeStatus decode_layers(const Frame& frame, Packet& out, Tunnels tunnels = Tunnels::inner);

}  // namespace argus
