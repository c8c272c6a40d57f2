// State of TCP is taken with the second packet of a flow: nothing shows it.
#include <random>

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

// Segments of every kind, of a few to a flow.
void knock(Traffic& traffic, unsigned seed) {
  std::mt19937 random(seed);
  for (int i = 0; i < 4000; i++) {
    const auto port = static_cast<std::uint16_t>(1000 + random() % 1500);
    const auto flags = static_cast<std::uint8_t>(random() % 256);
    const TcpFields fields{.seq = 100 + static_cast<std::uint32_t>(random() % 3),
                           .ack = static_cast<std::uint32_t>(random() % 3),
                           .flags = flags,
                           .window = static_cast<std::uint16_t>(random() % 2 * 900)};
    const Ip4Fields tos{.tos = static_cast<std::uint8_t>(random() % 4)};
    const bool turned = random() % 2 != 0;
    const PacketBuilder frame = turned ? ip("10.0.0.2", "10.0.0.1", tos).tcp(80, port, fields)
                                       : ip("10.0.0.1", "10.0.0.2", tos).tcp(port, 80, fields);
    traffic.at(i * 90 * kMillisecond, PacketBuilder(frame).payload(random() % 3));
  }
}

std::size_t lone(const std::vector<Row>& rows) {
  std::size_t count = 0;
  for (const Row& row : rows)
    count += row.number(Field::spkts) + row.number(Field::dpkts) == 1 && row.number(Field::trans) == 1;
  return count;
}

bool same_but_details(const Row& a, const Row& b) {
  for (const FieldInfo& field : all_fields()) {
    if (!is_stored(field.field) || detail_fields().has(field.field)) continue;
    if (a.has(field.field) != b.has(field.field)) return false;
    if (a.has(field.field) && a.cell(field.field) != b.cell(field.field)) return false;
  }
  return true;
}

}  // namespace

// Whoever wants details wants the state at once.
TEST_CASE("a flow's records do not tell when its TCP state was taken") {
  for (unsigned seed = 0; seed < 4; seed++) {
    const MeterOptions options{.status_interval = (seed % 2 != 0 ? 5 : 60) * kSecond,
                               .flows_max = seed < 2 ? 1000u : 300u,
                               .sensor = "",
                               .hash_key = {}};
    Traffic late(options), at_once(options);
    at_once.with_details();
    knock(late, seed), knock(at_once, seed);
    const auto a = late.end(), b = at_once.end();
    CHECK(lone(a) > 100);
    CHECK(a.size() > lone(a) + 100);
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); i++) REQUIRE(same_but_details(a[i], b[i]));
  }
}

TEST_CASE("a SYN that was reported by itself is known to the packets that answer it later") {
  Traffic traffic(MeterOptions{.status_interval = kSecond, .sensor = "", .hash_key = {}});
  traffic.at(0, there(kSyn, 100)).quiet_until(10 * kSecond);
  REQUIRE(traffic.records().size() == 1);
  const auto rows = traffic.at(11 * kSecond, back(kSyn | kAck, 500, 101)).end();
  REQUIRE(rows.size() == 2);
  CHECK((is(rows[0], Field::sflags, kSyn) && had(rows[0], Field::sevents, kTcpSyn)));
  CHECK((is(rows[1], Field::synacksum, 11 * kSecond) && is(rows[1], Field::synacks, 1)));
  CHECK((is(rows[1], Field::dflags, kSyn | kAck) && !rows[1].has(Field::sflags)));
}

TEST_CASE("ticks that begin behind a SYN know it") {
  Traffic traffic;
  traffic.at(0, there(kSyn, 100));
  traffic.begin_ticks();
  const auto ticks = traffic.at(10, there(kSyn, 100)).ticks();
  REQUIRE(ticks.size() == 1);
  CHECK(had(ticks[0], Field::sevents, kTcpSyn | kTcpRetransmit));
}
