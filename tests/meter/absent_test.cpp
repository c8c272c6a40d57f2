// Which fields a record of each protocol has, and so which are absent: what no frame said must not appear.
#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "base/time.h"
#include "flow/field.h"
#include "meter/traffic.h"
#include "packet/packet.h"
#include "support/flow_builder.h"
#include "support/packet_builder.h"

using namespace argus;

namespace {

// Of every record, and of the side that answered.
constexpr std::string_view kAlways =
    "stime ltime ftime proto saddr daddr smac dmac spkts dpkts sbytes dbytes sappbytes dappbytes sfrags dfrags "
    "trans records senc sstime sltime cause dirwhy";
constexpr std::string_view kAnswered = "denc dstime dltime";
constexpr std::string_view kIp = "sttl stos sipopt", kIpAnswered = "dttl dtos dipopt";
constexpr std::string_view kTcp = "sport dport sloss sooo sgap sflags sevents swin stcpopt";
constexpr std::string_view kTcpAnswered = "dloss dooo dgap dflags devents dtcpopt";

std::vector<std::string> sorted_words(const std::vector<std::string_view>& lists) {
  std::vector<std::string> out;
  for (const std::string_view list : lists)
    for (const std::string_view word : split_words(list, " ")) out.emplace_back(word);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> fields_of(const Row& row) {
  std::vector<std::string> out;
  for (const auto& [field, cell] : row.cells()) out.emplace_back(info(field).name);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> without(const std::vector<std::string>& all, const std::vector<std::string>& those) {
  std::vector<std::string> out;
  std::set_difference(all.begin(), all.end(), those.begin(), those.end(), std::back_inserter(out));
  return out;
}

struct Case {
  const char* name;
  std::vector<PacketBuilder> frames;
  std::vector<std::string_view> has;
};

PacketBuilder ip_back() { return ip("10.0.0.2", "10.0.0.1"); }
PacketBuilder six(const char* from, const char* to) { return PacketBuilder().ethernet().ip6(from, to); }

std::vector<Case> cases() {
  const char* a = "2001:db8::1";
  const char* b = "2001:db8::2";
  PacketBuilder later = ip("10.0.0.1", "10.0.0.2", {.proto = 17, .id = 9, .fragment_offset = 185});
  return {
      {"udp one way", {ip().udp(1000, 53)}, {kAlways, kIp, "sport dport"}},
      {"udp", {ip().udp(1000, 53), ip_back().udp(53, 1000)}, {kAlways, kAnswered, kIp, kIpAnswered, "sport dport"}},
      {"udp over ip6",
       {six(a, b).udp(1000, 53), six(b, a).udp(53, 1000)},
       {kAlways, kAnswered, kIp, kIpAnswered, "sport dport"}},
      {"udp-lite", {ip().udp_lite(1000, 53)}, {kAlways, kIp, "sport dport"}},
      {"sctp", {ip().sctp(1000, 53)}, {kAlways, kIp, "sport dport"}},
      {"dccp", {ip().dccp(1000, 53)}, {kAlways, kIp, "sport dport"}},
      {"a SYN", {there(kSyn, 1)}, {kAlways, kIp, kTcp}},
      {"a SYN that is refused",
       {there(kSyn, 1), back(kRst | kAck, 0, 2, 0, 0)},
       {kAlways, kAnswered, kIp, kIpAnswered, kTcp, kTcpAnswered}},
      {"a SYN and its answer",
       {there(kSyn, 1), back(kSyn | kAck, 9, 2)},
       {kAlways, kAnswered, kIp, kIpAnswered, kTcp, kTcpAnswered, "dwin synacksum synacks"}},
      {"a handshake",
       {there(kSyn, 1), back(kSyn | kAck, 9, 2), there(kAck, 2, 10)},
       {kAlways, kAnswered, kIp, kIpAnswered, kTcp, kTcpAnswered, "dwin synacksum synacks ackdatsum ackdats"}},
      {"tcp from its middle", {there(kAck, 5, 6, 10)}, {kAlways, kIp, kTcp}},
      {"a ping",
       {ip().icmp(8, 0, 7, 1), ip_back().icmp(0, 0, 7, 1)},
       {kAlways, kAnswered, kIp, kIpAnswered, "itype icode icmpid"}},
      {"an ICMP message without id", {ip().icmp(9, 0)}, {kAlways, kIp, "itype icode"}},
      {"a ping over ip6", {six(a, b).icmp6(128, 0, 7, 1)}, {kAlways, kIp, "itype icode icmpid"}},
      {"a router's advertisement", {six(a, b).icmp6(134, 0)}, {kAlways, kIp, "itype icode"}},
      {"another protocol of IP", {ip().protocol(47).payload(20)}, {kAlways, kIp}},
      {"IGMP", {ip().protocol(2).payload(8)}, {kAlways, kIp}},
      {"a later fragment alone", {later.payload(40)}, {kAlways, kIp}},
      {"ARP", {PacketBuilder().ethernet().arp(1, "10.0.0.1", "10.0.0.2")}, {kAlways, "etype"}},
      {"RARP", {PacketBuilder().ethernet().arp(3, "10.0.0.1", "10.0.0.2", true)}, {kAlways, "etype"}},
      {"LLC", {PacketBuilder().ethernet_802_3().llc(0x42, 0x42).payload(35)}, {kAlways, "ssap dsap"}},
      {"an unknown ether type", {PacketBuilder().ethernet(kMacA, kMacB, 0x88cc).payload(46)}, {kAlways, "etype"}},
      {"a tunnel without id and ports",
       {ip().ip4("10.1.0.1", "10.1.0.2").udp(1, 2)},
       {kAlways, kIp, "sport dport tunnel osaddr odaddr"}},
      {"a tunnel with an id",
       {ip().gre({.key = 7}).ip4("10.1.0.1", "10.1.0.2").udp(1, 2),
        ip_back().gre({.key = 7}).ip4("10.1.0.2", "10.1.0.1").udp(2, 1)},
       {kAlways, kAnswered, kIp, kIpAnswered, "sport dport tunnel stunid dtunid osaddr odaddr"}},
      {"a tunnel over UDP",
       {ip().vxlan(7).ethernet().ip4("10.1.0.1", "10.1.0.2").udp(1, 2)},
       {kAlways, kIp, "sport dport tunnel stunid vni osaddr odaddr osport odport"}},
      {"a frame without IP in a tunnel",
       {ip().vxlan(7).ethernet_802_3().llc(0x42, 0x42).payload(35)},
       {kAlways, "ssap dsap tunnel stunid vni osaddr odaddr osport odport"}},
      {"a tag",
       {PacketBuilder().ethernet().vlan(5).ip4("10.0.0.1", "10.0.0.2").udp(1, 2)},
       {kAlways, kIp, "sport dport svlan"}},
      {"a label",
       {PacketBuilder().ethernet().mpls(16).ip4("10.0.0.1", "10.0.0.2").udp(1, 2)},
       {kAlways, kIp, "sport dport smpls"}},
  };
}

}  // namespace

TEST_CASE("each protocol has its own fields and no others") {
  for (const Case& one : cases()) {
    CAPTURE(one.name);
    Traffic traffic;
    Nanos time = 0;
    for (const PacketBuilder& frame : one.frames) traffic.at(time += 10, frame);
    const std::vector<std::string> got = fields_of(traffic.only()), want = sorted_words(one.has);
    CHECK(without(got, want) == std::vector<std::string>());  // what should be absent
    CHECK(without(want, got) == std::vector<std::string>());  // what is missing
  }
}
