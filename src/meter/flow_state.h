// What the meter keeps of a live flow.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.h"
#include "flow/events.h"
#include "meter/key.h"
#include "packet/packet.h"

namespace argus {

// Facts about one side's packets that hold until they change.
enum SideMark : std::uint16_t {
  kMacSeen = 1u << 0,    // mac is of a frame that the side sent
  kMacHinted = 1u << 1,  // mac is where the other side's frames went
  kMacChanged = 1u << 2,
  kVlanSeen = 1u << 3,
  kVlanChanged = 1u << 4,
  kMplsSeen = 1u << 5,
  kMplsChanged = 1u << 6,
  kTosSeen = 1u << 7,
  kTosChanged = 1u << 8,
};

// One direction, what is not yet reported of it (counters, times) and what lasts (the rest).
struct Side {
  Nanos first = 0, last = 0;  // meaningful when packets != 0
  std::uint64_t bytes = 0, app_bytes = 0;
  std::uint64_t mac = 0;
  std::uint32_t packets = 0, fragments = 0;
  std::uint32_t mpls = 0, encaps = 0;
  std::uint16_t ip_options = 0, vlan = 0, marks = 0;
  std::uint8_t ttl = 0, tos = 0;
};

// The only segment of a flow so far, without what the flow says of it: most flows of a scan never have another.
struct LoneSegment {
  TcpHeader header;
  std::uint32_t payload_length = 0;
};

// Four cache lines: who it is, what lasts, and a line each side.
struct alignas(64) FlowState {
  FlowKey key;
  Nanos newest = 0;        // last packet ever
  std::uint32_t hash = 0;  // of the key, the low half
  std::uint32_t tcp = kNone;
  Nanos flow_start = 0;                         // of the whole flow
  Nanos report_start = 0;                       // earliest packet not yet reported; meaningful when unreported()
  std::uint32_t inode = kNone, tunnel = kNone;  // parts in their own slabs, as tcp
  LoneSegment lone;                             // meaningful when is_lone; there is no tcp then
  std::uint16_t etype = 0;
  std::uint8_t initiator = 0;  // the side that is the source
  std::uint8_t why = 0;        // DirWhy
  std::uint8_t icmp_map = 0;
  std::uint8_t lone_side = 0;  // that sent it
  bool is_lone : 1 = false;
  bool has_etype : 1 = false;
  bool inodes_differ : 1 = false;  // several nodes sent ICMP errors about it
  bool reported : 1 = false;       // a record is out: direction is final, later records have trans 0
  bool touched : 1 = false;        // used since the evicting hand passed
  bool live : 1 = false;
  std::array<Side, 2> sides;

  [[nodiscard]] bool unreported() const { return sides[0].packets != 0 || sides[1].packets != 0; }
};
static_assert(sizeof(FlowState) == 256);

// The tunnel that a flow's packets came in, of those not yet reported.
struct TunnelState {
  Outer outer;            // of the first of them
  std::uint8_t side = 0;  // that sent it
  bool stale = true;      // it is of packets that are reported: the next one begins anew
  bool ends_differ = false, ports_differ = false;
  std::array<std::uint32_t, 2> ids{};  // of each side's packets
  std::array<bool, 2> id_seen{}, ids_differ{};
};

// A hole in a side's sequence numbers: [begin, end).
struct Hole {
  std::uint32_t begin = 0, end = 0;
};

struct TcpSide {
  Nanos next_time = 0;            // when next_seq was reached
  std::uint32_t next_seq = 0;     // one behind the highest sequence number sent
  std::uint32_t highest_ack = 0;  // of what the other side sent
  std::uint32_t syn_seq = 0, fin_end = 0;
  std::uint32_t events = 0;  // TcpEvent, of the flow's whole life
  std::uint32_t loss = 0, reorder = 0;
  std::uint32_t lost_bytes = 0;   // of holes that are no longer watched
  std::uint32_t window = 0;       // largest, scaled
  std::uint16_t last_window = 0;  // unscaled, of the last segment
  std::uint16_t options = 0;
  std::uint8_t flags = 0;
  std::uint8_t shift = 0;
  bool seq_known = false, ack_known = false, syn_seen = false, window_seen = false;
  std::uint8_t holes_used = 0;
  std::uint8_t duplicate_acks = 0;
  Nanos duplicate_ack_time = 0;
  std::array<Hole, 4> holes;
};

struct alignas(64) TcpState {
  std::array<TcpSide, 2> sides;
  Nanos syn_time = 0, syn_ack_time = 0;
  Nanos first_rtt = 0;  // 0: not measured
  std::uint32_t syn_ack_seq = 0;
  std::uint8_t syn_ack_side = 0;
  bool syn_timed = false, syn_ack_timed = false, handshake_done = false;
  bool is_reset = false;                        // and no SYN since
  bool synack_due = false, ackdat_due = false;  // measured, not yet reported
  Nanos synack = 0, ackdat = 0;

  [[nodiscard]] bool closed() const { return (sides[0].events & sides[1].events & kTcpFin) != 0; }
  [[nodiscard]] bool over() const { return is_reset || closed(); }
};
static_assert(sizeof(TcpState) == 256);

}  // namespace argus
