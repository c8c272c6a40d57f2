// One row a word: what it stands for, in the language itself over the fields of the table.
#include "filter/primitives.h"

#include <array>

#include "base/text.h"

namespace argus {

namespace {

constexpr auto kPrimitives = std::to_array<Primitive>({
    // TCP events of either side (flow/events.h)
    {"syn", "sevents & 0x1 or devents & 0x1", "sevents & 0x1", "devents & 0x1", "a SYN was sent"},
    {"synack", "sevents & 0x2 or devents & 0x2", "sevents & 0x2", "devents & 0x2", "a SYN with ACK was sent"},
    {"fin", "sevents & 0x8 or devents & 0x8", "sevents & 0x8", "devents & 0x8", "a FIN was sent"},
    {"finack", "sevents & 0x10 or devents & 0x10", "sevents & 0x10", "devents & 0x10", "a FIN was acknowledged"},
    {"rst reset", "sevents & 0x20 or devents & 0x20", "sevents & 0x20", "devents & 0x20", "a RST was sent"},
    {"winshut", "sevents & 0x40 or devents & 0x40", "sevents & 0x40", "devents & 0x40", "a window was closed"},
    {"retrans drop", "sevents & 0x80 or devents & 0x80", "sevents & 0x80", "devents & 0x80", "a segment was repeated"},
    {"outoforder ooo", "sevents & 0x100 or devents & 0x100", "sevents & 0x100", "devents & 0x100",
     "a segment came late"},
    {"hole", "sevents & 0x200 or devents & 0x200", "sevents & 0x200", "devents & 0x200",
     "sequence numbers are missing"},
    {"ecn", "sevents & 0x800 or devents & 0x800", "sevents & 0x800", "devents & 0x800", "congestion was signalled"},
    {"keepalive", "sevents & 0x1000 or devents & 0x1000", "sevents & 0x1000", "devents & 0x1000",
     "a keep-alive was sent"},
    {"ack", "sflags & 0x10 or dflags & 0x10", "sflags & 0x10", "dflags & 0x10", "a segment had the flag ACK"},
    {"push psh", "sflags & 0x8 or dflags & 0x8", "sflags & 0x8", "dflags & 0x8", "a segment had the flag PSH"},
    {"urg", "sflags & 0x20 or dflags & 0x20", "sflags & 0x20", "dflags & 0x20", "a segment had the flag URG"},
    {"ece", "sflags & 0x40 or dflags & 0x40", "sflags & 0x40", "dflags & 0x40", "a segment had the flag ECE"},
    {"cwr", "sflags & 0x80 or dflags & 0x80", "sflags & 0x80", "dflags & 0x80", "a segment had the flag CWR"},
    {"mss", "stcpopt & 0x1 or dtcpopt & 0x1", "stcpopt & 0x1", "dtcpopt & 0x1", "TCP option: maximum segment size"},
    {"wscale", "stcpopt & 0x2 or dtcpopt & 0x2", "stcpopt & 0x2", "dtcpopt & 0x2", "TCP option: window scale"},
    {"selackok", "stcpopt & 0x4 or dtcpopt & 0x4", "stcpopt & 0x4", "dtcpopt & 0x4", "TCP option: SACK permitted"},
    {"selack", "stcpopt & 0x8 or dtcpopt & 0x8", "stcpopt & 0x8", "dtcpopt & 0x8", "TCP option: SACK"},
    {"tcptimestamp", "stcpopt & 0x10 or dtcpopt & 0x10", "stcpopt & 0x10", "dtcpopt & 0x10", "TCP option: time stamps"},
    // how a flow stands
    {"est con", "(proto = 6 and (sevents & 0x4 or devents & 0x4)) or (not proto = 6 and spkts > 0 and dpkts > 0)", "",
     "", "established: a TCP handshake, or packets both ways"},
    {"normal", "proto = 6 and sevents & 0x8 and devents & 0x8 and not (sevents & 0x20 or devents & 0x20)", "", "",
     "TCP: both sides finished, no reset"},
    {"timeout", "cause = timeout", "", "", "the record was written because the flow was idle"},
    {"status", "cause = status", "", "", "a report of a flow that went on"},
    {"closed", "cause = closed", "", "", "the record that ends a finished TCP connection"},
    {"evicted", "cause = evicted", "", "", "written early because the flow table was full"},
    {"start init", "trans > 0", "", "", "the record with the flow's first packet"},
    // IP
    {"frag fragments", "sfrags > 0 or dfrags > 0", "sfrags > 0", "dfrags > 0", "some packets were fragments"},
    {"ipoptions", "sipopt > 0 or dipopt > 0", "sipopt > 0", "dipopt > 0", "some packets had IP options"},
    {"multicast", "daddr = 224.0.0.0/4 or daddr = ff00::/8", "saddr = 224.0.0.0/4 or saddr = ff00::/8",
     "daddr = 224.0.0.0/4 or daddr = ff00::/8", "to an IP multicast group"},
    {"broadcast", "daddr = 255.255.255.255 or dmac = ff:ff:ff:ff:ff:ff", "", "", "to everybody, by IP or MAC address"},
    // ICMP
    {"echo", "(proto = 1 and itype = 8) or (proto = 58 and itype = 128)", "", "", "ping and its answer"},
    {"unreach", "(proto = 1 and itype = 3) or (proto = 58 and itype = 1)", "", "", "ICMP destination unreachable"},
    {"redirect", "(proto = 1 and itype = 5) or (proto = 58 and itype = 137)", "", "", "ICMP redirect"},
    {"timexed", "(proto = 1 and itype = 11) or (proto = 58 and itype = 3)", "", "", "ICMP time exceeded"},
    {"icmpmapped", "has icmpmap", "", "", "an ICMP error spoke of this flow"},
    // links
    {"tagged", "has svlan or has dvlan", "has svlan", "has dvlan", "frames with a VLAN tag"},
    {"labelled", "has smpls or has dmpls", "has smpls", "has dmpls", "frames with an MPLS label"},
    // families and protocols that are more than one number
    {"ip4 ipv4", "proto < 256 and (saddr = 0.0.0.0/0 or daddr = 0.0.0.0/0)", "", "", "IPv4"},
    {"ip6 ipv6", "proto < 256 and not (saddr = 0.0.0.0/0 or daddr = 0.0.0.0/0)", "", "", "IPv6"},
    {"ip", "proto < 256", "", "", "IPv4 or IPv6"},
});

}  // namespace

std::span<const Primitive> primitives() { return kPrimitives; }

const Primitive* find_primitive(std::string_view word) {
  for (const Primitive& primitive : kPrimitives)
    for (const std::string_view name : split_words(primitive.names, " "))
      if (name == word) return &primitive;
  return nullptr;
}

}  // namespace argus
