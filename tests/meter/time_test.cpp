// Status records, idle flows, evictions, time that goes back, and that nothing is lost by any of it.
#include <map>
#include <random>

#include "base/address.h"
#include "base/time.h"
#include "flow/events.h"
#include "flow/field.h"
#include "meter/meter.h"
#include "meter/traffic.h"
#include "packet/decode.h"
#include "packet/packet.h"
#include "support/flow_builder.h"
#include "support/packet_builder.h"

using namespace argus;

namespace {

PacketBuilder udp(unsigned host, std::size_t size = 10, bool answer = false) {
  const std::string one = "10.0." + std::to_string(host >> 8) + "." + std::to_string(host & 255);
  return answer ? ip("10.9.9.9", one.c_str()).udp(53, 5000).payload(size)
                : ip(one.c_str(), "10.9.9.9").udp(5000, 53).payload(size);
}
Nanos when(Nanos time) { return kEpoch + time; }

}  // namespace

TEST_CASE("a long flow is reported every interval, its deltas add up, trans is in the first only") {
  Traffic traffic;
  for (int i = 0; i < 200; i++) traffic.at(i * kSecond, udp(1, 100, i % 3 == 0));
  const auto rows = traffic.end();
  CHECK((rows.size() >= 4 && rows.size() <= 5));
  CHECK(sum_of(rows, Field::spkts) + sum_of(rows, Field::dpkts) == 200);
  CHECK(sum_of(rows, Field::sbytes) + sum_of(rows, Field::dbytes) == 200 * 142);
  CHECK(sum_of(rows, Field::trans) == 1);
  CHECK(is(rows[0], Field::trans, 1));
  for (std::size_t i = 0; i < rows.size(); i++) {
    CHECK(is(rows[i], Field::ftime, when(0)));
    CHECK(is(rows[i], Field::cause, i + 1 < rows.size() ? Cause::status : Cause::flush));
    CHECK(rows[i].number(Field::ltime) - rows[i].number(Field::stime) <= static_cast<std::uint64_t>(60 * kSecond));
    CHECK(rows[i].cell(Field::saddr) == rows[0].cell(Field::saddr));
    if (i != 0) CHECK(rows[i].number(Field::stime) > rows[i - 1].number(Field::ltime));
  }
}

TEST_CASE("a flow that fell silent is reported within the interval, while others go on") {
  MeterOptions options;
  options.idle_udp = 600 * kSecond;
  Traffic traffic(options);
  traffic.at(0, udp(1));
  for (int i = 1; i <= 70; i++) traffic.at(i * kSecond, udp(2));
  const auto rows = traffic.records();
  REQUIRE_FALSE(rows.empty());
  bool seen = false;
  for (const Row& r : rows)
    seen = seen || (is_address(r, Field::saddr, "10.0.0.1") && is(r, Field::cause, Cause::status));
  CHECK(seen);
}

TEST_CASE("a silent flow whose packets are all reported gives no empty records") {
  MeterOptions options;
  options.idle_udp = 600 * kSecond;
  Traffic traffic(options);
  const auto rows = traffic.at(0, udp(1)).quiet_until(500 * kSecond).quiet_until(700 * kSecond).end();
  CHECK(rows.size() == 1);
}

TEST_CASE("no record spans more than the interval, though timers are coarse") {
  MeterOptions options;
  options.status_interval = kSecond;
  Traffic traffic(options);
  for (int i = 0; i < 200; i++) traffic.at(i * 10 * kMillisecond, udp(1));
  const auto rows = traffic.end();
  CHECK(sum_of(rows, Field::spkts) == 200);
  for (const Row& r : rows)
    CHECK(r.number(Field::ltime) - r.number(Field::stime) < static_cast<std::uint64_t>(kSecond));
}

TEST_CASE("a packet right after a report waits an interval for its record and not two") {
  MeterOptions options;
  options.idle_udp = 600 * kSecond;
  Traffic traffic(options);
  traffic.at(0, udp(1)).quiet_until(60500 * kMillisecond).at(61 * kSecond, udp(1)).quiet_until(120500 * kMillisecond);
  CHECK(traffic.records().size() == 1);
  CHECK(traffic.quiet_until(122 * kSecond).records().size() == 2);
}

TEST_CASE("the start of a flow is not moved by an older packet once it is told") {
  Traffic traffic;
  const auto rows = traffic.at(100 * kSecond, udp(1))
                        .quiet_until(159 * kSecond)
                        .at(159 * kSecond, udp(1))
                        .quiet_until(165 * kSecond)
                        .at(90 * kSecond, udp(1))
                        .end();
  REQUIRE(rows.size() == 2);
  for (const Row& r : rows) CHECK(is(r, Field::ftime, when(100 * kSecond)));
}

TEST_CASE("the idle time is exact, though timers are coarse") {
  for (int offset = 0; offset < 300; offset += 10) {
    const Nanos start = offset * kMillisecond, end = start + 60 * kSecond;
    Traffic traffic;
    const auto rows = traffic.at(start, udp(1)).at(end - kMillisecond, udp(2)).at(end + kMillisecond, udp(1)).end();
    CAPTURE(offset);
    CHECK(sum_of(rows, Field::trans) == 3);
  }
}

TEST_CASE("idle flows end after their protocol's time") {
  struct Case {
    PacketBuilder frame;
    Nanos idle;
  };
  for (const Case& c :
       {Case{udp(1), 60 * kSecond}, Case{there(kSyn, 1), 120 * kSecond}, Case{ip().icmp(8, 0, 1, 1), 30 * kSecond},
        Case{ip().protocol(47 + 40).payload(8), 60 * kSecond}}) {
    MeterOptions options;
    options.status_interval = 1000 * kSecond;
    Traffic traffic(options);
    traffic.at(0, c.frame);
    CHECK(traffic.quiet_until(c.idle - kSecond).records().empty());
    const auto rows = traffic.quiet_until(c.idle + kSecond).records();
    REQUIRE(rows.size() == 1);
    CHECK(is(rows[0], Field::cause, Cause::timeout));
  }
}

TEST_CASE("a packet after the idle time begins another flow, though no timer fired yet") {
  Traffic traffic;
  const auto rows = traffic.at(0, udp(1)).at(61 * kSecond, udp(1)).end();
  REQUIRE(rows.size() == 2);
  CHECK((is(rows[0], Field::cause, Cause::timeout) && is(rows[1], Field::ftime, when(61 * kSecond))));
  CHECK(sum_of(rows, Field::trans) == 2);
}

TEST_CASE("timers hold over days of silence") {
  Traffic traffic;
  const auto rows = traffic.at(0, udp(1)).at(3 * 86'400 * kSecond, udp(2)).records();
  REQUIRE(rows.size() == 1);
  CHECK(is_address(rows[0], Field::saddr, "10.0.0.1"));
}

TEST_CASE("a full table writes flows early and loses none") {
  MeterOptions options;
  options.flows_max = 100;
  Traffic traffic(options);
  for (unsigned i = 0; i < 1000; i++) traffic.at(i * kMillisecond, udp(i));
  const auto rows = traffic.end();
  CHECK(rows.size() == 1000);
  CHECK(sum_of(rows, Field::spkts) == 1000);
  CHECK(traffic.counts().evicted == 900);
  std::uint64_t told = 0;
  for (const Row& r : rows) told += is(r, Field::cause, Cause::evicted);
  CHECK(told == 900);
}

TEST_CASE("the flow in use stays in a full table") {
  MeterOptions options;
  options.flows_max = 50;
  Traffic traffic(options);
  for (unsigned i = 1; i < 500; i++) traffic.at(i * kMillisecond, udp(0)).at(i * kMillisecond, udp(i));
  std::uint64_t busy = 0;
  for (const Row& r : traffic.end()) busy += is_address(r, Field::saddr, "10.0.0.0");
  CHECK(busy <= 2);
}

TEST_CASE("a table of one flow works") {
  MeterOptions options;
  options.flows_max = 1;
  Traffic traffic(options);
  for (unsigned i = 0; i < 20; i++) traffic.at(i, udp(i % 2));
  CHECK(sum_of(traffic.end(), Field::spkts) == 20);
}

TEST_CASE("time that goes back is counted, and no record's times are out of order") {
  Traffic traffic;
  const auto rows = traffic.at(10 * kSecond, udp(1))
                        .at(5 * kSecond, udp(1))
                        .at(11 * kSecond, udp(1, 10, true))
                        .at(-3600 * kSecond, udp(2))
                        .end();
  CHECK(traffic.counts().time_back == 2);
  CHECK(sum_of(rows, Field::spkts) + sum_of(rows, Field::dpkts) == 4);
  for (const Row& r : rows) CHECK(r.number(Field::stime) <= r.number(Field::ltime));
  CHECK((is(rows[0], Field::stime, when(5 * kSecond)) && is(rows[0], Field::ftime, when(5 * kSecond))));
}

TEST_CASE("times at the ends of what a clock can say do no harm") {
  for (const Nanos time : {Nanos{0}, INT64_MAX - 1, INT64_MIN + 1, Nanos{-1}}) {
    Meter meter = *Meter::create({});
    const auto bytes = udp(1).bytes();
    Packet packet;
    REQUIRE(decode(frame_of(bytes, LinkType::ethernet, time), packet) == DecodeStatus::ok);
    meter.add({&packet, 1});
    packet.time = -time;
    meter.add({&packet, 1});
    meter.finish(Cause::flush);
    CHECK(sum_of(rows_of(meter.take()), Field::spkts) == 2);
  }
}

TEST_CASE("random traffic is conserved for every pair of ends, with evictions, intervals and steps of time") {
  for (const unsigned seed : {1u, 2u, 3u, 4u}) {
    std::mt19937_64 random(seed);
    MeterOptions options;
    options.flows_max = seed % 2 == 0 ? 20 : 100'000;
    options.status_interval = static_cast<Nanos>(1 + random() % 20) * kSecond;
    Traffic traffic(options);
    std::map<std::pair<Address, Address>, std::pair<std::uint64_t, std::uint64_t>> sent;
    Nanos time = 0;
    for (int i = 0; i < 4000; i++) {
      time += static_cast<Nanos>(random() % 200) * kMillisecond;
      if (random() % 200 == 0) time += static_cast<Nanos>(random() % 300) * kSecond;
      if (random() % 100 == 0) time -= 5 * kSecond;
      const std::string a = "10.0.0." + std::to_string(random() % 12), b = "10.0.1." + std::to_string(random() % 12);
      const bool swap = random() % 2 == 0;
      const std::string& from = swap ? b : a;
      const std::string& to = swap ? a : b;
      auto frame = ip(from.c_str(), to.c_str());
      const std::size_t size = random() % 50;
      const auto port = static_cast<std::uint16_t>(1 + random() % 3);
      switch (random() % 5) {
        case 0: frame.udp(port, port); break;
        case 1: frame.icmp(random() % 2 == 0 ? 0 : 8, 0, port, 1); break;
        case 2: frame.protocol(90); break;
        default:
          frame.tcp(port, port,
                    {.seq = static_cast<std::uint32_t>(random() % 1000),
                     .ack = static_cast<std::uint32_t>(random() % 1000),
                     .flags = static_cast<std::uint8_t>(random() % 64)});
      }
      frame.payload(size);
      auto& [packets, bytes] = sent[{*parse_address(from), *parse_address(to)}];
      packets++;
      bytes += frame.bytes().size();
      traffic.at(time, frame);
    }
    const auto rows = traffic.end();
    CHECK((options.flows_max == 20) == (traffic.counts().evicted != 0));
    for (const Row& r : rows) {
      const Address s = std::get<Address>(r.cell(Field::saddr)), d = std::get<Address>(r.cell(Field::daddr));
      auto& there = sent[{s, d}];
      auto& back = sent[{d, s}];
      there.first -= r.number(Field::spkts), there.second -= r.number(Field::sbytes);
      back.first -= r.number(Field::dpkts), back.second -= r.number(Field::dbytes);
      REQUIRE(r.number(Field::stime) <= r.number(Field::ltime));
      REQUIRE(r.number(Field::spkts) + r.number(Field::dpkts) != 0);
    }
    for (const auto& [ends, left] : sent) CHECK((left.first == 0 && left.second == 0));
  }
}

TEST_CASE("packets metered one by one and many at once give the same records, which details only add to") {
  std::mt19937_64 random(9);
  std::vector<std::vector<std::byte>> frames;
  std::vector<Packet> packets(600);
  for (std::size_t i = 0; i < packets.size(); i++) {
    const auto port = static_cast<std::uint16_t>(random() % 5);
    frames.push_back((random() % 2 == 0 ? there(static_cast<std::uint8_t>(random() % 32),
                                                static_cast<std::uint32_t>(random() % 300), 1, 20)
                                        : ip().udp(port, 53).payload(4))
                         .bytes());
    REQUIRE(decode(frame_of(frames.back(), LinkType::ethernet, kEpoch + static_cast<Nanos>(i) * 300 * kMillisecond),
                   packets[i]) == DecodeStatus::ok);
  }
  MeterOptions options;
  options.flows_max = 4;
  Meter one = *Meter::create(options), many = *Meter::create(options), plain = *Meter::create(options);
  REQUIRE((one.begin_details() && many.begin_details()));
  for (const Packet& packet : packets) one.add({&packet, 1});
  many.add(packets);
  plain.add(packets);
  for (Meter* meter : {&one, &many, &plain}) meter->finish(Cause::flush);
  std::vector<Row> rows = rows_of(one.take());
  CHECK(rows == rows_of(many.take()));
  CHECK(sum_of(rows, Field::sintidls) != 0);
  for (Row& r : rows)
    for (const Field field : detail_fields().list()) r.without(field);
  CHECK(rows == rows_of(plain.take()));
}
