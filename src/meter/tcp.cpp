#include "meter/tcp.h"

#include <algorithm>

#include "base/time.h"
#include "flow/events.h"

namespace argus {

namespace {

// Sequence numbers compare by their distance (RFC 9293 3.4).
std::int32_t distance(std::uint32_t from, std::uint32_t to) { return static_cast<std::int32_t>(to - from); }

constexpr Nanos kReorderWithoutRtt = 3 * kMillisecond;  // how late a segment may be and still count as reordered
constexpr Nanos kFastRetransmit = 20 * kMillisecond;    // how soon after the duplicate ACKs that ask for it
constexpr std::int32_t kPlausibleOverlap = 1 << 20;     // a late SYN of the same connection lies this close
constexpr std::int32_t kWindowMax = 1 << 30;            // the largest window (RFC 7323 2.3)

// Counts the oldest hole as lost for good.
void settle_hole(TcpSide& side) {
  const std::uint32_t bytes = side.holes[0].end - side.holes[0].begin;
  side.lost_bytes = side.lost_bytes > UINT32_MAX - bytes ? UINT32_MAX : side.lost_bytes + bytes;
  std::copy(side.holes.begin() + 1, side.holes.end(), side.holes.begin());
  side.holes_used--;
}

void add_hole(TcpSide& side, std::uint32_t begin, std::uint32_t end) {
  if (side.holes_used == side.holes.size()) settle_hole(side);
  side.holes[side.holes_used++] = {begin, end};
}

void fill_hole(TcpSide& side, std::uint32_t begin, std::uint32_t end) {
  for (std::uint8_t i = 0; i < side.holes_used;) {
    Hole& hole = side.holes[i];
    const bool touches = distance(begin, hole.end) > 0 && distance(hole.begin, end) > 0;
    if (!touches) {
      i++;
      continue;
    }
    const bool keeps_front = distance(hole.begin, begin) > 0;
    const bool keeps_back = distance(end, hole.end) > 0;
    if (keeps_front && keeps_back) {
      const Hole back{end, hole.end};
      hole.end = begin;
      return add_hole(side, back.begin, back.end);
    }
    if (keeps_front) hole.end = begin;
    else if (keeps_back) hole.begin = end;
    else {
      hole = side.holes[--side.holes_used];
      continue;
    }
    i++;
  }
}

// A SYN that the capture has behind its SYN-ACK, though it was sent before it.
bool is_overtaken(const TcpState& tcp, const TcpSide& other, const Packet& syn) {
  return !tcp.syn_timed && syn.time <= tcp.syn_ack_time && other.highest_ack == syn.tcp.seq + 1;
}

// An acknowledgement of this side's SYN, with none, some or all of the data in it (RFC 7413).
bool acknowledges_syn(const TcpSide& opened, std::uint32_t ack) {
  return distance(opened.syn_seq, ack) > 0 && distance(ack, opened.next_seq) >= 0;
}

void observe_handshake(TcpState& tcp, unsigned from, const Packet& packet) {
  const std::uint8_t flags = packet.tcp.flags;
  TcpSide& side = tcp.sides[from];
  const TcpSide& other = tcp.sides[1 - from];
  if ((flags & kSyn) != 0 && (flags & kAck) == 0) {
    side.events |= kTcpSyn;
    side.syn_seq = packet.tcp.seq;
    side.syn_seen = true;
    if (tcp.handshake_done || (tcp.syn_ack_timed && !is_overtaken(tcp, other, packet))) return;
    tcp.syn_time = packet.time;
    tcp.syn_timed = true;
    if (tcp.syn_ack_timed) tcp.synack = tcp.syn_ack_time - packet.time, tcp.synack_due = true;
    return;
  }
  if ((flags & kSyn) != 0) {
    side.events |= kTcpSynAck;
    if (tcp.handshake_done || tcp.syn_ack_timed) return;
    if (other.syn_seen && !acknowledges_syn(other, packet.tcp.ack)) return;
    tcp.syn_ack_time = packet.time;
    tcp.syn_ack_seq = packet.tcp.seq;
    tcp.syn_ack_side = static_cast<std::uint8_t>(from);
    tcp.syn_ack_timed = true;
    if (tcp.syn_timed && packet.time >= tcp.syn_time) {
      tcp.synack = packet.time - tcp.syn_time;
      tcp.synack_due = true;
    }
    return;
  }
  const bool ends_it = tcp.syn_ack_timed && !tcp.handshake_done && from != tcp.syn_ack_side && (flags & kAck) != 0 &&
                       (flags & kRst) == 0 && distance(tcp.syn_ack_seq, packet.tcp.ack) > 0;
  if (!ends_it) return;
  tcp.handshake_done = true;
  if (tcp.syn_timed && packet.time >= tcp.syn_ack_time && tcp.syn_ack_time >= tcp.syn_time) {
    tcp.ackdat = packet.time - tcp.syn_ack_time;
    tcp.ackdat_due = true;
    tcp.first_rtt = packet.time - tcp.syn_time;
  }
  for (TcpSide& each : tcp.sides) each.events |= kTcpEstablished;
}

// A segment below the highest sequence number: repeated, or only late.
void observe_old_segment(TcpState& tcp, TcpSide& side, const TcpSide& other, const Packet& packet, std::uint32_t end) {
  const bool acknowledged = packet.payload_length != 0 && other.ack_known && distance(end, other.highest_ack) >= 0;
  const bool asked_for = other.duplicate_acks >= 2 && other.highest_ack == packet.tcp.seq &&
                         packet.time - other.duplicate_ack_time < kFastRetransmit;
  const Nanos late = packet.time - side.next_time;
  const Nanos bound = tcp.first_rtt != 0 ? tcp.first_rtt : kReorderWithoutRtt;
  if (!acknowledged && !asked_for && late < bound && end != side.next_seq) {
    side.reorder++;
    side.events |= kTcpReorder;
  } else {
    side.loss++;
    side.events |= kTcpRetransmit;
  }
}

void observe_sequence(TcpState& tcp, unsigned from, const Packet& packet) {
  TcpSide& side = tcp.sides[from];
  const TcpSide& other = tcp.sides[1 - from];
  const std::uint8_t flags = packet.tcp.flags;
  const std::uint32_t seq = packet.tcp.seq;
  const std::uint32_t length = packet.payload_length;
  const std::uint32_t phantom = (flags & (kSyn | kFin)) != 0 ? 1 : 0;
  const std::uint32_t end = seq + length + phantom;
  if ((flags & kRst) != 0) return;  // its sequence number need not continue anything
  if (!side.seq_known) {
    side.seq_known = true;
    side.next_seq = end;
    side.next_time = packet.time;
    return;
  }
  const std::int32_t ahead = distance(side.next_seq, seq);
  // A SYN begins the numbers, whatever stray segments before it said; a jump that no window allows begins them too.
  const bool syn_begins = (flags & kSyn) != 0 && (ahead > 0 || ahead < -kPlausibleOverlap);
  if (syn_begins || ahead > kWindowMax || ahead < -kWindowMax) {
    while (side.holes_used != 0) settle_hole(side);
    side.next_seq = end;
    side.next_time = packet.time;
    return;
  }
  const bool keep_alive = length <= 1 && phantom == 0 && ahead == -1;
  const bool probe = length == 1 && phantom == 0 && ahead == 0 && other.window_seen && other.last_window == 0;
  if (keep_alive) {
    side.events |= kTcpKeepAlive;
    return;
  }
  if (probe) return;
  // Also an ACK without data stands at the end of what its sender has sent.
  if (ahead > 0) add_hole(side, side.next_seq, seq);
  if (ahead < 0 && length + phantom != 0) {
    observe_old_segment(tcp, side, other, packet, end);
    if (side.holes_used != 0) fill_hole(side, seq, end);
  }
  if (distance(side.next_seq, end) > 0) {
    side.next_seq = end;
    side.next_time = packet.time;
  }
}

void observe_ack(TcpState& tcp, unsigned from, const Packet& packet) {
  const std::uint8_t flags = packet.tcp.flags;
  TcpSide& side = tcp.sides[from];
  TcpSide& other = tcp.sides[1 - from];
  if ((flags & kAck) == 0) return;
  const bool same = side.ack_known && packet.tcp.ack == side.highest_ack;
  const bool plain = packet.payload_length == 0 && (flags & (kSyn | kFin | kRst)) == 0;
  if (same && plain && side.window_seen && side.last_window == packet.tcp.window) {
    if (side.duplicate_acks < 255) side.duplicate_acks++;
    side.duplicate_ack_time = packet.time;
  } else if (!same) {
    side.duplicate_acks = 0;
  }
  if (!side.ack_known || distance(side.highest_ack, packet.tcp.ack) > 0) side.highest_ack = packet.tcp.ack;
  side.ack_known = true;
  if ((other.events & kTcpFin) != 0 && distance(other.fin_end, packet.tcp.ack) >= 0) other.events |= kTcpFinAcked;
}

void observe_window(TcpState& tcp, unsigned from, const Packet& packet) {
  TcpSide& side = tcp.sides[from];
  const TcpSide& other = tcp.sides[1 - from];
  const std::uint8_t flags = packet.tcp.flags;
  side.options |= packet.tcp.options;
  if ((flags & kSyn) != 0 && (packet.tcp.options & kTcpOptWindowScale) != 0) side.shift = packet.tcp.window_shift;
  if ((flags & kRst) != 0) return;
  // Scaling holds when both SYNs offered it, never in a SYN itself (RFC 7323 2.2).
  const bool scaled = (side.options & other.options & kTcpOptWindowScale) != 0 && (flags & kSyn) == 0;
  side.window = std::max(side.window, std::uint32_t{packet.tcp.window} << (scaled ? side.shift : 0));
  side.last_window = packet.tcp.window;
  side.window_seen = true;
  if (packet.tcp.window == 0 && (flags & (kSyn | kFin)) == 0) side.events |= kTcpZeroWindow;
}

}  // namespace

bool opens_anew(const TcpState& tcp, unsigned side, const Packet& packet) {
  const std::uint8_t flags = packet.tcp.flags;
  if ((flags & kSyn) == 0 || (flags & (kAck | kRst)) != 0) return false;
  const TcpSide& own = tcp.sides[side];
  const TcpSide& other = tcp.sides[1 - side];
  constexpr std::uint32_t kSaidAll = kTcpFin | kTcpFinAcked;
  if ((own.events & other.events & kSaidAll) == kSaidAll) return true;
  if (own.syn_seen) return own.syn_seq != packet.tcp.seq;
  if (other.syn_seen && !tcp.over()) return false;  // both open at once
  if (own.seq_known) {
    const std::int32_t behind = distance(packet.tcp.seq, own.next_seq);
    return behind < 0 || behind > kPlausibleOverlap;
  }
  if (other.ack_known) return other.highest_ack != packet.tcp.seq + 1 && (other.events & kTcpSynAck) != 0;
  return tcp.over();
}

void observe_tcp(TcpState& tcp, unsigned from, const Packet& packet) {
  TcpSide& side = tcp.sides[from];
  const std::uint8_t flags = packet.tcp.flags;
  side.flags |= flags;
  observe_handshake(tcp, from, packet);
  observe_sequence(tcp, from, packet);
  observe_ack(tcp, from, packet);
  observe_window(tcp, from, packet);
  if ((flags & kFin) != 0) {
    side.events |= kTcpFin;
    side.fin_end = packet.tcp.seq + packet.payload_length + 1;
  }
  if ((flags & kRst) != 0) side.events |= kTcpReset, tcp.is_reset = true;
  else if ((flags & kSyn) != 0) tcp.is_reset = false;
  const bool data = packet.payload_length != 0 && (flags & (kSyn | kRst)) == 0;
  if (data && (flags & kAck) != 0 && !tcp.syn_timed)
    for (TcpSide& each : tcp.sides) each.events |= kTcpEstablished;
  if ((packet.tos & 3) != 0 || ((flags & kSyn) != 0 && (flags & (kEce | kCwr)) != 0)) side.events |= kTcpEcnCapable;
  if ((packet.tos & 3) == 3 || ((flags & kEce) != 0 && (flags & kSyn) == 0)) side.events |= kTcpCongestion;
}

std::uint64_t missing_bytes(const TcpSide& side) {
  std::uint64_t sum = side.lost_bytes;
  for (std::uint8_t i = 0; i < side.holes_used; i++) sum += side.holes[i].end - side.holes[i].begin;
  return sum;
}

std::uint32_t events_of(const TcpSide& side) { return missing_bytes(side) != 0 ? side.events | kTcpGap : side.events; }

void tcp_reported(TcpState& tcp) {
  for (TcpSide& side : tcp.sides) {
    side.events = events_of(side);
    side.lost_bytes = 0;
    side.loss = side.reorder = 0;
    side.window = 0;
    side.flags = 0;
    side.holes_used = 0;
  }
  tcp.synack_due = tcp.ackdat_due = false;
}

TcpState state_of_lone(const FlowState& flow) {
  Packet segment;
  segment.time = flow.newest;
  segment.has = kHasTcp;
  segment.tcp = flow.lone.header;
  segment.payload_length = flow.lone.payload_length;
  segment.tos = flow.sides[flow.lone_side].tos;
  TcpState state;
  observe_tcp(state, flow.lone_side, segment);
  if (flow.reported) tcp_reported(state);
  return state;
}

}  // namespace argus
