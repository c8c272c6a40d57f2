#include <catch2/catch.hpp>

#include "base/address.h"
#include "base/time.h"
#include "collect/message.h"
#include "flow/batch.h"
#include "flow/events.h"
#include "flow/field.h"
#include "flow/ledger.h"

using namespace argus;
using namespace argus::test;

namespace {

constexpr Nanos kAt = Nanos{kExported} * kSecond;
constexpr std::uint32_t kReverse = 29305;

}  // namespace

TEST_CASE("a biflow of RFC 5103 is one record of both directions") {
  Collected in;
  const std::initializer_list<Spec> specs = {{8, 4},           {12, 4},          {2, 8},           {1, 8},
                                             {2, 8, kReverse}, {1, 8, kReverse}, {152, 8},         {153, 8},
                                             {6, 1},           {6, 2, kReverse}, {5, 1, kReverse}, {136, 1}};
  const Message record = Message()
                             .u32(0x0a000001)
                             .u32(0x0a000002)
                             .u64(3)
                             .u64(300)
                             .u64(5)
                             .u64(5000)
                             .u64(kExported * 1000ull - 2000)
                             .u64(kExported * 1000ull - 1000)
                             .u8(0x1b)
                             .u16(0x0112)
                             .u8(0x10)
                             .u8(3);
  in.add(ipfix({set(2, shape(256, specs)), set(256, record)}));
  const Batch got = in.take();
  REQUIRE(got.rows() == 1);
  CHECK(number(got, Field::spkts) == 3u);
  CHECK(number(got, Field::dpkts) == 5u);
  CHECK(number(got, Field::dbytes) == 5000u);
  CHECK(value<std::uint8_t>(got, Field::dflags) == 0x12);
  CHECK(value<std::uint8_t>(got, Field::dtos) == 0x10);
  CHECK(value<std::uint8_t>(got, Field::cause) == static_cast<std::uint8_t>(Cause::closed));
  CHECK(value<Nanos>(got, Field::stime) == kAt - 2 * kSecond);
  CHECK(value<Nanos>(got, Field::ltime) == kAt - kSecond);
}

TEST_CASE("values of a variable length have one or three bytes of it before them") {
  Collected in;
  const std::initializer_list<Spec> specs = {{2, 4}, {96, 65535}, {371, 65535}};
  Message records;
  records.u32(1).u8(4).text("http").u8(0);
  records.u32(2).u8(255).u16(3).text("dns").u8(5).text("alice");
  in.add(ipfix({set(2, shape(256, specs)), set(256, records)}));
  const Batch got = in.take();
  REQUIRE(got.rows() == 2);
  CHECK(value<std::string>(got, Field::app, 0) == "http");
  CHECK_FALSE(value<std::string>(got, Field::user, 0));
  CHECK(value<std::string>(got, Field::app, 1) == "dns");
  CHECK(value<std::string>(got, Field::user, 1) == "alice");
}

TEST_CASE("a length that leads out of the set ends it, and what stands before it is kept") {
  Collected in;
  const std::initializer_list<Spec> specs = {{2, 4}, {96, 65535}};
  in.add(ipfix({set(2, shape(256, specs)), set(256, Message().u32(1).u8(0).u32(2).u8(200).u32(0))}));
  CHECK(in.take().rows() == 1);
  CHECK(in.count(LedgerItem::datagrams_malformed) == 1);
}

TEST_CASE("counters may be shorter than their element, and 64 bits are not too many") {
  Collected in;
  in.add(ipfix({set(2, shape(256, {{1, 3}, {2, 1}, {10, 2}, {16, 2}})),
                set(256, Message().u8(1).u16(2).u8(9).u16(77).u16(65000))}));
  const Batch got = in.take();
  CHECK(number(got, Field::sbytes) == 65538u);
  CHECK(number(got, Field::spkts) == 9u);
  CHECK(value<std::uint32_t>(got, Field::input) == 77u);
  CHECK(value<std::uint32_t>(got, Field::sas) == 65000u);
}

TEST_CASE("times come in every resolution") {
  const auto time_of = [](unsigned id, const Message& bytes) {
    Collected in;
    in.add(ipfix({set(2, shape(256, {{id, static_cast<unsigned>(bytes.size())}})), set(256, bytes)}));
    return value<Nanos>(in.take(), Field::stime);
  };
  const std::uint64_t ntp = (std::uint64_t{kExported} + 2'208'988'800u) << 32 | 0x8000'0000u;
  CHECK(time_of(150, Message().u32(kExported)) == kAt);
  CHECK(time_of(152, Message().u64(kExported * 1000ull + 7)) == kAt + 7 * kMillisecond);
  CHECK(time_of(154, Message().u64(ntp)) == kAt + 500 * kMillisecond);
  CHECK(time_of(156, Message().u64(ntp)) == kAt + 500 * kMillisecond);
  CHECK(time_of(158, Message().u32(1500)) == kAt - 1500 * kMicrosecond);
  CHECK(time_of(323, Message().u64(kExported * 1000ull)) == kAt);
  CHECK(time_of(1, Message().u32(5)) == kAt);
  CHECK(time_of(152, Message().u64(UINT64_MAX)).has_value());
}

TEST_CASE("times since the start of the exporter need to know it") {
  Collected in;
  const std::uint64_t boot = kExported * 1000ull - 10'000;
  in.add(ipfix({set(2, shape(256, {{22, 4}, {21, 4}, {160, 8}})), set(256, Message().u32(1000).u32(2000).u64(boot))}));
  const Batch got = in.take();
  CHECK(value<Nanos>(got, Field::stime) == kAt - 9 * kSecond);
  CHECK(value<Nanos>(got, Field::ltime) == kAt - 8 * kSecond);
}

TEST_CASE("the link layer's octets count before those of IP, and a zero counts not at all") {
  Collected in;
  in.add(ipfix({set(2, shape(256, {{352, 8}, {1, 8}})), set(256, Message().u64(114).u64(100).u64(0).u64(50))}));
  const Batch got = in.take();
  CHECK(number(got, Field::sbytes, 0) == 114u);
  CHECK(number(got, Field::sbytes, 1) == 50u);
}

TEST_CASE("of two families in one template the one that is not zero counts") {
  Collected in;
  Message record;
  record.u32(0x0a000001).u64(0).u64(0);
  record.u32(0).u64(0x20010db800000000).u64(1);
  in.add(ipfix({set(2, shape(256, {{8, 4}, {27, 16}})), set(256, record)}));
  const Batch got = in.take();
  CHECK(to_text(*value<Address>(got, Field::saddr, 0)) == "10.0.0.1");
  CHECK(to_text(*value<Address>(got, Field::saddr, 1)) == "2001:db8::1");
}

TEST_CASE("translation, MAC addresses, VLAN, MPLS and VNI have fields") {
  Collected in;
  const std::initializer_list<Spec> specs = {{225, 4}, {227, 2}, {56, 6},  {80, 6}, {58, 2},
                                             {70, 3},  {351, 8}, {192, 1}, {61, 1}};
  in.add(ipfix({set(2, shape(256, specs)), set(256, Message()
                                                        .u32(0xc6336401)
                                                        .u16(999)
                                                        .u16(0x0200)
                                                        .u32(1)
                                                        .u16(0x0200)
                                                        .u32(2)
                                                        .u16(42)
                                                        .u8(0)
                                                        .u16(0x0321)
                                                        .u64(0x0100'0000'0000'1388)
                                                        .u8(61)
                                                        .u8(1))}));
  const Batch got = in.take();
  CHECK(to_text(*value<Address>(got, Field::natsaddr)) == "198.51.100.1");
  CHECK(value<std::uint16_t>(got, Field::natsport) == 999);
  CHECK(number(got, Field::smac) == 0x0200'0000'0001u);
  CHECK(number(got, Field::dmac) == 0x0200'0000'0002u);
  CHECK(value<std::uint16_t>(got, Field::svlan) == 42);
  CHECK(value<std::uint32_t>(got, Field::smpls) == 0x32u);
  CHECK(value<std::uint32_t>(got, Field::vni) == 5000u);
  CHECK(value<std::uint8_t>(got, Field::sttl) == 61);
  CHECK(value<std::uint8_t>(got, Field::flowdir) == 1);
}

TEST_CASE("a sampler of packets that are taken and left out is one of how many") {
  Collected in;
  const Message options = Message().u16(258).u16(3).u16(1).add(fields({{302, 4}, {305, 4}, {306, 4}}));
  in.add(ipfix({set(3, options), set(258, Message().u32(9).u32(1).u32(99))}));
  in.add(ipfix({set(2, shape(256, {{2, 4}, {302, 4}})), set(256, Message().u32(2).u32(9))}, 1));
  CHECK(number(in.take(), Field::spkts) == 200u);
  CHECK(in.count(LedgerItem::flows_lost) == 0);
}

TEST_CASE("a template is withdrawn by one without fields") {
  Collected in;
  in.add(ipfix({set(2, shape(256, {{2, 4}})), set(256, Message().u32(2))}));
  in.add(ipfix({set(2, Message().u16(256).u16(0)), set(256, Message().u32(2))}, 1));
  CHECK(in.count(LedgerItem::templates_missing) == 1);
  in.add(ipfix({set(2, shape(256, {{2, 4}})), set(2, Message().u16(2).u16(0)), set(256, Message().u32(2))}, 1));
  CHECK(in.count(LedgerItem::templates_missing) == 2);
}

TEST_CASE("elements that nobody knows are counted when their template comes, not with each record") {
  Collected in;
  const Message shapes = set(2, shape(256, {{2, 4}, {9999, 4}, {5, 4, 12345}}));
  in.add(ipfix({shapes, set(256, Message().u32(2).u32(0).u32(0))}));
  in.add(ipfix({shapes, set(256, Message().u32(2).u32(0).u32(0))}, 1));
  CHECK(in.count(LedgerItem::elements_unknown) == 2);
  CHECK(in.take().rows() == 2);
}

TEST_CASE("a message cut anywhere is no crash and makes no more than it has") {
  const Message whole = ipfix({set(2, shape(256, {{2, 4}, {96, 65535}, {2, 4, kReverse}})),
                               set(256, Message().u32(1).u8(3).text("abc").u32(4).u32(1).u8(0).u32(4))});
  for (std::size_t size = 0; size < whole.size(); size++) {
    CAPTURE(size);
    Collected in;
    in.collector.add({whole.view().first(size), exporter(), 1, 0});
    CHECK(in.collector.waiting() == 0);
    CHECK(in.count(LedgerItem::datagrams_malformed) + in.count(LedgerItem::datagrams_unknown) == 1);
  }
}
