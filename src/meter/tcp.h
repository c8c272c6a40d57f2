// What a TCP segment tells: handshake times, retransmission, reordering, holes, windows, the connection's end.
#pragma once

#include "meter/flow_state.h"
#include "packet/packet.h"

namespace argus {

// A SYN that opens a connection of its own on the ports of one that is there (RFC 9293 3.6.1, and common sense about
// captures that begin in the middle).
[[nodiscard]] bool opens_anew(const TcpState& tcp, unsigned side, const Packet& packet);

// Folds a segment of `side` into the state.
void observe_tcp(TcpState& tcp, unsigned side, const Packet& packet);

// Bytes of sequence space still missing; they are reported once.
[[nodiscard]] std::uint64_t missing_bytes(const TcpSide& side);
// TcpEvent bits of the side so far.
[[nodiscard]] std::uint32_t events_of(const TcpSide& side);

// Forgets what has been reported; what lasts (sequence numbers, events, scaling) stays.
void tcp_reported(TcpState& tcp);

// Of a flow whose lone segment stands in it: as if its state had been there when that came.
[[nodiscard]] TcpState state_of_lone(const FlowState& flow);

}  // namespace argus
