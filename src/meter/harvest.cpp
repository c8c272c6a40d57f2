// Reports to columns: a line a field, each a loop of its own.
#include <algorithm>
#include <optional>
#include <span>
#include <string>

#include "meter/report.h"
#include "meter/tcp.h"

namespace argus {

namespace {

class Harvest {
 public:
  Harvest(std::span<const Report> reports, Batch& batch) : reports_(reports), batch_(batch) {}

  // value(report) gives T, or std::optional<T> where the field may be absent.
  template <class T, class Value>
  void set(Field field, Value&& value) {
    ColumnBuilder<T> column;
    column.reserve(reports_.size());
    for (const Report& report : reports_) {
      const auto v = value(report);
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(v)>, std::optional<T>>) {
        if (v) column.add(*v);
        else column.add_absent();
      } else {
        column.add(v);
      }
    }
    batch_.set(field, column.finish());
  }
  // The same fact of both sides.
  template <class T, class Value>
  void set_sides(Field src, Field dst, Value&& value) {
    set<T>(src, [&](const Report& r) { return value(r.src()); });
    set<T>(dst, [&](const Report& r) { return value(r.dst()); });
  }
  template <class T, class Value>
  void set_tcp_sides(Field src, Field dst, Value&& value) {
    const auto when = [&](const Report& r, const TcpSide& tcp, const Side& side) -> std::optional<T> {
      if (!r.is_tcp() || side.packets == 0) return std::nullopt;
      return value(tcp);
    };
    set<T>(src, [&](const Report& r) { return when(r, r.tcp_src(), r.src()); });
    set<T>(dst, [&](const Report& r) { return when(r, r.tcp_dst(), r.dst()); });
  }

 private:
  std::span<const Report> reports_;
  Batch& batch_;
};

template <class T>
std::optional<T> only_if(bool there, T value) {
  return there ? std::optional<T>(value) : std::nullopt;
}

std::optional<std::uint64_t> mac_of(const Side& side) {
  return only_if((side.marks & (kMacSeen | kMacHinted)) != 0 && (side.marks & kMacChanged) == 0, side.mac);
}

bool key_has(const Report& r, KeyBit bit) { return (r.flow.key.rest & bit) != 0; }
bool is_icmp(const Report& r) { return key_proto(r.flow.key) == kProtoIcmp || key_proto(r.flow.key) == kProtoIcmp6; }
bool has_ip(const Report& r) { return r.flow.key.low.family() != Family::mac && key_proto(r.flow.key) < kProtoLlc; }

// The port or SAP of one side of the key.
std::uint16_t end_of(const Report& r, bool src) {
  const bool high = (r.flow.initiator == 1) == src;
  return high ? key_second(r.flow.key) : key_first(r.flow.key);
}

void set_identity(Harvest& rows) {
  rows.set<Nanos>(Field::stime, [](const Report& r) {
    const Side &s = r.src(), &d = r.dst();
    return s.packets == 0 ? d.first : d.packets == 0 ? s.first : std::min(s.first, d.first);
  });
  rows.set<Nanos>(Field::ltime, [](const Report& r) {
    const Side &s = r.src(), &d = r.dst();
    return s.packets == 0 ? d.last : d.packets == 0 ? s.last : std::max(s.last, d.last);
  });
  rows.set<Nanos>(Field::ftime, [](const Report& r) { return r.flow.flow_start; });
  rows.set<std::uint16_t>(Field::proto, [](const Report& r) { return key_proto(r.flow.key); });
  rows.set<std::uint16_t>(Field::etype, [](const Report& r) { return only_if(r.flow.has_etype, r.flow.etype); });
  rows.set<Address>(Field::saddr, [](const Report& r) { return r.flow.initiator == 0 ? r.flow.key.low : r.flow.key.high; });
  rows.set<Address>(Field::daddr, [](const Report& r) { return r.flow.initiator == 0 ? r.flow.key.high : r.flow.key.low; });
  rows.set<std::uint16_t>(Field::sport, [](const Report& r) { return only_if(key_has(r, kKeyHasPorts), end_of(r, true)); });
  rows.set<std::uint16_t>(Field::dport, [](const Report& r) { return only_if(key_has(r, kKeyHasPorts), end_of(r, false)); });
  // A later fragment alone knows no type; type 0 is a reply and stands under its request.
  const auto has_type = [](const Report& r) { return is_icmp(r) && key_first(r.flow.key) != 0; };
  rows.set<std::uint8_t>(Field::itype, [&](const Report& r) { return only_if(has_type(r), static_cast<std::uint8_t>(key_first(r.flow.key) >> 8)); });
  rows.set<std::uint8_t>(Field::icode, [&](const Report& r) { return only_if(has_type(r), static_cast<std::uint8_t>(key_first(r.flow.key))); });
  rows.set<std::uint16_t>(Field::icmpid, [](const Report& r) { return only_if(key_has(r, kKeyHasIcmpId), key_second(r.flow.key)); });
  rows.set<std::uint8_t>(Field::ssap, [](const Report& r) { return only_if(key_has(r, kKeyHasSaps), static_cast<std::uint8_t>(end_of(r, true))); });
  rows.set<std::uint8_t>(Field::dsap, [](const Report& r) { return only_if(key_has(r, kKeyHasSaps), static_cast<std::uint8_t>(end_of(r, false))); });
  rows.set<std::uint64_t>(Field::trans, [](const Report& r) { return std::uint64_t{r.flow.reported ? 0u : 1u}; });
  rows.set<std::uint64_t>(Field::records, [](const Report&) { return std::uint64_t{1}; });
  rows.set<std::uint8_t>(Field::cause, [](const Report& r) { return static_cast<std::uint8_t>(r.cause); });
  rows.set<std::uint8_t>(Field::dirwhy, [](const Report& r) { return r.flow.why; });
}

void set_counters(Harvest& rows) {
  rows.set_sides<std::uint64_t>(Field::spkts, Field::dpkts, [](const Side& s) { return std::uint64_t{s.packets}; });
  rows.set_sides<std::uint64_t>(Field::sbytes, Field::dbytes, [](const Side& s) { return s.bytes; });
  rows.set_sides<std::uint64_t>(Field::sappbytes, Field::dappbytes, [](const Side& s) { return s.app_bytes; });
  rows.set_sides<std::uint64_t>(Field::sfrags, Field::dfrags, [](const Side& s) { return std::uint64_t{s.fragments}; });
  rows.set_sides<Nanos>(Field::sstime, Field::dstime, [](const Side& s) { return only_if(s.packets != 0, s.first); });
  rows.set_sides<Nanos>(Field::sltime, Field::dltime, [](const Side& s) { return only_if(s.packets != 0, s.last); });
}

void set_link_and_network(Harvest& rows) {
  rows.set_sides<std::uint64_t>(Field::smac, Field::dmac, mac_of);
  rows.set_sides<std::uint16_t>(Field::svlan, Field::dvlan, [](const Side& s) {
    return only_if((s.marks & (kVlanSeen | kVlanChanged)) == kVlanSeen, s.vlan);
  });
  rows.set_sides<std::uint32_t>(Field::smpls, Field::dmpls, [](const Side& s) {
    return only_if((s.marks & (kMplsSeen | kMplsChanged)) == kMplsSeen, s.mpls);
  });
  rows.set_sides<std::uint8_t>(Field::sttl, Field::dttl, [](const Side& s) { return only_if((s.marks & kTosSeen) != 0 && s.packets != 0, s.ttl); });
  rows.set_sides<std::uint8_t>(Field::stos, Field::dtos, [](const Side& s) {
    return only_if((s.marks & (kTosSeen | kTosChanged)) == kTosSeen && s.packets != 0, s.tos);
  });
  rows.set_sides<std::uint32_t>(Field::senc, Field::denc, [](const Side& s) { return only_if(s.packets != 0, std::uint32_t{s.encaps}); });
  const auto ip_options = [](const Report& r, const Side& s) { return only_if(has_ip(r) && s.packets != 0, s.ip_options); };
  rows.set<std::uint16_t>(Field::sipopt, [&](const Report& r) { return ip_options(r, r.src()); });
  rows.set<std::uint16_t>(Field::dipopt, [&](const Report& r) { return ip_options(r, r.dst()); });
  rows.set<std::uint8_t>(Field::icmpmap, [](const Report& r) { return only_if(r.flow.icmp_map != 0, r.flow.icmp_map); });
  rows.set<Address>(Field::inode, [](const Report& r) { return only_if(r.flow.inode != kNone, r.inode); });
}

void set_tcp(Harvest& rows) {
  rows.set_tcp_sides<std::uint64_t>(Field::sloss, Field::dloss, [](const TcpSide& t) { return std::uint64_t{t.loss}; });
  rows.set_tcp_sides<std::uint64_t>(Field::sooo, Field::dooo, [](const TcpSide& t) { return std::uint64_t{t.reorder}; });
  rows.set_tcp_sides<std::uint64_t>(Field::sgap, Field::dgap, missing_bytes);
  rows.set_tcp_sides<std::uint8_t>(Field::sflags, Field::dflags, [](const TcpSide& t) { return t.flags; });
  rows.set_tcp_sides<std::uint32_t>(Field::sevents, Field::devents, [](const TcpSide& t) { return t.events; });
  rows.set_tcp_sides<std::uint32_t>(Field::swin, Field::dwin, [](const TcpSide& t) { return t.window; });
  rows.set_tcp_sides<std::uint16_t>(Field::stcpopt, Field::dtcpopt, [](const TcpSide& t) { return t.options; });
  const auto measured = [](const Report& r, bool due, Nanos value) { return only_if(r.is_tcp() && due, static_cast<std::uint64_t>(value)); };
  rows.set<std::uint64_t>(Field::synacksum, [&](const Report& r) { return measured(r, r.tcp.synack_due, r.tcp.synack); });
  rows.set<std::uint64_t>(Field::synacks, [&](const Report& r) { return measured(r, r.tcp.synack_due, 1); });
  rows.set<std::uint64_t>(Field::ackdatsum, [&](const Report& r) { return measured(r, r.tcp.ackdat_due, r.tcp.ackdat); });
  rows.set<std::uint64_t>(Field::ackdats, [&](const Report& r) { return measured(r, r.tcp.ackdat_due, 1); });
}

}  // namespace

Batch harvested(std::span<const Report> reports, const std::string& sensor) {
  Batch batch(reports.size());
  Harvest rows(reports, batch);
  set_identity(rows);
  set_counters(rows);
  set_link_and_network(rows);
  set_tcp(rows);
  if (!sensor.empty()) batch.set(Field::srcid, Column::constant(sensor));
  return batch;
}

}  // namespace argus
