#include <catch2/catch.hpp>

#include "base/address.h"
#include "base/time.h"
#include "collect/exporters.h"
#include "collect/message.h"
#include "collect/template.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"

using namespace argus;
using namespace argus::test;

namespace {

Address numbered(std::uint32_t n) {
  const std::uint8_t bytes[] = {10, static_cast<std::uint8_t>(n >> 16), static_cast<std::uint8_t>(n >> 8),
                                static_cast<std::uint8_t>(n)};
  return Address::from_v4(bytes);
}

}  // namespace

TEST_CASE("a template without a length, or with more fields than any, is refused") {
  Collected in;
  in.add(netflow9({set(0, shape(300, {{2, 0}, {1, 0}})), set(300, Message().u32(0))}));
  CHECK(in.count(LedgerItem::templates_refused) == 1);
  CHECK(in.count(LedgerItem::templates_missing) == 1);
  Message many;
  many.u16(301).u16(2000);
  for (unsigned i = 0; i < 2000; i++) many.u16(2).u16(4);
  in.add(netflow9({set(0, many), set(0, shape(302, {{2, 4}})), set(302, Message().u32(5))}, 1));
  CHECK(in.count(LedgerItem::templates_refused) == 2);
  CHECK(in.take().rows() == 1);
  in.add(netflow9({set(0, shape(12, {{2, 4}}))}, 2));
  in.add(netflow9({set(0, Message().u16(303).u16(9).u16(1))}, 3));
  CHECK(in.count(LedgerItem::templates_refused) == 4);
  CHECK(in.count(LedgerItem::datagrams_malformed) == 1);
}

TEST_CASE("fields of no length are not there, and the others are") {
  Collected in;
  in.add(netflow9({set(0, shape(300, {{2, 4}, {1, 0}, {7, 2}, {4, 1}})), set(300, Message().u32(9).u16(80).u8(6))}));
  const Batch got = in.take();
  CHECK(number(got, Field::spkts) == 9u);
  CHECK_FALSE(number(got, Field::sbytes));
  CHECK(value<std::uint16_t>(got, Field::sport) == 80);
}

TEST_CASE("of a flood of templates the least recently used go, and those in use stay") {
  Collected in;
  in.add(ipfix({set(2, shape(256, {{2, 4}}))}));
  for (unsigned at = 257; at < 4000; at += 100) {
    Message flood;
    for (unsigned id = at; id < at + 100; id++) flood.add(shape(id, {{2, 4}}));
    in.add(ipfix({set(2, flood), set(256, Message().u32(1))}, at));
  }
  CHECK(in.count(LedgerItem::templates_missing) == 0);
  CHECK(in.count(LedgerItem::templates_forgotten) > 2000);
}

TEST_CASE("strangers in great numbers take no more than their share of memory") {
  ExporterLimits limits;
  limits.domains = 1000;
  limits.bytes = 1u << 20;
  Exporters all(limits);
  std::size_t forgotten = 0;
  for (std::uint32_t i = 0; i < 20'000; i++) {
    Domain& domain = all.of({numbered(i), 0, Protocol::ipfix});
    std::vector<FieldSpec> fields(50, FieldSpec{0, 1, 4});
    (void)domain.learn(256, *Template::make(std::move(fields), 0), 0);
    forgotten += all.keep_within_budget();
    REQUIRE(all.size() <= limits.domains);
    REQUIRE(all.bytes() <= limits.bytes);
  }
  CHECK(forgotten == 20'000 - all.size());
  CHECK(all.size() > 100);
}

TEST_CASE("a template that was not told again for long is forgotten") {
  ExporterLimits limits;
  limits.template_life = kHour;
  Exporters all(limits);
  Domain& domain = all.of({numbered(1), 0, Protocol::ipfix});
  const std::vector<FieldSpec> fields = {{0, 1, 4}};
  (void)domain.learn(256, *Template::make(fields, 0), 0);
  CHECK(domain.find(256, kHour) != nullptr);
  CHECK(domain.refresh(256, fields, 0, kHour));
  CHECK(domain.find(256, 2 * kHour) != nullptr);
  CHECK(domain.find(256, 2 * kHour + 1) == nullptr);
}

TEST_CASE("what was learned outlives the collector") {
  Collected in;
  in.add(netflow9({set(0, shape(300, {{2, 4}, {48, 1}, {95, 4}})),
                   set(1, Message().u16(301).u16(4).u16(8).add(fields({{1, 4}, {48, 4}, {50, 4}}))),
                   set(301, Message().u32(0).u32(5).u32(50))}));
  const Message apps = Message().u16(302).u16(4).u16(8).add(fields({{1, 4}, {95, 4}, {96, 4}}));
  in.add(netflow9({set(1, apps), set(302, Message().u32(0).u32(0x0d000001).text("dns\n"))}, 1));
  const std::string state = in.collector.state();
  CHECK(state == in.collector.state());

  Collected again;
  REQUIRE(again.collector.restore(state));
  CHECK(again.collector.state() == state);
  again.add(netflow9({set(300, Message().u32(2).u8(5).u32(0x0d000001))}, 2));
  const Batch got = again.take();
  REQUIRE(got.rows() == 1);
  CHECK(number(got, Field::spkts) == 100u);
  CHECK(value<std::string>(got, Field::app) == "dns\n");
}

TEST_CASE("a state that is cut or damaged is corrupt, and no crash") {
  Collected in;
  in.add(ipfix({set(2, shape(256, {{2, 4}, {1, 4}})),
                set(3, Message().u16(258).u16(2).u16(1).add(fields({{302, 4}, {34, 4}}))),
                set(258, Message().u32(9).u32(100))}));
  const std::string state = in.collector.state();
  REQUIRE(state.find("sampler 9 100") != std::string::npos);
  for (std::size_t at = 0; at < state.size(); at++) {
    Collected cut, changed;
    (void)cut.collector.restore(std::string_view(state).substr(0, at));
    std::string other = state;
    other[at] = other[at] == '9' ? 'x' : '9';
    (void)changed.collector.restore(other);
  }
  Collected other;
  CHECK_FALSE(other.collector.restore("something else"));
  CHECK_FALSE(other.collector.restore("argus exporters 1\ntemplate 256 0 0 0:2:4\n"));
}

TEST_CASE("a datagram full of the smallest records is as many rows, in frames that are not too large") {
  Collected in;
  Message data;
  for (unsigned i = 0; i < 60'000; i++) data.u8(6);
  for (std::uint32_t i = 0; i < 3; i++) in.add(netflow9({set(0, shape(300, {{4, 1}})), set(300, data)}, i));
  CHECK(in.collector.waiting() == 180'000);
  std::size_t rows = 0;
  while (in.collector.waiting() != 0) {
    const Batch batch = in.take();
    CHECK(batch.rows() <= kBatchRowsMax);
    rows += batch.rows();
  }
  CHECK(rows == 180'000);
}
