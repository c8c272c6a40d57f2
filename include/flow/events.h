// Bits and codes of the fields that hold them. These numbers stand in files and never change.
#pragma once

#include <cstdint>

namespace argus {

// sevents, devents: what one side of a TCP connection was seen to do.
enum TcpEvent : std::uint32_t {
  kTcpSyn = 1u << 0,          // sent a SYN without ACK
  kTcpSynAck = 1u << 1,       // sent a SYN with ACK
  kTcpEstablished = 1u << 2,  // sent an ACK of the other's SYN, or data both ways: set on both sides
  kTcpFin = 1u << 3,          // sent a FIN
  kTcpFinAcked = 1u << 4,     // its FIN was acknowledged
  kTcpReset = 1u << 5,        // sent a RST
  kTcpZeroWindow = 1u << 6,   // closed its window
  kTcpRetransmit = 1u << 7,   // repeated a segment
  kTcpReorder = 1u << 8,      // a segment came out of order
  kTcpGap = 1u << 9,          // a hole in its sequence numbers stayed
  kTcpEcnCapable = 1u << 10,  // its packets were marked ECN-capable (ECT) or its SYN asked for ECN
  kTcpCongestion = 1u << 11,  // its packets were marked CE, or it answered with ECE after the handshake
  kTcpKeepAlive = 1u << 12,   // sent a keep-alive probe
};

// stcpopt, dtcpopt: TCP options seen from one side (RFC 9293 3.2, RFC 7323, RFC 2018).
enum TcpOption : std::uint16_t {
  kTcpOptMss = 1u << 0,
  kTcpOptWindowScale = 1u << 1,
  kTcpOptSackPermitted = 1u << 2,
  kTcpOptSack = 1u << 3,
  kTcpOptTimestamp = 1u << 4,
  kTcpOptOther = 1u << 5,
};

// sipopt, dipopt: IPv4 options (RFC 791, RFC 2113) and IPv6 hop-by-hop router alert.
enum IpOption : std::uint16_t {
  kIpOptRecordRoute = 1u << 0,
  kIpOptTimestamp = 1u << 1,
  kIpOptSecurity = 1u << 2,
  kIpOptLooseRoute = 1u << 3,
  kIpOptStrictRoute = 1u << 4,
  kIpOptRouterAlert = 1u << 5,
  kIpOptOther = 1u << 6,
};

// senc, denc: what a frame was wrapped in. The letters are the classic ones (docs/fields.md).
enum Encaps : std::uint32_t {
  kEncMpls = 1u << 0,
  kEncEthernet = 1u << 1,
  kEncVlan = 1u << 2,
  kEncLlc = 1u << 3,
  kEncPppoe = 1u << 4,
  kEncGre = 1u << 5,
  kEncAh = 1u << 6,
  kEncIpInIp = 1u << 7,
  kEncSll = 1u << 8,
  kEncNull = 1u << 9,  // BSD loopback
  kEncRawIp = 1u << 10,
  kEncWlan = 1u << 11,  // 802.11
  kEncPpp = 1u << 12,   // on a link of its own, without Ethernet
  kEncHdlc = 1u << 13,  // Cisco's
  kEncFrameRelay = 1u << 14,
  kEncSlip = 1u << 15,
  kEncVxlan = 1u << 16,  // VXLAN-GPE too
  kEncGeneve = 1u << 17,
  kEncGtpu = 1u << 18,
  kEncTeredo = 1u << 19,
  kEncL2tp = 1u << 20,
  kEncEtherIp = 1u << 21,
  kEncErspan = 1u << 22,  // with kEncGre
  kEncUdp = 1u << 23,     // MPLS in UDP
  kEncSrv6 = 1u << 24,
  kEncNsh = 1u << 25,
};

// tunnel: what carried the packets of a flow.
enum class Tunnel : std::uint8_t {
  gre = 1,
  nvgre = 2,
  erspan = 3,
  wccp = 4,
  pptp = 5,
  ipip = 6,  // IPv4 in IPv4
  ip6in4 = 7,
  ip4in6 = 8,
  ip6in6 = 9,
  vxlan = 10,
  vxlan_gpe = 11,
  geneve = 12,
  gtpu = 13,
  teredo = 14,
  l2tp = 15,  // version 2
  l2tpv3 = 16,
  etherip = 17,
  mpls_udp = 18,
  mpls_ip = 19,
  srv6 = 20,
};

// icmpmap: ICMP errors about the flow.
enum IcmpMap : std::uint8_t {
  kIcmpMapUnreachable = 1u << 0,
  kIcmpMapRedirect = 1u << 1,
  kIcmpMapTimeExceeded = 1u << 2,
  kIcmpMapOther = 1u << 3,
};

// cause, by rank: the strongest reason of merged records wins.
enum class Cause : std::uint8_t {
  status = 1,    // still open, the status interval passed
  flush = 2,     // the capture file ended
  shutdown = 3,  // the sensor stopped
  timeout = 4,   // idle too long
  evicted = 5,   // the flow table was full
  closed = 6,    // TCP: both sides finished
  reset = 7,     // TCP: reset
};

// dirwhy, by rank: the strongest evidence wins.
enum class DirWhy : std::uint8_t {
  first_packet = 1,
  port = 2,     // reserved
  request = 3,  // ICMP, ARP: the request says it
  syn_ack = 4,  // the SYN-ACK's receiver started
  syn = 5,      // the SYN's sender started
};

// Letters of the column flgs, packed by field flgs (flow/format.h prints them).
}  // namespace argus
