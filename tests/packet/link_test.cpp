// Link layers, tags and frames without IP.
#include <catch2/catch.hpp>

#include "base/address.h"
#include "base/bytes.h"
#include "base/names.h"
#include "flow/events.h"
#include "packet/decode.h"
#include "packet/decoded.h"
#include "packet/packet.h"
#include "support/packet_builder.h"

using namespace argus;

namespace {

void check_mac_pair(const Packet& p) {
  CHECK_FALSE(has(p, kHasIp));
  CHECK(p.src == Address::from_mac(kMacA));
  CHECK(p.dst == Address::from_mac(kMacB));
  CHECK(p.payload_length == 0);
}

}  // namespace

TEST_CASE("the outermost of several VLAN tags counts, with priority bits") {
  const Packet one = packet_of(ether().vlan(0x2005).ip4("1.2.3.4", "1.2.3.5").tcp(1, 2));
  CHECK((has(one, kHasVlan | kHasTcp) && one.vlan == 0x2005));
  CHECK(one.encaps == (kEncEthernet | kEncVlan));
  for (const std::uint16_t outer : std::initializer_list<std::uint16_t>{0x88a8, 0x9100, 0x8100}) {
    CAPTURE(outer);
    const Packet two = packet_of(ether().vlan(30, outer).vlan(100).ip4("1.2.3.4", "1.2.3.5").icmp(8, 0, 1));
    CHECK((two.vlan == 30 && two.proto == kProtoIcmp));
  }
}

TEST_CASE("MPLS labels are looked through and the top one is kept") {
  const Packet p = packet_of(ether().mpls(29, false).mpls(30).ip4("1.2.3.4", "1.2.3.5").tcp(1, 23));
  CHECK((has(p, kHasMpls | kHasPorts) && p.mpls == 29 && p.dport == 23));
  CHECK((p.encaps & kEncMpls) != 0);
  CHECK(packet_of(ether().mpls(29).ip6("2001:db8::1", "2001:db8::2").tcp(1, 2)).proto == kProtoTcp);
  CHECK(packet_of(ether().mpls(29, true, 0x8848).ip4("1.2.3.4", "1.2.3.5").udp(1, 2)).proto == kProtoUdp);
  const Packet wire = packet_of(ether().mpls(29).raw({0, 0, 0, 0}).payload(60));
  check_mac_pair(wire);
  CHECK((wire.proto == 0x8847 && wire.etype == 0x8847 && has(wire, kHasEtype | kHasMpls)));
}

TEST_CASE("a label stack without end is too deep") {
  PacketBuilder stack = ether();
  for (unsigned i = 0; i < 40; i++) stack.mpls(i, false);
  CHECK(status_of(stack) == DecodeStatus::too_deep);
  PacketBuilder tags = ether();
  for (std::uint16_t i = 0; i < 40; i++) tags.vlan(i);
  CHECK(status_of(tags.ip4("1.2.3.4", "1.2.3.5").tcp(1, 2)) == DecodeStatus::too_deep);
}

TEST_CASE("PPPoE sessions are looked through for IP alone") {
  const Packet p = packet_of(ether().pppoe(3).ip4("1.2.3.4", "1.2.3.5").tcp(1, 2).payload(6).padding_to(100));
  CHECK((p.proto == kProtoTcp && p.payload_length == 6 && has(p, kHasIp)));
  CHECK_FALSE(has(p, kHasEtype));
  CHECK((p.encaps & kEncPppoe) != 0);
  CHECK(packet_of(ether().pppoe(3).ip6("2001:db8::1", "2001:db8::2").udp(1, 2)).proto == kProtoUdp);
  const Packet lcp = packet_of(ether().pppoe(3, 0xc021).payload(8));
  check_mac_pair(lcp);
  CHECK((lcp.proto == 0x8864 && lcp.etype == 0x8864 && has(lcp, kHasEtype)));
  CHECK(packet_of(PacketBuilder().ethernet(kMacA, kMacB, 0x8863).raw({0x11, 9, 0, 0, 0, 0})).proto == 0x8863);
}

TEST_CASE("a PPP protocol field of one byte is understood") {
  const auto inner = PacketBuilder().ip4("1.2.3.4", "1.2.3.5").tcp(1, 2).bytes();
  const auto size = static_cast<std::uint8_t>(inner.size() + 1);
  const Packet p =
      packet_of(PacketBuilder().ethernet(kMacA, kMacB, 0x8864).raw({0x11, 0, 0, 3, 0, size, 0x21}).raw(inner));
  CHECK((p.proto == kProtoTcp && p.dport == 2));
}

TEST_CASE("ARP is between protocol addresses") {
  const Packet request = packet_of(ether().arp(1, "192.0.2.1", "192.0.2.2").padding_to(60));
  CHECK((request.proto == kProtoArp && request.etype == kProtoArp && has(request, kHasEtype | kHasMac)));
  CHECK(to_text(request.src) == "192.0.2.1");
  CHECK(to_text(request.dst) == "192.0.2.2");
  CHECK_FALSE(has(request, kIsArpReply));
  CHECK_FALSE(has(request, kHasIp));
  CHECK(has(packet_of(ether().arp(2, "192.0.2.2", "192.0.2.1")), kIsArpReply));
  CHECK(packet_of(ether().arp(3, "0.0.0.0", "0.0.0.0", true)).proto == kProtoRarp);
}

TEST_CASE("ARP for other protocols, or cut off, is between MAC addresses") {
  auto bytes = ether().arp(1, "192.0.2.1", "192.0.2.2").bytes();
  Packet p;
  REQUIRE(decode(frame_of(Bytes(bytes).first(30)), p) == DecodeStatus::ok);
  check_mac_pair(p);
  CHECK(p.proto == kProtoArp);
  bytes[14 + 5] = std::byte{6};
  REQUIRE(decode(frame_of(bytes), p) == DecodeStatus::ok);
  check_mac_pair(p);
}

TEST_CASE("an unknown ether type is a packet of its MAC addresses") {
  const Packet p = packet_of(PacketBuilder().ethernet(kMacA, kMacB, 0x88cc).payload(40));
  check_mac_pair(p);
  CHECK((p.proto == 0x88cc && p.etype == 0x88cc && p.has == (kHasMac | kHasEtype)));
}

TEST_CASE("802.3 frames are packets of their SAPs") {
  const Packet p = packet_of(PacketBuilder().ethernet_802_3().llc(0x42, 0x43).payload(35).padding_to(60));
  check_mac_pair(p);
  CHECK((p.proto == kProtoLlc && p.dsap == 0x42 && p.ssap == 0x43 && p.has == (kHasMac | kHasSap)));
  CHECK(p.encaps == (kEncEthernet | kEncLlc));
  CHECK(packet_of(ether().vlan_802_3(4).llc(0x42, 0x42).payload(35)).dsap == 0x42);
}

TEST_CASE("SNAP with an ether type is that ether type, another organisation's is not") {
  const Packet tcp = packet_of(PacketBuilder().ethernet_802_3().snap(0).ip4("1.2.3.4", "1.2.3.5").tcp(1, 2));
  CHECK((tcp.proto == kProtoTcp && (tcp.encaps & kEncLlc) != 0));
  CHECK_FALSE(has(tcp, kHasSap));
  const Packet aarp = packet_of(PacketBuilder().ethernet_802_3().snap(0, 0x80f3).payload(28));
  CHECK((aarp.proto == 0x80f3 && has(aarp, kHasEtype)));
  const Packet cdp = packet_of(PacketBuilder().ethernet_802_3().snap(0x00000c, 0x2000).payload(60));
  CHECK((cdp.proto == kProtoLlc && cdp.dsap == 0xaa && cdp.ssap == 0xaa && has(cdp, kHasSap)));
}

TEST_CASE("raw 802.3 frames are IPX") {
  const Packet p = packet_of(PacketBuilder().ethernet_802_3().raw({0xff, 0xff}).payload(30));
  check_mac_pair(p);
  CHECK((p.proto == kProtoIpx && p.has == kHasMac));
}

TEST_CASE("Linux cooked frames know their sender's MAC address alone") {
  for (const bool second : {false, true}) {
    CAPTURE(second);
    const LinkType link = second ? LinkType::linux_sll2 : LinkType::linux_sll;
    const auto cooked = [&](std::uint16_t hardware = 1, std::uint16_t protocol = 0) {
      return second ? PacketBuilder().sll2(kMacA, hardware, protocol) : PacketBuilder().sll(kMacA, hardware, protocol);
    };
    const Packet tcp = packet_of(cooked().ip4("1.2.3.4", "1.2.3.5").tcp(1, 2), link);
    CHECK((tcp.proto == kProtoTcp && tcp.smac == kMacA && tcp.dmac == 0 && tcp.encaps == kEncSll));
    CHECK(tcp.has == (kHasIp | kHasPorts | kHasTcp | kHasSourceMac));
    const Packet lldp = packet_of(cooked(1, 0x88cc).payload(30), link);
    CHECK((lldp.proto == 0x88cc && lldp.src == Address::from_mac(kMacA) && lldp.dst == Address::from_mac(0)));
    CHECK(packet_of(cooked(1, 4).llc(0x42, 0x42).payload(30), link).dsap == 0x42);
    CHECK(packet_of(cooked(1, 1).payload(30), link).proto == kProtoIpx);
    const Packet netlink = packet_of(cooked(824, 0x0800).payload(30), link);
    CHECK((netlink.proto == kProtoLlc && !has(netlink, kHasIp)));
    CHECK(packet_of(cooked().vlan(9).ip4("1.2.3.4", "1.2.3.5").udp(1, 2), link).vlan == 9);
    CHECK(packet_of(cooked().arp(1, "1.2.3.4", "1.2.3.5"), link).proto == kProtoArp);
  }
}

TEST_CASE("loopback frames are told by their address family in either byte order") {
  for (const std::uint32_t family : {10u, 24u, 28u, 30u}) {
    for (const bool big : {false, true}) {
      const Packet p =
          packet_of(PacketBuilder().null(family, big).ip6("2001:db8::1", "2001:db8::2").tcp(1, 2), LinkType::null);
      CHECK((p.proto == kProtoTcp && p.encaps == kEncNull));
    }
  }
  CHECK(packet_of(PacketBuilder().null(2, true).ip4("1.2.3.4", "1.2.3.5").tcp(1, 2), LinkType::loop).proto ==
        kProtoTcp);
  CHECK(status_of(PacketBuilder().null(99).payload(60), LinkType::null) == DecodeStatus::malformed);
}

TEST_CASE("raw IP is told by its version") {
  const PacketBuilder four = PacketBuilder().ip4("1.2.3.4", "1.2.3.5").tcp(1, 2);
  const PacketBuilder six = PacketBuilder().ip6("2001:db8::1", "2001:db8::2").tcp(1, 2);
  for (const LinkType link : {LinkType::raw_ip, LinkType::raw_old, LinkType::raw_old_openbsd, LinkType::ipv4}) {
    CHECK(packet_of(four, link).encaps == kEncRawIp);
  }
  CHECK(packet_of(six, LinkType::raw_ip).proto == kProtoTcp);
  CHECK(packet_of(six, LinkType::ipv6).proto == kProtoTcp);
  CHECK(status_of(PacketBuilder().payload(40, 0x55), LinkType::raw_ip) == DecodeStatus::malformed);
  CHECK(status_of(PacketBuilder(), LinkType::raw_ip) == DecodeStatus::too_short);
}

TEST_CASE("a link type that nobody decodes is said to be one") {
  CHECK(status_of(ether().payload(60), static_cast<LinkType>(220)) == DecodeStatus::bad_link);
  CHECK_FALSE(is_known(static_cast<LinkType>(220)));
  CHECK_FALSE(is_known(static_cast<LinkType>(0x0800)));
  CHECK(is_known(LinkType::linux_sll2));
}
