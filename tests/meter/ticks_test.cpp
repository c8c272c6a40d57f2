// Ticks: every packet in one of them, and records as if there were none.
#include <map>
#include <random>

#include "base/time.h"
#include "flow/events.h"
#include "flow/field.h"
#include "meter/key.h"
#include "meter/meter.h"
#include "meter/traffic.h"
#include "packet/packet.h"
#include "support/flow_builder.h"
#include "support/packet_builder.h"

using namespace argus;

namespace {

PacketBuilder udp(std::uint16_t from, std::uint16_t to, std::size_t size = 8) {
  return ip().udp(from, to).payload(size);
}

struct Sums {
  std::uint64_t packets = 0, bytes = 0, begun = 0;
  void add(const std::vector<Row>& rows) {
    packets += sum_of(rows, Field::spkts) + sum_of(rows, Field::dpkts);
    bytes += sum_of(rows, Field::sbytes) + sum_of(rows, Field::dbytes);
    begun += sum_of(rows, Field::trans);
  }
  friend bool operator==(const Sums&, const Sums&) = default;
};

// Packets of many flows, of which some end while others begin.
void churn(Traffic& traffic, Nanos from, int count, unsigned seed) {
  std::mt19937 random(seed);
  for (int i = 0; i < count; i++) {
    const auto port = static_cast<std::uint16_t>(1000 + random() % 40);
    const Nanos time = from + i * 700 * kMillisecond + static_cast<Nanos>(random() % 1000) - 500;
    traffic.at(time, random() % 2 != 0 ? ip().udp(port, 53).payload(random() % 900)
                                       : ip("10.0.0.2", "10.0.0.1").udp(53, port).payload(random() % 900));
  }
}

}  // namespace

TEST_CASE("a tick has a flow's key, and what it did since the tick before") {
  Traffic traffic(MeterOptions{.sensor = "north", .hash_key = {}});
  traffic.begin_ticks();
  handshake(traffic).at(40, there(kAck | kPsh, 101, 501, 10));
  auto ticks = traffic.ticks();
  REQUIRE(ticks.size() == 1);
  const Row first = ticks[0];
  CHECK((is(first, Field::spkts, 3) && is(first, Field::dpkts, 1) && is(first, Field::trans, 1)));
  CHECK((is(first, Field::sport, 40000) && is(first, Field::dport, 80) && is_address(first, Field::saddr, "10.0.0.1")));
  CHECK((is(first, Field::stime, kEpoch) && is(first, Field::ltime, kEpoch + 40) && is(first, Field::ftime, kEpoch)));
  CHECK((is(first, Field::dirwhy, DirWhy::syn) && had(first, Field::sevents, kTcpSyn | kTcpEstablished)));
  CHECK((first.has(Field::srcid) && !first.has(Field::sttl) && !first.has(Field::records)));
  for (const FieldInfo& field : all_fields())
    if (is_stored(field.field) && first.has(field.field)) CHECK(tick_fields().has(field.field));
  CHECK(traffic.ticks().empty());
  traffic.at(kSecond, back(kAck, 501, 111, 100)).at(kSecond + 5, back(kAck, 601, 111, 100));
  ticks = traffic.ticks();
  REQUIRE(ticks.size() == 1);
  CHECK((is(ticks[0], Field::spkts, 0) && is(ticks[0], Field::dpkts, 2) && is(ticks[0], Field::trans, 0)));
  CHECK(is(ticks[0], Field::dbytes, 2 * (14 + 20 + 20 + 100)));
  CHECK((is(ticks[0], Field::stime, kEpoch + kSecond) && is(ticks[0], Field::ftime, kEpoch)));
  const Row record = traffic.only();
  CHECK((is(record, Field::spkts, 3) && is(record, Field::dpkts, 3) && is(record, Field::trans, 1)));
}

TEST_CASE("the sum of ticks is the sum of packets from their beginning on, and records are as without") {
  for (unsigned seed = 1; seed <= 20; seed++) {
    CAPTURE(seed);
    // So few flows that they are evicted, short status and idle times: flows end in every way while touched.
    const MeterOptions options{
        .status_interval = 5 * kSecond, .flows_max = 16, .idle_udp = 3 * kSecond, .sensor = {}, .hash_key = {}};
    Traffic traffic(options), plain(options);
    for (Traffic* one : {&traffic, &plain}) churn(*one, 0, 100, seed);
    Sums ticks, after;
    traffic.begin_ticks();
    for (unsigned piece = 0; piece < 30; piece++) {
      for (Traffic* one : {&traffic, &plain}) churn(*one, (70 + piece * 7) * kSecond, 10, seed * 100 + piece);
      after.packets += 10;
      if (piece % 3 != 0) ticks.add(traffic.ticks());
    }
    const auto with = traffic.end(), without = plain.end();
    ticks.add(traffic.ticks());
    CHECK(ticks.packets == after.packets);
    CHECK(with == without);
    CHECK(traffic.ticks().empty());
  }
}

TEST_CASE("a flow that ends between two ticks is in the next one, with its cause") {
  Traffic traffic(MeterOptions{.idle_udp = 300 * kMillisecond, .sensor = {}, .hash_key = {}});
  traffic.at(0, udp(1, 2)).begin_ticks();
  CHECK(traffic.ticks().empty());
  traffic.at(10, udp(1, 2)).at(20, udp(3, 4)).quiet_until(900 * kMillisecond);
  CHECK(traffic.at(900 * kMillisecond, udp(1, 2)).ticks_of_closed() == 2);
  std::map<std::uint64_t, Sums> by_port;
  const auto ticks = traffic.ticks();
  REQUIRE(ticks.size() == 3);
  CHECK(is(ticks[0], Field::cause, Cause::timeout));
  for (const Row& row : ticks) by_port[row.number(Field::sport)].add({row});
  CHECK((by_port[1].packets == 2 && by_port[1].begun == 1));  // the flow from before ended, another began
  CHECK((by_port[3].packets == 1 && by_port[3].begun == 1));
}

TEST_CASE("the direction of a tick is what is known by then") {
  Traffic traffic;
  traffic.begin_ticks();
  traffic.at(0, ip().icmp(0, 0, 7));
  CHECK(is_address(traffic.ticks().at(0), Field::saddr, "10.0.0.2"));
}

TEST_CASE("a VLAN is in ticks where it is in keys") {
  const auto tagged = PacketBuilder().ethernet().vlan(5).ip4("10.0.0.1", "10.0.0.2").udp(1, 2);
  Traffic plain, keyed(MeterOptions{.key_vlan = true, .sensor = {}, .hash_key = {}});
  plain.begin_ticks();
  keyed.begin_ticks();
  CHECK_FALSE(plain.at(0, tagged).ticks().at(0).has(Field::svlan));
  CHECK(is(keyed.at(0, tagged).ticks().at(0), Field::svlan, 5));
}

TEST_CASE("ticks that nobody wants any more are forgotten, and begin afresh") {
  Traffic traffic;
  traffic.begin_ticks();
  traffic.at(0, udp(1, 2));
  traffic.end_ticks();
  CHECK(traffic.at(1, udp(1, 2)).ticks().empty());
  traffic.begin_ticks();
  CHECK(traffic.ticks().empty());
  CHECK(is(traffic.at(2, udp(1, 2)).ticks().at(0), Field::spkts, 1));
}

TEST_CASE("limits may change while flows are live") {
  Traffic traffic(MeterOptions{.flows_max = 100, .sensor = {}, .hash_key = {}});
  for (std::uint16_t port = 1; port <= 80; port++) traffic.at(port, udp(port, 53));
  traffic.change(5 * kSecond, 40);
  for (std::uint16_t port = 101; port <= 180; port++) traffic.at(port * kMillisecond, udp(port, 53));
  CHECK(traffic.live() <= 40);
  CHECK(traffic.counts().evicted == 120);
  traffic.change(5 * kSecond, 1'000'000);  // no more than it was made for
  for (std::uint16_t port = 201; port <= 400; port++) traffic.at(port * kMillisecond, udp(port, 53));
  CHECK(traffic.live() == 100);
  CHECK(sum_of(traffic.end(), Field::spkts) == 80 + 80 + 200);
}
