#include "import/nfdump_record.h"

#include <algorithm>

#include "base/address.h"
#include "base/names.h"
#include "base/time.h"
#include "base/time_range.h"
#include "flow/events.h"
#include "import/wire_numbers.h"

namespace argus {

namespace {

struct Record {
  Rows& rows;
  std::uint64_t packets = 0, bytes = 0, back_packets = 0, back_bytes = 0;
  std::uint16_t sport = 0, dport = 0;
  std::uint8_t proto = 0, flags = 0;
  Nanos first = 0, last = 0;
  std::uint64_t flows = 1;
  bool has_flow = false;
};

Address little_v4(ByteReader& in) {
  const auto number = byte_swapped(in.le<std::uint32_t>());
  return Address::from_v4(&number);
}
Address little_v6(ByteReader& in) {
  const std::uint64_t halves[2] = {byte_swapped(in.le<std::uint64_t>()), byte_swapped(in.le<std::uint64_t>())};
  return Address::from_v6(halves);
}
Nanos time_of(ByteReader& in) {
  constexpr std::uint64_t kMost = static_cast<std::uint64_t>(kTimeMost / kMillisecond);
  return static_cast<Nanos>(std::min(in.le<std::uint64_t>(), kMost)) * kMillisecond;
}

// 0 stands for what the exporter did not say.
template <class T>
void put_known(SparseColumn<T>& column, std::size_t at, T value) {
  if (value != 0) column.put(at, value);
}

void generic(ByteReader& in, Record& out) {
  out.has_flow = true;
  out.first = time_of(in);
  out.last = std::max(out.first, time_of(in));
  in.skip(8);  // when it was received
  out.packets = in.le<std::uint64_t>();
  out.bytes = in.le<std::uint64_t>();
  out.sport = in.le<std::uint16_t>();
  out.dport = in.le<std::uint16_t>();
  out.proto = in.u8();
  out.flags = in.u8();
  in.skip(1);  // what the router did with it
  out.rows.stos.put(out.rows.at(), in.u8());
}

void ends4(ByteReader& in, Record& out) {
  const std::size_t at = out.rows.at();
  out.rows.etype.put(at, kEtypeIp);
  out.rows.saddr.put(at, little_v4(in));
  out.rows.daddr.put(at, little_v4(in));
}
void ends6(ByteReader& in, Record& out) {
  const std::size_t at = out.rows.at();
  out.rows.etype.put(at, kEtypeIp6);
  out.rows.saddr.put(at, little_v6(in));
  out.rows.daddr.put(at, little_v6(in));
}

void misc(ByteReader& in, Record& out) {
  const std::size_t at = out.rows.at();
  put_known(out.rows.input, at, in.le<std::uint32_t>());
  put_known(out.rows.output, at, in.le<std::uint32_t>());
  put_known(out.rows.sroute, at, in.u8());
  put_known(out.rows.droute, at, in.u8());
  in.skip(3);  // which way it was seen, the other end's type of service, directions
  constexpr Cause kReasons[] = {Cause::timeout, Cause::status, Cause::closed, Cause::flush, Cause::evicted};
  const std::uint8_t reason = in.u8();  // RFC 5102, 5.11.3
  if (reason >= 1 && reason <= std::size(kReasons))
    out.rows.cause.put(out.rows.at(), static_cast<std::uint8_t>(kReasons[reason - 1]));
}

void counters(ByteReader& in, Record& out) {
  out.flows = std::max<std::uint64_t>(in.le<std::uint64_t>(), 1);
  out.back_packets = in.le<std::uint64_t>();
  out.back_bytes = in.le<std::uint64_t>();
}

void vlan(ByteReader& in, Record& out) {
  const auto src = in.le<std::uint32_t>(), dst = in.le<std::uint32_t>();
  if (src != 0) out.rows.svlan.put(out.rows.at(), static_cast<std::uint16_t>(src));
  if (dst != 0) out.rows.dvlan.put(out.rows.at(), static_cast<std::uint16_t>(dst));
}

void exporter4(ByteReader& in, Record& out) { out.rows.srcid.put(out.rows.at(), to_text(little_v4(in))); }
void exporter6(ByteReader& in, Record& out) { out.rows.srcid.put(out.rows.at(), to_text(little_v6(in))); }

void systems(ByteReader& in, Record& out) {
  put_known(out.rows.sas, out.rows.at(), in.le<std::uint32_t>());
  put_known(out.rows.das, out.rows.at(), in.le<std::uint32_t>());
}

void bgp_hop4(ByteReader& in, Record& out) { out.rows.sbgphop.put(out.rows.at(), little_v4(in)); }
void bgp_hop6(ByteReader& in, Record& out) { out.rows.sbgphop.put(out.rows.at(), little_v6(in)); }
void next_hop4(ByteReader& in, Record& out) { out.rows.snexthop.put(out.rows.at(), little_v4(in)); }
void next_hop6(ByteReader& in, Record& out) { out.rows.snexthop.put(out.rows.at(), little_v6(in)); }

void translated4(ByteReader& in, Record& out) {
  out.rows.natsaddr.put(out.rows.at(), little_v4(in));
  out.rows.natdaddr.put(out.rows.at(), little_v4(in));
}
void translated6(ByteReader& in, Record& out) {
  out.rows.natsaddr.put(out.rows.at(), little_v6(in));
  out.rows.natdaddr.put(out.rows.at(), little_v6(in));
}
void translated_ports(ByteReader& in, Record& out) {
  put_known(out.rows.natsport, out.rows.at(), in.le<std::uint16_t>());
  put_known(out.rows.natdport, out.rows.at(), in.le<std::uint16_t>());
}

void routing_tables(ByteReader& in, Record& out) {
  put_known(out.rows.dvrf, out.rows.at(), in.le<std::uint32_t>());  // by which the packets left
  put_known(out.rows.svrf, out.rows.at(), in.le<std::uint32_t>());
}

void mpls(ByteReader& in, Record& out) {
  constexpr unsigned kBehindLabel = 4;  // bits: class and bottom of the stack
  if (const auto top = in.le<std::uint32_t>(); top != 0) out.rows.smpls.put(out.rows.at(), top >> kBehindLabel);
}

void macs(ByteReader& in, Record& out) {
  constexpr std::uint64_t kBits = 0xffff'ffff'ffff;
  const auto src = in.le<std::uint64_t>() & kBits;
  const auto left_to = in.le<std::uint64_t>() & kBits, came_to = in.le<std::uint64_t>() & kBits;
  const std::uint64_t dst = came_to != 0 ? came_to : left_to;
  if (src != 0) out.rows.smac.put(out.rows.at(), src);
  if (dst != 0) out.rows.dmac.put(out.rows.at(), dst);
}

struct Element {
  std::uint16_t type;
  std::uint16_t size;                  // at the least, head included
  void (*take)(ByteReader&, Record&);  // null: no field holds it
  std::string_view unheld;
};
constexpr Element kElements[] = {
    {1, 52, &generic, ""},
    {2, 12, &ends4, ""},
    {3, 36, &ends6, ""},
    {4, 20, &misc, ""},
    {5, 28, &counters, ""},
    {6, 12, &vlan, ""},
    {7, 12, &systems, ""},
    {8, 8, &bgp_hop4, ""},
    {9, 20, &bgp_hop6, ""},
    {10, 8, &next_hop4, ""},
    {11, 20, &next_hop6, ""},
    {12, 8, &exporter4, ""},
    {13, 20, &exporter6, ""},
    {14, 8, &mpls, ""},
    {15, 28, &macs, ""},
    {16, 4, nullptr, "neighbouring AS numbers"},
    {17, 4, nullptr, "latencies"},
    {18, 4, nullptr, "samplers"},
    {19, 4, nullptr, "events of firewalls"},
    {20, 12, &translated4, ""},
    {21, 36, &translated6, ""},
    {22, 8, &translated_ports, ""},
    {25, 4, nullptr, "events of address translation"},
    {27, 4, nullptr, "application ids"},
    {36, 12, &routing_tables, ""},
};

const Element* element_of(std::size_t type) {
  const auto* const found =
      std::find_if(std::begin(kElements), std::end(kElements), [&](const Element& e) { return e.type == type; });
  return found == std::end(kElements) ? nullptr : found;
}

// What flags that were collected over one direction tell for certain.
std::uint32_t events_of(const Record& record) {
  const bool syn = (record.flags & kFlagSyn) != 0, ack = (record.flags & kFlagAck) != 0;
  std::uint32_t out = (record.flags & kFlagFin) != 0 ? kTcpFin : 0u;
  if ((record.flags & kFlagReset) != 0) out |= kTcpReset;
  if (syn && !ack) out |= kTcpSyn;
  if (syn && ack && record.packets <= 1) out |= kTcpSynAck;
  if (ack && (!syn || record.packets > 1)) out |= kTcpEstablished;
  return out;
}

void finish(const Record& record) {
  Rows& rows = record.rows;
  const std::size_t at = rows.at();
  rows.proto.put(at, record.proto);
  rows.stime.put(at, record.first);
  rows.ltime.put(at, record.last);
  if (record.back_packets == 0) {
    rows.sstime.put(at, record.first);
    rows.sltime.put(at, record.last);
  }
  rows.spkts.put(at, record.packets);
  rows.sbytes.put(at, record.bytes);
  rows.dpkts.put(at, record.back_packets);
  rows.dbytes.put(at, record.back_bytes);
  rows.trans.put(at, record.flows);
  rows.records.put(at, record.flows);
  if (has_ports(record.proto)) {
    rows.sport.put(at, record.sport);
    rows.dport.put(at, record.dport);
  } else if (record.proto == kProtoIcmp || record.proto == kProtoIcmp6) {
    rows.itype.put(at, static_cast<std::uint8_t>(record.dport >> 8));
    rows.icode.put(at, static_cast<std::uint8_t>(record.dport));
  }
  if (record.proto != kProtoTcp) return;
  rows.sflags.put(at, record.flags);
  rows.sevents.put(at, events_of(record));
}

}  // namespace

std::string_view nfdump_unheld(std::size_t element) {
  const Element* const known = element_of(element);
  return known != nullptr ? known->unheld : "elements of other kinds";
}

bool put_nfdump(Bytes bytes, Rows& rows, NfdumpUnheld& unheld) {
  ByteReader in(bytes);
  const auto elements = in.le<std::uint16_t>();
  in.skip(6);  // the exporter's engine, number and version
  Record record{rows};
  std::uint64_t met = 0;
  for (unsigned i = 0; i < elements && in.ok(); i++) {
    const auto type = in.le<std::uint16_t>(), size = in.le<std::uint16_t>();
    const Element* const known = element_of(type);
    if (size < 4 || (known != nullptr && size < known->size)) break;
    ByteReader body(in.take(size - std::size_t{4}));
    if (!in.ok()) break;
    if (known != nullptr && known->take != nullptr) known->take(body, record);
    if (known == nullptr || !known->unheld.empty()) met |= std::uint64_t{1} << std::min<unsigned>(type, 63);
    if (i + 1u == elements && record.has_flow && body.ok()) {
      finish(record);
      rows.done();
      for (; met != 0; met &= met - 1) unheld[static_cast<std::size_t>(std::countr_zero(met))]++;
      return true;
    }
  }
  rows.undo();
  return false;
}

}  // namespace argus
