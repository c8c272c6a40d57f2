#include "top/scans.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <functional>

#include "base/address.h"
#include "base/names.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/events.h"
#include "flow/field.h"

namespace argus {

namespace {

struct Call {
  std::string source, host;
  std::uint16_t port = 80;
  std::uint32_t sevents = kTcpSyn, devents = 0;
  std::uint16_t proto = kProtoTcp;
};
constexpr std::uint32_t kDone = kTcpSyn | kTcpEstablished;

Batch calls_of(const std::vector<Call>& calls) {
  ColumnBuilder<Address> saddr, daddr;
  ColumnBuilder<std::uint16_t> dport, proto;
  ColumnBuilder<std::uint32_t> sevents, devents;
  for (const Call& call : calls) {
    saddr.add(*parse_address(call.source)), daddr.add(*parse_address(call.host)), dport.add(call.port);
    proto.add(call.proto), sevents.add(call.sevents), devents.add(call.devents);
  }
  Batch out(calls.size());
  out.set(Field::saddr, saddr.finish()), out.set(Field::daddr, daddr.finish()), out.set(Field::dport, dport.finish());
  out.set(Field::proto, proto.finish());
  out.set(Field::sevents, sevents.finish()), out.set(Field::devents, devents.finish());
  return out;
}
Batch rows(std::size_t count, const std::function<Call(std::size_t)>& each) {
  std::vector<Call> out;
  for (std::size_t i = 0; i < count; i++) out.push_back(each(i));
  return calls_of(out);
}
std::string host(std::size_t i) { return fmt::format("10.{}.{}.{}", i >> 16 & 255, i >> 8 & 255, i & 255); }
ScanTargets of(const ScanDetector& scans, std::string_view source) { return scans.of(*parse_address(source)); }

}  // namespace

TEST_CASE("a source that calls up many hosts, or many ports, of which none accepts scans") {
  ScanDetector hosts, ports;
  hosts.add(rows(15, [](std::size_t i) { return Call{"192.0.2.1", host(i), 23}; }));
  CHECK_FALSE(of(hosts, "192.0.2.1").is_scan());
  hosts.add(rows(16, [](std::size_t i) { return Call{"192.0.2.1", host(i), 23}; }));
  CHECK(of(hosts, "192.0.2.1").is_scan());
  CHECK(of(hosts, "192.0.2.1").refused == 16);
  ports.add(rows(1000, [](std::size_t i) {
    return Call{"192.0.2.1", "10.0.0.1", static_cast<std::uint16_t>(i), kTcpSyn, kTcpReset};
  }));
  CHECK(of(ports, "192.0.2.1").refused == 1000);
  CHECK(of(ports, "192.0.2.1").is_scan());
  CHECK_FALSE(of(ports, "10.0.0.1").is_scan());
}

TEST_CASE("resets, answers that were left, and a few connections do not unmark a scan") {
  ScanDetector scans;
  scans.add(rows(1000, [](std::size_t i) {
    const auto port = static_cast<std::uint16_t>(i);
    if (i % 100 == 1) return Call{"192.0.2.1", "10.0.0.1", port, kDone, kTcpSynAck | kTcpEstablished};
    if (i % 100 == 2) return Call{"192.0.2.1", "10.0.0.1", port, kTcpSyn | kTcpReset, kTcpSynAck};
    return Call{"192.0.2.1", "10.0.0.1", port, kTcpSyn, i % 3 == 0 ? kTcpReset : 0u};
  }));
  CHECK(of(scans, "192.0.2.1").is_scan());
  CHECK(of(scans, "192.0.2.1").accepted == 10);
  CHECK(of(scans, "192.0.2.1").refused == 990);
}

TEST_CASE("ordinary clients do not scan") {
  ScanDetector scans;
  SECTION("a browser with some dead links") {
    scans.add(rows(60, [](std::size_t i) { return Call{"192.0.2.1", host(i), 443, i < 40 ? kDone : kTcpSyn}; }));
  }
  SECTION("one who calls a server that is down again and again, also a flood") {
    scans.add(rows(10'000, [](std::size_t) { return Call{"192.0.2.1", "10.0.0.1", 443}; }));
    CHECK(of(scans, "192.0.2.1").refused == 1);
  }
  SECTION("UDP, and TCP whose beginning nobody saw") {
    scans.add(rows(500, [](std::size_t i) { return Call{"192.0.2.1", host(i), 53, 0, 0, kProtoUdp}; }));
    scans.add(rows(500, [](std::size_t i) { return Call{"192.0.2.1", host(i), 443, kTcpReset}; }));
  }
  SECTION("connections whose answer comes in a later record") {
    scans.add(rows(100, [](std::size_t i) { return Call{"192.0.2.1", host(i), 443}; }));
    CHECK(of(scans, "192.0.2.1").is_scan());
    scans.add(rows(100, [](std::size_t i) { return Call{"192.0.2.1", host(i), 443, kDone}; }));
    scans.add(rows(100, [](std::size_t i) { return Call{"192.0.2.1", host(i), 443}; }));
  }
  SECTION("a server that many call") {
    scans.add(rows(5000, [](std::size_t i) { return Call{host(i), "192.0.2.1", 80}; }));
  }
  CHECK_FALSE(of(scans, "192.0.2.1").is_scan());
}

TEST_CASE("a row is marked where it is of what was scanned") {
  ScanDetector scans;
  scans.add(rows(20, [](std::size_t i) { return Call{"192.0.2.1", host(i), 23}; }));
  scans.add(rows(3, [](std::size_t i) { return Call{"192.0.2.1", host(1000 + i), 443, kDone}; }));
  const Batch whole = calls_of({{"192.0.2.1", host(4), 23},
                                {"192.0.2.1", host(1001), 443, kDone},
                                {"192.0.2.1", host(4), 53, 0, 0, kProtoUdp},
                                {"192.0.2.2", host(4), 23}});
  CHECK(mark_of(whole, 0, scans) == "scan? 20 of 23 targets accepted no connection");
  CHECK(mark_of(whole, 1, scans).empty());
  CHECK(mark_of(whole, 2, scans).empty());
  CHECK(mark_of(whole, 3, scans).empty());
  Batch merged = calls_of({{"192.0.2.1", host(4), 23}, {"192.0.2.1", host(4), 443}});
  merged.set(Field::daddr, Column());
  CHECK_FALSE(mark_of(merged, 0, scans).empty());
  CHECK(mark_of(merged, 1, scans).empty());
  merged.set(Field::dport, Column()), merged.set(Field::proto, Column());
  CHECK_FALSE(mark_of(merged, 0, scans).empty());
}

TEST_CASE("many targets are estimated of a sample, and memory has a bound") {
  ScanDetector scans(10'000, 128);
  scans.add(rows(50'000, [](std::size_t i) { return Call{"192.0.2.1", host(i), 23, i % 10 == 0 ? kDone : kTcpSyn}; }));
  const ScanTargets about = of(scans, "192.0.2.1");
  CHECK_FALSE(about.counted);
  CHECK(about.is_scan());
  CHECK(about.refused + about.accepted > 25'000);
  CHECK(about.refused + about.accepted < 100'000);
  scans.add(rows(50'000, [](std::size_t i) { return Call{host(i), "192.0.2.1", 23}; }));
  CHECK(scans.sources() <= 10'001);
  CHECK(of(scans, "192.0.2.1").is_scan());
}

}  // namespace argus
