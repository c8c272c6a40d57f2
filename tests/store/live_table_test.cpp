#include "store/live_table.h"

#include <catch2/catch.hpp>
#include <random>

#include "base/address.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "query/key.h"

namespace argus {

namespace {

struct Flow {
  std::string source = "10.0.0.1", target = "10.0.0.2";
  std::uint16_t port = 80;
  Nanos stime = 0, ltime = 0;
  Traffic traffic;
};

Batch flows_of(const std::vector<Flow>& flows) {
  ColumnBuilder<Address> saddr, daddr;
  ColumnBuilder<std::uint16_t> dport;
  ColumnBuilder<Nanos> stime, ltime;
  ColumnBuilder<std::uint64_t> spkts, dpkts, sbytes, dbytes;
  for (const Flow& f : flows) {
    saddr.add(*parse_address(f.source)), daddr.add(*parse_address(f.target)), dport.add(f.port);
    stime.add(f.stime), ltime.add(f.ltime);
    spkts.add(f.traffic.spkts), dpkts.add(f.traffic.dpkts), sbytes.add(f.traffic.sbytes), dbytes.add(f.traffic.dbytes);
  }
  Batch out(flows.size());
  out.set(Field::saddr, saddr.finish()), out.set(Field::daddr, daddr.finish()), out.set(Field::dport, dport.finish());
  out.set(Field::stime, stime.finish()), out.set(Field::ltime, ltime.finish());
  out.set(Field::spkts, spkts.finish()), out.set(Field::dpkts, dpkts.finish());
  out.set(Field::sbytes, sbytes.finish()), out.set(Field::dbytes, dbytes.finish());
  out.set(Field::trans, Column::constant<std::uint64_t>(1));
  out.set(Field::proto, Column::constant<std::uint16_t>(6));
  return out;
}

LiveTable table(const std::vector<std::string>& key, std::size_t groups_max = 1000, bool rmon = false) {
  auto words = parse_keys(key);
  REQUIRE(words);
  return LiveTable({*words, rmon, {Field::trans, Field::pkts}, groups_max});
}

Flow at(Nanos begin, Nanos end, Traffic traffic) {
  Flow out;
  out.stime = begin, out.ltime = end, out.traffic = traffic;
  return out;
}

constexpr Nanos kStart = 1'000'000 * kSecond;

}  // namespace

TEST_CASE("rows merge as they come, and are ordered by any field") {
  LiveTable rows = table({"dport"});
  std::vector<Flow> flows;
  for (std::uint16_t port = 1; port <= 5; port++) {
    Flow flow = at(kStart, kStart, {port, 0, 100u * port, 0});
    flow.port = port;
    flows.push_back(flow);
  }
  rows.add(flows_of(flows));
  rows.add(flows_of({flows[1], flows[1]}));
  REQUIRE(rows.groups() == 5);
  CHECK(rows.records() == 7);
  CHECK(rows.total() == Traffic{19, 0, 1900, 0});
  const auto order = rows.ordered({}, 0, 3);
  const Batch batch = rows.rows(order);
  REQUIRE(batch.rows() == 3);
  CHECK(batch[Field::dport].at<std::uint16_t>(0) == 2);
  CHECK(batch[Field::spkts].at<std::uint64_t>(0) == 6);
  CHECK(batch[Field::trans].at<std::uint64_t>(0) == 3);
  CHECK(batch[Field::dport].at<std::uint16_t>(1) == 5);
  const auto ascending = rows.ordered({LiveOrder::By::field, Field::dport, 0, Ends::both, false}, 0, 10);
  CHECK(rows.rows(ascending)[Field::dport].at<std::uint16_t>(4) == 5);
}

TEST_CASE("rates are of the last seconds that are over, and pass with the stream's time") {
  LiveTable rows = table({"dport"});
  rows.advance(kStart);
  rows.add(flows_of({at(kStart, kStart, {1, 2, 100, 200})}));
  CHECK(rows.within(0, 0).none());  // its second goes on
  rows.advance(kStart + kSecond);
  for (const std::size_t window : {0u, 1u, 2u}) CHECK(rows.within(0, window) == Traffic{1, 2, 100, 200});
  CHECK(rows.total_within(0) == Traffic{1, 2, 100, 200});
  rows.advance(kStart + 2 * kSecond);
  CHECK(rows.within(0, 0) == Traffic{1, 2, 100, 200});
  rows.advance(kStart + 3 * kSecond);
  CHECK(rows.within(0, 0).none());
  CHECK(rows.within(0, 1) == Traffic{1, 2, 100, 200});
  rows.advance(kStart + 11 * kSecond);
  CHECK(rows.within(0, 1).none());
  CHECK(rows.within(0, 2) == Traffic{1, 2, 100, 200});
  rows.advance(kStart + 41 * kSecond);
  CHECK(rows.within(0, 2).none());
  CHECK(rows.total_within(2).none());
}

TEST_CASE("a record lies over the seconds of its time, and its pieces add up") {
  std::mt19937_64 random(11);
  for (int turn = 0; turn < 200; turn++) {
    LiveTable rows = table({"dport"});
    const Nanos end = kStart + 50 * kSecond;
    rows.advance(end);
    const Nanos begin = end - static_cast<Nanos>(random() % (39 * kSecond));
    const Nanos last = begin + static_cast<Nanos>(random() % static_cast<std::uint64_t>(end - begin + 1));
    const Traffic all = {1 + random() % 1000, random() % 3, random() % 1'000'000, random() % 1000};
    rows.add(flows_of({at(begin, last, all)}));
    rows.advance(end + kSecond);
    Traffic sum;
    for (const Traffic& second : rows.history(0)) sum += second;
    Traffic expected = all;
    if (all.dpkts == 0) expected.dbytes = sum.dbytes;  // bytes without packets lie nowhere
    CHECK(sum == expected);
    CHECK(rows.within(0, 2) == sum);
  }
}

TEST_CASE("a record that is longer than the windows counts in them by its share") {
  LiveTable rows = table({"dport"});
  rows.advance(kStart + 1000 * kSecond);
  rows.add(flows_of({at(kStart, kStart + 1000 * kSecond, {10'001, 0, 10'001'000, 0})}));
  const Traffic last = rows.within(0, 2);
  CHECK(last.spkts >= 395);
  CHECK(last.spkts <= 405);
  CHECK(last.sbytes >= 395'000);
  CHECK(last.sbytes <= 405'000);
}

TEST_CASE("what is late counts where it belongs, what is early in the second that goes on") {
  LiveTable rows = table({"dport"});
  rows.advance(kStart + 20 * kSecond);
  rows.add(flows_of({at(kStart + 15 * kSecond, kStart + 15 * kSecond, {1, 0, 10, 0}),
                     at(kStart + 99 * kSecond, kStart + 99 * kSecond, {2, 0, 20, 0}),
                     at(kStart - 500 * kSecond, kStart - 500 * kSecond, {4, 0, 40, 0})}));
  CHECK(rows.within(0, 0).none());
  CHECK(rows.within(0, 1) == Traffic{1, 0, 10, 0});
  rows.advance(kStart + 21 * kSecond);
  CHECK(rows.within(0, 0) == Traffic{2, 0, 20, 0});
  CHECK(rows.total() == Traffic{7, 0, 70, 0});
}

TEST_CASE("times at the ends of what a number holds are no trouble") {
  LiveTable rows = table({"dport"});
  for (const Nanos now : {INT64_MIN + 1, Nanos{-1}, Nanos{0}, INT64_MAX}) {
    rows.advance(now);
    rows.add(flows_of({at(INT64_MIN, INT64_MAX, {3, 3, 3, 3}), at(INT64_MAX, INT64_MAX, {1, 1, 1, 1}),
                       at(INT64_MIN, INT64_MIN, {1, 1, 1, 1})}));
  }
  CHECK(rows.records() == 12);
  CHECK(rows.ordered({}, kMinute, 10).size() == 1);
}

TEST_CASE("over the limit the small idle rows go, and what went is counted") {
  LiveTable rows = table({"dport"}, 100);
  rows.advance(kStart);
  std::vector<Flow> flows;
  for (std::uint16_t port = 1; port <= 90; port++) {
    Flow flow = at(kStart, kStart, {port, 0, port, 0});
    flow.port = port;
    flows.push_back(flow);
  }
  rows.add(flows_of(flows));
  rows.advance(kStart + 100 * kSecond);
  for (Flow& flow : flows)
    flow.port = static_cast<std::uint16_t>(flow.port + 1000), flow.stime = flow.ltime = kStart + 100 * kSecond;
  flows.resize(40);
  rows.add(flows_of(flows));
  rows.advance(kStart + 101 * kSecond);
  rows.add(flows_of({flows[0]}));
  CHECK(rows.groups() == 75);
  CHECK(rows.left().groups == 55);
  std::uint64_t packets = 0;
  for (std::uint64_t port = 1; port <= 55; port++) packets += port;
  CHECK(rows.left().packets == packets);
  const auto order = rows.ordered({}, 0, 100);
  CHECK(rows.rows(order)[Field::spkts].at<std::uint64_t>(0) == 90);
  Traffic sum;
  for (std::uint32_t group = 0; group < rows.groups(); group++) sum += rows.within(group, 0);
  CHECK(sum == rows.total_within(0));
}

TEST_CASE("idle rows are not listed") {
  LiveTable rows = table({"dport"});
  Flow old = at(kStart, kStart, {9, 0, 9, 0}), fresh = at(kStart + 50 * kSecond, kStart + 50 * kSecond, {1, 0, 1, 0});
  fresh.port = 443;
  rows.advance(kStart + 50 * kSecond);
  rows.add(flows_of({old, fresh}));
  CHECK(rows.ordered({}, 0, 10).size() == 2);
  const auto order = rows.ordered({}, 10 * kSecond, 10);
  REQUIRE(order.size() == 1);
  CHECK(rows.rows(order)[Field::dport].at<std::uint16_t>(0) == 443);
}

TEST_CASE("each end counts with rmon, and the total once") {
  LiveTable rows = table({"saddr"}, 1000, true);
  rows.advance(kStart);
  rows.add(flows_of({at(kStart, kStart, {1, 2, 10, 20})}));
  rows.advance(kStart + kSecond);
  REQUIRE(rows.groups() == 2);
  CHECK(rows.within(0, 0) == Traffic{1, 2, 10, 20});
  CHECK(rows.within(1, 0) == Traffic{2, 1, 20, 10});
  CHECK(rows.total_within(0) == Traffic{1, 2, 10, 20});
}

TEST_CASE("unordered pairs are one row, with rates turned round like their counters") {
  LiveTable rows = table({"matrix"});
  Flow there = at(kStart, kStart, {1, 2, 10, 20}), back = there;
  std::swap(back.source, back.target);
  rows.advance(kStart);
  rows.add(flows_of({there, back}));
  rows.advance(kStart + kSecond);
  REQUIRE(rows.groups() == 1);
  CHECK(rows.within(0, 0) == Traffic{3, 3, 30, 30});
}

}  // namespace argus
