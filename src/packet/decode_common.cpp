// The straight way through the frames that are nearly all of the traffic: Ethernet, at most one VLAN tag, IPv4 without
// options and fragments or IPv6 without extension headers, TCP or UDP, all headers captured. It gives what the general
// decoders give (tests compare them), only sooner: every offset is known when this is compiled, and so are the bounds.
#include "packet/layer.h"

#include "base/address.h"
#include "flow/events.h"

namespace argus {
namespace {

// A number at a fixed place in a header of fixed size.
template <class T, std::size_t kAt, std::size_t kSize>
T be_at(std::span<const std::byte, kSize> header) {
  static_assert(kSize != std::dynamic_extent && kAt + sizeof(T) <= kSize);
  T value;
  std::memcpy(&value, header.data() + kAt, sizeof(T));
  if constexpr (std::endian::native == std::endian::little) value = byte_swapped(value);
  return value;
}

constexpr std::size_t kEthernetSize = 14, kTagSize = 4, kIp4Size = 20, kIp6Size = 40, kUdpSize = 8, kTcpSize = 20;

// TCP or UDP in `bytes`, of which `length` bytes were on the wire.
bool common_transport(Bytes bytes, std::uint32_t length, Packet& out, Tunnels tunnels) {
  if (out.proto == kProtoUdp) {
    if (bytes.size() < kUdpSize) return false;
    const auto udp = bytes.first<kUdpSize>();
    out.sport = be_at<std::uint16_t, 0>(udp);
    out.dport = be_at<std::uint16_t, 2>(udp);
    if (tunnels == Tunnels::inner && is_tunnel_port(out.sport, out.dport)) return false;
    out.payload_length = length > kUdpSize ? length - std::uint32_t{kUdpSize} : 0;
    out.has |= kHasPorts;
    return true;
  }
  if (out.proto != kProtoTcp || bytes.size() < kTcpSize) return false;
  const auto tcp = bytes.first<kTcpSize>();
  const std::uint32_t header = (be_at<std::uint8_t, 12>(tcp) >> 4) * 4u;
  if (header < kTcpSize || header > length) return false;
  out.sport = be_at<std::uint16_t, 0>(tcp);
  out.dport = be_at<std::uint16_t, 2>(tcp);
  out.tcp.seq = be_at<std::uint32_t, 4>(tcp);
  out.tcp.ack = be_at<std::uint32_t, 8>(tcp);
  out.tcp.flags = be_at<std::uint8_t, 13>(tcp);
  out.tcp.window = be_at<std::uint16_t, 14>(tcp);
  out.payload_length = length - header;
  out.has |= kHasPorts | kHasTcp;
  if (header > kTcpSize) {
    const Bytes options = bytes.subspan(kTcpSize, std::min<std::size_t>(header, bytes.size()) - kTcpSize);
    // Two NOPs and a timestamp, which most segments have and have alone.
    constexpr std::uint32_t kTimestampAlone = 0x0101080a;
    if (options.size() == 12 && be_at<std::uint32_t, 0>(options.first<12>()) == kTimestampAlone) {
      out.tcp.options = kTcpOptTimestamp;
    } else {
      tcp_options(ByteReader(options), out.tcp);
    }
  }
  return true;
}

// `bytes` and `wire` begin with the IP header.
bool common_ip4(Bytes bytes, std::uint32_t wire, Packet& out, Tunnels tunnels) {
  if (bytes.size() < kIp4Size) return false;
  const auto ip = bytes.first<kIp4Size>();
  const std::uint32_t total = be_at<std::uint16_t, 2>(ip);
  const bool fragment = (be_at<std::uint16_t, 6>(ip) & 0x3fff) != 0;
  if (be_at<std::uint8_t, 0>(ip) != 0x45 || fragment || (total != 0 && total < kIp4Size)) return false;
  out.tos = be_at<std::uint8_t, 1>(ip);
  out.fragment_id = be_at<std::uint16_t, 4>(ip);
  out.ttl = be_at<std::uint8_t, 8>(ip);
  out.proto = be_at<std::uint8_t, 9>(ip);
  out.src = Address::from_v4(ip.subspan<12, 4>().data());
  out.dst = Address::from_v4(ip.subspan<16, 4>().data());
  const std::uint32_t length = total != 0 ? std::min(total, wire) : wire;
  return common_transport(bytes.first(std::min<std::size_t>(bytes.size(), length)).subspan(kIp4Size),
                          length - std::uint32_t{kIp4Size}, out, tunnels);
}

bool common_ip6(Bytes bytes, std::uint32_t wire, Packet& out, Tunnels tunnels) {
  if (bytes.size() < kIp6Size) return false;
  const auto ip = bytes.first<kIp6Size>();
  const auto first = be_at<std::uint32_t, 0>(ip);
  const std::uint32_t payload = be_at<std::uint16_t, 4>(ip);
  if (first >> 28 != 6) return false;
  out.tos = static_cast<std::uint8_t>(first >> 20);
  out.proto = be_at<std::uint8_t, 6>(ip);
  out.ttl = be_at<std::uint8_t, 7>(ip);
  out.src = Address::from_v6(ip.subspan<8, 16>().data());
  out.dst = Address::from_v6(ip.subspan<24, 16>().data());
  const std::uint32_t left = wire - std::uint32_t{kIp6Size};
  const std::uint32_t length = payload != 0 ? std::min(payload, left) : left;
  return common_transport(bytes.subspan(kIp6Size, std::min<std::size_t>(bytes.size() - kIp6Size, length)), length, out,
                          tunnels);
}

// Everything that the straight way does not set. `quoted` is of the flag kHasQuoted alone.
void clear(Packet& out) {
  out.etype = 0;
  out.icmp_type = out.icmp_code = 0;
  out.icmp_id = 0;
  out.ssap = out.dsap = 0;
  out.vlan = 0;
  out.mpls = 0;
  out.ip_options = 0;
  out.fragment_offset = 0;
  out.fragment_id = 0;
  out.more_fragments = false;
  out.tcp = TcpHeader();
}

}  // namespace

bool decode_common(const Frame& frame, Packet& out, Tunnels tunnels) {
  if (frame.link != LinkType::ethernet || frame.bytes.size() < kEthernetSize + kTagSize) return false;
  clear(out);
  out.time = frame.time;
  out.wire_length = std::max(frame.wire_length, static_cast<std::uint32_t>(frame.bytes.size()));
  const auto head = frame.bytes.first<kEthernetSize + kTagSize>();
  constexpr std::uint64_t kLow48 = (std::uint64_t{1} << 48) - 1;
  out.dmac = be_at<std::uint64_t, 0>(head) >> 16;
  out.smac = be_at<std::uint64_t, 4>(head) & kLow48;
  out.has = kHasIp | kHasMac;
  out.encaps = kEncEthernet;
  auto type = be_at<std::uint16_t, 12>(head);
  std::size_t link_size = kEthernetSize;
  if (type == 0x8100) {
    out.vlan = be_at<std::uint16_t, 14>(head);
    out.has |= kHasVlan;
    out.encaps |= kEncVlan;
    type = be_at<std::uint16_t, 16>(head);
    link_size += kTagSize;
  }
  const Bytes network = frame.bytes.subspan(link_size);
  const std::uint32_t wire = out.wire_length - static_cast<std::uint32_t>(link_size);
  if (type == 0x0800) return common_ip4(network, wire, out, tunnels);
  return type == 0x86dd && common_ip6(network, wire, out, tunnels);
}

}  // namespace argus
