#include "import/classic_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/int128.h"
#include "base/names.h"
#include "base/time.h"
#include "flow/events.h"
#include "import/wire_numbers.h"

namespace argus {

namespace {

// The classic's word of what a TCP connection did. Bits of a side stand for the source; those of the destination are
// the next higher ones.
enum ClassicTcp : std::uint32_t {
  kSynSeen = 0x1,
  kSynAckSeen = 0x2,
  kEstablished = 0x4,
  kFinSeen = 0x8,
  kFinAcked = 0x10,
  kClosed = 0x20,
  kRetransmitted = 0x100,
  kZeroWindow = 0x400,
  kReset = 0x1000,
  kCongested = 0x4000,
  kOutOfOrder = 0x10000,
};
constexpr std::uint32_t kSourceEcn = 0x40000000, kDestinationEcn = 0x80000000;  // of its word of options

struct Translated {
  std::uint32_t theirs, ours;
};
constexpr auto kSideEvents = std::to_array<Translated>({
    {kRetransmitted, kTcpRetransmit},
    {kZeroWindow, kTcpZeroWindow},
    {kReset, kTcpReset},
    {kCongested, kTcpCongestion},
    {kOutOfOrder, kTcpReorder},
});
constexpr auto kEncapsulations = std::to_array<Translated>({
    {0x1, kEncMpls},
    {0x2, kEncEthernet},
    {0x4, kEncVlan},
    {0x8, kEncLlc},
    {0x10, kEncPppoe},
    {0x40, kEncGre},
    {0x80, kEncAh},
    {0x100, kEncIpInIp},
    {0x200, kEncIpInIp},
    {0x2000, kEncSll},
});

template <std::size_t n>
std::uint32_t translated(std::uint32_t theirs, const std::array<Translated, n>& table) {
  std::uint32_t out = 0;
  for (const Translated& bit : table)
    if ((theirs & bit.theirs) != 0) out |= bit.ours;
  return out;
}

bool has_flag(const ClassicSide& side, std::uint8_t flag) { return side.tcp && (side.tcp->flags & flag) != 0; }

// Who answered a SYN that was not seen is the destination. The classic's programs know that for IPv4 alone, and ours
// must count its archives alike.
bool is_backwards(const ClassicRecord& record) {
  if (!record.tcp_status || record.etype != kEtypeIp) return false;
  const std::uint32_t status = *record.tcp_status;
  if ((status & kSynAckSeen) == 0 || (status & kSynSeen) != 0) return false;
  if ((status & (kEstablished | kClosed | kFinSeen | kFinAcked)) != 0) return true;
  constexpr std::uint64_t kTalk = 5;
  return record.src.packets > kTalk && record.dst.packets > kTalk && has_flag(record.src, kFlagSyn) &&
         !has_flag(record.dst, kFlagReset);
}

struct TcpEvents {
  std::uint32_t src = 0, dst = 0;
};

TcpEvents events_of(const ClassicRecord& record) {
  const std::uint32_t status = *record.tcp_status, options = record.tcp_options.value_or(0);
  TcpEvents out{translated(status, kSideEvents), translated(status >> 1, kSideEvents)};
  if ((options & kSourceEcn) != 0) out.src |= kTcpEcnCapable;
  if ((options & kDestinationEcn) != 0) out.dst |= kTcpEcnCapable;
  if ((status & kEstablished) != 0) out.src |= kTcpEstablished, out.dst |= kTcpEstablished;
  const std::uint32_t ended =
      ((status & kFinSeen) != 0 ? kTcpFin : 0u) | ((status & kFinAcked) != 0 ? kTcpFinAcked : 0u);
  const bool dst_ended = has_flag(record.dst, kFlagFin);
  if (has_flag(record.src, kFlagFin) || !dst_ended) out.src |= ended;
  if (dst_ended) out.dst |= ended;
  return out;
}

void put_tcp(ClassicRecord& record, Rows& rows) {
  const std::size_t at = rows.at();
  TcpEvents events = events_of(record);
  if (is_backwards(record)) {
    std::swap(record.src, record.dst);
    std::swap(events.src, events.dst);
  }
  if ((*record.tcp_status & kSynSeen) != 0) events.src |= kTcpSyn;
  if ((*record.tcp_status & kSynAckSeen) != 0) events.dst |= kTcpSynAck;
  rows.sevents.put(at, events.src);
  if (record.dst.packets != 0 || events.dst != 0) rows.devents.put(at, events.dst);
  if (record.src.tcp && record.src.packets != 0) {
    rows.sflags.put(at, record.src.tcp->flags);
    rows.sloss.put(at, record.src.tcp->lost);
    rows.swin.put(at, record.src.tcp->window);
  }
  if (record.dst.tcp && record.dst.packets != 0) {
    rows.dflags.put(at, record.dst.tcp->flags);
    rows.dloss.put(at, record.dst.tcp->lost);
    rows.dwin.put(at, record.dst.tcp->window);
  }
  if (record.synack_us != 0) {
    rows.synacksum.put(at, std::uint64_t{record.synack_us} * kMicrosecond);
    rows.synacks.put(at, 1);
  }
  if (record.ackdat_us != 0) {
    rows.ackdatsum.put(at, std::uint64_t{record.ackdat_us} * kMicrosecond);
    rows.ackdats.put(at, 1);
  }
}

Cause cause_of(ClassicCause cause) {
  switch (cause) {
    case ClassicCause::stop:
    case ClassicCause::closed: return Cause::closed;
    case ClassicCause::timeout: return Cause::timeout;
    case ClassicCause::flush: return Cause::flush;
    case ClassicCause::shutdown: return Cause::shutdown;
    default: return Cause::status;
  }
}

DirWhy why_of(const ClassicRecord& record) {
  const std::uint32_t status = record.tcp_status.value_or(0);
  if ((status & kSynSeen) != 0) return DirWhy::syn;
  if ((status & kSynAckSeen) != 0) return DirWhy::syn_ack;
  return record.icmp_type || record.proto == kProtoArp || record.proto == kProtoRarp ? DirWhy::request
                                                                                     : DirWhy::first_packet;
}

bool is_merged(const ClassicRecord& record) { return record.merged && record.merged->records > 1; }

void put_times(const ClassicRecord& record, Rows& rows) {
  const std::size_t at = rows.at();
  if (!record.first) return;
  const bool one = record.src.packets + record.dst.packets == 1 && record.icmp_map == 0;
  const Nanos last = *record.last, first = one ? last : *record.first;
  rows.stime.put(at, first);
  rows.ltime.put(at, last);
  const auto side = [&](const ClassicSide& own, const ClassicSide& other, auto& begin, auto& end) {
    const bool alone = own.packets != 0 && other.packets == 0 && record.icmp_map == 0;
    if (own.packets == 0) return;
    if (alone) begin.put(at, first), end.put(at, last);
    else if (own.first) begin.put(at, *own.first), end.put(at, std::max(*own.first, own.last.value_or(*own.first)));
  };
  side(record.src, record.dst, rows.sstime, rows.sltime);
  side(record.dst, record.src, rows.dstime, rows.dltime);
}

// In records of several, zeros and addresses without bits are what they differ in.
void put_ends(const ClassicRecord& record, Rows& rows) {
  const std::size_t at = rows.at();
  const bool merged = is_merged(record);
  if (record.proto && !(merged && *record.proto == 0)) rows.proto.put(at, *record.proto);
  if (record.etype) rows.etype.put(at, *record.etype);
  const auto end = [&](const ClassicSide& side, auto& address, auto& mask, auto& port, auto& sap) {
    if (side.address && side.mask != 0) address.put(at, *side.address);
    if (side.address && side.mask != 0 && side.mask != UINT8_MAX) mask.put(at, side.mask);
    if (side.port && !(merged && *side.port == 0)) port.put(at, *side.port);
    if (side.sap) sap.put(at, *side.sap);
  };
  end(record.src, rows.saddr, rows.smask, rows.sport, rows.ssap);
  end(record.dst, rows.daddr, rows.dmask, rows.dport, rows.dsap);
  if (record.icmp_type) rows.itype.put(at, *record.icmp_type);
  if (record.icmp_code) rows.icode.put(at, *record.icmp_code);
  if (record.icmp_id) rows.icmpid.put(at, *record.icmp_id);
  if (record.icmp_map != 0) rows.icmpmap.put(at, record.icmp_map);
  if (record.icmp_node) rows.inode.put(at, *record.icmp_node);
}

void put_facts(const ClassicRecord& record, Rows& rows) {
  const std::size_t at = rows.at();
  const auto side = [&](const ClassicSide& from, auto& mac, auto& vlan, auto& mpls, auto& ttl, auto& tos, auto& enc) {
    if (from.mac) mac.put(at, *from.mac);
    if (from.vlan) vlan.put(at, *from.vlan);
    if (from.mpls) mpls.put(at, *from.mpls);
    if (from.packets == 0) return;
    if (from.ttl) ttl.put(at, *from.ttl);
    if (from.tos) tos.put(at, *from.tos);
    if (record.has_encaps) enc.put(at, translated(from.encaps, kEncapsulations));
  };
  side(record.src, rows.smac, rows.svlan, rows.smpls, rows.sttl, rows.stos, rows.senc);
  side(record.dst, rows.dmac, rows.dvlan, rows.dmpls, rows.dttl, rows.dtos, rows.denc);
  if (!record.has_counters) return;
  rows.spkts.put(at, record.src.packets);
  rows.dpkts.put(at, record.dst.packets);
  rows.sbytes.put(at, record.src.bytes);
  rows.dbytes.put(at, record.dst.bytes);
  if (!record.has_app_bytes) return;
  rows.sappbytes.put(at, record.src.app_bytes);
  rows.dappbytes.put(at, record.dst.app_bytes);
}

std::uint64_t nanos_of(float seconds) {
  constexpr float kMost = 1e9f;  // seconds, more than a meter lives
  if (!(seconds > 0)) return 0;
  return static_cast<std::uint64_t>(std::llround(static_cast<double>(std::min(seconds, kMost)) * 1e6)) * kMicrosecond;
}

void put_merged(const ClassicRecord& record, Rows& rows) {
  const std::size_t at = rows.at();
  if (!is_merged(record)) {
    // A record of a flow that goes on is not its first.
    rows.trans.put(at, record.cause == ClassicCause::status ? 0 : 1);
    rows.records.put(at, 1);
    return;
  }
  const ClassicMerged& all = *record.merged;
  rows.trans.put(at, all.records);
  rows.records.put(at, all.records);
  const std::uint64_t mean = nanos_of(all.mean), deviation = nanos_of(all.deviation);
  rows.durmin.put(at, nanos_of(all.least));
  rows.durmax.put(at, nanos_of(all.most));
  rows.dursum.put(at, mean * all.records);
  rows.dursq.put(at, (u128{mean} * mean + u128{deviation} * deviation) * all.records);
}

}  // namespace

void put_classic(ClassicRecord& record, Rows& rows) {
  if (record.tcp_status) put_tcp(record, rows);
  put_times(record, rows);
  put_ends(record, rows);
  put_facts(record, rows);
  put_merged(record, rows);
  const std::size_t at = rows.at();
  if (!record.sensor.empty()) rows.srcid.put(at, record.sensor);
  rows.cause.put(at, static_cast<std::uint8_t>(cause_of(record.cause)));
  rows.dirwhy.put(at, static_cast<std::uint8_t>(why_of(record)));
  rows.done();
}

}  // namespace argus
