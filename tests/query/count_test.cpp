#include "query/count.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "base/address.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/merge.h"
#include "query/distinct.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

std::string kind_of(const char* text) {
  const auto address = parse_address(text);
  REQUIRE(address);
  return std::string(address_kind_text(address_kind(*address)));
}
std::uint64_t value(const Batch& batch, Field field, std::size_t row = 0) {
  return column_of(batch, field).at<std::uint64_t>(row);
}

}  // namespace

TEST_CASE("addresses are of the smallest kind that holds them") {
  CHECK(kind_of("192.0.2.1") == "IPv4 unicast documentation");
  CHECK(kind_of("8.8.8.8") == "IPv4 unicast global");
  CHECK(kind_of("172.31.255.255") == "IPv4 unicast private");
  CHECK(kind_of("172.32.0.0") == "IPv4 unicast global");
  CHECK(kind_of("100.72.48.106") == "IPv4 unicast shared");
  CHECK(kind_of("0.0.0.0") == "IPv4 unicast this network");
  CHECK(kind_of("255.255.255.254") == "IPv4 unicast reserved");
  CHECK(kind_of("255.255.255.255") == "IPv4 broadcast");
  CHECK(kind_of("224.0.0.251") == "IPv4 multicast local");
  CHECK(kind_of("225.0.0.1") == "IPv4 multicast other");
  CHECK(kind_of("239.255.255.250") == "IPv4 multicast site local");
  CHECK(kind_of("239.1.1.1") == "IPv4 multicast administrative");
  CHECK(kind_of("2606:4700::1111") == "IPv6 unicast global");
  CHECK(kind_of("2001:db8::1") == "IPv6 unicast documentation");
  CHECK(kind_of("fe80::1") == "IPv6 unicast link local");
  CHECK(kind_of("fd00::1") == "IPv6 unicast unique local");
  CHECK(kind_of("::") == "IPv6 unspecified");
  CHECK(kind_of("::1") == "IPv6 unicast loopback");
  CHECK(kind_of("4000::") == "IPv6 unicast reserved");
  CHECK(kind_of("ff02::fb") == "IPv6 multicast link local");
  CHECK(kind_of("ff15::1") == "IPv6 multicast site local");
  CHECK(kind_of("ff0f::1") == "IPv6 multicast other");
  CHECK(kind_of("00:00:5e:00:53:01") == "MAC unicast");
  CHECK(kind_of("01:80:c2:00:00:0e") == "MAC multicast");
  CHECK(kind_of("ff:ff:ff:ff:ff:ff") == "MAC broadcast");
}

TEST_CASE("only counters add up") {
  for (const Field field : {Field::pkts, Field::bytes, Field::sbytes, Field::trans, Field::records, Field::loss})
    CHECK(adds_up(field));
  for (const Field field :
       {Field::saddr, Field::dur, Field::load, Field::ploss, Field::stime, Field::mean, Field::sport})
    CHECK_FALSE(adds_up(field));
}

TEST_CASE("counts are those of the records, whatever the shape of columns") {
  std::mt19937_64 random(17);
  CountOptions options{{Field::spkts, Field::dbytes, Field::records}, true, true};
  Counter counter(options);
  std::map<std::uint64_t, std::uint64_t> packets_of;
  std::set<Address> sources, destinations;
  std::uint64_t packets = 0, bytes = 0, without = 0;
  for (int n = 0; n < 8; n++) {
    std::vector<Row> rows;
    for (int i = 0; i < 500; i++) rows.push_back(random_row(random));
    for (const Row& row : rows) {
      const std::uint64_t spkts = row.has(Field::spkts) ? row.number(Field::spkts) : 0;
      packets += spkts;
      bytes += row.has(Field::dbytes) ? row.number(Field::dbytes) : 0;
      if (row.has(Field::proto)) packets_of[row.number(Field::proto)] += spkts;
      else without += spkts;
      if (row.has(Field::saddr)) sources.insert(std::get<Address>(row.cell(Field::saddr)));
      if (row.has(Field::daddr)) destinations.insert(std::get<Address>(row.cell(Field::daddr)));
    }
    REQUIRE(counter.add(n % 2 == 0 ? batch_of(rows) : with_dictionaries(batch_of(rows)), UINT64_MAX));
  }
  const Batch total = counter.total().row();
  CHECK(value(total, Field::spkts) == packets);
  CHECK(value(total, Field::dbytes) == bytes);
  const Batch protocols = counter.protocols();
  REQUIRE(protocols.rows() == packets_of.size() + 1);
  std::size_t row = 0;
  for (const auto& [proto, sum] : packets_of) {
    CHECK(protocols[Field::proto].at<std::uint16_t>(row) == proto);
    CHECK(value(protocols, Field::spkts, row) == sum);
    row++;
  }
  CHECK_FALSE(protocols[Field::proto].has(row));
  CHECK(value(protocols, Field::spkts, row) == without);
  std::uint64_t seen_sources = 0, seen_destinations = 0;
  for (const AddressKind& kind : counter.address_kinds()) {
    seen_sources += kind.sources;
    seen_destinations += kind.destinations;
  }
  CHECK(seen_sources == sources.size());
  CHECK(seen_destinations == destinations.size());
}

TEST_CASE("words of a dictionary that no row has are no addresses") {
  const Batch all =
      with_dictionaries(batch_of({row().with(Field::saddr, "10.0.0.1"), row().with(Field::saddr, "10.0.0.2")}));
  DistinctAddresses seen;
  const std::vector<std::uint32_t> first = {0};
  const Batch one = gathered(all, first);
  seen.add(one[Field::saddr], one.rows());
  CHECK(seen.all() == std::vector<Address>{*parse_address("10.0.0.1")});
}

TEST_CASE("more addresses than memory allows are an error") {
  Counter counter({{}, false, true});
  std::vector<Row> rows;
  for (unsigned i = 0; i < 3000; i++) rows.push_back(row().with(Field::saddr, Address::from_mac(i)));
  const auto done = counter.add(batch_of(rows), 10'000);
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::limit);
}

TEST_CASE("the largest rows come in falling order, and the others are what is left") {
  std::mt19937_64 random(23);
  TopRows top(Field::pkts, 7);
  Sums sums({Field::spkts, Field::dpkts});
  std::vector<std::pair<std::uint64_t, unsigned>> all;
  unsigned number = 0;
  for (int n = 0; n < 5; n++) {
    std::vector<Row> rows;
    for (int i = 0; i < 40; i++) {
      const std::uint64_t s = random() % 20, d = random() % 20;
      all.emplace_back(s + d, number);
      rows.push_back(row().with(Field::sport, number++).with(Field::spkts, s).with(Field::dpkts, d));
    }
    top.add(batch_of(rows));
    sums.add(batch_of(rows));
  }
  std::sort(all.begin(), all.end(),
            [](auto& a, auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  const Batch rows = top.rows();
  REQUIRE(rows.rows() == 7);
  std::uint64_t most = 0, whole = 0;
  for (std::size_t i = 0; i < 7; i++) {
    CHECK(rows[Field::sport].at<std::uint16_t>(i) == all[i].second);
    most += all[i].first;
  }
  for (const auto& [pkts, n] : all) whole += pkts;
  CHECK(value(sums.without(rows).row(), Field::pkts) == whole - most);
}

TEST_CASE("sums stop at the largest number") {
  Sums sums({Field::spkts});
  const Batch batch = batch_of({row().with(Field::spkts, UINT64_MAX - 1), row().with(Field::spkts, 7)});
  sums.add(batch);
  sums.add(batch);
  CHECK(value(sums.row(), Field::spkts) == UINT64_MAX);
  CHECK(value(Sums({Field::spkts}).row(), Field::spkts) == 0);
}
