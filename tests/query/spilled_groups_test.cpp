// Groups are the same, to the byte, whether or not memory has room for them.
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/scratch.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/source.h"
#include "query/cluster.h"
#include "query/dealt.h"
#include "query/key.h"
#include "query/scratch_place.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

// More groups than a batch holds, most of them in several batches, by several keys.
std::vector<Batch> many_batches(std::size_t batches, std::size_t rows) {
  std::mt19937_64 random(5);
  std::vector<Batch> out;
  for (std::size_t b = 0; b < batches; b++) {
    std::vector<Address> saddr(rows);
    std::vector<std::uint16_t> sport(rows);
    std::vector<std::uint64_t> sbytes(rows);
    Column::Mask has_port(rows);
    for (std::size_t i = 0; i < rows; i++) {
      saddr[i] = Address::from_mac(random() % 40'000);
      sport[i] = static_cast<std::uint16_t>(random() % 3);
      has_port[i] = random() % 4 != 0 ? 1 : 0;
      sbytes[i] = random() % 3;
    }
    Batch batch(rows);
    batch.set(Field::saddr, Column::flat(std::move(saddr)));
    batch.set(Field::sport, Column::flat(std::move(sport), std::move(has_port)));
    batch.set(Field::sbytes, Column::flat(std::move(sbytes)));
    batch.set(Field::proto, Column::constant(std::uint16_t{6}));
    batch.set(Field::srcid, Column::constant("sensor " + std::to_string(b * 7 % 5)));
    out.push_back(std::move(batch));
  }
  return out;
}

ClusterOptions by(const std::vector<std::string>& words) {
  auto keys = parse_keys(words);
  REQUIRE(keys);
  return {*std::move(keys), false};
}

}  // namespace

TEST_CASE("the groups and their bytes are those of all memory, on one thread and on several") {
  const std::vector<Batch> batches = many_batches(140, 700);
  for (const auto& words : {std::vector<std::string>{"srcid", "saddr", "sport"}, {"bytes/2"}}) {
    CAPTURE(words);
    const auto expected = frames(*clustered(source_of(batches), by(words)), {});
    REQUIRE(expected);
    if (words.size() > 1) REQUIRE(expected->size() > 1);
    // Of three threads; of one, which joins the runs that it made of each batch.
    for (const Resources& given : {Resources{2u << 20, nullptr, 3}, {1u << 10, nullptr, 1}}) {
      CAPTURE(given.memory_max);
      const auto done = frames(*clustered(dealt(batches), by(words)), given);
      REQUIRE(done);
      const bool same = *done == *expected;
      REQUIRE(same);
    }
  }
}

TEST_CASE("every field and cut makes the groups of all memory when each batch is spilled") {
  std::vector<std::vector<std::string>> lists = {{}, {"matrix/24"}, {"dur/2s"}, {"stime/2s", "saddr/24", "dursq"}};
  for (const FieldInfo& about : all_fields()) lists.push_back({std::string(about.name)});
  std::mt19937_64 random(17);
  for (const auto& words : lists) {
    CAPTURE(words);
    std::vector<Batch> batches;
    for (int n = 0; n < 8; n++) {
      std::vector<Row> rows;
      while (rows.size() < 15) rows.push_back(random_row(random, n % 2 == 0));
      batches.push_back(batch_of(rows));
    }
    const auto expected = frames(*clustered(source_of(batches), by(words)), {});
    const auto done = frames(*clustered(source_of(batches), by(words)), {1'000, nullptr, 1});
    REQUIRE(expected);
    REQUIRE(done);
    const bool same = *done == *expected;
    REQUIRE(same);
  }
}

TEST_CASE("a scratch folder for groups that is missing or full is named, with what to do") {
  const std::vector<Batch> batches = many_batches(20, 5'000);
  const auto done = [&] { return frames(*clustered(source_of(batches), by({"saddr"})), {1u << 20, nullptr, 1}); };
  const auto full = with_full_disk(done);
  REQUIRE_FALSE(full);
  CHECK(full.error().code == Errc::io);
  CHECK(full.error().text == "scratch folder " + scratch_place() + ": file too large");
  CHECK(full.error().hint == "  set TMPDIR to a folder with more room, or allow more memory with --memory");
  const ScratchPlace none("/nowhere/at all");
  const auto missing = done();
  REQUIRE_FALSE(missing);
  CHECK(missing.error().text == "scratch folder /nowhere/at all: no such file or directory");
}
