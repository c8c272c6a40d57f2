// Bytes as a script of packets: 8 bytes each say what kind, between whom, with which flags and sequence numbers, and
// how long after the one before. Whatever comes, every packet and byte is in exactly one record.
#include <cstdint>

#include "base/address.h"
#include "base/bytes.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/events.h"
#include "flow/field.h"
#include "meter/meter.h"
#include "packet/packet.h"

using namespace argus;

namespace {

Packet scripted(ByteReader& in, Nanos& time) {
  Packet p;
  const std::uint8_t kind = in.u8(), ends = in.u8(), flags = in.u8(), seq = in.u8(), ack = in.u8(), more = in.u8();
  const auto step = in.le<std::uint16_t>();
  time += (step & 0x8000) != 0 ? (static_cast<Nanos>(step & 0x7fff) - 1024) * kSecond / 16
                               : static_cast<Nanos>(step) * 1000;
  p.time = time;
  p.wire_length = 60u + more;
  const std::uint8_t a[4] = {10, 0, 0, static_cast<std::uint8_t>(ends & 3)},
                     b[4] = {10, 0, 1, static_cast<std::uint8_t>(ends >> 2 & 3)};
  p.src = Address::from_v4(a);
  p.dst = Address::from_v4(b);
  if ((ends & 0x80) != 0) std::swap(p.src, p.dst);
  p.has = kHasIp;
  p.payload_length = more;
  p.sport = static_cast<std::uint16_t>(ends >> 4 & 1);
  p.dport = p.sport;
  switch (kind & 7) {
    case 0: p.proto = 17, p.has |= kHasPorts; break;
    case 1: p.proto = 1, p.has |= kHasIcmp | kHasIcmpId, p.icmp_type = flags & 15, p.icmp_id = seq & 1; break;
    case 2: p.proto = 58, p.has |= kHasIcmp, p.icmp_type = flags; break;
    case 3: p.proto = 17, p.has |= kIsFragment | kHasPorts, p.fragment_id = seq & 7, p.more_fragments = true; break;
    case 4:
      p.proto = 17, p.has |= kIsFragment | kIsLaterFragment, p.fragment_id = seq & 7, p.fragment_offset = 9;
      break;
    case 5:
      p.proto = 1, p.has |= kHasIcmp | kHasQuoted, p.icmp_type = 3;
      p.quoted = {p.dst, p.src, 17, p.sport, p.dport, 0, 0, 0, true, false, false};
      break;
    default:
      p.proto = 6, p.has |= kHasPorts | kHasTcp;
      p.tcp.flags = flags;
      p.tcp.seq = static_cast<std::uint32_t>(seq) * ((kind & 0x80) != 0 ? 16'843'009u : 100u);
      p.tcp.ack = static_cast<std::uint32_t>(ack) * ((kind & 0x40) != 0 ? 16'843'009u : 100u);
      p.tcp.window = static_cast<std::uint16_t>((kind & 0x20) != 0 ? 0 : 1000);
      p.tcp.options = (kind & 0x10) != 0 ? kTcpOptWindowScale : 0;
      p.tcp.window_shift = ack % 15;
  }
  if ((kind & 8) != 0) p.has |= kHasVlan, p.vlan = more & 3;
  return p;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader in({reinterpret_cast<const std::byte*>(data), size});
  MeterOptions options;
  options.flows_max = 1u + in.u8() % 16;
  options.status_interval = (1 + in.u8() % 100) * kSecond;
  const std::uint8_t switches = in.u8();
  options.key_vlan = switches % 2 == 1;
  Meter meter = *Meter::create(options);
  if ((switches & 2) != 0 && !meter.begin_details()) __builtin_trap();
  std::uint64_t packets = 0, bytes = 0;
  Nanos time = 1'700'000'000 * kSecond;
  while (in.left() >= 8) {
    const Packet packet = scripted(in, time);
    packets++;
    bytes += packet.wire_length;
    meter.add({&packet, 1});
  }
  meter.finish(Cause::flush);
  while (meter.waiting() != 0) {
    const Batch batch = meter.take();
    for (std::size_t i = 0; i < batch.rows(); i++) {
      const auto number = [&](Field field) { return batch[field].has(i) ? batch[field].at<std::uint64_t>(i) : 0; };
      packets -= number(Field::spkts) + number(Field::dpkts);
      bytes -= number(Field::sbytes) + number(Field::dbytes);
      const std::uint64_t gaps = number(Field::sintacts) + number(Field::sintidls);
      if (gaps > number(Field::spkts) || number(Field::sintpktactmin) > number(Field::sintpktactmax)) __builtin_trap();
      if (batch[Field::ltime].at<std::int64_t>(i) < batch[Field::stime].at<std::int64_t>(i)) __builtin_trap();
    }
  }
  if (packets != 0 || bytes != 0) __builtin_trap();
  return 0;
}
