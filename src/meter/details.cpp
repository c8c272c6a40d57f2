#include "meter/details.h"

#include <algorithm>

#include "base/address.h"
#include "base/names.h"
#include "flow/events.h"
#include "flow/history.h"

namespace argus {

namespace {

void add_gap(Gaps& gaps, std::uint64_t gap) {
  gaps.count++;
  if (__builtin_add_overflow(gaps.sum, gap, &gaps.sum)) gaps.sum = UINT64_MAX;
  if (__builtin_add_overflow(gaps.squares, u128{gap} * gap, &gaps.squares)) gaps.squares = ~u128{0};
  gaps.least = std::min(gaps.least, gap);
  gaps.most = std::max(gaps.most, gap);
}

bool is_behind(std::uint32_t from, std::uint32_t to) { return static_cast<std::int32_t>(to - from) > 0; }

// Data was on its way when this packet was sent, and it carries more. Protocols that acknowledge nothing always are.
bool keeps_sending(const DetailSide& own, const TcpState* tcp, unsigned side, const Packet& packet) {
  if (packet.proto != kProtoTcp) return true;
  if (tcp == nullptr || packet.payload_length == 0 || !own.data_sent) return false;
  const TcpSide& other = tcp->sides[1 - side];
  return !other.ack_known || is_behind(other.highest_ack, own.data_end);
}

void observe_gap(DetailSide& own, bool active, Nanos time) {
  if (!own.seen) own.seen = true, own.newest = time;
  else if (time >= own.newest) {
    add_gap(active ? own.active : own.idle, static_cast<std::uint64_t>(time - own.newest));
    own.newest = time;
  }
}

void observe_numbers(DetailSide& own, const Packet& packet) {
  const TcpHeader& tcp = packet.tcp;
  const bool syn = (tcp.flags & kSyn) != 0;
  if (!own.has_base || (syn && !own.syn_seen)) own.has_base = true, own.tcp_base = tcp.seq;
  if (syn && !own.syn_seen) own.syn_seen = true, own.syn_window = tcp.window;
  if (packet.payload_length == 0 || (tcp.flags & kRst) != 0) return;
  const std::uint32_t end = tcp.seq + packet.payload_length + (syn ? 1 : 0);
  if (!own.data_sent || is_behind(own.data_end, end)) own.data_end = end;
  own.data_sent = true;
}

}  // namespace

void Details::observe(std::uint32_t flow, unsigned side, const Packet& packet, const TcpState* tcp) {
  DetailSide& own = flows_[flow].sides[side];
  const bool has_tcp = (packet.has & kHasTcp) != 0;
  observe_gap(own, keeps_sending(own, has_tcp ? tcp : nullptr, side, packet), packet.time);
  own.size_min = std::min(own.size_min, packet.wire_length);
  own.size_max = std::max(own.size_max, packet.wire_length);
  if (has_tcp) observe_numbers(own, packet);
  const bool has_id = (packet.has & kHasIp) != 0 && packet.src.family() == Family::ipv4;
  if (has_id && !own.has_ip_id) {
    own.has_ip_id = true;
    own.ip_id = static_cast<std::uint16_t>(packet.fragment_id);
  }
}

void Details::observe_deeds(std::uint32_t flow, unsigned side, const Packet& packet, const TcpState* tcp) {
  FlowDetails& both = flows_[flow];
  std::uint64_t& deeds = both.sides[side].deeds;
  const auto note = [&](bool did, Deed deed) {
    if (did) note_deed(deeds, deed, both.places);
  };
  const bool data = packet.payload_length != 0;
  if (packet.proto == kProtoUdp) return note(data, Deed::data);
  if (tcp == nullptr || (packet.has & kHasTcp) == 0) return;
  const std::uint8_t flags = packet.tcp.flags;
  const bool syn = (flags & kSyn) != 0, fin = (flags & kFin) != 0, rst = (flags & kRst) != 0, ack = (flags & kAck) != 0;
  note(syn && (fin || rst), Deed::odd_syn);
  note(fin && rst, Deed::odd_fin);
  note(syn, ack ? Deed::syn_ack : Deed::syn);
  note(fin, Deed::fin);
  note(rst, Deed::reset);
  note(data, Deed::data);
  note(!data && ack && !syn && !fin && !rst, Deed::ack);
  note(tcp->sides[side].loss != 0, Deed::retransmit);
  note((tcp->sides[side].events & kTcpZeroWindow) != 0, Deed::zero_window);
}

void Details::reported(std::uint32_t flow) {
  for (DetailSide& side : flows_[flow].sides) {
    side.active = side.idle = Gaps();
    side.size_min = UINT32_MAX;
    side.size_max = 0;
  }
}

}  // namespace argus
