// The sorted whole depends neither on threads nor on memory nor on how the input is divided, to the byte.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/scratch.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/source.h"
#include "query/dealt.h"
#include "query/scratch_place.h"
#include "query/sort.h"
#include "query/sort_words.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

// Divided anywhere; each piece in one shape or another.
std::vector<Batch> pieces_of(const Batch& all, std::mt19937_64& random, std::size_t most) {
  std::vector<Batch> out;
  for (std::size_t at = 0; at < all.rows();) {
    std::vector<std::uint32_t> rows(std::min<std::size_t>(1 + random() % most, all.rows() - at));
    std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(at));
    const Batch piece = gathered(all, rows);
    out.push_back(random() % 2 == 0 ? piece : with_dictionaries(piece));
    at += rows.size();
  }
  return out;
}

// Numbers of two columns that are random and one that counts.
std::vector<Batch> wide_batches(std::size_t batches, std::size_t rows) {
  std::mt19937_64 random(3);
  std::vector<Batch> out;
  for (std::size_t b = 0; b < batches; b++) {
    std::vector<std::uint64_t> bytes(rows), packets(rows), number(rows);
    for (std::size_t i = 0; i < rows; i++) {
      bytes[i] = random() % 1000;
      packets[i] = random();
      number[i] = b * rows + i;
    }
    Batch batch(rows);
    batch.set(Field::sbytes, Column::flat(std::move(bytes)));
    batch.set(Field::dpkts, Column::flat(std::move(packets)));
    batch.set(Field::spkts, Column::flat(std::move(number)));
    batch.set(Field::srcid, Column::constant(std::string(b % 2 == 0 ? "one" : "two")));
    out.push_back(std::move(batch));
  }
  return out;
}

// Counts the rows that come through.
class Counted final : public Stage {
 public:
  Counted(SourcePtr input, std::size_t& rows) : Stage(std::move(input)), rows_(rows) {}
  Result<Step> next(Batch& out) override {
    auto step = input_->next(out);
    if (step) rows_ += out.rows();
    return step;
  }

 private:
  std::size_t& rows_;
};

}  // namespace

TEST_CASE("the order and its bytes are those of one thread with all memory, however the input is divided") {
  std::mt19937_64 random(11);
  const std::vector<std::vector<std::string>> lists = {
      {"bytes"}, {"-bytes"}, {"srcid"}, {"-srcid", "saddr"}, {"stime"}, {"dur", "proto"}, {"saddr"},
      {"dursq"}, {"state"},  {"load"},  {"proto", "dport"}};
  for (const auto& words : lists) {
    CAPTURE(words);
    std::vector<Row> rows;
    while (rows.size() < 300) rows.push_back(random_row(random, random() % 4 == 0));
    const Batch all = batch_of(rows);
    for (const std::optional<std::uint64_t> first : {std::optional<std::uint64_t>(), {7u}, {100u}, {1000u}}) {
      const auto expected = frames(*sorted(source_of({all}), sort_keys(words), first), {});
      REQUIRE(expected);
      for (const std::size_t threads : {1u, 3u})
        for (const std::uint64_t memory : {2ull << 30, 2ull << 20, 40ull << 10, 4ull << 10}) {
          CAPTURE(first.value_or(0), threads, memory);
          const auto flows = sorted(dealt(pieces_of(all, random, 40)), sort_keys(words), first);
          const auto done = frames(*flows, {memory, nullptr, threads});
          REQUIRE(done);
          const bool same = *done == *expected;
          REQUIRE(same);
        }
    }
  }
}

TEST_CASE("what has no room in memory goes through the scratch folder, from several threads as well") {
  const std::vector<Batch> batches = wide_batches(120, 10'000);
  for (const auto& words : {std::vector<std::string>{"sbytes"}, {"srcid", "-sbytes"}}) {
    CAPTURE(words);
    const auto expected = frames(*sorted(source_of(batches), sort_keys(words), std::nullopt), {});
    REQUIRE(expected);
    // Of two threads; of one, which merges what it spilled more than once.
    const std::uint64_t memory = words.size() == 1 ? std::uint64_t{64} << 20 : std::uint64_t{1} << 20;
    const auto done = frames(*sorted(dealt(batches), sort_keys(words), std::nullopt), {memory, nullptr, 2});
    REQUIRE(done);
    const bool same = *done == *expected;
    REQUIRE(same);
  }
}

TEST_CASE("the first rows need no memory for the others") {
  const ScratchPlace none("/nowhere");
  const std::vector<Batch> batches = wide_batches(40, 50'000);
  const auto few = frames(*sorted(source_of(batches), sort_keys({"sbytes"}), 3), {4u << 20, nullptr, 1});
  REQUIRE(few);
  std::size_t read = 0;
  const auto all = sorted(std::make_unique<Counted>(source_of(batches), read), sort_keys({"sbytes"}), 3);
  const std::vector<Row> rows = rows_of(*all);
  CHECK(read < 200'000);  // of 2,000,000: those that may be among the first
  REQUIRE(rows.size() == 3);
  std::uint64_t before = 0;
  for (const Row& one : rows) {
    CHECK(one.number(Field::sbytes) == 999);
    CHECK(one.number(Field::spkts) > before);
    before = one.number(Field::spkts);
  }
}

TEST_CASE("a scratch folder that is missing is named, with what to do") {
  const ScratchPlace none("/nowhere/at all");
  const auto done =
      frames(*sorted(source_of(wide_batches(20, 10'000)), sort_keys({"sbytes"}), std::nullopt), {1u << 20, nullptr, 1});
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::io);
  CHECK(done.error().text == "scratch folder /nowhere/at all: no such file or directory");
  CHECK(done.error().hint == "  set TMPDIR to a folder with more room, or allow more memory with --memory");
}

TEST_CASE("a scratch folder without room is named") {
  const auto flows = sorted(source_of(wide_batches(20, 10'000)), sort_keys({"sbytes"}), std::nullopt);
  const auto done = with_full_disk([&] { return frames(*flows, {1u << 20, nullptr, 1}); });
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::io);
  CHECK(done.error().text == "scratch folder " + scratch_place() + ": file too large");
  CHECK_FALSE(done.error().hint.empty());
}
