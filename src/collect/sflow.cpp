// sFlow 5 (sflow.org, sflow_version_5.txt): samples of packets, each a row of its own, and of interface counters. The
// headers of packets go through the decoders of captures.
#include <algorithm>
#include <optional>

#include "base/address.h"
#include "base/bytes.h"
#include "base/names.h"
#include "collect/collector.h"
#include "collect/elements.h"
#include "collect/exporters.h"
#include "collect/fill.h"
#include "collect/inbox.h"
#include "collect/row_table.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "packet/decode.h"
#include "packet/packet.h"

namespace argus {

namespace {

constexpr std::uint32_t kSamplesMost = 4096, kRecordsMost = 256;  // beyond what a datagram can hold

enum SampleFormat : std::uint32_t { kFlowSample = 1, kCounterSample = 2, kFlowExpanded = 3, kCounterExpanded = 4 };

// Opaque bytes are followed by zeros up to four.
constexpr std::size_t padded(std::size_t length) { return (length + 3) & ~std::size_t{3}; }

Bytes take_opaque(ByteReader& in) {
  const std::size_t length = in.be<std::uint32_t>();
  const Bytes out = in.take(length);
  in.skip(std::min(padded(length) - length, in.left()));
  return out;
}

std::optional<Address> take_address(ByteReader& in) {
  const auto kind = in.be<std::uint32_t>();
  if (kind == 1) {
    const Bytes four = in.take(4);
    return in.ok() ? std::optional(Address::from_v4(four.data())) : std::nullopt;
  }
  if (kind != 2) return std::nullopt;
  const Bytes sixteen = in.take(16);
  return in.ok() ? std::optional(Address::from_v6(sixteen.data())) : std::nullopt;
}

std::uint64_t take_mac(ByteReader& in) {
  const auto high = in.be<std::uint32_t>();
  const auto low = in.be<std::uint16_t>();
  in.skip(2);
  return std::uint64_t{high} << 16 | low;
}

// One row.
class Row {
 public:
  Row(RowTable& rows, std::size_t row) : rows_(rows), row_(row) {}
  template <class T>
  void put(Field field, T value) const {
    Slot<T>& slot = rows_.of<T>(field);
    slot.reach(row_ + 1);
    slot.put(row_, std::move(value));
  }
  template <class T>
  void put_if(bool there, Field field, T value) const {
    if (there) put(field, std::move(value));
  }

 private:
  RowTable& rows_;
  std::size_t row_;
};

void put_packet(const Row& row, const Packet& packet) {
  const auto has = [&](std::uint32_t bits) { return (packet.has & bits) != 0; };
  row.put(Field::proto, packet.proto);
  row.put(Field::saddr, packet.src), row.put(Field::daddr, packet.dst);
  row.put_if(has(kHasPorts), Field::sport, packet.sport), row.put_if(has(kHasPorts), Field::dport, packet.dport);
  row.put_if(has(kHasIcmp), Field::itype, packet.icmp_type), row.put_if(has(kHasIcmp), Field::icode, packet.icmp_code);
  row.put_if(has(kHasIcmpId), Field::icmpid, packet.icmp_id);
  row.put_if(has(kHasEtype), Field::etype, packet.etype);
  row.put_if(has(kHasSap), Field::ssap, packet.ssap), row.put_if(has(kHasSap), Field::dsap, packet.dsap);
  row.put_if(has(kHasMac | kHasSourceMac), Field::smac, packet.smac),
      row.put_if(has(kHasMac), Field::dmac, packet.dmac);
  row.put_if(has(kHasVlan), Field::svlan, packet.vlan), row.put_if(has(kHasMpls), Field::smpls, packet.mpls);
  row.put_if(has(kHasIp), Field::stos, packet.tos), row.put_if(has(kHasIp), Field::sttl, packet.ttl);
  row.put_if(has(kHasTcp), Field::sflags, packet.tcp.flags);
  row.put(Field::senc, packet.encaps);
  row.put(Field::sappbytes, std::uint64_t{packet.payload_length});
}

struct FlowSample {
  std::uint32_t source = 0, rate = 0, drops = 0, records = 0;
  std::optional<std::uint32_t> input, output;
};

// Two bits say what the rest is: 0 an interface, 1 why it was dropped, 2 how many interfaces.
std::optional<std::uint32_t> interface_of(std::uint32_t format, std::uint32_t value) {
  constexpr std::uint32_t kUnknown = 0x3fff'ffff;
  if (format == 1) return 0;
  if (format != 0 || value == kUnknown) return std::nullopt;
  return value;
}
std::optional<std::uint32_t> interface_of(std::uint32_t both) { return interface_of(both >> 30, both & 0x3fff'ffff); }

FlowSample take_flow_sample(ByteReader& in, bool expanded) {
  FlowSample out;
  in.skip(4);  // the sample's own number
  out.source = in.be<std::uint32_t>();
  if (expanded) out.source = out.source << 24 | (in.be<std::uint32_t>() & 0xff'ffff);
  out.rate = in.be<std::uint32_t>();
  in.skip(4);  // packets that could have been sampled
  out.drops = in.be<std::uint32_t>();
  const auto first = in.be<std::uint32_t>();
  const auto second = in.be<std::uint32_t>();
  if (expanded) {
    out.input = interface_of(first, second);
    const auto format = in.be<std::uint32_t>();
    out.output = interface_of(format, in.be<std::uint32_t>());
  } else {
    out.input = interface_of(first), out.output = interface_of(second);
  }
  out.records = in.be<std::uint32_t>();
  return out;
}

// Reads the records of one flow sample into one row.
class SampleReader {
 public:
  SampleReader(const Datagram& datagram, Row row, Inbox& inbox) : datagram_(datagram), row_(row), inbox_(inbox) {}
  // False: what was sampled is not told in a way that we know.
  [[nodiscard]] bool read(ByteReader& in, std::uint32_t records);

 private:
  void read_record(std::uint32_t format, ByteReader in);
  void read_header(ByteReader& in);
  void read_ip(ByteReader& in, bool six);
  void read_ethernet(ByteReader& in);
  void read_gateway(ByteReader& in);
  void put_length(std::uint32_t length) { row_.put(Field::sbytes, std::uint64_t{length}); }

  const Datagram& datagram_;
  Row row_;
  Inbox& inbox_;
  bool has_header_ = false, has_packet_ = false;
};

bool SampleReader::read(ByteReader& in, std::uint32_t records) {
  for (std::uint32_t i = 0; i < std::min(records, kRecordsMost) && in.left() >= 8; i++) {
    const auto format = in.be<std::uint32_t>();
    const std::size_t length = in.be<std::uint32_t>();
    const Bytes body = in.take(length);
    if (!in.ok()) return has_packet_;
    read_record(format, ByteReader(body));
  }
  return has_packet_;
}

void SampleReader::read_record(std::uint32_t format, ByteReader in) {
  switch (format) {
    case 1: return read_header(in);
    case 2: return read_ethernet(in);
    case 3: return read_ip(in, false);
    case 4: return read_ip(in, true);
    case 1001: {  // extended switch
      const auto vlan = in.be<std::uint32_t>(), priority = in.be<std::uint32_t>();
      const auto out_vlan = in.be<std::uint32_t>(), out_priority = in.be<std::uint32_t>();
      const auto tag = [](std::uint32_t id, std::uint32_t pri) {
        return static_cast<std::uint16_t>((id & 0x0fff) | ((pri & 7) << 13));
      };
      row_.put_if(in.ok() && vlan != 0, Field::svlan, tag(vlan, priority));
      row_.put_if(in.ok() && out_vlan != 0, Field::dvlan, tag(out_vlan, out_priority));
      return;
    }
    case 1002: {  // extended router
      const auto hop = take_address(in);
      const auto source = in.be<std::uint32_t>(), destination = in.be<std::uint32_t>();
      if (!hop || !in.ok()) return;
      row_.put(Field::snexthop, *hop);
      row_.put(Field::sroute, static_cast<std::uint8_t>(std::min(source, 255u)));
      row_.put(Field::droute, static_cast<std::uint8_t>(std::min(destination, 255u)));
      return;
    }
    case 1003: return read_gateway(in);
    case 1007: {  // extended NAT
      const auto source = take_address(in), destination = take_address(in);
      if (source && destination) row_.put(Field::natsaddr, *source), row_.put(Field::natdaddr, *destination);
      return;
    }
    case 1020: {  // extended NAT port
      const auto source = in.be<std::uint32_t>(), destination = in.be<std::uint32_t>();
      row_.put_if(in.ok(), Field::natsport, static_cast<std::uint16_t>(source));
      row_.put_if(in.ok(), Field::natdport, static_cast<std::uint16_t>(destination));
      return;
    }
    case 1029:  // extended VNI egress and ingress
    case 1030: {
      const auto vni = in.be<std::uint32_t>();
      row_.put_if(in.ok(), Field::vni, vni);
      return;
    }
    default: return;
  }
}

void SampleReader::read_header(ByteReader& in) {
  const auto protocol = in.be<std::uint32_t>();
  const auto length = in.be<std::uint32_t>();
  const auto stripped = in.be<std::uint32_t>();
  const Bytes header = take_opaque(in);
  if (!in.ok()) return;
  Frame frame;
  frame.time = datagram_.time;
  frame.bytes = header;
  // Of frames, the length counts what was stripped, which is the checksum.
  constexpr std::uint32_t kChecksum = 4;
  const bool framed = protocol == 1;
  frame.wire_length = framed && stripped >= kChecksum && length > kChecksum ? length - kChecksum : length;
  switch (protocol) {
    case 1: frame.link = LinkType::ethernet; break;
    case 11: frame.link = LinkType::ipv4; break;
    case 12: frame.link = LinkType::ipv6; break;
    default: return;
  }
  Packet packet;
  if (decode(frame, packet) != DecodeStatus::ok) return inbox_.count(LedgerItem::too_short);
  put_packet(row_, packet);
  put_length(frame.wire_length);
  has_header_ = has_packet_ = true;
}

// What an agent without access to the header tells of it.
void SampleReader::read_ip(ByteReader& in, bool six) {
  const auto length = in.be<std::uint32_t>();
  const auto proto = in.be<std::uint32_t>();
  const Bytes source = in.take(six ? 16 : 4), destination = in.take(six ? 16 : 4);
  const auto sport = in.be<std::uint32_t>(), dport = in.be<std::uint32_t>();
  const auto flags = in.be<std::uint32_t>(), tos = in.be<std::uint32_t>();
  if (!in.ok() || has_header_) return;
  row_.put(Field::saddr, six ? Address::from_v6(source.data()) : Address::from_v4(source.data()));
  row_.put(Field::daddr, six ? Address::from_v6(destination.data()) : Address::from_v4(destination.data()));
  row_.put(Field::proto, static_cast<std::uint16_t>(proto & 0xff));
  row_.put(Field::sport, static_cast<std::uint16_t>(sport)), row_.put(Field::dport, static_cast<std::uint16_t>(dport));
  row_.put_if(proto == kProtoTcp, Field::sflags, static_cast<std::uint8_t>(flags));
  row_.put(Field::stos, static_cast<std::uint8_t>(tos));
  put_length(length);
  has_packet_ = true;
}

void SampleReader::read_ethernet(ByteReader& in) {
  const auto length = in.be<std::uint32_t>();
  const std::uint64_t source = take_mac(in), destination = take_mac(in);
  const auto type = in.be<std::uint32_t>();
  if (!in.ok() || has_header_) return;
  row_.put(Field::smac, source), row_.put(Field::dmac, destination);
  if (!has_packet_) {
    row_.put(Field::etype, static_cast<std::uint16_t>(type)), row_.put(Field::proto, static_cast<std::uint16_t>(type));
    row_.put(Field::saddr, Address::from_mac(source)), row_.put(Field::daddr, Address::from_mac(destination));
  }
  put_length(length);
  has_packet_ = true;
}

void SampleReader::read_gateway(ByteReader& in) {
  const auto hop = take_address(in);
  in.skip(4);  // of the router itself
  const auto source = in.be<std::uint32_t>();
  in.skip(4);  // the source's neighbour
  const auto segments = in.be<std::uint32_t>();
  if (!hop || !in.ok()) return;
  row_.put(Field::sbgphop, *hop);
  row_.put(Field::sas, source);
  // The destination's is the last one of the path.
  for (std::uint32_t i = 0; i < std::min(segments, kRecordsMost) && in.ok(); i++) {
    in.skip(4);
    const std::size_t count = in.be<std::uint32_t>();
    const Bytes path = in.take(count > in.left() / 4 ? in.left() + 1 : count * 4);
    if (!in.ok() || count == 0) continue;
    ByteReader last(path.last(4));
    row_.put(Field::das, last.be<std::uint32_t>());
  }
}

void read_flow_sample(const Datagram& datagram, ByteReader in, bool expanded, const Address& agent, Domain& domain,
                      Inbox& inbox) {
  const FlowSample sample = take_flow_sample(in, expanded);
  if (!in.ok()) return inbox.count(LedgerItem::samples_unknown);
  inbox.count(LedgerItem::sampler_dropped, domain.added(sample.source, sample.drops));
  inbox.make_room(1);
  // A row is only appended once it has a packet.
  const std::size_t at = inbox.rows.rows();
  const Row row(inbox.rows, at);
  if (!SampleReader(datagram, row, inbox).read(in, sample.records)) {
    inbox.rows.clear(at);
    return inbox.count(LedgerItem::samples_unknown);
  }
  (void)inbox.rows.append(1);
  row.put(Field::exporter, agent);
  row.put(Field::spkts, std::uint64_t{1});
  row.put_if(sample.input.has_value(), Field::input, sample.input.value_or(0));
  row.put_if(sample.output.has_value(), Field::output, sample.output.value_or(0));
  inbox.extras.begin(1);
  inbox.extras.put(Extra::interval, 0, sample.rate);
  MessageFacts facts;
  facts.exported = datagram.time;
  finish_rows(at, 1, facts, domain, inbox.extras, inbox.rows);
}

}  // namespace

std::size_t read_sflow5(const Datagram& datagram, Bytes bytes, Inbox& inbox) {
  ByteReader in(bytes);
  if (in.be<std::uint32_t>() != 5) {
    inbox.count(LedgerItem::datagrams_unknown);
    return bytes.size();
  }
  const auto agent = take_address(in);
  const auto sub_agent = in.be<std::uint32_t>();
  const auto sequence = in.be<std::uint32_t>();
  in.skip(4);  // how long it runs
  const auto samples = in.be<std::uint32_t>();
  if (!in.ok() || !agent || samples > kSamplesMost) return malformed(bytes, inbox);
  Domain& domain = inbox.exporters.of({datagram.from, sub_agent, Protocol::sflow});
  inbox.judge(domain, LedgerItem::datagrams_lost, sequence, 1, 1, datagram.port);
  for (std::uint32_t i = 0; i < samples; i++) {
    const auto format = in.be<std::uint32_t>();
    const std::size_t length = in.be<std::uint32_t>();
    const Bytes body = in.take(length);
    if (!in.ok()) return malformed(bytes, inbox);
    switch (format) {
      case kFlowSample:
      case kFlowExpanded:
        read_flow_sample(datagram, ByteReader(body), format == kFlowExpanded, *agent, domain, inbox);
        break;
      case kCounterSample:
      case kCounterExpanded: inbox.count(LedgerItem::counter_samples); break;
      default: inbox.count(LedgerItem::samples_unknown); break;
    }
  }
  return bytes.size();
}

}  // namespace argus
