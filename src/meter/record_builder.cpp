// A line a field.
#include "meter/record_builder.h"

#include <algorithm>
#include <optional>
#include <span>

#include "base/names.h"
#include "flow/column.h"
#include "flow/field.h"
#include "meter/key.h"
#include "meter/tcp.h"

namespace argus {

namespace {

template <class T>
void put(RowColumn<T>& column, bool there, T value) {
  if (there) column.add(value);
  else column.add_absent();
}

bool key_has(const FlowState& flow, KeyBit bit) { return (flow.key.rest & bit) != 0; }
bool is_icmp(Proto proto) { return proto == kProtoIcmp || proto == kProtoIcmp6; }

// A fact that held for all of a side's packets.
bool held(const Side& side, SideMark seen, SideMark changed) { return (side.marks & (seen | changed)) == seen; }
bool has_mac(const Side& side) {
  return (side.marks & (kMacSeen | kMacHinted)) != 0 && (side.marks & kMacChanged) == 0;
}

}  // namespace

void RecordBuilder::add_identity(const FlowState& flow, Cause cause) {
  const FlowKey& key = flow.key;
  const Proto proto = key_proto(key);
  const bool high_is_src = flow.initiator == 1;
  const std::uint16_t src_end = high_is_src ? key_second(key) : key_first(key);
  const std::uint16_t dst_end = high_is_src ? key_first(key) : key_second(key);
  const bool ports = key_has(flow, kKeyHasPorts), saps = key_has(flow, kKeyHasSaps);
  // A later fragment alone knows no type; type 0 is a reply and stands under its request.
  const bool typed = is_icmp(proto) && key_first(key) != 0;
  ftime_.add(flow.flow_start);
  proto_.add(proto);
  put(etype_, flow.has_etype, flow.etype);
  saddr_.add(high_is_src ? key.high : key.low);
  daddr_.add(high_is_src ? key.low : key.high);
  put(sport_, ports, src_end);
  put(dport_, ports, dst_end);
  put(itype_, typed, static_cast<std::uint8_t>(key_first(key) >> 8));
  put(icode_, typed, static_cast<std::uint8_t>(key_first(key)));
  put(icmpid_, key_has(flow, kKeyHasIcmpId), key_second(key));
  put(ssap_, saps, static_cast<std::uint8_t>(src_end));
  put(dsap_, saps, static_cast<std::uint8_t>(dst_end));
  cause_.add(static_cast<std::uint8_t>(cause));
  dirwhy_.add(flow.why);
}

void RecordBuilder::add_times(const Side& src, const Side& dst) {
  const bool s = src.packets != 0, d = dst.packets != 0;
  stime_.add(!s ? dst.first : !d ? src.first : std::min(src.first, dst.first));
  ltime_.add(!s ? dst.last : !d ? src.last : std::max(src.last, dst.last));
  put(sstime_, s, src.first);
  put(dstime_, d, dst.first);
  put(sltime_, s, src.last);
  put(dltime_, d, dst.last);
}

void RecordBuilder::add_counters(const Side& src, const Side& dst) {
  spkts_.add(src.packets);
  dpkts_.add(dst.packets);
  sbytes_.add(src.bytes);
  dbytes_.add(dst.bytes);
  sappbytes_.add(src.app_bytes);
  dappbytes_.add(dst.app_bytes);
  sfrags_.add(src.fragments);
  dfrags_.add(dst.fragments);
}

void RecordBuilder::add_link(const FlowState& flow, const Side& src, const Side& dst) {
  const bool s = src.packets != 0, d = dst.packets != 0;
  const bool ip = flow.key.low.family() != Family::mac && key_proto(flow.key) < kProtoLlc;
  put(smac_, has_mac(src), src.mac);
  put(dmac_, has_mac(dst), dst.mac);
  put(svlan_, held(src, kVlanSeen, kVlanChanged), src.vlan);
  put(dvlan_, held(dst, kVlanSeen, kVlanChanged), dst.vlan);
  put(smpls_, held(src, kMplsSeen, kMplsChanged), src.mpls);
  put(dmpls_, held(dst, kMplsSeen, kMplsChanged), dst.mpls);
  put(sttl_, s && (src.marks & kTosSeen) != 0, src.ttl);
  put(dttl_, d && (dst.marks & kTosSeen) != 0, dst.ttl);
  put(stos_, s && held(src, kTosSeen, kTosChanged), src.tos);
  put(dtos_, d && held(dst, kTosSeen, kTosChanged), dst.tos);
  put(senc_, s, src.encaps);
  put(denc_, d, dst.encaps);
  put(sipopt_, ip && s, src.ip_options);
  put(dipopt_, ip && d, dst.ip_options);
  put(icmpmap_, flow.icmp_map != 0, flow.icmp_map);
}

void RecordBuilder::add_tcp(const TcpState* tcp, const FlowState& flow) {
  static const TcpSide kNothing;
  const bool s = tcp != nullptr && flow.sides[flow.initiator].packets != 0;
  const bool d = tcp != nullptr && flow.sides[1 - flow.initiator].packets != 0;
  const TcpSide& src = tcp != nullptr ? tcp->sides[flow.initiator] : kNothing;
  const TcpSide& dst = tcp != nullptr ? tcp->sides[1 - flow.initiator] : kNothing;
  put(sloss_, s, std::uint64_t{src.loss});
  put(dloss_, d, std::uint64_t{dst.loss});
  put(sooo_, s, std::uint64_t{src.reorder});
  put(dooo_, d, std::uint64_t{dst.reorder});
  put(sgap_, s, missing_bytes(src));
  put(dgap_, d, missing_bytes(dst));
  put(sflags_, s, src.flags);
  put(dflags_, d, dst.flags);
  put(sevents_, s, events_of(src));
  put(devents_, d, events_of(dst));
  put(swin_, s && src.window_seen, src.window);
  put(dwin_, d && dst.window_seen, dst.window);
  put(stcpopt_, s, src.options);
  put(dtcpopt_, d, dst.options);
}

void RecordBuilder::add_handshake(const TcpState* tcp) {
  const bool answered = tcp != nullptr && tcp->synack_due, ended = tcp != nullptr && tcp->ackdat_due;
  put(synacksum_, answered, static_cast<std::uint64_t>(answered ? tcp->synack : 0));
  put(synacks_, answered, std::uint64_t{1});
  put(ackdatsum_, ended, static_cast<std::uint64_t>(ended ? tcp->ackdat : 0));
  put(ackdats_, ended, std::uint64_t{1});
}

void RecordBuilder::add_tunnel(const TunnelState* tunnel, const FlowState& flow) {
  static const TunnelState kNoTunnel;
  const bool in_tunnel = tunnel != nullptr;
  const TunnelState& of = in_tunnel ? *tunnel : kNoTunnel;
  const unsigned src = flow.initiator, dst = 1u - src;
  const bool turned = src != of.side;
  const bool ends = in_tunnel && !of.ends_differ, ports = in_tunnel && of.outer.has_ports && !of.ports_differ;
  const Tunnel kind = of.outer.kind;
  const bool network =
      kind == Tunnel::vxlan || kind == Tunnel::vxlan_gpe || kind == Tunnel::geneve || kind == Tunnel::nvgre;
  put(vni_, in_tunnel && network && of.outer.has_id, of.outer.id);
  put(tunnel_, in_tunnel, static_cast<std::uint8_t>(of.outer.kind));
  put(stunid_, of.id_seen[src] && !of.ids_differ[src], of.ids[src]);
  put(dtunid_, of.id_seen[dst] && !of.ids_differ[dst], of.ids[dst]);
  put(osaddr_, ends, turned ? of.outer.dst : of.outer.src);
  put(odaddr_, ends, turned ? of.outer.src : of.outer.dst);
  put(osport_, ports, turned ? of.outer.dport : of.outer.sport);
  put(odport_, ports, turned ? of.outer.sport : of.outer.dport);
}

void RecordBuilder::add_details(const FlowDetails& details, const FlowState& flow) {
  const DetailSide& src = details.sides[flow.initiator];
  const DetailSide& dst = details.sides[1 - flow.initiator];
  const bool s = flow.sides[flow.initiator].packets != 0, d = flow.sides[1 - flow.initiator].packets != 0;
  put(sminsz_, s, src.size_min);
  put(dminsz_, d, dst.size_min);
  put(smaxsz_, s, src.size_max);
  put(dmaxsz_, d, dst.size_max);
  put(stcpb_, src.has_base, src.tcp_base);
  put(dtcpb_, dst.has_base, dst.tcp_base);
  put(sipid_, src.has_ip_id, src.ip_id);
  put(dipid_, dst.has_ip_id, dst.ip_id);
  put(ssynwin_, src.syn_seen, src.syn_window);
  put(dsynwin_, dst.syn_seen, dst.syn_window);
  put(shist_, src.deeds != 0, src.deeds);
  put(dhist_, dst.deeds != 0, dst.deeds);
  const auto add_gaps = [](const Gaps& gaps, auto& count, auto& sum, auto& squares, auto& least, auto& most) {
    const bool any = gaps.count != 0;
    put(count, any, gaps.count);
    put(sum, any, gaps.sum);
    put(squares, any, gaps.squares);
    put(least, any, gaps.least);
    put(most, any, gaps.most);
  };
  add_gaps(src.active, sintacts_, sintactsum_, sintactsq_, sintpktactmin_, sintpktactmax_);
  add_gaps(dst.active, dintacts_, dintactsum_, dintactsq_, dintpktactmin_, dintpktactmax_);
  add_gaps(src.idle, sintidls_, sintidlsum_, sintidlsq_, sintpktidlmin_, sintpktidlmax_);
  add_gaps(dst.idle, dintidls_, dintidlsum_, dintidlsq_, dintpktidlmin_, dintpktidlmax_);
}

void RecordBuilder::add(const FlowState& flow, const FlowParts& parts, Cause cause) {
  WaitingRow& row = waiting_[waiting_count_++];
  row.flow = flow;
  row.cause = cause;
  row.has_tcp = parts.tcp != nullptr;
  row.has_tunnel = parts.tunnel != nullptr;
  row.has_details = parts.details != nullptr;
  row.has_inode = parts.inode != nullptr;
  if (row.has_tcp) row.tcp = *parts.tcp;
  if (row.has_tunnel) row.tunnel = *parts.tunnel;
  if (row.has_details) row.details = *parts.details;
  if (row.has_inode) row.inode = *parts.inode;
  size_++;
  if (waiting_count_ == kRowsAtOnce) write_waiting();
}

void RecordBuilder::write_waiting() {
  const auto each = [this](auto&& write) {
    for (const WaitingRow& row : std::span(waiting_).first(waiting_count_))
      write(row, row.flow.sides[row.flow.initiator], row.flow.sides[1 - row.flow.initiator]);
  };
  const auto tcp_of = [](const WaitingRow& row) { return row.has_tcp ? &row.tcp : nullptr; };
  each([&](const WaitingRow& row, const Side&, const Side&) { add_identity(row.flow, row.cause); });
  each([&](const WaitingRow& row, const Side& src, const Side& dst) {
    trans_.add(row.flow.reported ? 0 : 1);
    records_.add(1);
    add_times(src, dst);
  });
  each([&](const WaitingRow&, const Side& src, const Side& dst) { add_counters(src, dst); });
  each([&](const WaitingRow& row, const Side& src, const Side& dst) { add_link(row.flow, src, dst); });
  each([&](const WaitingRow& row, const Side&, const Side&) { add_tcp(tcp_of(row), row.flow); });
  each([&](const WaitingRow& row, const Side&, const Side&) {
    add_handshake(tcp_of(row));
    add_tunnel(row.has_tunnel ? &row.tunnel : nullptr, row.flow);
    if (row.has_details) add_details(row.details, row.flow);
    put(inode_, row.has_inode, row.inode);
  });
  waiting_count_ = 0;
}

void RecordBuilder::add_tick(const FlowState& flow, const FlowParts& parts, const TickDelta& delta, Cause cause) {
  const unsigned src = flow.initiator, dst = 1u - src;
  write_waiting();
  add_identity(flow, cause);
  trans_.add(delta.begins ? 1 : 0);
  stime_.add(delta.first);
  ltime_.add(delta.last);
  spkts_.add(delta.packets[src]);
  dpkts_.add(delta.packets[dst]);
  sbytes_.add(delta.bytes[src]);
  dbytes_.add(delta.bytes[dst]);
  add_tunnel(parts.tunnel, flow);
  const bool keyed = key_has(flow, kKeyHasVlan);
  put(svlan_, keyed && held(flow.sides[src], kVlanSeen, kVlanChanged), flow.sides[src].vlan);
  put(dvlan_, keyed && held(flow.sides[dst], kVlanSeen, kVlanChanged), flow.sides[dst].vlan);
  const TcpState* tcp = parts.tcp;
  put(sevents_, tcp != nullptr, tcp != nullptr ? events_of(tcp->sides[src]) : 0);
  put(devents_, tcp != nullptr, tcp != nullptr ? events_of(tcp->sides[dst]) : 0);
  size_++;
}

Batch RecordBuilder::take(const std::string& sensor) {
  write_waiting();
  Batch out(size_);
  // Fields that the meter does not observe have no rows, and stay absent.
  const auto finish = [rows = size_](auto& column) {
    const bool used = column.rows() != 0;
    Column done = column.finish();
    if (used) column.reserve(rows);
    return done;
  };
#define FIELD(name, ...) out.set(Field::name, finish(name##_));
#include "flow/fields.def"
  if (!sensor.empty() && size_ != 0) out.set(Field::srcid, Column::constant(sensor));
  size_ = 0;
  return out;
}

}  // namespace argus
