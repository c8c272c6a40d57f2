// What each kind of frame becomes.
#include "packet/decode.h"

#include <catch2/catch.hpp>

#include "base/address.h"
#include "base/bytes.h"
#include "base/names.h"
#include "flow/events.h"
#include "packet/decoded.h"
#include "packet/packet.h"
#include "support/packet_builder.h"

using namespace argus;

namespace {

PacketBuilder ip() { return ether().ip4("192.0.2.1", "192.0.2.2"); }
PacketBuilder ip6() { return ether().ip6("2001:db8::1", "2001:db8::2"); }

}  // namespace

TEST_CASE("a TCP segment has addresses, ports, header fields and payload") {
  const Packet p = packet_of(ether()
                                 .ip4("192.0.2.1", "192.0.2.2", {.ttl = 57, .tos = 0xb8})
                                 .tcp(40000, 443, {.seq = 7, .ack = 9, .flags = kPsh | kAck, .window = 512})
                                 .payload(100));
  CHECK(p.proto == kProtoTcp);
  CHECK(to_text(p.src) == "192.0.2.1");
  CHECK(to_text(p.dst) == "192.0.2.2");
  CHECK((p.sport == 40000 && p.dport == 443));
  CHECK((p.ttl == 57 && p.tos == 0xb8));
  CHECK((p.tcp.seq == 7 && p.tcp.ack == 9 && p.tcp.window == 512 && p.tcp.flags == (kPsh | kAck)));
  CHECK(p.payload_length == 100);
  CHECK(p.has == (kHasIp | kHasPorts | kHasTcp | kHasMac));
  CHECK((p.smac == kMacA && p.dmac == kMacB));
  CHECK(p.encaps == kEncEthernet);
}

TEST_CASE("TCP options are noted, a window scale over 14 counts as 14") {
  const Packet p = packet_of(
      ip().tcp(1, 2, {.flags = kSyn, .options = {2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7}}));
  CHECK(p.tcp.options == (kTcpOptMss | kTcpOptSackPermitted | kTcpOptTimestamp | kTcpOptWindowScale));
  CHECK(p.tcp.window_shift == 7);
  CHECK(packet_of(ip().tcp(1, 2, {.options = {3, 3, 200, 0}})).tcp.window_shift == 14);
  CHECK(packet_of(ip().tcp(1, 2, {.options = {5, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 0}})).tcp.options == kTcpOptSack);
  CHECK(packet_of(ip().tcp(1, 2, {.options = {1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2}})).tcp.options == kTcpOptTimestamp);
  CHECK(packet_of(ip().tcp(1, 2, {.options = {19, 4, 0, 0}})).tcp.options == kTcpOptOther);
}

TEST_CASE("TCP options whose lengths lie end the options, not the packet") {
  for (const std::uint8_t length : std::initializer_list<std::uint8_t>{0, 1, 200}) {
    CAPTURE(int{length});
    const Packet p = packet_of(ip().tcp(1, 2, {.options = {4, 2, 2, length, 3, 3, 7, 0}}).payload(9));
    CHECK(p.tcp.options == kTcpOptSackPermitted);
    CHECK(p.payload_length == 9);
  }
}

TEST_CASE("a TCP header length that lies leaves the ports and no TCP header") {
  auto bytes = ip().tcp(1, 2).payload(4).bytes();
  for (const unsigned words : {0u, 4u, 15u}) {
    CAPTURE(words);
    bytes[14 + 20 + 12] = static_cast<std::byte>(words << 4);
    Packet p;
    REQUIRE(decode(frame_of(bytes), p) == DecodeStatus::ok);
    CHECK(p.has == (kHasIp | kHasPorts | kHasMac));
    CHECK(p.payload_length == 0);
  }
}

TEST_CASE("padding is not payload") {
  CHECK(packet_of(ip().tcp(1, 2).padding_to(60)).payload_length == 0);
  CHECK(packet_of(ip().udp(1, 2).payload(3).padding_to(60)).payload_length == 3);
  CHECK(packet_of(ip6().udp(1, 2).payload(1).padding_to(100)).payload_length == 1);
}

TEST_CASE("payload counts what was on the wire, not what was captured") {
  const auto bytes = ip().tcp(1, 2).payload(1000).bytes();
  Packet p;
  REQUIRE(decode(frame_of(Bytes(bytes).first(54), LinkType::ethernet, 0, 1054), p) == DecodeStatus::ok);
  CHECK(p.payload_length == 1000);
  CHECK(p.wire_length == 1054);
  // Cut within the TCP header: a header of 20 bytes is assumed.
  REQUIRE(decode(frame_of(Bytes(bytes).first(40), LinkType::ethernet, 0, 1054), p) == DecodeStatus::ok);
  CHECK(p.payload_length == 1000);
  CHECK(p.has == (kHasIp | kHasPorts | kHasMac));
}

TEST_CASE("an IPv4 total length or IPv6 payload length of zero means the frame's own length") {
  CHECK(packet_of(ether().ip4("1.2.3.4", "1.2.3.5", {.total_length = 0}).tcp(1, 2).payload(5000)).payload_length ==
        5000);
  CHECK(packet_of(ether().ip6("::1:1", "::1:2", {.payload_length = 0}).tcp(1, 2).payload(5000)).payload_length == 5000);
}

TEST_CASE("a length beyond the frame counts only what the frame has") {
  CHECK(packet_of(ether().ip4("1.2.3.4", "1.2.3.5", {.total_length = 9000}).udp(1, 2).payload(50)).payload_length ==
        50);
  CHECK(packet_of(ether().ip6("::1:1", "::1:2", {.payload_length = 9000}).udp(1, 2).payload(50)).payload_length == 50);
}

TEST_CASE("an IP header that contradicts itself is malformed") {
  CHECK(status_of(ether().ip4("1.2.3.4", "1.2.3.5", {.total_length = 19}).udp(1, 2)) == DecodeStatus::malformed);
  auto bytes = ip().udp(1, 2).bytes();
  Packet p;
  for (const unsigned first : {0x44u, 0x55u, 0x4fu}) {
    CAPTURE(first);
    bytes[14] = static_cast<std::byte>(first);
    CHECK(decode(frame_of(bytes), p) == DecodeStatus::malformed);
  }
  auto six = ip6().udp(1, 2).bytes();
  six[14] = std::byte{0x50};
  CHECK(decode(frame_of(six), p) == DecodeStatus::malformed);
}

TEST_CASE("UDP, UDP-Lite, SCTP and DCCP have ports and payload above their headers") {
  for (const std::uint8_t proto : std::initializer_list<std::uint8_t>{17, 136}) {
    const Packet p = packet_of((proto == 17 ? ip().udp(53, 5353) : ip().udp_lite(53, 5353)).payload(40));
    CHECK(p.proto == proto);
    CHECK((p.sport == 53 && p.dport == 5353 && has(p, kHasPorts)));
    CHECK(p.payload_length == 40);
  }
  const Packet sctp = packet_of(ip().sctp(3868, 3869).payload(16));
  CHECK((sctp.proto == kProtoSctp && sctp.sport == 3868 && sctp.dport == 3869 && sctp.payload_length == 16));
  const Packet dccp = packet_of(ip().dccp(5001, 5002).payload(16));
  CHECK((dccp.proto == kProtoDccp && dccp.sport == 5001 && dccp.dport == 5002 && dccp.payload_length == 16));
}

TEST_CASE("an IP header alone is a packet of its addresses and protocol") {
  const auto bytes = ip().protocol(50).payload(100).bytes();
  Packet p;
  REQUIRE(decode(frame_of(Bytes(bytes).first(34), LinkType::ethernet, 0, 134), p) == DecodeStatus::ok);
  CHECK(p.proto == kProtoEsp);
  CHECK(p.has == (kHasIp | kHasMac));
  CHECK(p.payload_length == 100);
}

TEST_CASE("an IP header cut within its options still has addresses and protocol") {
  const auto bytes =
      ether().ip4("1.2.3.4", "1.2.3.5", {.options = {0x94, 4, 0, 0, 1, 1, 1, 1}}).udp(1, 2).payload(30).bytes();
  Packet p;
  REQUIRE(decode(frame_of(Bytes(bytes).first(14 + 20 + 4), LinkType::ethernet, 0, 80), p) == DecodeStatus::ok);
  CHECK(p.proto == kProtoUdp);
  CHECK(p.ip_options == kIpOptRouterAlert);
  CHECK(p.payload_length == 30);
  CHECK_FALSE(has(p, kHasPorts));
}

TEST_CASE("IPv4 options are noted") {
  const auto options = [](std::vector<std::uint8_t> bytes) {
    return packet_of(ether().ip4("1.2.3.4", "1.2.3.5", {.options = std::move(bytes)}).udp(1, 2)).ip_options;
  };
  CHECK(options({0x94, 4, 0, 0}) == kIpOptRouterAlert);
  CHECK(options({7, 7, 4, 0, 0, 0, 0, 0}) == kIpOptRecordRoute);
  CHECK(options({1, 131, 3, 4}) == kIpOptLooseRoute);
  CHECK(options({137, 3, 4, 0}) == kIpOptStrictRoute);
  CHECK(options({68, 4, 5, 0}) == kIpOptTimestamp);
  CHECK(options({130, 3, 0, 99}) == (kIpOptSecurity | kIpOptOther));
  CHECK(options({99, 0, 7, 7}) == kIpOptOther);  // a length of zero ends them
}

TEST_CASE("the first IPv4 fragment has ports, later ones have none") {
  const Packet first =
      packet_of(ether().ip4("1.2.3.4", "1.2.3.5", {.id = 77, .more_fragments = true}).udp(1, 2).payload(64));
  CHECK(has(first, kHasPorts | kIsFragment));
  CHECK_FALSE(has(first, kIsLaterFragment));
  CHECK((first.fragment_id == 77 && first.fragment_offset == 0 && first.more_fragments));
  CHECK(first.payload_length == 64);
  const Packet later =
      packet_of(ether().ip4("1.2.3.4", "1.2.3.5", {.proto = 17, .id = 77, .fragment_offset = 9}).payload(64));
  CHECK(has(later, kIsFragment | kIsLaterFragment));
  CHECK_FALSE(has(later, kHasPorts));
  CHECK((later.proto == kProtoUdp && later.fragment_offset == 9 && !later.more_fragments));
  CHECK(later.payload_length == 64);
}

TEST_CASE("IPv6 extension headers lead to the transport") {
  const Packet p =
      packet_of(ip6().extension(0).extension(43).extension(60).fragment6(0, false, 5).tcp(1, 2).payload(7));
  CHECK(p.proto == kProtoTcp);
  CHECK(has(p, kHasIp | kHasPorts | kHasTcp));
  CHECK_FALSE(has(p, kIsFragment));  // an atomic one
  CHECK(p.payload_length == 7);
}

TEST_CASE("IPv6 fragments keep the protocol and the identification") {
  const Packet first = packet_of(ip6().fragment6(0, true, 0x12345678).udp(1, 2).payload(56));
  CHECK(has(first, kIsFragment | kHasPorts));
  CHECK((first.fragment_id == 0x12345678 && first.more_fragments));
  const Packet later = packet_of(ip6().fragment6(8, false, 0x12345678, 17).payload(56));
  CHECK(has(later, kIsFragment | kIsLaterFragment));
  CHECK((later.proto == kProtoUdp && later.fragment_offset == 8 && later.payload_length == 56));
  CHECK_FALSE(has(later, kHasPorts));
}

TEST_CASE("an IPv6 extension header that is cut off stands as the protocol") {
  const auto bytes = ip6().extension(60, std::vector<std::uint8_t>(30)).tcp(1, 2).bytes();
  Packet p;
  REQUIRE(decode(frame_of(Bytes(bytes).first(60), LinkType::ethernet, 0, 200), p) == DecodeStatus::ok);
  CHECK(p.proto == 60);
  CHECK_FALSE(has(p, kHasPorts));
}

TEST_CASE("more extension headers than any packet needs are too deep") {
  PacketBuilder most = ip6(), more = ip6();
  for (unsigned i = 0; i < kExtensionsMax; i++) most.extension(60);
  for (unsigned i = 0; i < kExtensionsMax + 1; i++) more.extension(60);
  CHECK(status_of(most.tcp(1, 2)) == DecodeStatus::ok);
  CHECK(status_of(more.tcp(1, 2)) == DecodeStatus::too_deep);
}

TEST_CASE("the router alert of a hop-by-hop header is noted") {
  CHECK(packet_of(ip6().extension(0, {5, 2, 0, 0}).icmp6(143, 0)).ip_options == kIpOptRouterAlert);
  CHECK(packet_of(ip6().extension(0, {1, 4, 5, 5, 5, 5}).icmp6(143, 0)).ip_options == 0);
}

TEST_CASE("ICMP queries have type, code and identifier; payload is without the header") {
  const Packet p = packet_of(ip().icmp(8, 0, 0x1234, 1).payload(56));
  CHECK(has(p, kHasIcmp | kHasIcmpId));
  CHECK((p.icmp_type == 8 && p.icmp_code == 0 && p.icmp_id == 0x1234 && p.payload_length == 56));
  const Packet six = packet_of(ip6().icmp6(129, 0, 0x1234, 1).payload(56));
  CHECK((six.icmp_type == 129 && six.icmp_id == 0x1234 && six.payload_length == 56 && has(six, kHasIcmpId)));
  for (const std::uint8_t type : std::initializer_list<std::uint8_t>{0, 13, 14, 15, 16, 17, 18})
    CHECK(has(packet_of(ip().icmp(type, 0, 7)), kHasIcmpId));
  for (const std::uint8_t type : std::initializer_list<std::uint8_t>{3, 5, 9, 10, 11, 12})
    CHECK_FALSE(has(packet_of(ip().icmp(type, 0, 7)), kHasIcmpId));
  CHECK_FALSE(has(packet_of(ip6().icmp6(135, 0, 7)), kHasIcmpId));
}

TEST_CASE("an ICMP error tells which packet it is about") {
  const Packet p = packet_of(ip().icmp(3, 3).ip4("10.0.0.1", "10.0.0.2").udp(40000, 33434));
  REQUIRE(has(p, kHasQuoted));
  CHECK(to_text(p.quoted.src) == "10.0.0.1");
  CHECK(to_text(p.quoted.dst) == "10.0.0.2");
  CHECK((p.quoted.proto == kProtoUdp && p.quoted.has_ports && p.quoted.sport == 40000 && p.quoted.dport == 33434));
  CHECK_FALSE(p.quoted.has_icmp);
  CHECK(p.ttl == 64);
  CHECK(to_text(p.src) == "192.0.2.1");

  const Packet echo = packet_of(ip().icmp(11, 0).ip4("10.0.0.1", "10.0.0.2").icmp(8, 0, 99));
  CHECK((echo.quoted.has_icmp && echo.quoted.has_icmp_id && echo.quoted.icmp_type == 8 && echo.quoted.icmp_id == 99));
  CHECK_FALSE(echo.quoted.has_ports);

  const Packet big = packet_of(ip6().icmp6(2, 0).ip6("2001:db8::3", "2001:db8::4").extension(60).tcp(5, 6));
  CHECK((big.quoted.proto == kProtoTcp && big.quoted.sport == 5 && big.quoted.dport == 6));
  CHECK(to_text(big.quoted.dst) == "2001:db8::4");
}

TEST_CASE("a quoted packet is told as far as it goes") {
  const auto bytes = ip().icmp(3, 3).ip4("10.0.0.1", "10.0.0.2").udp(40000, 33434).bytes();
  Packet p;
  REQUIRE(decode(frame_of(Bytes(bytes).first(bytes.size() - 6)), p) == DecodeStatus::ok);
  CHECK(has(p, kHasQuoted));
  CHECK_FALSE(p.quoted.has_ports);
  CHECK((p.quoted.sport == 0 && p.quoted.dport == 0));
  REQUIRE(decode(frame_of(Bytes(bytes).first(14 + 20 + 8 + 19)), p) == DecodeStatus::ok);
  CHECK_FALSE(has(p, kHasQuoted));
  const Packet fragment =
      packet_of(ip().icmp(11, 1).ip4("10.0.0.1", "10.0.0.2", {.proto = 17, .fragment_offset = 5}).payload(8));
  CHECK(has(fragment, kHasQuoted));
  CHECK_FALSE(fragment.quoted.has_ports);
}
