// Frames for tests, built from the outside in; lengths, next-protocol fields and header checksums fill themselves in.
//
//   const auto frame =
//       PacketBuilder().ethernet().vlan(5).ip4("10.0.0.1", "10.0.0.2").tcp(1024, 80, {.flags = kSyn}).bytes();
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "packet/packet.h"

namespace argus {

inline constexpr std::uint64_t kMacA = 0x00005e005301, kMacB = 0x00005e005302;

struct Ip4Fields {
  std::uint8_t ttl = 64, tos = 0, proto = 0;  // proto is overwritten by the layer put on top
  std::uint16_t id = 0;
  std::uint16_t fragment_offset = 0;  // in bytes / 8
  bool more_fragments = false;
  std::vector<std::uint8_t> options = {};  // a multiple of 4
  int total_length = -1;                   // what the header says instead of the truth
};
struct Ip6Fields {
  std::uint8_t hop_limit = 64, traffic_class = 0, next = 59;
  int payload_length = -1;  // what the header says instead of the truth
};
struct TcpFields {
  std::uint32_t seq = 1, ack = 0;
  std::uint8_t flags = kAck;
  std::uint16_t window = 65535;
  std::vector<std::uint8_t> options = {};  // a multiple of 4
};

struct GreFields {
  std::optional<std::uint32_t> key = {};
  bool checksum = false, sequence = false;
  std::uint16_t type = 0;  // 0: of what follows
};

class PacketBuilder {
 public:
  // Link layers.
  PacketBuilder& ethernet(std::uint64_t from = kMacA, std::uint64_t to = kMacB, std::uint16_t ether_type = 0);
  PacketBuilder& ethernet_802_3(std::uint64_t from = kMacA, std::uint64_t to = kMacB);  // length instead of type
  PacketBuilder& sll(std::uint64_t from = kMacA, std::uint16_t hardware = 1, std::uint16_t protocol = 0);
  PacketBuilder& sll2(std::uint64_t from = kMacA, std::uint16_t hardware = 1, std::uint16_t protocol = 0);
  PacketBuilder& null(std::uint32_t family, bool big_endian = false);
  // Between link and network.
  PacketBuilder& vlan(std::uint16_t tci, std::uint16_t tag_type = 0x8100);
  PacketBuilder& vlan_802_3(std::uint16_t tci, std::uint16_t tag_type = 0x8100);  // a length follows the tag
  PacketBuilder& mpls(std::uint32_t label, bool bottom = true, std::uint16_t ether_type = 0x8847);
  PacketBuilder& pppoe(std::uint16_t session, std::uint16_t ppp_protocol = 0);
  PacketBuilder& llc(std::uint8_t dsap, std::uint8_t ssap, std::uint8_t control = 3);
  PacketBuilder& snap(std::uint32_t oui, std::uint16_t type = 0);
  // Network.
  PacketBuilder& ip4(std::string_view from, std::string_view to, const Ip4Fields& fields = {});
  PacketBuilder& ip6(std::string_view from, std::string_view to, const Ip6Fields& fields = {});
  // An IPv6 extension header (0 hop-by-hop, 43 routing, 60 destination, 51 AH...) of 8 bytes, or of the options given.
  PacketBuilder& extension(std::uint8_t number, const std::vector<std::uint8_t>& options = {});
  PacketBuilder& fragment6(std::uint16_t offset_units, bool more, std::uint32_t id, std::uint8_t next = 59);
  PacketBuilder& arp(std::uint16_t operation, std::string_view sender, std::string_view target, bool reverse = false);
  // Transport.
  PacketBuilder& tcp(std::uint16_t from, std::uint16_t to, const TcpFields& fields = {});
  PacketBuilder& udp(std::uint16_t from, std::uint16_t to);
  PacketBuilder& udp_lite(std::uint16_t from, std::uint16_t to);
  PacketBuilder& sctp(std::uint16_t from, std::uint16_t to);
  PacketBuilder& dccp(std::uint16_t from, std::uint16_t to);
  PacketBuilder& icmp(std::uint8_t type, std::uint8_t code, std::uint16_t id = 0, std::uint16_t seq = 0);
  PacketBuilder& icmp6(std::uint8_t type, std::uint8_t code, std::uint16_t id = 0, std::uint16_t seq = 0);
  PacketBuilder& protocol(std::uint8_t number);  // another IP protocol: the payload follows
  // Tunnels (tunnel_layers.cpp): what goes inside follows, ethernet() again, ip4() or ip6().
  PacketBuilder& gre(const GreFields& fields = {});
  PacketBuilder& pptp(std::uint16_t call, bool acknowledges = false);  // and PPP
  PacketBuilder& erspan(int type, std::uint16_t session);              // 1, 2 or 3, with its GRE header
  PacketBuilder& wccp(bool redirect_header = true);                    // with its GRE header
  PacketBuilder& etherip();
  PacketBuilder& vxlan(std::uint32_t vni, std::uint16_t from = 40000, std::uint16_t to = 4789);  // with its UDP header
  PacketBuilder& vxlan_gpe(std::uint32_t vni, std::uint8_t protocol);
  PacketBuilder& geneve(std::uint32_t vni, const std::vector<std::uint8_t>& options = {}, std::uint16_t type = 0);
  PacketBuilder& nsh(std::uint8_t protocol);
  PacketBuilder& gtpu(std::uint32_t teid, const std::vector<std::uint8_t>& extensions = {}, std::uint8_t type = 255);
  PacketBuilder& teredo(bool authentication, bool origin, std::uint16_t from = 40000, std::uint16_t to = 3544);
  PacketBuilder& l2tp(std::uint16_t tunnel, std::uint16_t session, bool length = true);  // version 2, and PPP
  PacketBuilder& l2tpv3(std::uint32_t session, std::size_t cookie, bool over_udp);
  PacketBuilder& ppp();       // address, control and the protocol of what follows
  PacketBuilder& segments();  // a routing header of SRv6 with one segment
  // Anything.
  PacketBuilder& payload(std::size_t size, std::uint8_t fill = 0x61);
  PacketBuilder& raw(Bytes bytes);
  PacketBuilder& raw(const std::vector<std::uint8_t>& bytes);
  PacketBuilder& padding_to(std::size_t frame_size);  // zeros that no length counts; the last call

  [[nodiscard]] std::vector<std::byte> bytes() const;

 private:
  enum class Space : std::uint8_t { none, ether_type, ppp, ip };
  enum class Count : std::uint8_t { ip4_total, ip6_payload, udp, ieee_802_3, pppoe, sctp };
  struct Length {
    Count count;
    std::size_t at, from;
  };
  void u8(std::uint8_t value);
  void u16(std::uint16_t value);
  void u32(std::uint32_t value);
  void mac(std::uint64_t value);
  void address(std::string_view text, std::size_t size);
  void follows(Space space, std::uint16_t number);  // this layer's number, for the layer below
  void expects(Space space, std::size_t at);        // where the next layer's number goes
  void patch(std::vector<std::byte>& out, std::size_t at, std::uint16_t value) const;

  std::vector<std::byte> out_;
  std::vector<Length> lengths_;
  std::vector<std::size_t> ip4_headers_;
  Space space_ = Space::none;
  std::size_t next_at_ = 0;
  std::size_t end_ = 0;  // of what lengths count; 0: everything
};

// A whole Ethernet frame as a Frame; `bytes` must outlive it.
[[nodiscard]] Frame frame_of(Bytes bytes, LinkType link = LinkType::ethernet, Nanos time = 0,
                             std::uint32_t wire_length = 0);

// One frame of every kind the decoders know, with its link type and a name for CAPTURE().
struct Sample {
  std::string_view name;
  LinkType link;
  std::vector<std::byte> bytes;
};
[[nodiscard]] std::vector<Sample> sample_frames();

}  // namespace argus
