// One frame of every kind, for tests that must hold for all of them.
#include "packet/packet.h"
#include "support/packet_builder.h"
#include "support/sample_links.h"

namespace argus {
namespace {

constexpr std::string_view kA = "192.0.2.1", kB = "192.0.2.2", kSix = "2001:db8::1", kSixB = "2001:db8::2";
const std::vector<std::uint8_t> kSynOptions = {2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7};

using List = std::vector<Sample>;
void put(List& to, std::string_view name, const PacketBuilder& packet, LinkType link = LinkType::ethernet) {
  to.push_back({name, link, packet.bytes()});
}
PacketBuilder ether() { return PacketBuilder().ethernet(); }

void put_plain(List& to) {
  put(to, "tcp", ether().ip4(kA, kB).tcp(40000, 443, {.flags = kPsh | kAck}).payload(100));
  put(to, "tcp syn", ether().ip4(kA, kB).tcp(40000, 443, {.flags = kSyn, .options = kSynOptions}));
  put(to, "tcp padded", ether().ip4(kA, kB).tcp(40000, 443).padding_to(60));
  put(to, "udp", ether().ip4(kA, kB).udp(5353, 53).payload(40));
  put(to, "udp-lite", ether().ip4(kA, kB).udp_lite(1, 2).payload(40));
  put(to, "sctp", ether().ip4(kA, kB).sctp(3868, 3868).payload(40));
  put(to, "dccp", ether().ip4(kA, kB).dccp(5001, 5002).payload(40));
  put(to, "icmp echo", ether().ip4(kA, kB).icmp(8, 0, 77, 1).payload(56));
  put(to, "icmp unreachable", ether().ip4(kB, kA).icmp(3, 3).ip4(kA, kB).udp(40000, 33434).payload(8));
  put(to, "icmp unreachable about icmp", ether().ip4(kB, kA).icmp(3, 1).ip4(kA, kB).icmp(8, 0, 78, 1));
  put(to, "igmp", ether().ip4(kA, "224.0.0.22", {.ttl = 1, .options = {0x94, 4, 0, 0}}).protocol(2).payload(16));
  put(to, "gre", ether().ip4(kA, kB).protocol(47).payload(40));
  put(to, "esp", ether().ip4(kA, kB).protocol(50).payload(40));
  put(to, "ah", ether().ip4(kA, kB).extension(51, std::vector<std::uint8_t>(22)).tcp(1, 2));
  put(to, "ip in ip", ether().ip4(kA, kB).ip4("10.0.0.1", "10.0.0.2").udp(1, 2));
  put(to, "6in4", ether().ip4(kA, kB).ip6(kSix, kSixB).udp(1, 2));
  put(to, "first fragment", ether().ip4(kA, kB, {.id = 9, .more_fragments = true}).udp(1, 2).payload(64));
  put(to, "later fragment", ether().ip4(kA, kB, {.proto = 17, .id = 9, .fragment_offset = 9}).payload(64));
}

PacketBuilder mail(PacketBuilder outside) {
  return outside.ip4("10.0.0.1", "10.0.0.2").tcp(40000, 25, {.flags = kPsh | kAck}).payload(20);
}
PacketBuilder mail6(PacketBuilder outside) {
  return outside.ip6("fe80::1", "2001:db8:1::2").udp(40000, 25).payload(20);
}

void put_tunnels(List& to) {
  const auto four = [] { return ether().ip4(kA, kB); };
  const auto six = [] { return ether().ip6(kSix, kSixB); };
  put(to, "gre key", mail(four().gre({.key = 7, .checksum = true, .sequence = true})));
  put(to, "gre6", mail6(six().gre()));
  put(to, "gre frames", mail(four().gre({.key = 7}).ethernet()));
  put(to, "nvgre", mail(four().gre({.key = 5001u << 8 | 9}).ethernet()));
  put(to, "gre mpls", mail(four().gre().mpls(30)));
  put(to, "gre in gre", mail(four().gre().ip4("10.1.0.1", "10.1.0.2").gre()));
  put(to, "gre keepalive", four().gre().ip4(kB, kA).gre({.type = 1}));
  put(to, "pptp", mail(four().pptp(9)));
  put(to, "pptp acknowledges", mail(four().pptp(9, true)));
  put(to, "erspan 1", mail(four().erspan(1, 100).ethernet()));
  put(to, "erspan 2", mail(four().erspan(2, 100).ethernet()));
  put(to, "erspan 3", mail(four().erspan(3, 100).ethernet()));
  put(to, "wccp", mail(four().wccp()));
  put(to, "wccp 1", mail(four().wccp(false)));
  put(to, "4in4", mail(four()));
  put(to, "6in4 mail", mail6(four()));
  put(to, "4in6", mail(six()));
  put(to, "6in6", mail6(six()));
  put(to, "srv6", mail6(six().segments()));
  put(to, "srv6 ip4", mail(six().segments()));
  put(to, "srv6 frame", mail(six().segments().ethernet()));
  put(to, "etherip", mail(four().etherip().ethernet()));
  put(to, "mpls in ip", mail(four().mpls(30)));
  put(to, "mpls in udp", mail(four().udp(50000, 6635).mpls(30)));
  put(to, "vxlan", mail(four().vxlan(5001).ethernet().vlan(7)));
  put(to, "vxlan arp", four().vxlan(5001).ethernet().arp(1, kA, kB));
  put(to, "vxlan lldp", four().vxlan(5001).ethernet(kMacA, kMacB, 0x88cc).payload(30));
  put(to, "vxlan linux", mail6(six().vxlan(5001, 40000, 8472).ethernet()));
  put(to, "vxlan-gpe", mail(four().vxlan_gpe(5001, 1)));
  put(to, "vxlan-gpe nsh", mail(four().vxlan_gpe(5001, 4).nsh(1)));
  put(to, "geneve", mail(four().geneve(5001, {1, 2, 3, 0}).ethernet()));
  put(to, "geneve ip", mail6(four().geneve(5001)));
  put(to, "gtpu", mail(four().gtpu(0x12)));
  put(to, "gtpu extensions", mail6(four().gtpu(0x12, {0x85, 1, 0, 9, 0xc0, 1, 0, 0, 0})));
  put(to, "gtpu echo", four().gtpu(0, {}, 1).payload(2));
  put(to, "teredo", mail6(four().teredo(true, true)));
  put(to, "teredo plain", mail6(four().teredo(false, false, 3544, 50000)));
  put(to, "l2tp", mail(four().l2tp(3, 4)));
  put(to, "l2tp control", four().udp(1701, 1701).raw({0xc8, 2, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0}));
  put(to, "l2tpv3", mail(four().l2tpv3(99, 8, false).ethernet()));
  put(to, "l2tpv3 udp", mail(four().l2tpv3(99, 0, true).ppp()));
  put(to, "tunnel in fragments", mail(ether().ip4(kA, kB, {.id = 4, .more_fragments = true}).vxlan(5001).ethernet()));
  put(to, "fragment in tunnel",
      four().gre().ip4("10.0.0.1", "10.0.0.2", {.proto = 17, .id = 3, .fragment_offset = 4}).payload(9));
  put(to, "error about a tunnel",
      ether().ip4("10.9.9.9", kA).icmp(3, 4).ip4(kA, kB).gre({.key = 7}).ip4("10.0.0.1", "10.0.0.2").udp(1, 2));
}

void put_ipv6(List& to) {
  put(to, "tcp6", ether().ip6(kSix, kSixB).tcp(40000, 443).payload(10));
  put(to, "udp6", ether().ip6(kSix, kSixB).udp(40000, 443).payload(10));
  put(to, "echo6", ether().ip6(kSix, kSixB).icmp6(128, 0, 7, 1).payload(10));
  put(to, "no next header", ether().ip6(kSix, kSixB));
  put(to, "mld behind hop-by-hop", ether().ip6(kSix, "ff02::16").extension(0, {5, 2, 0, 0}).icmp6(143, 0).payload(20));
  put(to, "extensions", ether().ip6(kSix, kSixB).extension(0).extension(43).extension(60).tcp(1, 2));
  put(to, "atomic fragment", ether().ip6(kSix, kSixB).fragment6(0, false, 5).tcp(1, 2));
  put(to, "first fragment6", ether().ip6(kSix, kSixB).fragment6(0, true, 5).udp(1, 2).payload(56));
  put(to, "later fragment6", ether().ip6(kSix, kSixB).fragment6(8, false, 5, 17).payload(56));
  put(to, "packet too big", ether().ip6(kSixB, kSix).icmp6(2, 0).ip6(kSix, kSixB).extension(60).tcp(40000, 443));
  put(to, "ah6", ether().ip6(kSix, kSixB).extension(51, std::vector<std::uint8_t>(22)).tcp(1, 2));
}

void put_tags(List& to) {
  put(to, "vlan", ether().vlan(0x2005).ip4(kA, kB).tcp(1, 2));
  put(to, "vlan6", ether().vlan(0x2005).ip6(kSix, kSixB).udp(1, 2).payload(3));
  put(to, "802.1ad", ether().vlan(30, 0x88a8).vlan(100).ip4(kA, kB).icmp(8, 0, 1, 1));
  put(to, "9100", ether().vlan(30, 0x9100).vlan(100).ip4(kA, kB).udp(1, 2));
  put(to, "mpls", ether().mpls(29, false).mpls(30).ip4(kA, kB).tcp(1, 23));
  put(to, "mpls6", ether().mpls(29).ip6(kSix, kSixB).tcp(1, 23));
  put(to, "pseudowire", ether().mpls(29).raw({0, 0, 0, 0}).payload(60));
  put(to, "pppoe", ether().pppoe(3).ip4(kA, kB).tcp(1, 2));
  put(to, "pppoe6", ether().pppoe(3).ip6(kSix, kSixB).udp(1, 2));
  put(to, "lcp", ether().pppoe(3, 0xc021).payload(8));
  put(to, "pppoe discovery", PacketBuilder().ethernet(kMacA, kMacB, 0x8863).raw({0x11, 9, 0, 0, 0, 0}));
}

void put_without_ip(List& to) {
  put(to, "arp", ether().arp(1, kA, kB).padding_to(60));
  put(to, "arp reply", ether().arp(2, kB, kA));
  put(to, "rarp", ether().arp(3, "0.0.0.0", "0.0.0.0", true));
  put(to, "lldp", PacketBuilder().ethernet(kMacA, 0x0180c200000e, 0x88cc).payload(40));
  put(to, "stp", PacketBuilder().ethernet_802_3(kMacA, 0x0180c2000000).llc(0x42, 0x42).payload(35).padding_to(60));
  put(to, "vlan stp", ether().vlan_802_3(4).llc(0x42, 0x42).payload(35));
  put(to, "netbios", PacketBuilder().ethernet_802_3().llc(0xf0, 0xf0, 0).payload(35));
  put(to, "snap ip", PacketBuilder().ethernet_802_3().snap(0).ip4(kA, kB).tcp(1, 2));
  put(to, "cdp", PacketBuilder().ethernet_802_3().snap(0x00000c, 0x2000).payload(60));
  put(to, "raw ipx", PacketBuilder().ethernet_802_3().raw({0xff, 0xff}).payload(30));
}

void put_links(List& to) {
  put(to, "sll", PacketBuilder().sll().ip4(kA, kB).tcp(1, 2), LinkType::linux_sll);
  put(to, "sll arp", PacketBuilder().sll().arp(1, kA, kB), LinkType::linux_sll);
  put(to, "sll llc", PacketBuilder().sll(kMacA, 1, 4).llc(0x42, 0x42).payload(35), LinkType::linux_sll);
  put(to, "sll lldp", PacketBuilder().sll(kMacA, 1, 0x88cc).payload(35), LinkType::linux_sll);
  put(to, "sll netlink", PacketBuilder().sll(0, 824, 4).payload(35), LinkType::linux_sll);
  put(to, "sll2", PacketBuilder().sll2().ip6(kSix, kSixB).udp(1, 2), LinkType::linux_sll2);
  put(to, "sll2 vlan", PacketBuilder().sll2().vlan(6).ip4(kA, kB).udp(1, 2), LinkType::linux_sll2);
  put(to, "null", PacketBuilder().null(2).ip4(kA, kB).tcp(1, 2), LinkType::null);
  put(to, "null big endian", PacketBuilder().null(30, true).ip6(kSix, kSixB).tcp(1, 2), LinkType::null);
  put(to, "loop", PacketBuilder().null(24, true).ip6(kSix, kSixB).tcp(1, 2), LinkType::loop);
  for (const LinkType link : {LinkType::raw_ip, LinkType::raw_old, LinkType::raw_old_openbsd, LinkType::ipv4}) {
    put(to, "raw", PacketBuilder().ip4(kA, kB).tcp(1, 2), link);
  }
  put(to, "raw6", PacketBuilder().ip6(kSix, kSixB).tcp(1, 2), LinkType::raw_ip);
  put(to, "ipv6", PacketBuilder().ip6(kSix, kSixB).tcp(1, 2), LinkType::ipv6);
}

}  // namespace

std::vector<Sample> sample_frames() {
  List all;
  put_plain(all);
  put_tunnels(all);
  put_ipv6(all);
  put_tags(all);
  put_without_ip(all);
  put_links(all);
  for (const List& links : {sample_tcp_links(), sample_plain_links()})
    all.insert(all.end(), links.begin(), links.end());
  return all;
}

}  // namespace argus
