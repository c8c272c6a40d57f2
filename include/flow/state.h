// Codes of the derived fields state, dir and flgs: what the formulas give and the printers say.
#pragma once

#include <cstdint>

namespace argus {

// state. ICMP messages are codes of their own, by type and for unreachables by code.
enum State : std::uint16_t {
  kStateRequest = 1,            // REQ: a SYN, nothing came back; for others: only the source sent, in a later record
  kStateAccepted = 2,           // ACC: SYN and SYN-ACK
  kStateConnected = 3,          // CON
  kStateFin = 4,                // FIN
  kStateReset = 5,              // RST
  kStateTimeout = 6,            // TIM
  kStateInitial = 7,            // INT: only the source sent
  kStateResponse = 8,           // RSP: only the destination sent
  kStateIcmp4 = 0x4000,         // | type
  kStateIcmp4Unreach = 0x5000,  // | code
  kStateIcmp6 = 0x6000,         // | type
  kStateIcmp6Unreach = 0x7000,  // | code
};

// zstate: the states of connections of Zeek's conn.log.
enum ZeekState : std::uint8_t {
  kZeekS0 = 1,      // attempt seen, no reply
  kZeekS1 = 2,      // established, not ended
  kZeekSF = 3,      // established and ended by both sides
  kZeekRej = 4,     // attempt rejected
  kZeekS2 = 5,      // established, only the originator closed
  kZeekS3 = 6,      // established, only the responder closed
  kZeekRsto = 7,    // established, the originator reset it
  kZeekRstr = 8,    // the responder reset it
  kZeekRstos0 = 9,  // SYN and reset of the originator, no SYN-ACK
  kZeekRstrh = 10,  // SYN-ACK and reset of the responder, no SYN
  kZeekSh = 11,     // SYN and FIN of the originator, no SYN-ACK
  kZeekShr = 12,    // SYN-ACK and FIN of the responder, no SYN
  kZeekOth = 13,    // none of these: traffic without its beginning, or neither TCP nor UDP
};

// dir.
enum Direction : std::uint8_t {
  kDirLeft = 1,     // '<': the destination sent
  kDirRight = 2,    // '>': the source sent
  kDirUnknown = 4,  // '?' in the middle: the start of the connection was not seen
  kDirWho = 8,      // "who": ARP
  kDirTell = 9,     // "tel": RARP
};

// flgs: an index into the letters of each position, eight bits for the first, above four for each of the others.
enum FlagsPosition : unsigned {
  kFlagsEncaps,
  kFlagsIcmp,
  kFlagsLoss,
  kFlagsWindow,
  kFlagsEcn,
  kFlagsFragments,
  kFlagsOptions
};
[[nodiscard]] constexpr unsigned flags_shift(unsigned position) {
  return position == kFlagsEncaps ? 24 : 4 * (position - 1);
}
[[nodiscard]] constexpr unsigned flags_index(std::uint32_t flags, unsigned position) {
  return flags >> flags_shift(position) & (position == kFlagsEncaps ? 255 : 15);
}
// Letters by position and index; index 0 is blank.
inline constexpr const char* kFlagsLetters[] = {
    // Encapsulation: MPLS, Ethernet (not shown), LLC, VLAN, PPPoE, GRE, AH, IP in IP, several, SLL, BSD loopback, raw
    // IP, VXLAN, GENEVE, GTP-U, Teredo, L2TP, EtherIP, 802.11, Cisco HDLC, SLIP, PPP, Frame Relay
    " melvpGaP*SNrxgUTLEwCsHf",
    " IURT",      // ICMP about the flow: other, unreachable, redirect, time exceeded
    " *sdg&ir",   // loss: both, source, destination, gap, out of order both, source, destination
    " @SD",       // window closed: both, source, destination
    " Ext",       // ECN congestion: both, source, destination
    " F",         // fragments
    " OSLT+RAU",  // IP options: several, strict, loose, timestamp, security, record route, router alert, other
};

}  // namespace argus
