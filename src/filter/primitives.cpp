// Adding a filter word is adding a row here.
#include "filter/primitives.h"

#include <array>

#include "base/text.h"
#include "flow/events.h"
#include "flow/field.h"

namespace argus {

namespace {

using enum Takes;

// Flags of sflags and dflags: RFC 9293, 3.1 and RFC 3168.
constexpr std::uint64_t kPush = 0x08, kAck = 0x10, kUrgent = 0x20, kEce = 0x40, kCwr = 0x80;
constexpr std::uint64_t kGroupBit = std::uint64_t{1} << 40;  // of a MAC address

constexpr auto kRows = std::to_array<Primitive>({
    // ends
    {"host", "", "", 0, "addr", host, "address of either end: host 192.0.2.1"},
    {"net", "", "", 0, "addr", net, "network of either end: net 192.0.2.0/24"},
    {"port", "portrange", "", 0, "port", port,
     "port of either end: port 443, port http, port 6000-6010, port {80,443}"},
    {"ether host", "", "", 0, "mac", value, "MAC address of either end: ether host 00:00:5e:00:53:01"},
    {"ether proto", "", "", 0, "etype", value, "ether type of the frames: ether proto 0x806"},
    {"multicast", "", "%addr = {224.0.0.0/4, ff00::/8} or (%mac & @ and %mac != ff:ff:ff:ff:ff:ff)", kGroupBit, "",
     nothing, "an end is an IP multicast group or a MAC group address"},
    {"broadcast", "", "%addr = 255.255.255.255 or %mac = ff:ff:ff:ff:ff:ff", 0, "", nothing,
     "an end is the broadcast address of IP or Ethernet"},
    {"ether multicast", "", "%mac & @ and %mac != ff:ff:ff:ff:ff:ff", kGroupBit, "", nothing,
     "an end is a MAC group address"},
    {"ether broadcast", "", "%mac = ff:ff:ff:ff:ff:ff", 0, "", nothing, "an end is ff:ff:ff:ff:ff:ff"},

    // protocols that are more than a number of the field proto
    {"ip", "", "proto = 0-255", 0, "", nothing, "IPv4 or IPv6"},
    {"ip4", "ipv4", "proto = 0-255 and (saddr = 0.0.0.0/0 or daddr = 0.0.0.0/0)", 0, "", nothing, "IPv4"},
    {"ip6", "ipv6", "proto = 0-255 and (saddr = ::/0 or daddr = ::/0)", 0, "", nothing, "IPv6"},

    // frames
    {"vlan", "", "has %vlan", 0, "vid", vlan, "a VLAN tag, or one with this id: vlan, vlan 10"},
    {"mpls", "mid", "has %mpls", 0, "mpls", value, "an MPLS label, or this one: mpls, mpls 299792"},
    {"encaps", "encap", "", 0, "enc", bits, "what frames were wrapped in: encaps gre"},
    {"frag", "fragment fragments", "%frags > 0", 0, "frags", value, "IP fragments"},
    {"fragonly", "", "frags > 0 and proto = {6, 17, 33, 132, 136} and not has sport and not has dport", 0, "", nothing,
     "IP fragments without the first one, so that the ports are not known"},
    {"ipopt", "ipoptions", "%ipopt > 0", 0, "ipopt", bits, "IP options"},
    {"dsb", "dsbyte dscp", "", 0, "tos", dscp, "DiffServ code point: dsb 46, dsb ef"},

    // tunnels
    {"outer host", "", "", 0, "oaddr", host,
     "address of either end of the tunnel: outer host 192.0.2.1, outer src host"},
    {"outer net", "", "", 0, "oaddr", net, "network of either end of the tunnel: outer dst net 192.0.2.0/24"},
    {"outer port", "", "", 0, "oport", port, "port of either end of the tunnel: outer port 4789"},
    {"teid", "", "tunnel = gtpu", 0, "tunid", tunnel_id, "tunnel of GTP-U, by the id of either direction: teid 0x12"},
    {"grekey", "", "tunnel = gre and (has stunid or has dtunid)", 0, "tunid", tunnel_id, "key of GRE: grekey 7"},

    // counters under their classic names
    {"pkt", "packets", "", 0, "pkts", value, "packets both ways; src pkt, dst pkt: one way"},
    {"byte", "", "", 0, "bytes", value, "bytes both ways; src byte, dst byte: one way"},
    {"appbyte", "data", "", 0, "appbytes", value, "payload bytes both ways; src, dst: one way"},
    {"avgdur", "", "", 0, "mean", value, "mean duration of merged records"},
    {"pcratio", "abr abratio", "", 0, "pcr", value, "producer-consumer ratio, from -1 to 1"},

    // how a flow stands
    {"con", "est established", "sevents & @ or devents & @ or (not proto = 6 and spkts > 0 and dpkts > 0)",
     kTcpEstablished, "", nothing, "established: a TCP connection that came up, other flows with packets both ways"},
    {"normal", "", "cause = closed", 0, "", nothing, "TCP: both sides finished"},
    {"closed", "close", "cause = closed", 0, "", nothing, "TCP: both sides finished"},
    {"wait", "", "(sevents & @ or devents & @) and not cause = {closed, reset}", kTcpFin, "", nothing,
     "TCP: a side has finished, and the connection was not over"},
    {"timeout", "", "cause = timeout", 0, "", nothing, "the record was written because the flow was idle"},
    {"status", "", "cause = status", 0, "", nothing, "a report of a flow that went on"},
    {"evicted", "", "cause = evicted", 0, "", nothing, "written early because the flow table was full"},
    {"shutdown", "shut", "cause = shutdown", 0, "", nothing, "written because the sensor stopped"},
    {"stop", "", "cause = {timeout, closed, reset}", 0, "", nothing, "the last record of a flow that ended"},
    {"start", "init", "trans > 0", 0, "", nothing, "the record that holds a flow's first packet"},
    {"all", "far flow", "", 0, "", nothing, "every record"},
    {"none", "man mar event index", "", 0, "", nothing, "no record (there are no management and event records)"},

    // TCP; with src or dst, of that side
    {"syn", "", "%events & @", kTcpSyn, "", nothing, "a SYN was sent"},
    {"synack", "", "%events & @", kTcpSynAck, "synack", value,
     "a SYN with ACK was sent; with a number, the time it took"},
    {"fin", "", "%events & @", kTcpFin, "", nothing, "a FIN was sent"},
    {"finack", "", "%events & @", kTcpFinAcked, "", nothing, "a FIN was acknowledged"},
    {"reset", "rst", "%events & @", kTcpReset, "", nothing, "a RST was sent"},
    {"winshut", "", "%events & @", kTcpZeroWindow, "", nothing, "a window was closed"},
    {"retrans", "drop", "%events & @", kTcpRetransmit, "loss", value,
     "a segment was repeated; with a number, how many"},
    {"outoforder", "ooo", "%events & @", kTcpReorder, "ooo", value,
     "a segment came out of order; with a number, how many"},
    {"gap", "", "%events & @", kTcpGap, "gap", value,
     "a hole in the sequence numbers stayed; with a number, its bytes"},
    {"ecn", "", "%events & @", kTcpEcnCapable | kTcpCongestion, "", nothing, "ECN was used"},
    {"secn", "", "sevents & @", kTcpEcnCapable | kTcpCongestion, "", nothing, "the source used ECN"},
    {"decn", "", "devents & @", kTcpEcnCapable | kTcpCongestion, "", nothing, "the destination used ECN"},
    {"congestion", "", "%events & @", kTcpCongestion, "", nothing, "ECN signalled congestion"},
    {"keepalive", "", "%events & @", kTcpKeepAlive, "", nothing, "a keep-alive was sent"},
    {"ack", "", "%flags & @", kAck, "", nothing, "the flag ACK was set"},
    {"push", "psh", "%flags & @", kPush, "", nothing, "the flag PSH was set"},
    {"urg", "", "%flags & @", kUrgent, "", nothing, "the flag URG was set"},
    {"ece", "", "%flags & @", kEce, "", nothing, "the flag ECE was set"},
    {"cwr", "", "%flags & @", kCwr, "", nothing, "the flag CWR was set"},
    {"tcpopt", "", "%tcpopt > 0", 0, "tcpopt", bits, "TCP options were used"},
    {"mss", "", "%tcpopt & @", kTcpOptMss, "", nothing, "TCP option maximum segment size"},
    {"wscale", "", "%tcpopt & @", kTcpOptWindowScale, "", nothing, "TCP option window scale"},
    {"selackok", "", "%tcpopt & @", kTcpOptSackPermitted, "", nothing, "TCP option SACK permitted"},
    {"selack", "", "%tcpopt & @", kTcpOptSack, "", nothing, "TCP option SACK"},
    {"tcptimestamp", "", "%tcpopt & @", kTcpOptTimestamp, "", nothing, "TCP option time stamps"},

    // ICMP
    {"echo", "", "(proto = 1 and itype = {0, 8}) or (proto = 58 and itype = {128, 129})", 0, "", nothing,
     "ping and its answer"},
    {"unreach", "", "(proto = 1 and itype = 3) or (proto = 58 and itype = 1) or icmpmap & @", kIcmpMapUnreachable, "",
     nothing, "destination unreachable: the message, and flows it speaks of"},
    {"redirect", "", "(proto = 1 and itype = 5) or (proto = 58 and itype = 137) or icmpmap & @", kIcmpMapRedirect, "",
     nothing, "redirect: the message, and flows it speaks of"},
    {"timexed", "", "(proto = 1 and itype = 11) or (proto = 58 and itype = 3) or icmpmap & @", kIcmpMapTimeExceeded, "",
     nothing, "time exceeded: the message, and flows it speaks of"},
    {"icmpmap", "", "has icmpmap", 0, "icmpmap", value, "an ICMP error spoke of this flow"},
});

}  // namespace

std::span<const Primitive> primitives() { return kRows; }

const Primitive* find_primitive(std::string_view name_or_alias) {
  for (const Primitive& row : kRows) {
    if (row.name == name_or_alias) return &row;
    for (const std::string_view alias : split_words(row.aliases, " "))
      if (alias == name_or_alias) return &row;
  }
  return nullptr;
}

const std::vector<std::string>& filter_words() {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> out;
    for (const Primitive& row : kRows) {
      if (row.field == std::string(row.name) + "s") continue;  // "pkt": the plural is suggested
      for (const std::string_view name : split_words(row.name, " ")) out.emplace_back(name);
      for (const std::string_view alias : split_words(row.aliases, " ")) out.emplace_back(alias);
    }
    for (const FieldInfo& field : all_fields()) {
      out.emplace_back(field.name);
      if (field.reverse != field.field && field.name[0] == 's') out.emplace_back(field.name.substr(1));  // src ttl
      if (!field.alias.empty()) out.emplace_back(field.alias);
    }
    for (const std::string_view word :
         {"and",  "or",  "not",  "src",  "dst",  "has", "in",  "tcp", "udp", "icmp", "icmp6",
          "igmp", "arp", "rarp", "sctp", "dccp", "esp", "gre", "ah",  "llc", "lldp"})
      out.emplace_back(word);
    return out;
  }();
  return words;
}

}  // namespace argus
