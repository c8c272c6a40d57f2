// Blocks of records of the classic Argus 3, a function each: learned from files that its programs wrote and from what
// they print of them.
#include "import/classic_record.h"

#include <algorithm>
#include <cstring>

#include "base/names.h"
#include "flow/events.h"
#include "import/wire_numbers.h"

namespace argus {

namespace {

struct Block {
  std::uint8_t subtype = 0, qualifier = 0;
  ByteReader body;
};

constexpr std::uint8_t kWhole = 0x80;       // of a type: its data are in its head
constexpr std::uint8_t kLongLength = 0x80;  // of a subtype: the length has 16 bits
constexpr std::uint8_t kReversed = 0x40;    // of a flow's subtype: IP addresses and ports change places
constexpr std::uint8_t kHasMasks = 0x40;    // of a flow's qualifier
constexpr std::uint8_t kFragment = 0x80;
constexpr std::uint16_t kEtypeLeast = 0x0600;  // smaller numbers are lengths

void note(ClassicRecord& out, ClassicUnheld what) { out.unheld[static_cast<std::size_t>(what)] = true; }

std::uint64_t mac_of(ByteReader& in) {
  const std::uint64_t high = in.be<std::uint16_t>();
  return high << 32 | in.be<std::uint32_t>();
}
Address v4_of(ByteReader& in) {
  std::uint8_t bytes[4];
  in.copy(bytes, sizeof bytes);
  return Address::from_v4(bytes);
}
Address v6_of(ByteReader& in) {
  std::uint8_t bytes[16];
  in.copy(bytes, sizeof bytes);
  return Address::from_v6(bytes);
}

bool transport(Block block, ClassicRecord& out) {
  constexpr std::uint8_t kIpv4 = 1, kNumber = 0x20, kText = 0x21, kForm = 0x2f, kHasId = 1;
  if (block.body.left() == 0 || (block.subtype & kHasId) == 0) return true;
  const std::uint8_t form = block.qualifier & kForm;
  if (form == kNumber) out.sensor = std::to_string(block.body.be<std::uint32_t>());
  else if (form == kIpv4) out.sensor = to_text(v4_of(block.body));
  else if (form == kText) {
    char text[4];
    block.body.copy(text, sizeof text);
    out.sensor.assign(text, ::strnlen(text, sizeof text));
  }
  return block.body.ok();
}

bool icmp4(ByteReader& in, std::uint8_t proto, ClassicRecord& out) {
  if (proto != kProtoIcmp) return false;
  out.icmp_type = in.u8();
  out.icmp_code = in.u8();
  const auto id = in.le<std::uint16_t>();  // as the sensor's machine has it
  constexpr auto kAsks = std::to_array<std::uint8_t>({0, 8, 13, 14, 15, 16, 17, 18});
  if (std::find(kAsks.begin(), kAsks.end(), *out.icmp_type) != kAsks.end()) out.icmp_id = id;
  return true;
}

void flow4(Block& block, ClassicRecord& out) {
  ByteReader& in = block.body;
  out.etype = kEtypeIp;
  out.src.address = v4_of(in);
  out.dst.address = v4_of(in);
  if (in.left() == 0) return;  // a pair of addresses
  const std::uint8_t proto = in.u8();
  in.skip(1);
  out.proto = proto;
  if ((block.qualifier & kFragment) != 0) return note(out, ClassicUnheld::fragments);
  if (icmp4(in, proto, out)) return;
  if (proto == kProtoEsp || proto == kProtoIgmp) {
    if (proto == kProtoEsp) note(out, ClassicUnheld::spi);
    return;
  }
  const auto sport = in.be<std::uint16_t>(), dport = in.be<std::uint16_t>();
  if (has_ports(proto)) out.src.port = sport, out.dst.port = dport;
  if ((block.qualifier & kHasMasks) == 0) return;
  constexpr std::uint8_t kAll = 32;
  const std::uint8_t smask = in.u8(), dmask = in.u8();
  if (smask < kAll) out.src.mask = smask;
  if (dmask < kAll) out.dst.mask = dmask;
}

void flow6(Block& block, ClassicRecord& out) {
  ByteReader& in = block.body;
  out.etype = kEtypeIp6;
  out.src.address = v6_of(in);
  out.dst.address = v6_of(in);
  const std::uint8_t proto = in.u8();
  in.skip(3);  // the flow label
  out.proto = proto;
  if (proto == kProtoIcmp6) {
    out.icmp_type = in.u8();
    out.icmp_code = in.u8();
    in.skip(2);
  } else {
    const auto sport = in.be<std::uint16_t>(), dport = in.be<std::uint16_t>();
    if (has_ports(proto)) out.src.port = sport, out.dst.port = dport;
  }
  if ((block.qualifier & kHasMasks) == 0 || in.left() == 0) return;
  constexpr std::uint8_t kAll = 128;
  const std::uint8_t smask = in.u8();
  in.skip(1);
  const std::uint8_t dmask = in.u8();
  if (smask < kAll) out.src.mask = smask;
  if (dmask < kAll) out.dst.mask = dmask;
}

void flow_mac(Block& block, ClassicRecord& out) {
  ByteReader& in = block.body;
  out.dst.address = Address::from_mac(mac_of(in));
  out.src.address = Address::from_mac(mac_of(in));
  const auto etype = in.be<std::uint16_t>();
  const std::uint8_t dsap = in.u8(), ssap = in.u8();
  if (etype >= kEtypeLeast) {
    out.proto = out.etype = etype;
    return;
  }
  out.proto = kProtoLlc;
  out.src.sap = ssap, out.dst.sap = dsap;
}

void flow_arp(Block& block, bool reversed_arp, ClassicRecord& out) {
  ByteReader& in = block.body;
  out.proto = out.etype = reversed_arp ? kProtoRarp : kProtoArp;
  if (reversed_arp) return;
  in.skip(8);  // of what kind the addresses are, and the operation
  out.src.address = v4_of(in);
  out.dst.address = v4_of(in);
}

bool flow(Block block, ClassicRecord& out) {
  constexpr std::uint8_t kKind = 0x1f, kIpv4 = 1, kIpv6 = 2, kEther = 3, kArp = 4, kRarp = 5;
  switch (block.qualifier & kKind) {
    case kIpv4: flow4(block, out); break;
    case kIpv6: flow6(block, out); break;
    case kEther: flow_mac(block, out); break;
    case kArp: flow_arp(block, false, out); break;
    case kRarp: flow_arp(block, true, out); break;
    default: note(out, ClassicUnheld::others); return true;
  }
  if ((block.subtype & kReversed) != 0 && (block.qualifier & kKind) != kEther) {
    std::swap(out.src.address, out.dst.address);
    std::swap(out.src.mask, out.dst.mask);
    std::swap(out.src.port, out.dst.port);
  }
  return block.body.ok();
}

void widen(ClassicRecord& out, Nanos time) {
  out.first = std::min(out.first.value_or(time), time);
  out.last = std::max(out.last.value_or(time), time);
}

// Times in the order of the bits that say which there are; all absolute, or the first one absolute and how many
// microseconds behind it the others are.
bool times(Block block, ClassicRecord& out) {
  constexpr std::uint8_t kNanoseconds = 0x19, kSides = 0x78;
  constexpr unsigned kFirstBit = 3;
  ByteReader& in = block.body;
  const Nanos unit = block.qualifier == kNanoseconds ? 1 : kMicrosecond;
  const auto absolute = [&]() -> Nanos {
    const Nanos seconds = in.be<std::uint32_t>();
    return seconds * kSecond + Nanos{in.be<std::uint32_t>()} * unit;
  };
  if (in.left() == 0) return true;
  if ((block.subtype & kSides) == 0) {
    for (bool more = true; more; more = in.left() >= 8) {
      const Nanos time = absolute();
      if (time >= kSecond) widen(out, time);
    }
    return in.ok();
  }
  std::optional<Nanos>* const ends[] = {&out.src.first, &out.src.last, &out.dst.first, &out.dst.last};
  std::size_t count = 0;
  for (unsigned i = 0; i < 4; i++) count += (std::uint32_t{block.subtype} >> (kFirstBit + i)) & 1u;
  const bool relative = in.left() < 8 * count;
  std::optional<Nanos> base;
  for (unsigned i = 0; i < 4; i++) {
    if (((std::uint32_t{block.subtype} >> (kFirstBit + i)) & 1u) == 0) continue;
    const Nanos time =
        base && relative ? *base + Nanos{static_cast<std::int32_t>(in.be<std::uint32_t>())} * unit : absolute();
    if (!base) base = time;
    if (time < kSecond) continue;
    *ends[i] = time;
    widen(out, time);
  }
  return in.ok();
}

std::uint64_t number_of(ByteReader& in, unsigned width) {
  switch (width) {
    case 0: return in.u8();
    case 1: return in.be<std::uint16_t>();
    case 2: return in.be<std::uint32_t>();
    default: return in.be<std::uint64_t>();
  }
}

bool metric(Block block, ClassicRecord& out) {
  constexpr std::uint8_t kHasAppBytes = 0x04, kForm = 0x0f;
  const unsigned form = block.qualifier & kForm;
  if (form == 0 || form > 12) return true;
  if (block.body.left() == 0) return note(out, ClassicUnheld::no_counters), true;
  const unsigned width = (form - 1) % 4, sides = (form - 1) / 4;  // both, the source, the destination
  out.has_counters = true;
  out.has_app_bytes = (block.subtype & kHasAppBytes) != 0;
  for (ClassicSide* side : {&out.src, &out.dst}) {
    if (side == (sides == 1 ? &out.dst : sides == 2 ? &out.src : nullptr)) continue;
    side->packets = number_of(block.body, width);
    side->bytes = number_of(block.body, width);
    if (out.has_app_bytes) side->app_bytes = number_of(block.body, width);
  }
  return block.body.ok();
}

void tcp_window(ByteReader& in, ClassicTcpSide& out) {
  out.window = in.be<std::uint16_t>();
  out.flags = in.u8();
  const std::uint8_t shift = in.u8();
  constexpr std::uint8_t kShiftMost = 14;  // RFC 7323, 2.3
  out.window <<= std::min(shift, kShiftMost);
}

void tcp_side(ByteReader& in, ClassicTcpSide& out) {
  in.skip(32);  // times, status, sequence numbers, counts
  out.lost = in.be<std::uint32_t>();
  in.skip(8);
  tcp_window(in, out);
}

bool network(Block block, ClassicRecord& out) {
  constexpr std::uint8_t kTcpInit = 3, kTcpStatus = 4, kTcpFull = 5, kRtcp = 9, kUdt = 0x0d, kEsp = 0x38;
  ByteReader& in = block.body;
  switch (block.subtype) {
    case kTcpInit: {
      out.tcp_status = in.be<std::uint32_t>();
      in.skip(4);
      out.tcp_options = in.be<std::uint32_t>();
      tcp_window(in, out.src.tcp.emplace());
      break;
    }
    case kTcpStatus:
      out.tcp_status = in.be<std::uint32_t>();
      out.src.tcp.emplace().flags = in.u8();
      out.dst.tcp.emplace().flags = in.u8();
      break;
    case kTcpFull:
      out.tcp_status = in.be<std::uint32_t>();
      in.skip(4);
      out.tcp_options = in.be<std::uint32_t>();
      out.synack_us = in.be<std::uint32_t>();
      out.ackdat_us = in.be<std::uint32_t>();
      tcp_side(in, out.src.tcp.emplace());
      tcp_side(in, out.dst.tcp.emplace());
      break;
    case kEsp: note(out, ClassicUnheld::spi); break;
    default:
      if (block.subtype >= kRtcp && block.subtype <= kUdt) note(out, ClassicUnheld::calls);
  }
  return in.ok();
}

bool icmp_map(Block block, ClassicRecord& out) {
  constexpr std::uint8_t kUnreachable = 1, kRedirect = 2, kTimeExceeded = 4;
  block.body.skip(4);
  out.icmp_node = v4_of(block.body);
  if ((block.qualifier & kUnreachable) != 0) out.icmp_map |= kIcmpMapUnreachable;
  if ((block.qualifier & kRedirect) != 0) out.icmp_map |= kIcmpMapRedirect;
  if ((block.qualifier & kTimeExceeded) != 0) out.icmp_map |= kIcmpMapTimeExceeded;
  if (out.icmp_map == 0) out.icmp_map = kIcmpMapOther;
  return block.body.ok();
}

bool vlan(Block block, ClassicRecord& out) {
  const auto src = block.body.be<std::uint16_t>(), dst = block.body.be<std::uint16_t>();
  if ((block.qualifier & 1) != 0) out.src.vlan = src;
  if ((block.qualifier & 2) != 0) out.dst.vlan = dst;
  return block.body.ok();
}

bool mpls(Block block, ClassicRecord& out) {
  constexpr unsigned kLabelShift = 12;
  ClassicSide& side = block.subtype == 2 ? out.dst : out.src;
  side.mpls = block.body.be<std::uint32_t>() >> kLabelShift;
  return block.body.ok();
}

bool mac(Block block, ClassicRecord& out) {
  const std::uint64_t dst = mac_of(block.body), src = mac_of(block.body);
  if ((block.qualifier & 1) == 0) out.src.mac = src;
  if ((block.qualifier & 2) == 0) out.dst.mac = dst;
  return block.body.ok();
}

bool ip_attributes(Block block, ClassicRecord& out) {
  for (unsigned i = 0; i < 2; i++) {
    ClassicSide& side = i == 0 ? out.src : out.dst;
    if ((block.qualifier & (1u << i)) == 0) continue;
    side.ttl = block.body.u8();
    side.tos = block.body.u8();
    block.body.skip(2);
    if ((block.qualifier & (4u << i)) == 0) continue;
    note(out, ClassicUnheld::ip_options);
    block.body.skip(4);
  }
  if ((block.qualifier & 0x30) != 0) note(out, ClassicUnheld::fragments);
  return block.body.ok();
}

bool encaps(Block block, ClassicRecord& out) {
  out.src.encaps = block.body.be<std::uint32_t>();
  out.dst.encaps = block.body.be<std::uint32_t>();
  out.has_encaps = true;
  return block.body.ok();
}

// Numbers that were compared on the sensor's machine are in its order.
bool merged(Block block, ClassicRecord& out) {
  ByteReader& in = block.body;
  ClassicMerged& all = out.merged.emplace();
  all.records = in.be<std::uint32_t>();
  in.skip(16);
  const auto real = [&] {
    const auto bits = in.le<std::uint32_t>();
    return std::bit_cast<float>(bits);
  };
  all.active = in.le<std::uint32_t>();
  all.least = real(), all.mean = real(), all.deviation = real(), all.most = real();
  return in.ok();
}

bool decode_block(std::uint8_t type, const Block& block, ClassicRecord& out) {
  switch (type) {
    case 0x01: return transport(block, out);
    case 0x02: return flow(block, out);
    case 0x03: return times(block, out);
    case 0x10: return metric(block, out);
    case 0x12: note(out, ClassicUnheld::sizes); return true;
    case 0x20: return encaps(block, out);
    case 0x30: return network(block, out);
    case 0x34: return icmp_map(block, out);
    case 0x40: return vlan(block, out);
    case 0x42: return mac(block, out);
    case 0x44: return mpls(block, out);
    case 0x46: note(out, ClassicUnheld::jitter); return true;
    case 0x48: return ip_attributes(block, out);
    case 0x50: note(out, ClassicUnheld::user_data); return true;
    case 0x54: note(out, ClassicUnheld::behaviour); return true;
    case 0x60: return merged(block, out);
    case 0x62: note(out, ClassicUnheld::correlation); return true;
    case 0x32:
    case 0x64: note(out, ClassicUnheld::countries); return true;
    case 0x66: note(out, ClassicUnheld::labels); return true;
    case 0x00: return true;
    default: note(out, ClassicUnheld::others); return true;
  }
}

}  // namespace

std::string_view unheld_text(ClassicUnheld what) {
  static constexpr std::string_view kTexts[] = {
#define UNHELD(name, text) text,
#include "import/classic_unheld.def"
  };
  return kTexts[static_cast<std::size_t>(what)];
}

std::optional<ClassicHead> classic_head(Bytes bytes) {
  ByteReader in(bytes);
  constexpr std::uint8_t kVersion = 3, kCauses = 9;
  const std::uint8_t type = in.u8(), cause = in.u8();
  const std::size_t size = std::size_t{in.be<std::uint16_t>()} * 4;
  const bool known =
      (type >> 4) == static_cast<int>(ClassicType::flow) || (type >> 4) == static_cast<int>(ClassicType::management);
  if (!in.ok() || !known || (type & 0x0f) != kVersion || (cause >> 4) > kCauses || size < kClassicHead)
    return std::nullopt;
  return ClassicHead{static_cast<ClassicType>(type >> 4), static_cast<ClassicCause>(cause >> 4), size};
}

bool decode_classic(const ClassicHead& head, Bytes blocks, ClassicRecord& out) {
  out = ClassicRecord();
  out.cause = head.cause;
  ByteReader in(blocks);
  while (in.left() >= 4) {
    const std::uint8_t type = in.u8(), subtype = in.u8();
    const std::uint8_t qualifier = in.u8(), words = in.u8();
    if ((type & kWhole) != 0) continue;
    const bool is_long = (subtype & kLongLength) != 0;
    const std::size_t size = std::size_t{is_long ? (unsigned{qualifier} << 8 | words) : words} * 4;
    if (size < 4) return false;
    const Bytes body = in.take(size - 4);
    if (!in.ok()) return false;
    if (!decode_block(type, {subtype, qualifier, ByteReader(body)}, out)) return false;
  }
  return in.left() == 0;
}

bool decode_classic_status(Bytes record, ClassicStatus& out) {
  ByteReader in(record);
  in.skip(32);
  const Nanos seconds = in.be<std::uint32_t>();
  out.time = seconds * kSecond + Nanos{in.be<std::uint32_t>()} * kMicrosecond;
  in.skip(8);
  out.packets = in.be<std::uint64_t>();
  in.skip(8 + 8 + 8);
  out.dropped = in.be<std::uint32_t>();
  return in.ok();
}

}  // namespace argus
