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

// Source, destination, octets, packets, first, last, ports, protocol.
constexpr std::initializer_list<Spec> kUsual = {{8, 4},  {12, 4}, {1, 4},  {2, 4}, {22, 4},
                                                {21, 4}, {7, 2},  {11, 2}, {4, 1}};

Message usual_record(std::uint32_t octets = 1000, unsigned proto = 6, unsigned dport = 443) {
  return Message()
      .u32(0x0a000001)
      .u32(0x0a000002)
      .u32(octets)
      .u32(10)
      .u32(kUptime - 2000)
      .u32(kUptime - 500)
      .u16(1234)
      .u16(dport)
      .u8(proto);
}

Message netflow5(std::uint32_t sequence, unsigned count, unsigned sampling = 0) {
  Message out;
  out.u16(5).u16(count).u32(kUptime).u32(kExported).u32(250'000'000).u32(sequence).u8(1).u8(2).u16(sampling);
  for (unsigned i = 0; i < count; i++)
    out.u32(0x0a000001)
        .u32(0x0a000002)
        .u32(0x0a0000fe)
        .u16(3)
        .u16(4)
        .u32(10)
        .u32(1000)
        .u32(kUptime - 2000)
        .u32(kUptime - 500)
        .u16(1234)
        .u16(443)
        .u8(0)
        .u8(0x1b)
        .u8(6)
        .u8(0x20)
        .u16(65001)
        .u16(65002)
        .u8(24)
        .u8(16)
        .u16(0);
  return out;
}

constexpr Nanos kAt = Nanos{kExported} * kSecond;

std::string text(const Batch& batch, Field field) {
  const auto address = value<Address>(batch, field);
  return address ? to_text(*address) : "";
}

}  // namespace

TEST_CASE("a record of NetFlow 5 has all its fields") {
  Collected in;
  in.add(netflow5(0, 1));
  const Batch got = in.take();
  REQUIRE(got.rows() == 1);
  CHECK(text(got, Field::saddr) == "10.0.0.1");
  CHECK(text(got, Field::daddr) == "10.0.0.2");
  CHECK(text(got, Field::snexthop) == "10.0.0.254");
  CHECK(text(got, Field::exporter) == "192.0.2.1");
  CHECK(value<std::uint32_t>(got, Field::odid) == 0x0102u);
  CHECK(value<std::uint32_t>(got, Field::input) == 3u);
  CHECK(value<std::uint32_t>(got, Field::output) == 4u);
  CHECK(number(got, Field::spkts) == 10u);
  CHECK(number(got, Field::sbytes) == 1000u);
  CHECK_FALSE(number(got, Field::dpkts));
  CHECK(value<Nanos>(got, Field::stime) == kAt + 250 * kMillisecond - 2 * kSecond);
  CHECK(value<Nanos>(got, Field::ltime) == kAt - 250 * kMillisecond);
  CHECK(value<Nanos>(got, Field::ftime) == value<Nanos>(got, Field::stime));
  CHECK(value<std::uint8_t>(got, Field::sflags) == 0x1b);
  CHECK(value<std::uint8_t>(got, Field::stos) == 0x20);
  CHECK(value<std::uint32_t>(got, Field::sas) == 65001u);
  CHECK(value<std::uint32_t>(got, Field::das) == 65002u);
  CHECK(value<std::uint8_t>(got, Field::sroute) == 24);
  CHECK(value<std::uint8_t>(got, Field::droute) == 16);
  CHECK_FALSE(value<std::uint32_t>(got, Field::sampling));
  CHECK(number(got, Field::trans) == 1u);
}

TEST_CASE("counters are multiplied by the rate in the header of NetFlow 5") {
  Collected in;
  in.add(netflow5(0, 2, 0x4000 | 100));
  const Batch got = in.take();
  REQUIRE(got.rows() == 2);
  CHECK(number(got, Field::spkts) == 1000u);
  CHECK(number(got, Field::sbytes) == 100'000u);
  CHECK(value<std::uint32_t>(got, Field::sampling) == 100u);
  CHECK(value<std::uint8_t>(got, Field::estimated) == 1);
}

TEST_CASE("a gap in the numbers of NetFlow 5 is as many lost flows, across the turn of the numbers") {
  Collected in;
  in.add(netflow5(0xffff'fff0, 10));
  in.add(netflow5(0xffff'fffa, 10));
  CHECK(in.count(LedgerItem::flows_lost) == 0);
  in.add(netflow5(14, 10));  // 4 is next
  CHECK(in.count(LedgerItem::flows_lost) == 10);
  in.add(netflow5(4, 10));  // late
  in.add(netflow5(24, 10));
  CHECK(in.count(LedgerItem::flows_lost) == 10);
  in.add(netflow5(1u << 30, 10));
  CHECK(in.count(LedgerItem::flows_lost) == 10);
  CHECK(in.count(LedgerItem::sequence_restarts) == 1);
}

TEST_CASE("numbers that begin anew are a restart and not late for ever") {
  Collected in;
  in.add(netflow5(3000, 1));
  for (std::uint32_t i = 0; i < 20; i++) in.add(netflow5(i, 1));
  CHECK(in.count(LedgerItem::sequence_restarts) == 1);
  CHECK(in.count(LedgerItem::flows_lost) == 0);
  in.add(netflow5(25, 1));
  CHECK(in.count(LedgerItem::flows_lost) == 5);
}

TEST_CASE("a datagram of NetFlow 5 cut anywhere, or with a lying count, is malformed") {
  const Message whole = netflow5(0, 3);
  for (std::size_t size = 2; size < whole.size(); size++) {
    CAPTURE(size);
    Collected in;
    in.collector.add({whole.view().first(size), exporter(), 1, 0});
    CHECK(in.collector.waiting() == 0);
    CHECK(in.count(LedgerItem::datagrams_malformed) == 1);
  }
}

TEST_CASE("records of NetFlow 9 are read by their template") {
  Collected in;
  in.add(
      netflow9({set(0, shape(300, kUsual)), set(300, Message().add(usual_record()).add(usual_record(7)).u8(0).u8(0))}));
  const Batch got = in.take();
  REQUIRE(got.rows() == 2);
  CHECK(text(got, Field::saddr) == "10.0.0.1");
  CHECK(number(got, Field::sbytes, 1) == 7u);
  CHECK(value<Nanos>(got, Field::stime) == kAt - 2 * kSecond);
  CHECK(value<Nanos>(got, Field::ltime) == kAt - 500 * kMillisecond);
  CHECK(value<std::uint16_t>(got, Field::dport) == 443);
}

TEST_CASE("records without their template are counted, and so is one of another source or exporter") {
  Collected in;
  const Message data = set(300, usual_record());
  in.add(netflow9({data}));
  CHECK(in.count(LedgerItem::templates_missing) == 1);
  CHECK(in.count(LedgerItem::template_bytes) == 29);
  in.add(netflow9({set(0, shape(300, kUsual))}, 1));
  in.add(netflow9({data}, 0, 8));
  in.add(netflow9({data}, 0), 2);
  in.add(ipfix({data}));
  CHECK(in.count(LedgerItem::templates_missing) == 4);
  CHECK(in.collector.waiting() == 0);
  in.add(netflow9({data}, 2), 1, 5000);
  CHECK(in.collector.waiting() == 1);
}

TEST_CASE("ICMP has its type and code in the port") {
  Collected in;
  in.add(netflow9({set(0, shape(300, kUsual)), set(300, usual_record(64, 1, 0x0301))}));
  const Batch got = in.take();
  CHECK(value<std::uint8_t>(got, Field::itype) == 3);
  CHECK(value<std::uint8_t>(got, Field::icode) == 1);
  CHECK_FALSE(value<std::uint16_t>(got, Field::dport));
  CHECK_FALSE(value<std::uint16_t>(got, Field::sport));
}

TEST_CASE("a sampler of an options record scales the flows that name it") {
  Collected in;
  const Message options = Message().u16(301).u16(4).u16(12).add(fields({{1, 4}, {48, 1}, {49, 1}, {50, 4}}));
  in.add(netflow9({set(1, options), set(301, Message().u32(0).u8(5).u8(2).u32(50))}));
  CHECK(in.count(LedgerItem::options_learned) == 1);
  in.add(netflow9({set(0, shape(300, {{2, 4}, {48, 1}})), set(300, Message().u32(3).u8(5).u32(3).u8(6))}, 1));
  const Batch got = in.take();
  CHECK(number(got, Field::spkts, 0) == 150u);
  CHECK(value<std::uint32_t>(got, Field::sampling, 0) == 50u);
  CHECK(number(got, Field::spkts, 1) == 3u);
  CHECK_FALSE(value<std::uint8_t>(got, Field::estimated, 1));
}

TEST_CASE("an exporter that counts records in place of datagrams loses nothing") {
  Collected in;
  const Message data = set(300, usual_record());
  in.add(netflow9({set(0, shape(300, kUsual)), data}, 10));
  in.add(netflow9({data, data, data}, 12));
  in.add(netflow9({data}, 15));
  CHECK(in.count(LedgerItem::datagrams_lost) == 0);
}

TEST_CASE("NetFlow 9 has the counters of the answer as OUT_BYTES and OUT_PKTS") {
  Collected in;
  in.add(netflow9(
      {set(0, shape(300, {{1, 4}, {2, 4}, {23, 4}, {24, 4}})), set(300, Message().u32(100).u32(2).u32(300).u32(4))}));
  const Batch got = in.take();
  CHECK(number(got, Field::sbytes) == 100u);
  CHECK(number(got, Field::dbytes) == 300u);
  CHECK(number(got, Field::dpkts) == 4u);
  in.add(netflow9({set(0, shape(300, {{23, 4}, {24, 4}})), set(300, Message().u32(300).u32(4))}, 1));
  CHECK(number(in.take(), Field::sbytes) == 300u);
}

TEST_CASE("an application has the name that an options record gives it, or its number") {
  Collected in;
  const Message options = Message().u16(301).u16(4).u16(8).add(fields({{1, 4}, {95, 4}, {96, 8}}));
  in.add(netflow9({set(1, options), set(301, Message().u32(0).u32(0x0d000001).text("http").u32(0))}));
  in.add(netflow9({set(0, shape(300, {{95, 4}})), set(300, Message().u32(0x0d000001).u32(0x0d0001c5))}, 1));
  const Batch got = in.take();
  CHECK(value<std::string>(got, Field::app, 0) == "http");
  CHECK(value<std::string>(got, Field::app, 1) == "13:453");
}

TEST_CASE("what no exporter sends is unknown") {
  Collected in;
  in.add(Message().u16(8).u16(0));
  in.add(Message().u8(9));
  in.add(Message());
  CHECK(in.count(LedgerItem::datagrams_unknown) == 3);
}
