// TCP: handshakes, losses, windows, ends.
#include "base/time.h"
#include "flow/events.h"
#include "flow/field.h"
#include "meter/traffic.h"
#include "packet/packet.h"
#include "support/flow_builder.h"

using namespace argus;

TEST_CASE("a handshake is timed from SYN to SYN-ACK to ACK") {
  Traffic traffic;
  const Row r = handshake(traffic).only();
  CHECK((is(r, Field::synacksum, 10) && is(r, Field::synacks, 1)));
  CHECK((is(r, Field::ackdatsum, 20) && is(r, Field::ackdats, 1)));
  CHECK((had(r, Field::sevents, kTcpSyn | kTcpEstablished) && had(r, Field::devents, kTcpSynAck | kTcpEstablished)));
  CHECK((is(r, Field::sflags, kSyn | kAck) && is(r, Field::dflags, kSyn | kAck)));
}

TEST_CASE("a handshake that asks for ECN is timed all the same") {
  Traffic traffic;
  const Row r = traffic.at(0, there(kSyn | kEce | kCwr, 100))
                    .at(10, back(kSyn | kAck | kEce, 500, 101))
                    .at(30, there(kAck, 101, 501))
                    .only();
  CHECK((is(r, Field::synacksum, 10) && is(r, Field::ackdatsum, 20)));
  CHECK(had(r, Field::sevents, kTcpEcnCapable));
  CHECK_FALSE(had(r, Field::devents, kTcpCongestion));
}

TEST_CASE("data in the ACK ends the handshake") {
  Traffic traffic;
  const Row r = traffic.at(0, there(kSyn, 100))
                    .at(10, back(kSyn | kAck, 500, 101))
                    .at(30, there(kAck | kPsh, 101, 501, 50))
                    .only();
  CHECK((is(r, Field::ackdatsum, 20) && is(r, Field::sappbytes, 50)));
}

TEST_CASE("of a repeated SYN the last one is timed, and it counts as a retransmission") {
  Traffic traffic;
  const Row r = traffic.at(0, there(kSyn, 100))
                    .at(kSecond, there(kSyn, 100))
                    .at(kSecond + 10, back(kSyn | kAck, 500, 101))
                    .only();
  CHECK(is(r, Field::synacksum, 10));
  CHECK(is(r, Field::sloss, 1));
  CHECK(is(r, Field::trans, 1));
}

TEST_CASE("a repeated SYN-ACK does not change what the first one measured") {
  Traffic traffic;
  traffic.at(0, there(kSyn, 100)).at(10, back(kSyn | kAck, 500, 101)).at(500, back(kSyn | kAck, 500, 101));
  const Row r = traffic.at(600, there(kAck, 101, 501)).only();
  CHECK((is(r, Field::synacksum, 10) && is(r, Field::ackdatsum, 590)));
}

TEST_CASE("without a SYN, or without a SYN-ACK, nothing is timed") {
  Traffic no_syn, no_answer;
  const Row a = no_syn.at(0, back(kSyn | kAck, 500, 101)).at(10, there(kAck, 101, 501)).only();
  CHECK_FALSE((a.has(Field::synacks) || a.has(Field::ackdats)));
  CHECK((is_address(a, Field::saddr, "10.0.0.1") && is(a, Field::dirwhy, DirWhy::syn_ack)));
  const Row b = no_answer.at(0, there(kSyn, 100)).at(10, there(kAck, 101, 501)).only();
  CHECK_FALSE((b.has(Field::synacks) || b.has(Field::ackdats)));
}

TEST_CASE("a SYN-ACK that came before its SYN has no negative time") {
  Traffic traffic;
  const Row r =
      traffic.at(0, back(kSyn | kAck, 500, 101)).at(10, there(kSyn, 100)).at(20, there(kAck, 101, 501)).only();
  CHECK_FALSE((r.has(Field::synacks) || r.has(Field::ackdats)));
  CHECK(is_address(r, Field::saddr, "10.0.0.1"));
}

TEST_CASE("a SYN-ACK that answers another SYN is not timed") {
  Traffic traffic;
  const Row r = traffic.at(0, there(kSyn, 100)).at(10, back(kSyn | kAck, 500, 777)).only();
  CHECK_FALSE(r.has(Field::synacks));
}

TEST_CASE("the next connection on the same ports inherits nothing") {
  Traffic traffic;
  handshake(traffic)
      .at(100, there(kFin | kAck, 101, 501))
      .at(110, back(kFin | kAck, 501, 102))
      .at(120, there(kAck, 102, 502));
  const auto rows = traffic.at(kSecond, there(kSyn, 90'000)).end();
  REQUIRE(rows.size() == 2);
  CHECK(is(rows[0], Field::cause, Cause::closed));
  CHECK((is(rows[1], Field::spkts, 1) && is(rows[1], Field::trans, 1) && !rows[1].has(Field::synacks)));
  CHECK(is(rows[1], Field::sevents, kTcpSyn));
  CHECK(is(rows[1], Field::ftime, kEpoch + kSecond));
}

TEST_CASE("a SYN with another sequence number opens a new flow though the old one never closed") {
  Traffic traffic;
  const auto rows = handshake(traffic).at(kSecond, there(kSyn, 70'000'000)).end();
  REQUIRE(rows.size() == 2);
  CHECK((is(rows[0], Field::cause, Cause::timeout) && is(rows[1], Field::cause, Cause::flush)));
  CHECK(sum_of(rows, Field::trans) == 2);
}

TEST_CASE("segments sent again are lost ones") {
  Traffic traffic;
  handshake(traffic).at(kMillisecond, there(kAck, 101, 501, 100));
  const Row r = traffic.at(500 * kMillisecond, there(kAck, 101, 501, 100)).only();
  CHECK((is(r, Field::sloss, 1) && is(r, Field::sooo, 0) && is(r, Field::dloss, 0)));
  CHECK(had(r, Field::sevents, kTcpRetransmit));
}

TEST_CASE("a segment that another one overtook is out of order and not lost") {
  Traffic traffic;
  traffic.at(0, there(kAck, 101, 501, 100)).at(0, back(kAck, 501, 101));
  traffic.at(kMillisecond, there(kAck, 301, 501, 100)).at(kMillisecond + 1000, there(kAck, 201, 501, 100));
  const Row r = traffic.only();
  CHECK((is(r, Field::sooo, 1) && is(r, Field::sloss, 0) && is(r, Field::sgap, 0)));
  CHECK(had(r, Field::sevents, kTcpReorder));
  CHECK_FALSE(had(r, Field::sevents, kTcpGap));
}

TEST_CASE("a keep-alive is neither lost nor out of order") {
  for (const std::size_t size : {0u, 1u}) {
    Traffic traffic;
    handshake(traffic).at(kSecond, there(kAck, 101, 501, 100)).at(kSecond + 10, back(kAck, 501, 201));
    const Row r = traffic.at(20 * kSecond, there(kAck, 200, 501, size)).only();
    CHECK((is(r, Field::sloss, 0) && is(r, Field::sooo, 0) && had(r, Field::sevents, kTcpKeepAlive)));
  }
}

TEST_CASE("a probe of a closed window is not lost") {
  Traffic traffic;
  handshake(traffic).at(kSecond, back(kAck, 501, 101, 0, 0));
  const Row r = traffic.at(2 * kSecond, there(kAck, 101, 501, 1)).at(4 * kSecond, there(kAck, 101, 501, 1)).only();
  CHECK((is(r, Field::sloss, 0) && had(r, Field::devents, kTcpZeroWindow)));
}

TEST_CASE("bytes never seen are a gap of their size, until they come") {
  Traffic traffic, filled;
  handshake(traffic).at(kSecond, there(kAck, 101, 501, 100)).at(kSecond + 1, there(kAck, 501, 501, 100));
  const Row r = traffic.only();
  CHECK((is(r, Field::sgap, 300) && had(r, Field::sevents, kTcpGap)));
  handshake(filled).at(kSecond, there(kAck, 101, 501, 100)).at(kSecond + 1, there(kAck, 501, 501, 100));
  const Row f = filled.at(kSecond + 2, there(kAck, 201, 501, 200)).only();
  CHECK(is(f, Field::sgap, 100));
}

TEST_CASE("sequence numbers go on from their largest to zero") {
  Traffic traffic;
  traffic.at(0, there(kSyn, 0xffffffe0))
      .at(10, back(kSyn | kAck, 500, 0xffffffe1))
      .at(20, there(kAck, 0xffffffe1, 501, 100));
  const Row r = traffic.at(30, there(kAck, 0x45, 501, 100)).only();
  CHECK((is(r, Field::sloss, 0) && is(r, Field::sooo, 0) && is(r, Field::sgap, 0)));
}

TEST_CASE("windows are scaled when both SYNs offered it, never in a SYN") {
  const std::vector<std::uint8_t> scale{3, 3, 4, 1};
  const auto with = [&](bool both) {
    Traffic traffic;
    traffic.at(0, ip().tcp(40000, 80, {.seq = 100, .flags = kSyn, .window = 5000, .options = scale}));
    traffic.at(1, ip("10.0.0.2", "10.0.0.1")
                      .tcp(80, 40000,
                           {.seq = 500,
                            .ack = 101,
                            .flags = kSyn | kAck,
                            .window = 6000,
                            .options = both ? scale : std::vector<std::uint8_t>{}}));
    return traffic.at(2, there(kAck, 101, 501, 0, 1000)).only();
  };
  CHECK((is(with(true), Field::swin, 16'000) && is(with(true), Field::dwin, 6000)));
  CHECK(is(with(false), Field::swin, 5000));
}

TEST_CASE("FIN from both sides closes, from one does not; RST resets") {
  Traffic both, one, reset;
  handshake(both)
      .at(100, there(kFin | kAck, 101, 501))
      .at(110, back(kFin | kAck, 501, 102))
      .at(120, there(kAck, 102, 502));
  const Row b = both.only();
  CHECK(is(b, Field::cause, Cause::closed));
  CHECK((had(b, Field::sevents, kTcpFin | kTcpFinAcked) && had(b, Field::devents, kTcpFin | kTcpFinAcked)));
  const Row o = handshake(one).at(100, there(kFin | kAck, 101, 501)).only();
  CHECK((is(o, Field::cause, Cause::flush) && !had(o, Field::sevents, kTcpFinAcked)));
  const Row r = handshake(reset).at(100, back(kRst, 501)).only();
  CHECK((is(r, Field::cause, Cause::reset) && had(r, Field::devents, kTcpReset)));
}

TEST_CASE("a closed connection is written soon, and its last ACK is still its own") {
  Traffic traffic;
  handshake(traffic)
      .at(100, there(kFin | kAck, 101, 501))
      .at(110, back(kFin | kAck, 501, 102))
      .at(2 * kSecond, there(kAck, 102, 502));
  CHECK(traffic.quiet_until(11 * kSecond).records().empty());
  const auto rows = traffic.quiet_until(14 * kSecond).records();
  REQUIRE(rows.size() == 1);
  CHECK((is(rows[0], Field::spkts, 4) && is(rows[0], Field::cause, Cause::closed)));
}

TEST_CASE("who sent the SYN is the source, whatever came first") {
  Traffic late;
  const Row r = late.at(0, back(kAck, 900, 50)).at(1, there(kSyn, 100)).only();
  CHECK((is_address(r, Field::saddr, "10.0.0.1") && is(r, Field::sport, 40000) && is(r, Field::dirwhy, DirWhy::syn)));
  Traffic middle;
  const Row m = middle.at(0, back(kAck, 900, 50, 10)).at(1, there(kAck, 50, 910)).only();
  CHECK((is_address(m, Field::saddr, "10.0.0.2") && is(m, Field::sport, 80) &&
         is(m, Field::dirwhy, DirWhy::first_packet)));
}

TEST_CASE("congestion and ECN are told by side") {
  Traffic traffic;
  handshake(traffic).at(
      100, ip("10.0.0.1", "10.0.0.2", {.tos = 3}).tcp(40000, 80, {.seq = 101, .ack = 501, .flags = kAck}).payload(5));
  const Row r = traffic.at(110, back(kAck | kEce, 501, 106)).only();
  CHECK((had(r, Field::sevents, kTcpEcnCapable | kTcpCongestion) && had(r, Field::devents, kTcpCongestion)));
}

TEST_CASE("what a record told, the next one does not repeat") {
  Traffic traffic;
  handshake(traffic).at(kSecond, there(kAck | kPsh, 101, 501, 100, 5000));
  traffic.at(2 * kSecond, there(kAck, 101, 501, 100)).at(3 * kSecond, there(kAck, 501, 501, 100));
  const auto rows = traffic.at(70 * kSecond, there(kAck, 601, 501, 100, 900)).end();
  REQUIRE(rows.size() == 2);
  CHECK((is(rows[0], Field::synacks, 1) && is(rows[0], Field::ackdats, 1)));
  CHECK_FALSE((rows[1].has(Field::synacks) || rows[1].has(Field::ackdats)));
  CHECK((is(rows[0], Field::swin, 5000) && is(rows[1], Field::swin, 900)));
  CHECK((is(rows[0], Field::sflags, kSyn | kAck | kPsh) && is(rows[1], Field::sflags, kAck)));
  CHECK((is(rows[0], Field::sloss, 1) && is(rows[1], Field::sloss, 0)));
  CHECK((is(rows[0], Field::sgap, 300) && is(rows[1], Field::sgap, 0)));
  CHECK(had(rows[1], Field::sevents, kTcpSyn | kTcpEstablished));  // what happened stays true
}

TEST_CASE("data where a probe of a closed window was is not lost") {
  Traffic traffic;
  handshake(traffic).at(kSecond, back(kAck, 501, 101, 0, 0)).at(2 * kSecond, there(kAck, 101, 501, 1));
  traffic.at(3 * kSecond, back(kAck, 501, 101, 0, 5000));
  const Row r = traffic.at(4 * kSecond, there(kAck, 101, 501, 100)).only();
  CHECK((is(r, Field::sloss, 0) && is(r, Field::sooo, 0)));
}

TEST_CASE("a segment that comes later than reordering would take was lost and sent again") {
  Traffic traffic;
  traffic.at(0, there(kAck, 101, 501, 100)).at(0, back(kAck, 501, 101)).at(kMillisecond, there(kAck, 301, 501, 100));
  const Row r = traffic.at(2 * kSecond, there(kAck, 201, 501, 100)).only();
  CHECK((is(r, Field::sloss, 1) && is(r, Field::sooo, 0)));
}

TEST_CASE("the direction that a record told stays") {
  Traffic traffic;
  traffic.at(0, back(kAck, 900, 50));
  const auto rows = traffic.at(61 * kSecond, there(kSyn, 100)).end();
  REQUIRE(rows.size() == 2);
  for (const Row& r : rows)
    CHECK((is_address(r, Field::saddr, "10.0.0.2") && is(r, Field::dirwhy, DirWhy::first_packet)));
}
