// What flow programs get wrong: the faults of others, each with a test that ours does not have it.
#include <algorithm>
#include <array>
#include <vector>

#include "base/time.h"
#include "flow/events.h"
#include "flow/field.h"
#include "meter/traffic.h"
#include "packet/packet.h"
#include "support/flow_builder.h"
#include "support/packet_builder.h"

using namespace argus;

namespace {

PacketBuilder datagram(std::uint16_t port = 1000, const Ip4Fields& fields = {}) {
  return ip("10.0.0.1", "10.0.0.2", fields).udp(port, 53).payload(10);
}
// A TCP segment over IPv6 between 2001:db8::1 port 40000 and 2001:db8::2 port 80.
PacketBuilder six(bool from_source, std::uint8_t flags, std::uint32_t seq, std::uint32_t ack, std::size_t size = 0,
                  std::uint16_t window = 1000, std::uint8_t traffic_class = 0) {
  const char* const ends[] = {"2001:db8::1", "2001:db8::2"};
  return PacketBuilder()
      .ethernet()
      .ip6(ends[from_source ? 0 : 1], ends[from_source ? 1 : 0], {.traffic_class = traffic_class})
      .tcp(from_source ? 40000 : 80, from_source ? 80 : 40000,
           {.seq = seq, .ack = ack, .flags = flags, .window = window})
      .payload(size);
}

}  // namespace

TEST_CASE("counters hold more than 4 GiB in one record") {
  Traffic traffic;
  for (Nanos at = 0; at < 3; at++) traffic.at(at, datagram(), 0xf000'0000);
  CHECK(is(traffic.only(), Field::sbytes, 3 * std::uint64_t{0xf000'0000}));
}

TEST_CASE("packets of the first second of 1970 have their times") {
  Traffic traffic;
  const Row r = traffic.at(-kEpoch, datagram()).at(-kEpoch + kMillisecond, datagram()).only();
  CHECK((is(r, Field::stime, 0) && is(r, Field::ltime, kMillisecond) && is(r, Field::ftime, 0)));
}

TEST_CASE("thousands of packets at one instant are a flow like any other") {
  Traffic traffic;
  for (int n = 0; n < 1500; n++) traffic.at(0, datagram());
  const Row r = traffic.only();
  CHECK((is(r, Field::spkts, 1500) && is(r, Field::stime, kEpoch) && is(r, Field::ltime, kEpoch)));
}

TEST_CASE("IP options add up, also where the same one comes twice") {
  Traffic traffic;
  const std::vector<std::uint8_t> alert = {148, 4, 0, 0}, record = {7, 3, 4, 0};
  traffic.at(0, datagram(1, {.options = alert})).at(1, datagram(1, {.options = record}));
  CHECK(
      is(traffic.at(2, datagram(1, {.options = alert})).only(), Field::sipopt, kIpOptRouterAlert | kIpOptRecordRoute));
}

TEST_CASE("a clock that jumps ahead ends what was live, with the times that it had") {
  Traffic traffic;
  const auto rows = handshake(traffic).at(100 * kHour, datagram()).end();
  REQUIRE(rows.size() == 2);
  CHECK((is(rows[0], Field::ltime, kEpoch + 30) && is(rows[0], Field::cause, Cause::timeout)));
  CHECK((is(rows[1], Field::stime, kEpoch + 100 * kHour) && is(rows[1], Field::spkts, 1)));
}

TEST_CASE("both ends that open at once are one flow of who sent the first SYN") {
  Traffic traffic;
  traffic.at(0, there(kSyn, 100)).at(5, back(kSyn, 500)).at(10, back(kSyn | kAck, 500, 101));
  const Row r = traffic.at(12, there(kSyn | kAck, 100, 501)).at(20, there(kAck, 101, 501, 7)).only();
  CHECK((is_address(r, Field::saddr, "10.0.0.1") && is(r, Field::dirwhy, DirWhy::syn)));
  CHECK((is(r, Field::spkts, 3) && is(r, Field::dpkts, 2) && is(r, Field::trans, 1)));
  CHECK((had(r, Field::sevents, kTcpSyn | kTcpSynAck) && had(r, Field::devents, kTcpSyn | kTcpSynAck)));
  CHECK((is(r, Field::sgap, 0) && is(r, Field::dgap, 0) && is(r, Field::sappbytes, 7)));
}

TEST_CASE("data in a SYN counts, and the handshake is timed (fast open)") {
  Traffic traffic;
  traffic.at(0, there(kSyn, 100, 0, 50)).at(10, back(kSyn | kAck, 500, 151)).at(30, there(kAck, 151, 501, 20));
  const Row r = traffic.at(40, back(kAck, 501, 171)).only();
  CHECK((is(r, Field::synacksum, 10) && is(r, Field::ackdatsum, 20)));
  CHECK((is(r, Field::sappbytes, 70) && is(r, Field::sloss, 0) && is(r, Field::sooo, 0) && is(r, Field::sgap, 0)));
}

TEST_CASE("data of a SYN that the server did not take is sent again, and is a retransmission") {
  Traffic traffic;
  traffic.at(0, there(kSyn, 100, 0, 50)).at(kMillisecond, back(kSyn | kAck, 500, 101));
  const Row r = traffic.at(2 * kMillisecond, there(kAck, 101, 501, 50)).only();
  CHECK((is(r, Field::sloss, 1) && is(r, Field::sgap, 0) && is(r, Field::sappbytes, 100)));
}

TEST_CASE("half of a connection has no round trip, and is no gap") {
  Traffic asked, answered;
  const Row a = asked.at(0, there(kSyn, 100)).at(10, there(kAck, 101, 501)).at(20, there(kAck, 101, 501, 9)).only();
  CHECK_FALSE((a.has(Field::synacks) || a.has(Field::ackdats) || a.has(Field::dgap)));
  CHECK((is(a, Field::dpkts, 0) && is(a, Field::sgap, 0) && is(a, Field::sloss, 0)));
  const Row b = answered.at(0, back(kSyn | kAck, 500, 101)).at(10, back(kAck, 501, 110, 30)).only();
  CHECK_FALSE((b.has(Field::synacks) || b.has(Field::sgap)));
  CHECK((is_address(b, Field::saddr, "10.0.0.1") && is(b, Field::spkts, 0) && is(b, Field::dpkts, 2)));
}

TEST_CASE("a SYN that is answered by a RST has no round trip") {
  Traffic traffic;
  const Row r = traffic.at(0, there(kSyn, 100)).at(10, back(kRst | kAck, 0, 101)).only();
  CHECK_FALSE((r.has(Field::synacks) || r.has(Field::ackdats)));
  CHECK((is(r, Field::cause, Cause::reset) && had(r, Field::devents, kTcpReset)));
}

TEST_CASE("a RST with data counts it, and is neither loss nor gap nor window") {
  Traffic traffic;
  handshake(traffic).at(kSecond, back(kAck, 501, 101, 10)).at(kSecond + 1, there(kRst | kAck, 101, 511, 24, 0));
  const Row r = traffic.at(kSecond + 2, back(kRst, 9'000'000, 0, 5, 0)).only();
  CHECK((is(r, Field::sappbytes, 24) && is(r, Field::dappbytes, 15)));
  CHECK((is(r, Field::sloss, 0) && is(r, Field::dloss, 0) && is(r, Field::sgap, 0) && is(r, Field::dgap, 0)));
  CHECK_FALSE((had(r, Field::sevents, kTcpZeroWindow) || had(r, Field::devents, kTcpZeroWindow)));
}

TEST_CASE("each connection on a tuple has its own round trip, and what comes later has none") {
  Traffic traffic;
  handshake(traffic).at(100, there(kRst, 101)).at(kSecond, there(kSyn, 70'000));
  traffic.at(kSecond + 200, back(kSyn | kAck, 9'000, 70'001)).at(kSecond + 300, there(kAck, 70'001, 9'001));
  const auto rows = traffic.at(62 * kSecond, there(kRst, 70'001)).end();
  REQUIRE(rows.size() == 3);
  CHECK((is(rows[0], Field::synacksum, 10) && is(rows[0], Field::ackdatsum, 20)));
  CHECK((is(rows[1], Field::synacksum, 200) && is(rows[1], Field::ackdatsum, 100) && is(rows[1], Field::trans, 1)));
  CHECK_FALSE((rows[2].has(Field::synacks) || rows[2].has(Field::ackdats)));
  CHECK(is(rows[2], Field::trans, 0));
}

TEST_CASE("a segment that is captured twice is sent again, not data that is missing") {
  Traffic traffic;
  handshake(traffic).at(kSecond, there(kAck, 101, 501, 100)).at(kSecond + 1, there(kAck, 101, 501, 100));
  const Row r = traffic.at(kSecond + 9, there(kAck, 201, 501, 100)).only();
  CHECK((is(r, Field::sloss, 1) && is(r, Field::sooo, 0) && is(r, Field::sgap, 0) && is(r, Field::sappbytes, 300)));
}

TEST_CASE("a segment of old bytes and fresh ones is one retransmission, and makes no gap") {
  Traffic traffic;
  handshake(traffic).at(kSecond, there(kAck, 101, 501, 100));
  const Row r = traffic.at(2 * kSecond, there(kAck, 151, 501, 100)).at(3 * kSecond, there(kAck, 251, 501, 10)).only();
  CHECK((is(r, Field::sloss, 1) && is(r, Field::sooo, 0) && is(r, Field::sgap, 0)));
}

TEST_CASE("a segment that covers a hole and what lies around it closes the hole") {
  Traffic traffic;
  handshake(traffic).at(kSecond, there(kAck, 101, 501, 100)).at(kSecond + 1, there(kAck, 251, 501, 50));
  const Row r = traffic.at(2 * kSecond, there(kAck, 151, 501, 200)).only();
  CHECK((is(r, Field::sgap, 0) && is(r, Field::sloss, 1)));
  CHECK_FALSE(had(r, Field::sevents, kTcpGap));
}

TEST_CASE("over IPv6 all of TCP is told as over IPv4") {
  Traffic traffic;
  traffic.at(0, six(true, kSyn, 100, 0)).at(10, six(false, kSyn | kAck, 500, 101)).at(30, six(true, kAck, 101, 501));
  traffic.at(kSecond, six(true, kAck, 101, 501, 100, 1000, 3)).at(2 * kSecond, six(true, kAck, 101, 501, 100));
  traffic.at(3 * kSecond, six(true, kAck, 301, 501, 100)).at(4 * kSecond, six(false, kAck, 501, 201, 0, 0));
  const Row r = traffic.only();
  CHECK((is(r, Field::synacksum, 10) && is(r, Field::ackdatsum, 20)));
  CHECK((is(r, Field::sloss, 1) && is(r, Field::sgap, 100)));
  CHECK((had(r, Field::sevents, kTcpRetransmit | kTcpGap | kTcpCongestion) && had(r, Field::devents, kTcpZeroWindow)));
}

TEST_CASE("an address that talks to itself over IPv6 has one flow for both directions") {
  Traffic traffic;
  const auto self = [](std::uint16_t from, std::uint16_t to, const TcpFields& fields) {
    return PacketBuilder().ethernet().ip6("::1", "::1").tcp(from, to, fields);
  };
  traffic.at(0, self(50270, 22, {.seq = 1, .flags = kSyn}))
      .at(4, self(22, 50270, {.seq = 9, .ack = 2, .flags = kSyn | kAck}));
  const Row r = traffic.at(7, self(50270, 22, {.seq = 2, .ack = 10})).only();
  CHECK((is(r, Field::spkts, 2) && is(r, Field::dpkts, 1) && is(r, Field::synacksum, 4) && is(r, Field::ackdatsum, 3)));
}

TEST_CASE("ESP is a flow of both directions, over IPv6 too, without ports") {
  Traffic four, v6;
  const Row a =
      four.at(0, ip().protocol(50).payload(20)).at(1, ip("10.0.0.2", "10.0.0.1").protocol(50).payload(20)).only();
  const auto esp = [](const char* from, const char* to) {
    return PacketBuilder().ethernet().ip6(from, to).protocol(50).payload(20);
  };
  const Row b = v6.at(0, esp("2001:db8::1", "2001:db8::2")).at(1, esp("2001:db8::2", "2001:db8::1")).only();
  for (const Row& r : {a, b}) {
    CHECK((is(r, Field::proto, 50) && is(r, Field::spkts, 1) && is(r, Field::dpkts, 1)));
    CHECK_FALSE((r.has(Field::sport) || r.has(Field::dport)));
  }
}

TEST_CASE("IGMP goes to where its packets went, whatever group it is about") {
  Traffic traffic;
  const std::vector<std::uint8_t> leave = {0x17, 0, 0, 0, 224, 0, 0, 252};
  const Row r = traffic.at(0, ip("10.0.0.1", "224.0.0.2").protocol(2).raw(leave)).only();
  CHECK((is(r, Field::proto, 2) && is_address(r, Field::daddr, "224.0.0.2")));
}

TEST_CASE("two associations of SCTP between two hosts are two flows, by their ports") {
  Traffic traffic;
  const auto rows = traffic.at(0, ip().sctp(1000, 80)).at(1, ip().sctp(1001, 80)).end();
  REQUIRE(rows.size() == 2);
  CHECK((is(rows[0], Field::sport, 1000) && is(rows[1], Field::sport, 1001) && is(rows[0], Field::dport, 80)));
}

TEST_CASE("the protocol is the one in the header, whatever a payload looks like") {
  Traffic traffic;
  const std::vector<std::uint8_t> rtp = {0x80, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 7};
  for (Nanos at = 0; at < 9; at++) traffic.at(at, ip().udp(20000, 20002).raw(rtp));
  CHECK(is(traffic.only(), Field::proto, 17));
}

TEST_CASE("queries of DNS on one pair of ports are one flow") {
  Traffic traffic;
  for (std::uint8_t id = 1; id <= 3; id++)
    traffic.at(id, ip().udp(5353, 53).raw({0, id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}));
  CHECK(is(traffic.only(), Field::spkts, 3));
}

TEST_CASE("the fragments of a datagram are of its flow in every order") {
  const std::array<PacketBuilder, 3> parts = {
      ip("10.0.0.1", "10.0.0.2", {.id = 7, .more_fragments = true}).udp(1000, 53).payload(16),
      ip("10.0.0.1", "10.0.0.2", {.proto = 17, .id = 7, .fragment_offset = 3, .more_fragments = true}).payload(24),
      ip("10.0.0.1", "10.0.0.2", {.proto = 17, .id = 7, .fragment_offset = 6}).payload(5)};
  std::array<std::size_t, 3> order = {0, 1, 2};
  do {
    CAPTURE(order[0], order[1], order[2]);
    Traffic traffic;
    for (std::size_t n = 0; n < order.size(); n++) traffic.at(static_cast<Nanos>(n), parts[order[n]]);
    const Row r = traffic.only();
    CHECK((is(r, Field::spkts, 3) && is(r, Field::sfrags, 3) && is(r, Field::sport, 1000) && is(r, Field::dport, 53)));
  } while (std::next_permutation(order.begin(), order.end()));
}
