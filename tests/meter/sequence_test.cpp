// Sequence numbers, retried and reused connections, and what stray segments must not spoil.
#include "base/time.h"
#include "flow/events.h"
#include "flow/field.h"
#include "meter/meter.h"
#include "meter/traffic.h"
#include "packet/packet.h"
#include "support/flow_builder.h"
#include "support/packet_builder.h"

using namespace argus;

namespace {

std::vector<std::byte> quoted(const PacketBuilder& frame, std::size_t link_header) {
  const auto bytes = frame.bytes();
  const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(link_header);
  return {from, from + 28};
}

}  // namespace

TEST_CASE("an ACK without data tells of data that the capture missed; sent again, it is a retransmission") {
  Traffic missed, repaired;
  const Row m = handshake(missed).at(kSecond, back(kAck, 901, 101)).only();
  CHECK((is(m, Field::dgap, 400) && is(m, Field::dloss, 0) && had(m, Field::devents, kTcpGap)));
  handshake(repaired).at(kSecond, back(kAck, 901, 101));
  const Row r =
      repaired.at(2 * kSecond, back(kAck, 501, 101, 200)).at(2 * kSecond + 5, back(kAck, 701, 101, 200)).only();
  CHECK((is(r, Field::dgap, 0) && is(r, Field::dloss, 2) && is(r, Field::dooo, 0)));
  CHECK_FALSE(had(r, Field::devents, kTcpGap));
}

TEST_CASE("a stray ACK before the SYN-ACK makes neither losses nor gaps") {
  for (const std::uint32_t stray : {5000u, 2'000'000'000u, 4'000'000'000u}) {
    CAPTURE(stray);
    Traffic traffic;
    traffic.at(0, there(kSyn, 100)).at(5, back(kAck, stray, 77)).at(9, there(kRst, 77));
    traffic.at(3 * kSecond, there(kSyn, 100)).at(3 * kSecond + 10, back(kSyn | kAck, 1'000'000, 101));
    traffic.at(3 * kSecond + 30, there(kAck, 101, 1'000'001)).at(4 * kSecond, back(kAck, 1'000'001, 101, 100));
    const Row r = traffic.only();
    CHECK((is(r, Field::dloss, 0) && is(r, Field::dgap, 0) && is(r, Field::sloss, 1)));
    CHECK((is(r, Field::synacksum, 10) && is(r, Field::ackdatsum, 20)));
  }
}

TEST_CASE("every hole is counted, also when there are more than are watched") {
  Traffic traffic;
  handshake(traffic);
  for (std::uint32_t i = 0; i < 20; i++) traffic.at(kSecond + i, there(kAck, 101 + 300 * i, 501, 100));
  CHECK(is(traffic.only(), Field::sgap, 19 * 200));
}

TEST_CASE("a hole that is filled in its middle stays a hole at both ends") {
  Traffic traffic;
  handshake(traffic).at(kSecond, there(kAck, 101, 501, 100)).at(kSecond + 1, there(kAck, 1201, 501, 100));
  CHECK(is(traffic.at(kSecond + 2, there(kAck, 501, 501, 100)).only(), Field::sgap, 900));
}

TEST_CASE("a gap is reported once, its event stays") {
  Traffic traffic;
  handshake(traffic).at(kSecond, there(kAck, 101, 501, 100)).at(kSecond + 1, there(kAck, 501, 501, 100));
  for (int i = 1; i < 13; i++) traffic.at(i * 10 * kSecond, there(kAck, 601, 501));
  const auto rows = traffic.end();
  REQUIRE(rows.size() >= 2);
  CHECK(sum_of(rows, Field::sgap) == 300);
  for (const Row& r : rows) CHECK(had(r, Field::sevents, kTcpGap));
}

TEST_CASE("a jump that no window allows is neither loss nor gap, there and back") {
  Traffic traffic;
  handshake(traffic).at(kSecond, there(kAck, 101, 501, 100)).at(kSecond + 1, there(kAck, 2'000'000'000, 501, 100));
  const Row r = traffic.at(kSecond + 2, there(kAck, 201, 501, 100)).only();
  CHECK((is(r, Field::sloss, 0) && is(r, Field::sooo, 0) && is(r, Field::sgap, 0)));
}

TEST_CASE("a SYN that the file has behind its SYN-ACK is timed by its time stamp") {
  Traffic traffic;
  const Row r =
      traffic.at(40, back(kSyn | kAck, 500, 101)).at(10, there(kSyn, 100)).at(90, there(kAck, 101, 501)).only();
  CHECK((is(r, Field::synacksum, 30) && is(r, Field::ackdatsum, 50)));
  CHECK((is_address(r, Field::saddr, "10.0.0.1") && is(r, Field::dirwhy, DirWhy::syn)));
}

TEST_CASE("a connection that was reset at first and then made is a live one") {
  Traffic traffic;
  traffic.at(0, there(kSyn, 100)).at(5, back(kRst | kAck, 0, 101));
  handshake(traffic, kSecond).at(40 * kSecond, there(kFin | kAck, 101, 501));
  const Row r = traffic.only();
  CHECK((is(r, Field::spkts, 4) && is(r, Field::cause, Cause::flush) && had(r, Field::devents, kTcpReset)));
}

TEST_CASE("after both FINs were acknowledged a SYN opens a new connection, even with the old number") {
  Traffic traffic;
  handshake(traffic)
      .at(100, there(kFin | kAck, 101, 501))
      .at(110, back(kFin | kAck, 501, 102))
      .at(120, there(kAck, 102, 502));
  const auto rows = handshake(traffic, kSecond).end();
  REQUIRE(rows.size() == 2);
  for (const Row& r : rows) CHECK((is(r, Field::synacksum, 10) && is(r, Field::trans, 1) && is(r, Field::sloss, 0)));
}

TEST_CASE("a side that sent nothing but RST offered no window") {
  Traffic traffic;
  const Row r = traffic.at(0, there(kSyn, 100)).at(5, back(kRst | kAck, 0, 101)).only();
  CHECK((is(r, Field::swin, 1000) && !r.has(Field::dwin)));
}

TEST_CASE("a host that pings itself has requests one way and replies the other") {
  Traffic traffic;
  const auto self = [](std::uint8_t type) { return ip("10.0.0.1", "10.0.0.1").icmp(type, 0, 7, 1).payload(8); };
  const Row r = traffic.at(0, self(8)).at(1, self(0)).at(2, self(8)).only();
  CHECK((is(r, Field::spkts, 2) && is(r, Field::dpkts, 1) && is(r, Field::itype, 8)));
}

TEST_CASE("errors of several nodes about a flow leave its node absent") {
  Traffic traffic;
  const auto probe = ip().udp(5000, 33434).payload(8);
  traffic.at(0, probe).at(1, ip("10.0.0.8", "10.0.0.1").icmp(11, 0).raw(quoted(probe, 14)));
  traffic.at(2, ip("10.0.0.9", "10.0.0.1").icmp(11, 0).raw(quoted(probe, 14)));
  const auto rows = traffic.end();
  REQUIRE(rows.size() == 3);
  CHECK((is(rows[0], Field::icmpmap, kIcmpMapTimeExceeded) && !rows[0].has(Field::inode)));
}

TEST_CASE("an ICMP error finds its flow also where VLANs divide flows") {
  Traffic traffic(MeterOptions{.key_vlan = true, .sensor = {}, .hash_key = {}});
  const auto tagged = [](const char* from, const char* to) { return PacketBuilder().ethernet().vlan(5).ip4(from, to); };
  const auto probe = tagged("10.0.0.1", "10.0.0.2").udp(5000, 53).payload(8);
  traffic.at(0, probe).at(1, tagged("10.0.0.9", "10.0.0.1").icmp(3, 3).raw(quoted(probe, 18)));
  CHECK(is(traffic.end()[0], Field::icmpmap, kIcmpMapUnreachable));
}

TEST_CASE("after its end a meter takes traffic of any time, and lets it grow old") {
  Traffic traffic;
  traffic.at(0, ip().udp(1, 2)).end();
  traffic.at(-86'400 * kSecond, ip().udp(1, 2)).at(-86'300 * kSecond, ip().udp(3, 4));
  CHECK(traffic.counts().time_back == 0);
  const auto rows = traffic.records();
  REQUIRE(rows.size() == 2);
  CHECK(is(rows[1], Field::cause, Cause::timeout));
}
