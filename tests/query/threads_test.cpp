// Stages that work on several threads give what one thread gives.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/clock_span.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/source.h"
#include "flow/where.h"
#include "query/bins.h"
#include "query/cluster.h"
#include "query/clusterer.h"
#include "query/count.h"
#include "query/dealt.h"
#include "query/key.h"
#include "query/read_for.h"
#include "query/where.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

// So much memory that workers keep what they have, or so little that they give it away with each batch.
constexpr std::uint64_t kMemories[] = {2ull << 30, 1'000'000};

std::vector<Batch> random_batches(std::mt19937_64& random, unsigned count, bool wide) {
  std::vector<Batch> out;
  for (unsigned n = 0; n < count; n++) {
    std::vector<Row> rows;
    while (rows.size() < 15) rows.push_back(random_row(random, wide));
    out.push_back(n % 2 == 0 ? batch_of(rows) : with_dictionaries(batch_of(rows)));
  }
  return out;
}

// Records that last from 0 to 5 seconds of a minute.
std::vector<Batch> long_batches(std::mt19937_64& random, unsigned count) {
  std::vector<Batch> out;
  for (unsigned n = 0; n < count; n++) {
    std::vector<Row> rows;
    while (rows.size() < 15) {
      const Nanos first = static_cast<Nanos>(random() % 60) * kSecond;
      rows.push_back(tcp_row("10.0.0.1", static_cast<unsigned>(1 + random() % 3), "10.0.0.2", 80)
                         .with(Field::stime, first)
                         .with(Field::ltime, first + static_cast<Nanos>(random() % 6) * kSecond)
                         .with(Field::spkts, 1 + random() % 9)
                         .with(Field::sbytes, random() % 1000));
    }
    out.push_back(batch_of(rows));
  }
  return out;
}

std::vector<Row> merged(SourcePtr flows, const ClusterOptions& options, const Resources& resources) {
  return rows_of(*clustered(std::move(flows), options), {FieldSet::all_stored(), nullptr, {}}, resources);
}

class Odd final : public Where {
 public:
  FieldSet fields() const override { return {Field::sport}; }
  void select(const Batch& batch, std::span<std::uint8_t> keep) const override {
    const Flat<std::uint16_t> ports = flat<std::uint16_t>(batch[Field::sport], batch.rows());
    for (std::size_t i = 0; i < keep.size(); i++)
      if (!ports.has(i) || ports.values[i] % 2 == 0) keep[i] = 0;
  }
};

struct Counts {
  std::vector<Row> total, protocols;
  std::vector<std::pair<std::string_view, std::pair<std::uint64_t, std::uint64_t>>> kinds;
  std::uint64_t records = 0;
  std::size_t rows = 0;
  friend bool operator==(const Counts&, const Counts&) = default;
};

Counts counts(SourcePtr flows, const Resources& resources) {
  const CountOptions options{{Field::spkts, Field::dbytes, Field::trans, Field::records}, true, true};
  Counter counter(options);
  const SourcePtr stage = counted(std::move(flows), options, counter);
  Counts out;
  REQUIRE(stage->bind({{}, nullptr, {}}, resources));
  for (bool more = true; more;) {
    Batch batch;
    const auto step = stage->next(batch);
    REQUIRE(step);
    more = *step == Step::rows;
    if (more) out.rows += batch.rows();
  }
  out.total = rows_of(counter.total().row());
  out.protocols = rows_of(counter.protocols());
  for (const AddressKind& kind : counter.address_kinds())
    out.kinds.push_back({kind.text, {kind.sources, kind.destinations}});
  out.records = counter.records();
  return out;
}

}  // namespace

TEST_CASE("groups of several threads are those of one, for every field and cut as a key") {
  std::vector<std::vector<std::string>> lists = {{}};
  for (const FieldInfo& about : all_fields()) lists.push_back({std::string(about.name)});
  for (const char* cut : {"saddr/24", "saddr/31", "daddr/96", "daddr/0", "inode/16", "stime/2s", "dur/2s", "sbytes/2",
                          "bytes/3", "load/1k", "sport/2", "matrix", "matrix/24"})
    lists.push_back({cut});
  lists.push_back({"saddr", "daddr", "proto", "sport", "dport"});
  lists.push_back({"srcid", "stime/2s", "saddr", "dursq", "smac"});
  std::mt19937_64 random(7);
  for (const auto& words : lists) {
    CAPTURE(words);
    const auto keys = parse_keys(words);
    REQUIRE(keys);
    for (const bool wide : {false, true}) {
      const std::vector<Batch> batches = random_batches(random, 8, wide);
      for (const bool rmon : {false, true}) {
        const ClusterOptions options{*keys, rmon};
        const std::vector<Row> one = merged(source_of(batches), options, {});
        for (const std::uint64_t memory : kMemories)
          REQUIRE(merged(dealt(batches), options, {memory, nullptr, 3}) == one);
      }
    }
  }
}

TEST_CASE("groups without a derived key stay so, whatever their records sum to") {
  const auto keys = parse_keys({"smeansz"});
  REQUIRE(keys);
  const FieldSet wanted = {Field::sbytes, Field::spkts};
  Clusterer part(*keys, wanted), whole(*keys, wanted);
  part.add(batch_of({row().with(Field::sbytes, 10), row().with(Field::spkts, 2)}));
  whole.add(batch_of({row().with(Field::sbytes, 100).with(Field::spkts, 20)}));
  whole.take_over(part);
  CHECK(whole.groups() == 2);
  CHECK(part.groups() == 0);
}

TEST_CASE("bins of several threads are those of one, in the same order") {
  std::mt19937_64 random(19);
  const auto step = parse_clock_step("2s");
  REQUIRE(step);
  for (const auto& words : {std::vector<std::string>{}, {"saddr", "sport"}, {"none"}}) {
    CAPTURE(words);
    const auto keys = parse_keys(words);
    REQUIRE(keys);
    const std::vector<Batch> batches = long_batches(random, 12);
    for (const bool whole : {false, true}) {
      BinOptions options{*step, *keys};
      options.nomodify = whole;
      const Needs all{FieldSet::all_stored(), nullptr, {}};
      const std::vector<Row> one = rows_of(*binned(source_of(batches), options), all, {});
      if (words.size() == 1) CHECK((one.size() > 12 * 15) == !whole);  // pieces
      for (const std::uint64_t memory : kMemories)
        REQUIRE(rows_of(*binned(dealt(batches), options), all, {memory, nullptr, 3}) == one);
    }
  }
}

TEST_CASE("counts of several threads are those of one") {
  std::mt19937_64 random(9);
  for (int round = 0; round < 20; round++) {
    const std::vector<Batch> batches = random_batches(random, 12, round % 2 == 0);
    const Counts one = counts(source_of(batches), {});
    CHECK(one.rows == 12 * 15);
    for (const std::uint64_t memory : kMemories) {
      const Counts many = counts(dealt(batches), {memory, nullptr, 4});
      const bool same = many == one;
      REQUIRE(same);
    }
  }
}

TEST_CASE("many groups and many addresses are given away in between, and are all there at the end") {
  std::vector<Batch> batches;
  for (unsigned n = 0; n < 40; n++) {
    std::vector<Row> rows;
    for (unsigned i = 0; i < 500; i++)
      rows.push_back(
          row().with(Field::saddr, Address::from_mac(n / 2 * 400 + i)).with(Field::spkts, 1).with(Field::proto, 6));
    batches.push_back(batch_of(rows));
  }
  const Resources many{8'000'000, nullptr, 3};
  const Counts counted = counts(dealt(batches), many);
  const bool same = counted == counts(source_of(batches), {});
  CHECK(same);
  CHECK(counted.records == 20'000);
  const auto keys = parse_keys({"saddr"});
  REQUIRE(keys);
  CHECK(merged(dealt(batches), {*keys, false}, many) == merged(source_of(batches), {*keys, false}, {}));
}

TEST_CASE("what takes too much memory is an error on several threads as well") {
  std::vector<Batch> batches;
  for (unsigned n = 0; n < 30; n++) {
    std::vector<Row> rows;
    for (unsigned i = 0; i < 500; i++) rows.push_back(row().with(Field::saddr, Address::from_mac(n * 500 + i)));
    batches.push_back(batch_of(rows));
  }
  const auto keys = parse_keys({"saddr"});
  REQUIRE(keys);
  const auto done = try_rows_of(*clustered(dealt(batches), {*keys, false}),
                                {{Field::saddr, Field::daddrs}, nullptr, {}}, {100'000, nullptr, 3});
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::limit);
  Counter counter({{}, false, true});
  const auto counting =
      try_rows_of(*counted(dealt(batches), {{}, false, true}, counter), {{}, nullptr, {}}, {100'000, nullptr, 3});
  REQUIRE_FALSE(counting);
  CHECK(counting.error().code == Errc::limit);
}

TEST_CASE("stages without a state of their own divide their input") {
  std::mt19937_64 random(13);
  const std::vector<Batch> batches = random_batches(random, 12, false);
  const auto chain = [&](SourcePtr flows) {
    return doubled(read_for(where(std::move(flows), std::make_shared<Odd>(), {}), kHour));
  };
  const bool same = counts(chain(dealt(batches)), {2ull << 30, nullptr, 3}) == counts(chain(source_of(batches)), {});
  CHECK(same);
  const SourcePtr flows = chain(dealt(batches));
  REQUIRE(flows->bind({FieldSet::all_stored(), nullptr, {}}, {}));
  CHECK(flows->split(3).size() == 3);
  const SourcePtr late = read_for(dealt(batches), 0);
  REQUIRE(late->bind({FieldSet::all_stored(), nullptr, {}}, {}));
  CHECK(late->split(2).size() == 2);
}
