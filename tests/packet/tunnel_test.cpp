// What is in a tunnel, and what is around it.
#include <catch2/catch.hpp>

#include <functional>
#include <string_view>
#include <vector>

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

PacketBuilder four() { return ether().ip4("192.0.2.1", "192.0.2.2"); }
PacketBuilder six() { return ether().ip6("2001:db8::1", "2001:db8::2"); }
PacketBuilder mail(PacketBuilder outside) {
  return outside.ip4("10.0.0.1", "10.0.0.2").tcp(40000, 25, {.flags = kPsh | kAck}).payload(20);
}
PacketBuilder mail6(PacketBuilder outside) {
  return outside.ip6("fe80::1", "2001:db8:1::2").udp(40000, 25).payload(20);
}

Packet outside_of(const PacketBuilder& builder) {
  const auto bytes = builder.bytes();
  Packet packet;
  REQUIRE(decode(frame_of(bytes), packet, Tunnels::outer) == DecodeStatus::ok);
  CHECK_FALSE(has(packet, kHasTunnel));
  return packet;
}
bool is_between(const Packet& p, std::string_view from, std::string_view to) {
  return to_text(p.src) == from && to_text(p.dst) == to;
}
bool is_mail(const Packet& p) {
  return is_between(p, "10.0.0.1", "10.0.0.2") && p.proto == kProtoTcp && has(p, kHasTcp | kHasPorts) &&
         p.sport == 40000 && p.dport == 25 && p.payload_length == 20;
}
bool is_mail6(const Packet& p) {
  return is_between(p, "fe80::1", "2001:db8:1::2") && p.proto == kProtoUdp && p.dport == 25 && p.payload_length == 20;
}

struct Case {
  Tunnel kind;
  PacketBuilder packet;
  std::uint32_t encaps;
  std::optional<std::uint32_t> id = {};
  std::optional<std::uint16_t> port = {};
};

std::vector<Case> cases() {
  return {
      {Tunnel::gre, mail(four().gre()), kEncGre},
      {Tunnel::gre, mail6(four().gre()), kEncGre},
      {Tunnel::gre, mail(six().gre({.key = 7, .checksum = true, .sequence = true})), kEncGre, 7},
      {Tunnel::gre, mail(four().gre({.key = 7}).ethernet()), kEncGre, 7},
      {Tunnel::gre, mail(four().gre().mpls(30)), kEncGre | kEncMpls},
      {Tunnel::nvgre, mail(four().gre({.key = 5001u << 8 | 9}).ethernet()), kEncGre, 5001},
      {Tunnel::pptp, mail(four().pptp(9)), kEncGre, 9},
      {Tunnel::pptp, mail6(four().pptp(9, true)), kEncGre, 9},
      {Tunnel::erspan, mail(four().erspan(1, 0).ethernet()), kEncGre | kEncErspan},
      {Tunnel::erspan, mail(four().erspan(2, 100).ethernet()), kEncGre | kEncErspan, 100},
      {Tunnel::erspan, mail(four().erspan(3, 100).ethernet()), kEncGre | kEncErspan, 100},
      {Tunnel::wccp, mail(four().wccp()), kEncGre},
      {Tunnel::wccp, mail(four().wccp(false)), kEncGre},
      {Tunnel::ipip, mail(four()), kEncIpInIp},
      {Tunnel::ip6in4, mail6(four()), kEncIpInIp},
      {Tunnel::ip4in6, mail(six()), kEncIpInIp},
      {Tunnel::ip6in6, mail6(six()), kEncIpInIp},
      {Tunnel::srv6, mail6(six().segments()), kEncIpInIp | kEncSrv6},
      {Tunnel::srv6, mail(six().segments()), kEncIpInIp | kEncSrv6},
      {Tunnel::srv6, mail(six().segments().ethernet()), kEncSrv6},
      {Tunnel::srv6, mail(six().ethernet()), kEncSrv6},
      {Tunnel::etherip, mail(four().etherip().ethernet()), kEncEtherIp},
      {Tunnel::mpls_ip, mail(four().mpls(30)), kEncMpls},
      {Tunnel::mpls_udp, mail(four().udp(40000, 6635).mpls(29, false).mpls(30)), kEncMpls | kEncUdp, {}, 6635},
      {Tunnel::vxlan, mail(four().vxlan(5001).ethernet()), kEncVxlan, 5001, 4789},
      {Tunnel::vxlan, mail6(six().vxlan(5001, 40000, 8472).ethernet()), kEncVxlan, 5001, 8472},
      {Tunnel::vxlan_gpe, mail(four().vxlan_gpe(5001, 1)), kEncVxlan, 5001, 4790},
      {Tunnel::vxlan_gpe, mail6(four().vxlan_gpe(5001, 2)), kEncVxlan, 5001, 4790},
      {Tunnel::vxlan_gpe, mail(four().vxlan_gpe(5001, 3).ethernet()), kEncVxlan, 5001, 4790},
      {Tunnel::vxlan_gpe, mail(four().vxlan_gpe(5001, 4).nsh(1)), kEncVxlan | kEncNsh, 5001, 4790},
      {Tunnel::geneve, mail(four().geneve(5001).ethernet()), kEncGeneve, 5001, 6081},
      {Tunnel::geneve, mail6(four().geneve(5001, {1, 2, 3, 0})), kEncGeneve, 5001, 6081},
      {Tunnel::gtpu, mail(four().gtpu(0x12)), kEncGtpu, 0x12, 2152},
      {Tunnel::gtpu, mail6(four().gtpu(0x12, {0x85, 1, 0, 9, 0xc0, 1, 0, 0, 0})), kEncGtpu, 0x12, 2152},
      {Tunnel::teredo, mail6(four().teredo(false, false)), kEncTeredo, {}, 3544},
      {Tunnel::teredo, mail6(four().teredo(true, true)), kEncTeredo, {}, 3544},
      {Tunnel::teredo, mail6(four().teredo(false, true, 3544, 50000)), kEncTeredo, {}, 50000},
      {Tunnel::l2tp, mail(four().l2tp(3, 4)), kEncL2tp, 3u << 16 | 4, 1701},
      {Tunnel::l2tp, mail6(four().l2tp(3, 4, false)), kEncL2tp, 3u << 16 | 4, 1701},
      {Tunnel::l2tpv3, mail(four().l2tpv3(99, 0, false).ethernet()), kEncL2tp, 99},
      {Tunnel::l2tpv3, mail6(four().l2tpv3(99, 8, false).ethernet()), kEncL2tp, 99},
      {Tunnel::l2tpv3, mail(four().l2tpv3(99, 4, true).ppp()), kEncL2tp, 99, 1701},
  };
}

}  // namespace

TEST_CASE("every tunnel is looked through, and its ends, kind and id are kept") {
  std::size_t number = 0;
  for (const Case& one : cases()) {
    CAPTURE(number++);
    const Packet p = packet_of(one.packet), outside = outside_of(one.packet);
    CHECK((is_mail(p) || is_mail6(p)));
    REQUIRE(has(p, kHasTunnel));
    CHECK((p.outer.kind == one.kind && p.encaps == (one.encaps | kEncEthernet)));
    CHECK((p.outer.src == outside.src && p.outer.dst == outside.dst));
    CHECK((p.outer.src == parse_address("192.0.2.1") || p.outer.src == parse_address("2001:db8::1")));
    CHECK(p.outer.has_id == one.id.has_value());
    if (one.id) CHECK(p.outer.id == *one.id);
    CHECK(p.outer.has_ports == one.port.has_value());
    if (one.port) CHECK(p.outer.dport == *one.port);
    CHECK(p.outer.key >> 56 == static_cast<std::uint64_t>(one.kind));
  }
}

TEST_CASE("an id that both directions share is in the key, one of a direction alone is not") {
  const auto key = [](const PacketBuilder& packet) { return packet_of(packet).outer.key; };
  CHECK(key(mail(four().vxlan(1).ethernet())) != key(mail(four().vxlan(2).ethernet())));
  CHECK(key(mail(four().gre({.key = 1}))) != key(mail(four().gre({.key = 2}))));
  CHECK(key(mail(four().gre())) != key(mail(four())));
  CHECK(key(mail(four().gtpu(1))) == key(mail(four().gtpu(2))));
  CHECK(key(mail(four().l2tp(1, 2))) == key(mail(four().l2tp(3, 4))));
  CHECK(key(mail(four().pptp(1))) == key(mail(four().pptp(2))));
  // Tunnels around it count too.
  const auto twice = [&](std::uint32_t around) {
    return key(mail(four().vxlan(around).ethernet().ip4("10.1.0.1", "10.1.0.2").gre({.key = 7})));
  };
  CHECK(twice(1) != twice(2));
  CHECK(twice(1) != key(mail(four().gre({.key = 7}))));
}

TEST_CASE("of tunnels in each other the innermost one is told") {
  const Packet p = packet_of(mail(four().vxlan(5).ethernet().ip4("10.1.0.1", "10.1.0.2").gre({.key = 7})));
  CHECK((is_mail(p) && p.outer.kind == Tunnel::gre && p.outer.id == 7));
  CHECK((to_text(p.outer.src) == "10.1.0.1" && !p.outer.has_ports));
  CHECK(p.encaps == (kEncEthernet | kEncVxlan | kEncGre));
  PacketBuilder many = ether();
  for (unsigned i = 0; i < 40; i++) many.ip4("10.1.0.1", "10.1.0.2");
  const Packet deep = packet_of(many.udp(1, 2));
  CHECK((deep.proto == 4 && is_between(deep, "10.1.0.1", "10.1.0.2")));
}

TEST_CASE("frames in a tunnel have their own MAC addresses and tags") {
  const std::uint64_t a = 0x020000000001, b = 0x020000000002;
  const Packet p =
      packet_of(mail(PacketBuilder().ethernet().vlan(5).ip4("192.0.2.1", "192.0.2.2").vxlan(1).ethernet(a, b).vlan(7)));
  CHECK((is_mail(p) && p.smac == a && p.dmac == b && p.vlan == 7));
  const Packet untagged =
      packet_of(mail(PacketBuilder().ethernet().vlan(5).ip4("192.0.2.1", "192.0.2.2").vxlan(1).ethernet(a, b)));
  CHECK((is_mail(untagged) && untagged.smac == a && untagged.vlan == 5 && has(untagged, kHasVlan)));
  const Packet plain = packet_of(mail(PacketBuilder().ethernet().vlan(5).ip4("192.0.2.1", "192.0.2.2").gre()));
  CHECK((plain.smac == kMacA && plain.vlan == 5));
  const Packet arp = packet_of(four().vxlan(1).ethernet(a, b).arp(1, "10.0.0.1", "10.0.0.2"));
  CHECK((arp.proto == kProtoArp && is_between(arp, "10.0.0.1", "10.0.0.2") && has(arp, kHasTunnel)));
  const Packet lldp = packet_of(four().vxlan(1).ethernet(a, b, 0x88cc).payload(30));
  CHECK((lldp.proto == 0x88cc && lldp.src == Address::from_mac(a) && has(lldp, kHasTunnel | kHasEtype)));
}

TEST_CASE("an authentication header is looked through, and is the protocol on the outside") {
  const std::vector<std::uint8_t> body(22);
  for (const auto& outside : {std::function(four), std::function(six)}) {
    const auto frame = outside().extension(51, body).tcp(1, 25).payload(4);
    const Packet p = packet_of(frame), kept = outside_of(frame);
    CHECK((p.proto == kProtoTcp && p.dport == 25 && p.payload_length == 4 && (p.encaps & kEncAh) != 0));
    CHECK_FALSE(has(p, kHasTunnel));
    CHECK((kept.proto == 51 && !has(kept, kHasPorts) && (kept.encaps & kEncAh) != 0));
  }
  CHECK(packet_of(six().extension(51, body).extension(60).tcp(1, 25)).dport == 25);
  const auto bytes = four().extension(51, body).tcp(1, 25).bytes();
  Packet cut;
  REQUIRE(decode(frame_of(Bytes(bytes).first(14 + 20 + 20)), cut) == DecodeStatus::ok);
  CHECK(cut.proto == 51);
}

TEST_CASE("a tunnel with something else in it is a packet of its own header") {
  const auto is_outside = [](const PacketBuilder& frame, Proto proto) {
    const Packet p = packet_of(frame);
    return !has(p, kHasTunnel) && p.proto == proto && p.payload_length > 0 && to_text(p.dst) == "192.0.2.2";
  };
  CHECK(is_outside(four().protocol(47).payload(40), kProtoGre));
  CHECK(is_outside(four().gre({.type = 0x9000}).payload(40), kProtoGre));  // of some vendor
  CHECK(is_outside(four().gre({.type = 0x880b}).payload(40, 0), kProtoGre));
  CHECK(is_outside(four().gre({.type = 0x0800}).payload(40, 0), kProtoGre));  // no IPv4
  CHECK(is_outside(four().protocol(47).raw({0x30, 0x81, 0x88, 0x0b, 0, 0, 0, 9, 0, 0, 0, 1}), kProtoGre));
  CHECK(is_outside(four().gre().mpls(30).payload(40, 0), kProtoGre));  // a wire of something
  CHECK(is_outside(four().protocol(4).payload(40, 0), 4));
  CHECK(is_outside(four().protocol(41).payload(40, 0), 41));
  CHECK(is_outside(four().protocol(97).payload(40, 0x30), 97));
  CHECK(is_outside(four().l2tpv3(0, 0, false).payload(40), 115));  // control
  CHECK(is_outside(four().l2tpv3(99, 0, false).payload(80, 0), 115));
  CHECK(is_outside(four().gtpu(0, {}, 1).payload(4), kProtoUdp));  // echo
  CHECK(is_outside(four().gtpu(1).payload(40, 0), kProtoUdp));
  CHECK(is_outside(four().udp(1701, 1701).raw({0xc8, 2, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0}), kProtoUdp));
  CHECK(is_outside(four().teredo(false, false).ip6("2001:db8::7", "2001:db8::8").udp(1, 2), kProtoUdp));
}

TEST_CASE("a tunnel that a port alone tells is entered only where all of it is right") {
  const auto damaged = [](const PacketBuilder& frame, std::size_t at, unsigned value) {
    auto bytes = frame.bytes();
    bytes[at] = static_cast<std::byte>(value);
    Packet p;
    REQUIRE(decode(frame_of(bytes), p) == DecodeStatus::ok);
    return p;
  };
  constexpr std::size_t kUdp = 34, kInner = kUdp + 8 + 8 + 14;
  const PacketBuilder vxlan = mail(four().vxlan(5001).ethernet());
  for (const auto& [at, value] : std::vector<std::pair<std::size_t, unsigned>>{{kUdp + 8, 0x00},
                                                                               {kUdp + 9, 1},
                                                                               {kUdp + 15, 1},
                                                                               {kInner, 0x55},
                                                                               {kInner, 0x44},
                                                                               {kInner + 2, 9},
                                                                               {kInner + 8, 1},
                                                                               {kInner + 16, 9}}) {
    CAPTURE(at, value);
    const Packet p = damaged(vxlan, at, value);
    CHECK((!has(p, kHasTunnel) && p.proto == kProtoUdp && p.dport == 4789 && is_between(p, "192.0.2.1", "192.0.2.2")));
  }
  CHECK(has(damaged(vxlan, kUdp + 12, 9), kHasTunnel));                                      // another id
  CHECK_FALSE(has(damaged(mail(four().geneve(1).ethernet()), kUdp + 8, 0x40), kHasTunnel));  // another version
  CHECK_FALSE(has(damaged(mail(four().geneve(1).ethernet()), kUdp + 9, 0x80), kHasTunnel));  // control
  CHECK_FALSE(has(damaged(mail(four().gtpu(1)), kUdp + 10, 9), kHasTunnel));                 // longer than it is
  CHECK_FALSE(has(packet_of(mail(four().gtpu(1, {0x85, 0, 0, 0, 0}))), kHasTunnel));  // an extension of no length
  CHECK_FALSE(has(packet_of(four().udp(4789, 53).payload(60)), kHasTunnel));
  CHECK_FALSE(has(packet_of(mail(four().udp_lite(1, 4789).raw({8, 0, 0, 0, 0, 0, 1, 0}).ethernet())), kHasTunnel));
}

TEST_CASE("a packet in the first fragment of a tunnel's is in a train, and all of it counts") {
  const auto whole = mail(ether().ip4("192.0.2.1", "192.0.2.2", {.id = 77}).gre()).bytes();
  auto first = mail(ether().ip4("192.0.2.1", "192.0.2.2", {.id = 77, .more_fragments = true}).gre()).bytes();
  first.resize(whole.size() - 12);
  first[14 + 3] = static_cast<std::byte>(first.size() - 14);  // the length of the fragment
  Packet p;
  REQUIRE(decode(frame_of(first), p) == DecodeStatus::ok);
  CHECK((is_mail(p) && has(p, kIsInTrain | kHasTunnel) && !has(p, kIsFragment)));
  CHECK((p.train.id == 77 && p.train.proto == kProtoGre && p.train.tunnel == 0));
  CHECK((p.train.src == p.outer.src && p.train.dst == p.outer.dst));
  const Packet later =
      packet_of(ether().ip4("192.0.2.1", "192.0.2.2", {.proto = 47, .id = 77, .fragment_offset = 6}).payload(12));
  CHECK((later.proto == kProtoGre && has(later, kIsLaterFragment) && !has(later, kHasTunnel)));
  const Packet inner = packet_of(four().gre().ip4("10.0.0.1", "10.0.0.2", {.id = 5, .more_fragments = true}).udp(1, 2));
  CHECK((has(inner, kHasTunnel | kIsFragment) && !has(inner, kIsInTrain) && inner.fragment_id == 5));
}

TEST_CASE("an ICMP error about a packet in a tunnel names the packet and the tunnel") {
  const Packet in_tunnel = packet_of(mail(four().vxlan(9).ethernet()));
  const Packet around = packet_of(mail(four().gre({.key = 7})));
  // From a router on the way, about the tunnel's packet.
  const Packet outside =
      packet_of(mail(ether().ip4("10.9.9.9", "192.0.2.1").icmp(3, 4).ip4("192.0.2.1", "192.0.2.2").gre({.key = 7})));
  REQUIRE(has(outside, kHasQuoted));
  CHECK((outside.quoted.proto == kProtoTcp && outside.quoted.dport == 25 && outside.quoted.tunnel == around.outer.key));
  // From within, about a packet there.
  const Packet inside = packet_of(mail(four().vxlan(9).ethernet().ip4("10.0.0.2", "10.0.0.1").icmp(3, 3)));
  REQUIRE(has(inside, kHasQuoted | kHasTunnel));
  CHECK((inside.quoted.dport == 25 && inside.quoted.tunnel == in_tunnel.outer.key));
  // As little as routers quoted once.
  const Packet little =
      packet_of(ether().ip4("10.9.9.9", "192.0.2.1").icmp(3, 4).ip4("192.0.2.1", "192.0.2.2").gre({.key = 7}));
  REQUIRE(has(little, kHasQuoted));
  CHECK((little.quoted.proto == kProtoGre && little.quoted.tunnel == 0 && !little.quoted.has_ports));
}
