#include <catch2/catch.hpp>

#include "base/address.h"
#include "base/time.h"
#include "collect/message.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"

using namespace argus;
using namespace argus::test;

namespace {

Message padded(const Message& bytes) {
  Message out;
  out.u32(bytes.size()).add(bytes);
  for (std::size_t i = bytes.size(); i % 4 != 0; i++) out.u8(0);
  return out;
}

// A UDP packet of 82 bytes, of which the headers are here.
Message headers() {
  Message out;
  out.u16(0x0200).u32(1).u16(0x0200).u32(2).u16(0x0800);
  out.u16(0x4500).u16(68).u32(0).u8(61).u8(17).u16(0).u32(0x0a000001).u32(0x0a000002);
  return out.u16(1234).u16(53).u16(48).u16(0);
}

Message record(unsigned format, const Message& body) { return Message().u32(format).u32(body.size()).add(body); }

Message flow_sample(std::initializer_list<Message> records, std::uint32_t drops = 0, bool expanded = false) {
  Message body;
  body.u32(1);
  if (expanded) body.u32(0).u32(5);
  else body.u32(5);
  body.u32(256).u32(1000).u32(drops);
  if (expanded) body.u32(0).u32(7).u32(0).u32(8);
  else body.u32(7).u32(8);
  body.u32(records.size());
  for (const Message& one : records) body.add(one);
  return Message().u32(expanded ? 3 : 1).u32(body.size()).add(body);
}

Message datagram(std::initializer_list<Message> samples, std::uint32_t sequence = 1) {
  Message out;
  out.u32(5).u32(1).u32(0xc6336409).u32(3).u32(sequence).u32(1000).u32(samples.size());
  for (const Message& one : samples) out.add(one);
  return out;
}

Message header_record() { return record(1, Message().u32(1).u32(86).u32(4).add(padded(headers()))); }

}  // namespace

TEST_CASE("a sampled header is a row of as many packets as it stands for") {
  for (const bool expanded : {false, true}) {
    Collected in;
    in.add(datagram({flow_sample({header_record()}, 0, expanded)}));
    const Batch got = in.take();
    REQUIRE(got.rows() == 1);
    CHECK(number(got, Field::spkts) == 256u);
    CHECK(number(got, Field::sbytes) == 82u * 256);
    CHECK(number(got, Field::sappbytes) == 40u * 256);
    CHECK(value<std::uint32_t>(got, Field::sampling) == 256u);
    CHECK(value<std::uint8_t>(got, Field::estimated) == 1);
    CHECK(to_text(*value<Address>(got, Field::saddr)) == "10.0.0.1");
    CHECK(value<std::uint16_t>(got, Field::dport) == 53);
    CHECK(number(got, Field::dmac) == 0x0200'0000'0001u);
    CHECK(value<std::uint8_t>(got, Field::sttl) == 61);
    CHECK(value<std::uint32_t>(got, Field::input) == 7u);
    CHECK(value<std::uint32_t>(got, Field::output) == 8u);
    CHECK(to_text(*value<Address>(got, Field::exporter)) == "198.51.100.9");
    CHECK(value<Nanos>(got, Field::stime) == Nanos{kExported} * kSecond);
  }
}

TEST_CASE("what switches, routers and gateways say of a sample is in its row") {
  Collected in;
  const Message vlan = record(1001, Message().u32(42).u32(5).u32(43).u32(0));
  const Message router = record(1002, Message().u32(1).u32(0x0a0000fe).u32(24).u32(16));
  const Message gateway = record(1003, Message()
                                           .u32(1)
                                           .u32(0x0a0000fd)
                                           .u32(65000)
                                           .u32(65001)
                                           .u32(65002)
                                           .u32(1)
                                           .u32(2)
                                           .u32(2)
                                           .u32(65003)
                                           .u32(65004)
                                           .u32(0)
                                           .u32(100));
  in.add(datagram({flow_sample({header_record(), vlan, router, gateway})}));
  const Batch got = in.take();
  CHECK(value<std::uint16_t>(got, Field::svlan) == (5u << 13 | 42u));
  CHECK(value<std::uint16_t>(got, Field::dvlan) == 43u);
  CHECK(to_text(*value<Address>(got, Field::snexthop)) == "10.0.0.254");
  CHECK(value<std::uint8_t>(got, Field::sroute) == 24);
  CHECK(to_text(*value<Address>(got, Field::sbgphop)) == "10.0.0.253");
  CHECK(value<std::uint32_t>(got, Field::sas) == 65001u);
  CHECK(value<std::uint32_t>(got, Field::das) == 65004u);
}

TEST_CASE("an agent that has no header tells addresses and ports") {
  Collected in;
  in.add(datagram({flow_sample(
      {record(3, Message().u32(100).u32(6).u32(0x0a000001).u32(0x0a000002).u32(1).u32(2).u32(0x12).u32(0))})}));
  const Batch got = in.take();
  REQUIRE(got.rows() == 1);
  CHECK(number(got, Field::sbytes) == 25'600u);
  CHECK(value<std::uint8_t>(got, Field::sflags) == 0x12);
}

TEST_CASE("counters, unknown samples, lost datagrams and overload are in the ledger") {
  Collected in;
  const Message counters = Message().u32(2).u32(12).u32(1).u32(5).u32(0);
  const Message unknown = Message().u32(99).u32(4).u32(1);
  in.add(datagram({counters, unknown, flow_sample({}), flow_sample({header_record()}, 10)}, 1));
  in.add(datagram({flow_sample({header_record()}, 25)}, 5));
  CHECK(in.count(LedgerItem::counter_samples) == 1);
  CHECK(in.count(LedgerItem::samples_unknown) == 2);
  CHECK(in.count(LedgerItem::datagrams_lost) == 3);
  CHECK(in.count(LedgerItem::sampler_dropped) == 25);
  CHECK(in.take().rows() == 2);
}

TEST_CASE("a datagram of sFlow cut anywhere is no crash") {
  const Message whole =
      datagram({flow_sample({record(1001, Message().u32(1).u32(2).u32(3).u32(4)), header_record()}, 0, true)});
  for (std::size_t size = 4; size < whole.size(); size++) {
    CAPTURE(size);
    Collected in;
    in.collector.add({whole.view().first(size), exporter(), 1, 0});
    CHECK(in.collector.waiting() == 0);
    CHECK(in.count(LedgerItem::datagrams_malformed) == 1);
  }
}
