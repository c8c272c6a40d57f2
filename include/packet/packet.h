// One packet as the meter sees it: what decoding found, and nothing that decoding cannot know.
#pragma once

#include <cstdint>

#include "base/address.h"
#include "base/bytes.h"
#include "base/names.h"
#include "base/time.h"
#include "flow/events.h"

namespace argus {

// Link types by their number in capture files (LINKTYPE_, draft-ietf-opsawg-pcaplinktype).
enum class LinkType : std::uint16_t {
  null = 0,  // BSD loopback, host byte order of the writer
  ethernet = 1,
  slip = 8,
  ppp = 9,
  raw_old = 12,  // raw IP as some systems number it (also 14)
  raw_old_openbsd = 14,
  ppp_hdlc = 50,
  ppp_ether = 51,
  atm_rfc1483 = 100,
  raw_ip = 101,
  c_hdlc = 104,
  ieee802_11 = 105,
  frelay = 107,
  loop = 108,  // OpenBSD loopback, network order
  enc = 109,   // OpenBSD's view into IPsec
  linux_sll = 113,
  pflog = 117,
  prism = 119,
  radiotap = 127,
  juniper_mlppp = 130,
  juniper_atm2 = 135,
  juniper_services = 136,
  juniper_atm1 = 137,
  avs = 163,
  ppp_pppd = 166,
  juniper_pppoe = 167,
  juniper_pppoe_atm = 168,
  juniper_ether = 178,
  juniper_ppp = 179,
  juniper_frelay = 180,
  juniper_chdlc = 181,
  ppi = 192,
  erf = 197,
  ppp_with_dir = 204,
  c_hdlc_with_dir = 205,
  frelay_with_dir = 206,
  mpls = 219,
  ipv4 = 228,
  ipv6 = 229,
  nflog = 239,
  linux_sll2 = 276,
};

// A frame as captured, before decoding.
struct Frame {
  Nanos time = 0;
  LinkType link = LinkType::ethernet;
  std::uint32_t wire_length = 0;  // bytes on the wire, link header included
  Bytes bytes;                    // captured part; valid until the reader is asked for the next frame
};

// Which parts of a Packet hold something.
enum PacketHas : std::uint32_t {
  kHasIp = 1u << 0,             // src, dst, ttl, tos are of an IP header
  kHasPorts = 1u << 1,          // sport, dport
  kHasIcmp = 1u << 2,           // icmp_type, icmp_code
  kHasIcmpId = 1u << 3,         // icmp_id
  kHasTcp = 1u << 4,            // tcp
  kHasMac = 1u << 5,            // smac, dmac
  kHasVlan = 1u << 6,           // vlan (outermost tag)
  kHasMpls = 1u << 7,           // mpls (top label)
  kHasSap = 1u << 8,            // ssap, dsap
  kHasEtype = 1u << 9,          // etype: of frames without an IP header
  kHasQuoted = 1u << 10,        // quoted: the packet inside an ICMP error
  kIsFragment = 1u << 11,       // fragment_*; ports only in the first fragment
  kIsLaterFragment = 1u << 12,  // a fragment other than the first: has no ports of its own
  kIsArpReply = 1u << 13,       // also of RARP and InARP
  kHasSourceMac = 1u << 14,     // smac alone, dmac is unknown (Linux cooked links)
  kHasTunnel = 1u << 15,        // outer: the packet came in a tunnel
  kIsInTrain = 1u << 16,        // train: it came in the first fragment of a packet of a tunnel
};

struct TcpHeader {
  std::uint32_t seq = 0, ack = 0;
  std::uint16_t window = 0;       // unscaled
  std::uint8_t flags = 0;         // FIN 1 SYN 2 RST 4 PSH 8 ACK 16 URG 32 ECE 64 CWR 128
  std::uint8_t window_shift = 0;  // of the window scale option (<= 14), only meaningful with kTcpOptWindowScale
  std::uint16_t options = 0;      // TcpOption bits (flow/events.h)
};

// The packet inside an ICMP error: as much of its key as was quoted.
struct QuotedPacket {
  Address src, dst;
  Proto proto = 0;
  std::uint16_t sport = 0, dport = 0, icmp_id = 0;
  std::uint8_t icmp_type = 0, icmp_code = 0;
  bool has_ports = false, has_icmp = false, has_icmp_id = false;
  std::uint64_t tunnel = 0;  // Outer::key of the tunnel that it was in
};

// The outside of a packet that came in a tunnel; of tunnels within each other, the innermost.
struct Outer {
  Address src, dst;
  // What of the tunnels belongs to the identity of a flow; 0 is no tunnel. The kind in the highest byte, the id in the
  // lower half where both directions have the same one, between them what stands for the tunnels around this one.
  std::uint64_t key = 0;
  std::uint32_t id = 0;
  std::uint16_t sport = 0, dport = 0;
  Tunnel kind = Tunnel::gre;
  bool has_id = false, has_ports = false;
};

// The datagram whose first fragment this packet came in: the later fragments have no more than this.
struct Train {
  Address src, dst;
  std::uint64_t tunnel = 0;  // Outer::key around the datagram
  std::uint32_t id = 0;
  Proto proto = 0;
};

struct Packet {
  Nanos time = 0;
  std::uint32_t wire_length = 0;
  // Above the transport header (above IP where decoding knows no transport, all of a later fragment), by the IP
  // header's length, not by what was captured; 0 without IP. Of a packet in a train, all of it, with what later
  // fragments carry.
  std::uint32_t payload_length = 0;
  std::uint32_t has = 0;  // PacketHas
  Proto proto = 0;        // base/names.h: IP protocol, LLC or ether type
  std::uint16_t etype = 0;
  Address src, dst;  // IP; ARP protocol addresses (sender, target); else the MAC addresses
  std::uint16_t sport = 0, dport = 0;
  std::uint8_t icmp_type = 0, icmp_code = 0;
  std::uint16_t icmp_id = 0;
  std::uint8_t ttl = 0, tos = 0;
  std::uint8_t ssap = 0, dsap = 0;
  std::uint16_t vlan = 0;  // whole TCI; like mpls, smac and dmac of the innermost frame that has one
  std::uint32_t mpls = 0;  // label, 20 bits
  std::uint64_t smac = 0, dmac = 0;
  std::uint32_t encaps = 0;           // Encaps bits (flow/events.h)
  std::uint16_t ip_options = 0;       // IpOption bits
  std::uint16_t fragment_offset = 0;  // in bytes / 8
  std::uint32_t fragment_id = 0;      // IP identification of any packet; of IPv6, the fragment header's
  bool more_fragments = false;
  TcpHeader tcp;
  QuotedPacket quoted;  // unspecified without kHasQuoted
  Outer outer;          // unspecified without kHasTunnel
  Train train;          // unspecified without kIsInTrain
};

// TCP flag bits in the order of the header (RFC 9293 3.1).
inline constexpr std::uint8_t kFin = 1, kSyn = 2, kRst = 4, kPsh = 8, kAck = 16, kUrg = 32, kEce = 64, kCwr = 128;

}  // namespace argus
