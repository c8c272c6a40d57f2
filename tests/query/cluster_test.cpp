#include "query/cluster.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <tuple>

#include "base/address.h"
#include "base/int128.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/merge.h"
#include "flow/source.h"
#include "flow/where.h"
#include "query/key.h"
#include "query/packed.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

KeyWords keys(const std::vector<std::string>& words) {
  auto parsed = parse_keys(words);
  if (!parsed) FAIL(parsed.error().text);
  return *parsed;
}

std::vector<Row> clustered_rows(std::vector<Batch> batches, const std::vector<std::string>& words, bool rmon = false,
                                WherePtr where = nullptr) {
  const SourcePtr flows = clustered(source_of(std::move(batches)), {keys(words), rmon});
  return rows_of(*flows, {FieldSet::all_stored(), std::move(where), {}});
}

// ---- the model: a map from keys, as cells that compare like keys, to the rows of a group

struct Place {
  bool absent = true;  // last
  u128 number = 0;
  double real = 0;
  std::string text;
  friend bool operator<(const Place& a, const Place& b) {
    return std::tie(a.absent, a.number, a.real, a.text) < std::tie(b.absent, b.number, b.real, b.text);
  }
};

template <class T>
Place place_of(const Column& column, std::size_t row) {
  Place out;
  if (!column.has(row)) return out;
  out.absent = false;
  const T& value = column.at<T>(row);
  if constexpr (std::is_same_v<T, Address>) out.number = rank_image(value);
  else if constexpr (std::is_same_v<T, std::int64_t>) out.number = ordered_image(value);
  else if constexpr (std::is_same_v<T, std::string>) out.text = value;
  else if constexpr (std::is_same_v<T, double>) out.real = value;
  else out.number = value;
  return out;
}

std::vector<Place> places_of(const Batch& one, const std::vector<Key>& by) {
  std::vector<Place> out;
  for (const Key& key : by) {
    const Column column = key_column(one, key);
    if (column.absent()) out.emplace_back();
    else out.push_back(with_type(column.type(), [&]<class T>() { return place_of<T>(column, 0); }));
  }
  return out;
}

std::vector<Row> model(const std::vector<Row>& rows, const KeyWords& words) {
  std::map<std::vector<Place>, std::vector<Row>> groups;
  for (const Row& row : rows) groups[places_of(batch_of({row}), words.keys)].push_back(row);
  std::vector<Row> out;
  for (const auto& [place, members] : groups) {
    Groups folded(FieldSet::all_stored());
    const std::vector<std::uint32_t> zeros(members.size(), 0), zero = {0};
    folded.add(batch_of(members), zeros, 1);
    Row merged = row_of(folded.batch(zero), 0);
    const Row first = members[0];
    for (const Key& key : words.keys) {
      if (!is_stored(key.field)) continue;
      const Batch cut = [&] {
        Batch b(1);
        b.set(key.field, key_column(batch_of({first}), key));
        return b;
      }();
      const Row value = row_of(cut, 0);
      merged.without(key.field);
      if (value.has(key.field)) std::visit([&](const auto& v) { merged.with(key.field, v); }, value.cell(key.field));
    }
    out.push_back(std::move(merged));
  }
  return out;
}

// What the model does not say: prefix lengths, and the one stored field that a derived key comes from.
FieldSet compared(const KeyWords& words) {
  FieldSet out = FieldSet::all_stored();
  for (const Key& key : words.keys) {
    if (key.field == Field::saddr && !key.whole) out.remove(Field::smask);
    if (key.field == Field::daddr && !key.whole) out.remove(Field::dmask);
    if (is_stored(key.field)) continue;
    const auto inputs = stored_inputs({key.field}).list();
    if (inputs.size() == 1) out.remove(inputs[0]);
  }
  return out;
}

std::vector<Row> only(const std::vector<Row>& rows, const FieldSet& fields) {
  std::vector<Row> out;
  for (const Row& row : rows) out.push_back(row.only(fields));
  return out;
}

class AtLeast final : public Where {
 public:
  AtLeast(Field field, std::uint64_t least) : field_(field), least_(least) {}
  FieldSet fields() const override { return {field_}; }
  void select(const Batch& batch, std::span<std::uint8_t> keep) const override {
    for (std::size_t i = 0; i < keep.size(); i++)
      if (!batch[field_].has(i) || batch[field_].at<std::uint64_t>(i) < least_) keep[i] = 0;
  }

 private:
  Field field_;
  std::uint64_t least_;
};

}  // namespace

TEST_CASE("clustering equals a map from keys to merged records, for every field and cut as a key") {
  std::vector<std::vector<std::string>> lists;
  for (const FieldInfo& about : all_fields()) lists.push_back({std::string(about.name)});
  for (const char* cut : {"saddr/24", "saddr/31", "daddr/96", "daddr/0", "inode/16", "stime/2s", "dur/2s", "sbytes/2",
                          "bytes/3", "load/1k", "sport/2"})
    lists.push_back({cut});
  lists.push_back({"proto", "dport"});
  lists.push_back({"saddr", "daddr", "proto", "sport", "dport"});
  lists.push_back({"srcid", "stime/2s", "saddr", "dursq", "smac"});
  lists.push_back({"dport", "svid", "spkts", "dpkts", "sbytes", "dbytes"});
  std::mt19937_64 random(42);
  for (const auto& words : lists) {
    CAPTURE(words);
    for (const bool wide : {false, true}) {
      std::vector<Row> rows;
      while (rows.size() < 60) rows.push_back(random_row(random, wide));
      const Batch batch = batch_of(rows);
      std::vector<Batch> batches;
      for (std::uint32_t at = 0; at < 60; at += 20) {
        std::vector<std::uint32_t> which(20);
        std::iota(which.begin(), which.end(), at);
        batches.push_back(gathered(at == 20 ? with_dictionaries(batch) : batch, which));
      }
      const KeyWords parsed = keys(words);
      const FieldSet fields = compared(parsed);
      REQUIRE(only(clustered_rows(batches, words), fields) == only(model(rows, parsed), fields));
    }
  }
}

TEST_CASE("output is in key order, IPv4 by number before IPv6, absent last") {
  std::vector<Row> rows;
  for (const char* address : {"2001:db8::1", "10.0.0.10", "::1", "9.255.0.1", "10.0.0.9", "02:00:00:00:00:01"})
    rows.push_back(tcp_row(address, 1, "10.9.9.9", 80));
  rows.push_back(row().with(Field::spkts, 1));
  const std::vector<Row> out = clustered_rows({batch_of(rows)}, {"saddr"});
  std::vector<std::string> order;
  for (const Row& one : out)
    order.push_back(one.has(Field::saddr) ? to_text(std::get<Address>(one.cell(Field::saddr))) : "");
  CHECK(order ==
        std::vector<std::string>{"9.255.0.1", "10.0.0.9", "10.0.0.10", "::1", "02:00:00:00:00:01", "2001:db8::1", ""});
}

TEST_CASE("keys order in the order they are named") {
  const std::vector<Row> rows = {tcp_row("10.0.0.2", 1, "10.0.0.9", 80), tcp_row("10.0.0.1", 1, "10.0.0.9", 443),
                                 tcp_row("10.0.0.1", 1, "10.0.0.9", 80)};
  const auto ports = [](const std::vector<Row>& out) {
    std::vector<std::uint64_t> list;
    for (const Row& one : out) list.push_back(one.number(Field::dport));
    return list;
  };
  CHECK(ports(clustered_rows({batch_of(rows)}, {"saddr", "dport"})) == std::vector<std::uint64_t>{80, 443, 80});
  CHECK(ports(clustered_rows({batch_of(rows)}, {"dport", "saddr"})) == std::vector<std::uint64_t>{80, 80, 443});
}

TEST_CASE(
    "a cut address brings its prefix length; the other family, unless it is cut too, and a MAC address stay whole") {
  const std::vector<Row> rows = {tcp_row("10.1.2.3", 1, "10.9.9.9", 80), tcp_row("10.1.2.77", 1, "10.9.9.9", 80),
                                 tcp_row("2001:db8:1::5", 1, "2001:db8::1", 80),
                                 tcp_row("02:00:00:00:00:01", 1, "10.9.9.9", 80)};
  const std::vector<Row> out = clustered_rows({batch_of(rows)}, {"saddr/24"});
  REQUIRE(out.size() == 3);
  CHECK(to_text(std::get<Address>(out[0].cell(Field::saddr))) == "10.1.2.0");
  CHECK(out[0].number(Field::smask) == 24);
  CHECK(to_text(std::get<Address>(out[1].cell(Field::saddr))) == "02:00:00:00:00:01");
  CHECK_FALSE(out[1].has(Field::smask));
  CHECK(to_text(std::get<Address>(out[2].cell(Field::saddr))) == "2001:db8:1::5");
  CHECK_FALSE(out[2].has(Field::smask));
  const std::vector<Row> whole = clustered_rows({batch_of(rows)}, {"saddr/64"});
  REQUIRE(whole.size() == 4);
  CHECK_FALSE(whole[0].has(Field::smask));
  CHECK(to_text(std::get<Address>(whole[3].cell(Field::saddr))) == "2001:db8:1::");
  CHECK(whole[3].number(Field::smask) == 64);
  const std::vector<Row> both = clustered_rows({batch_of(rows)}, {"saddr/16/24"});
  REQUIRE(both.size() == 3);
  CHECK(to_text(std::get<Address>(both[0].cell(Field::saddr))) == "10.1.0.0");
  CHECK(both[0].number(Field::smask) == 16);
  CHECK(to_text(std::get<Address>(both[1].cell(Field::saddr))) == "02:00:00:00:00:01");
  CHECK_FALSE(both[1].has(Field::smask));
  CHECK(to_text(std::get<Address>(both[2].cell(Field::saddr))) == "2001:d00::");
  CHECK(both[2].number(Field::smask) == 24);
}

TEST_CASE("networks clustered again to a shorter prefix carry the shorter length, to a longer one their own") {
  const Row net = tcp_row("10.1.0.0", 1, "10.9.9.9", 80).with(Field::smask, 16);
  CHECK(clustered_rows({batch_of({net})}, {"saddr/8"})[0].number(Field::smask) == 8);
  CHECK(clustered_rows({batch_of({net})}, {"saddr/24"})[0].number(Field::smask) == 16);
  CHECK(clustered_rows({batch_of({net})}, {"saddr"})[0].number(Field::smask) == 16);
}

TEST_CASE("without keys the status records of one flow become one, another flow of the same ends stays its own") {
  const Row first = tcp_row("10.0.0.1", 1, "10.0.0.2", 80, 3, 4);
  const Row second = Row(first).with(Field::stime, 60 * kSecond).with(Field::ltime, 70 * kSecond).with(Field::trans, 0);
  const Row other = Row(first).with(Field::ftime, 99 * kSecond);
  const std::vector<Row> out = clustered_rows({batch_of({first, other}), batch_of({second})}, {});
  REQUIRE(out.size() == 2);
  CHECK(out[0].number(Field::spkts) == 6);
  CHECK(out[0].number(Field::trans) == 1);
  CHECK(out[0].number(Field::stime) == kSecond);
  CHECK(out[0].number(Field::ltime) == 70 * kSecond);
  CHECK(out[0].number(Field::ftime) == kSecond);
  CHECK(out[1].number(Field::spkts) == 3);
}

TEST_CASE("rmon gives each end a row and doubles the totals, IPv6 ports with their ends") {
  for (const auto& [a, b] : {std::pair{"10.0.0.1", "10.0.0.2"}, std::pair{"2001:db8::1", "2001:db8::2"}}) {
    const Batch flows = batch_of({tcp_row(a, 4000, b, 80, 115, 287)});
    const std::vector<Row> out = clustered_rows({flows}, {"proto", "sport"}, true);
    REQUIRE(out.size() == 2);
    CHECK(out[0].number(Field::sport) == 80);
    CHECK(out[0].number(Field::spkts) == 287);
    CHECK(out[0].number(Field::dpkts) == 115);
    CHECK(out[1].number(Field::sport) == 4000);
    CHECK(out[1].number(Field::spkts) == 115);
    CHECK(total(out, Field::trans) == 2);
    const std::vector<Row> hosts = clustered_rows({flows}, {"addr"});
    REQUIRE(hosts.size() == 2);
    CHECK(to_text(std::get<Address>(hosts[0].cell(Field::saddr))) == a);
    CHECK(hosts[0].number(Field::spkts) == 115);
    CHECK(hosts[1].number(Field::spkts) == 287);
  }
}

TEST_CASE("a record whose ends are the same object appears once with out = in = total and two transactions") {
  const std::vector<Row> out =
      clustered_rows({batch_of({tcp_row("127.0.0.1", 5, "127.0.0.1", 6, 3, 4)})}, {"saddr"}, true);
  REQUIRE(out.size() == 1);
  CHECK(out[0].number(Field::spkts) == 7);
  CHECK(out[0].number(Field::dpkts) == 7);
  CHECK(out[0].number(Field::trans) == 2);
}

TEST_CASE("a matrix merges both directions of a pair with the lower address as source") {
  const std::vector<Row> rows = {tcp_row("10.0.0.9", 1, "10.0.0.10", 80, 1, 2),
                                 tcp_row("10.0.0.10", 1, "10.0.0.9", 80, 10, 20),
                                 tcp_row("2001:db8::1", 1, "10.0.0.9", 80, 100, 200)};
  const std::vector<Row> out = clustered_rows({batch_of(rows)}, {"matrix"});
  REQUIRE(out.size() == 2);
  CHECK(to_text(std::get<Address>(out[0].cell(Field::saddr))) == "10.0.0.9");
  CHECK(to_text(std::get<Address>(out[0].cell(Field::daddr))) == "10.0.0.10");
  CHECK(out[0].number(Field::spkts) == 21);
  CHECK(out[0].number(Field::dpkts) == 12);
  CHECK(to_text(std::get<Address>(out[1].cell(Field::daddr))) == "2001:db8::1");
  CHECK(out[1].number(Field::spkts) == 200);
  const std::vector<Row> nets = clustered_rows({batch_of(rows)}, {"matrix/24"});
  REQUIRE(nets.size() == 2);
  CHECK(nets[0].number(Field::smask) == 24);
  CHECK(nets[0].number(Field::dmask) == 24);
  CHECK(nets[0].number(Field::spkts) == 21);
}

TEST_CASE("a MAC matrix pairs link addresses") {
  const Row a = tcp_row("10.0.0.1", 1, "10.0.0.2", 80, 1, 2).with(Field::smac, 5).with(Field::dmac, 7);
  const Row b = tcp_row("10.0.0.3", 1, "10.0.0.4", 80, 10, 20).with(Field::smac, 7).with(Field::dmac, 5);
  const std::vector<Row> out = clustered_rows({batch_of({a, b})}, {"macmatrix"});
  REQUIRE(out.size() == 1);
  CHECK(out[0].number(Field::smac) == 5);
  CHECK(out[0].number(Field::dmac) == 7);
  CHECK(out[0].number(Field::spkts) == 21);
  CHECK(out[0].number(Field::dpkts) == 12);
}

TEST_CASE("a VLAN id as a key is shown though priorities differ") {
  const Row low = tcp_row("10.0.0.1", 1, "10.0.0.2", 80).with(Field::svlan, 0x0005);
  const Row high = tcp_row("10.0.0.1", 1, "10.0.0.2", 80).with(Field::svlan, 0xe005);
  const std::vector<Row> out = clustered_rows({batch_of({high, low})}, {"svid"});
  REQUIRE(out.size() == 1);
  CHECK(out[0].number(Field::svlan) == 5);
  CHECK(out[0].number(Field::spkts) == 2);
  // Each of several such keys is shown.
  const Row both = tcp_row("10.0.0.1", 1, "10.0.0.2", 80).with(Field::svlan, 0xe005).with(Field::dvlan, 0x2006);
  const std::vector<Row> pair = clustered_rows({batch_of({both, both})}, {"svid", "dvid"});
  REQUIRE(pair.size() == 1);
  CHECK((pair[0].number(Field::svlan) == 0xe005 && pair[0].number(Field::dvlan) == 0x2006));
}

TEST_CASE("none passes records through") {
  const std::vector<Row> rows = {tcp_row("10.0.0.1", 1, "10.0.0.2", 80), tcp_row("10.0.0.1", 1, "10.0.0.2", 80)};
  CHECK(clustered_rows({batch_of(rows)}, {"none"}) == rows);
}

TEST_CASE("a filter above clustering chooses among merged records") {
  const std::vector<Row> rows = {tcp_row("10.0.0.1", 1, "10.0.0.2", 80, 3), tcp_row("10.0.0.1", 1, "10.0.0.2", 80, 4),
                                 tcp_row("10.0.0.5", 1, "10.0.0.2", 80, 6)};
  const auto seven = std::make_shared<AtLeast>(Field::spkts, 7);
  const SourcePtr flows = clustered(source_of({batch_of(rows)}), {keys({"saddr"}), false});
  const std::vector<Row> out = rows_of(*flows, {{Field::saddr}, seven, {}});
  REQUIRE(out.size() == 1);
  CHECK(out[0].number(Field::spkts) == 7);
}

TEST_CASE("a filter above doubling is asked of each end") {
  const SourcePtr flows = doubled(source_of({batch_of({tcp_row("10.0.0.1", 1, "10.0.0.2", 80, 3, 9)})}));
  const std::vector<Row> out =
      rows_of(*flows, {{Field::saddr, Field::spkts}, std::make_shared<AtLeast>(Field::spkts, 5), {}});
  REQUIRE(out.size() == 1);
  CHECK(to_text(std::get<Address>(out[0].cell(Field::saddr))) == "10.0.0.2");
}

TEST_CASE("columns after clustering are the keys, then flows and counters, each once") {
  using Words = std::vector<std::string>;
  CHECK(cluster_columns(keys({"proto", "src_port"})) ==
        Words{"proto", "sport", "trans", "spkts", "dpkts", "sbytes", "dbytes"});
  CHECK(cluster_columns(keys({"saddr/24", "spkts"})) == Words{"saddr", "spkts", "trans", "dpkts", "sbytes", "dbytes"});
  CHECK(cluster_columns(keys({})).empty());
  const SourcePtr flows = clustered(source_of({}), {keys({}), true});
  REQUIRE(flows->bind({{Field::spkts}, nullptr, {}}, {}));
  CHECK(flows->header().columns == Words{"proto", "saddr", "sport", "trans", "spkts", "dpkts", "sbytes", "dbytes"});
}

TEST_CASE("where values are counted, more groups than memory allows are an error that says what to do") {
  std::vector<Row> rows;
  for (unsigned i = 0; i < 2000; i++) rows.push_back(tcp_row("10.0.0.1", i, "10.0.0.2", 80));
  const SourcePtr flows = clustered(source_of({batch_of(rows)}), {keys({"sport"}), false});
  Resources small;
  small.memory_max = 10'000;
  const auto out = try_rows_of(*flows, {{Field::sport, Field::daddrs}, nullptr, {}}, small);
  REQUIRE_FALSE(out);
  CHECK(out.error().code == Errc::limit);
  CHECK(out.error().text.find("--memory") != std::string::npos);
}

TEST_CASE("more groups than a batch holds come in several batches") {
  std::vector<Batch> batches;
  std::uint64_t count = 0;
  for (int b = 0; b < 3; b++) {
    std::vector<std::uint64_t> bytes(kBatchRowsMax);
    for (auto& v : bytes) v = count++;
    Batch batch(kBatchRowsMax);
    batch.set(Field::sbytes, Column::flat(std::move(bytes)));
    batches.push_back(std::move(batch));
  }
  const SourcePtr flows = clustered(source_of(batches), {keys({"sbytes"}), false});
  REQUIRE(flows->bind({{Field::sbytes}, nullptr, {}}, {}));
  std::uint64_t expected = 0;
  while (true) {
    Batch batch;
    const auto step = flows->next(batch);
    REQUIRE(step);
    if (*step == Step::end) break;
    REQUIRE(batch.rows() <= kBatchRowsMax);
    for (std::size_t i = 0; i < batch.rows(); i++)
      if (batch[Field::sbytes].at<std::uint64_t>(i) != expected++) FAIL("out of order at " << expected);
  }
  CHECK(expected == count);
}
