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

// dir.
enum Direction : std::uint8_t {
  kDirLeft = 1,     // '<': the destination sent
  kDirRight = 2,    // '>': the source sent
  kDirUnknown = 4,  // '?' in the middle: the start of the connection was not seen
  kDirWho = 8,      // "who": ARP
  kDirTell = 9,     // "tel": RARP
};

// flgs: four bits a position, each an index into that position's letters.
inline constexpr unsigned kFlagsBits = 4;
enum FlagsPosition : unsigned {
  kFlagsEncaps,
  kFlagsIcmp,
  kFlagsLoss,
  kFlagsWindow,
  kFlagsEcn,
  kFlagsFragments,
  kFlagsOptions
};
// Letters by position and index; index 0 is blank.
inline constexpr const char* kFlagsLetters[] = {
    // Encapsulation: MPLS, Ethernet (not shown), LLC, VLAN, PPPoE, GRE, AH, IP in IP, several, SLL, BSD loopback, raw
    // IP
    " melvpGaP*SNr",
    " IURT",      // ICMP about the flow: other, unreachable, redirect, time exceeded
    " *sdg&ir",   // loss: both, source, destination, gap, out of order both, source, destination
    " @SD",       // window closed: both, source, destination
    " Ext",       // ECN congestion: both, source, destination
    " F",         // fragments
    " OSLT+RAU",  // IP options: several, strict, loose, timestamp, security, record route, router alert, other
};

}  // namespace argus
