#include "source/inspect.h"

#include <catch2/catch.hpp>
#include <random>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/stream.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/progress.h"
#include "source/inputs.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

// Every bit; with a sanitizer, which makes each run slow, each place of a bit in turn.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kBitStep = 7;
#else
constexpr std::size_t kBitStep = 1;
#endif

InputFacts facts_of(const std::string& path, bool whole, std::size_t threads = 1) {
  InspectOptions options;
  options.whole = whole;
  options.threads = threads;
  auto facts = inspect(path, options);
  if (!facts) throw std::runtime_error(facts.error().text);
  return *std::move(facts);
}

bool is_sound(const InputFacts& facts) {
  if (facts.ending != Ending::closed) return false;
  for (const Error& problem : facts.problems)
    if (problem.code != Errc::harmless) return false;
  return true;
}

std::vector<Row> rows_at(unsigned from, unsigned to, unsigned step = 1, const char* sensor = "north") {
  std::vector<Row> out;
  for (unsigned i = from; i < to; i += step)
    out.push_back(row()
                      .with(Field::stime, kSecond * i)
                      .with(Field::ltime, kSecond * i + 5)
                      .with(Field::saddr, "10.0.0.1")
                      .with(Field::spkts, i * i)
                      .with(Field::srcid, sensor));
  return out;
}

std::vector<std::byte> small_file() {
  std::vector<std::byte> bytes;
  StreamWriter writer(0x5eed5eed);
  writer.begin({"north", {}, false}, bytes);
  writer.flows(batch_of(rows_at(1, 9)), bytes);
  writer.flows(batch_of(rows_at(9, 13)), bytes);
  writer.ledger({{"north", 1, 2, LedgerItem::kernel_dropped, 7}}, bytes);
  writer.end(bytes);
  return bytes;
}

// A file in memory, under a path.
struct InMemory {
  File file;
  std::string path;
  explicit InMemory(Bytes bytes) : file(file_of(bytes)), path(fmt::format("/proc/self/fd/{}", file.fd())) {}
};

std::string written(const std::string& folder, const std::vector<Batch>& batches) {
  const std::string path = folder + "/x.flows";
  write_flows(path, batches);
  return path;
}

}  // namespace

TEST_CASE("heads and directories tell what is in a file, and reading all of it says the same") {
  const std::string path = written(scratch_folder(), {batch_of(rows_at(100, 200)), batch_of(rows_at(200, 260))});
  const std::size_t size = read_whole_file(path).size();
  for (const bool whole : {false, true})
    for (const std::size_t threads : {std::size_t{1}, std::size_t{3}}) {
      CAPTURE(whole, threads);
      const InputFacts facts = facts_of(path, whole, threads);
      CHECK(facts.kind == "flow_file");
      CHECK(facts.records == 160);
      CHECK(facts.bytes == size);
      CHECK(facts.times == TimesRead{100 * kSecond, 259 * kSecond + 5});
      CHECK(facts.flows.row_frames == 2);
      CHECK(facts.flows.rows_most == 100);
      CHECK(facts.flows.streams == 1);
      CHECK(facts.flows.sensors == std::set<std::string>{"north", "probe"});
      CHECK(facts.flows.mixed == 0);
      CHECK(facts.flows.order == (whole ? RowOrder::sorted : RowOrder::by_frames));
      CHECK(is_sound(facts));
      REQUIRE(facts.flows.ledger.entries().size() == 1);
      CHECK(facts.flows.ledger.entries()[0].count == 16);
      REQUIRE(facts.flows.columns.count(info(Field::spkts).wire) == 1);
      CHECK(facts.flows.columns.at(info(Field::spkts).wire).rows == 160);
      CHECK(facts.flows.columns.at(info(Field::saddr).wire).constant == 2);
      const FrameBytes& bytes = facts.flows.bytes;
      std::uint64_t sum = bytes.heads + bytes.directories + bytes.repair + bytes.together + bytes.others;
      for (const auto& [wire, column] : facts.flows.columns) sum += column.stored;
      CHECK(sum == size);
    }
}

TEST_CASE("records are sorted, unsorted, or not known to be without being read") {
  const std::string folder = scratch_folder();
  const auto order = [&](const std::vector<Batch>& batches, bool whole) {
    return facts_of(written(folder, batches), whole).flows.order;
  };
  const Batch early = batch_of(rows_at(1, 5)), late = batch_of(rows_at(5, 9));
  const Batch mixed = batch_of({rows_at(7, 8)[0], rows_at(5, 6)[0], rows_at(9, 10)[0]});
  CHECK(order({early, late}, false) == RowOrder::by_frames);
  CHECK(order({early, late}, true) == RowOrder::sorted);
  CHECK(order({late, early}, false) == RowOrder::unsorted);
  CHECK(order({late, early}, true) == RowOrder::unsorted);
  CHECK(order({early, mixed}, false) == RowOrder::by_frames);
  CHECK(order({early, mixed}, true) == RowOrder::unsorted);
  CHECK(order({batch_of(rows_at(1, 2)), batch_of(rows_at(2, 3))}, false) == RowOrder::sorted);
  CHECK(order({batch_of({row().with(Field::spkts, 3)})}, false) == RowOrder::unknown);
  CHECK(order({batch_of({row().with(Field::spkts, 3)})}, true) == RowOrder::unknown);
  CHECK(order({}, true) == RowOrder::unknown);
}

TEST_CASE("sensors of records are told by directories where there is one, and by reading where there are more") {
  std::vector<Row> both = rows_at(1, 9, 2, "east");
  for (const Row& row : rows_at(2, 9, 2, "west")) both.push_back(row);
  const std::string path = written(scratch_folder(), {batch_of(rows_at(1, 4, 1, "south")), batch_of(both)});
  const InputFacts told = facts_of(path, false), read = facts_of(path, true);
  CHECK(told.flows.sensors == std::set<std::string>{"probe", "south"});
  CHECK(told.flows.mixed == 1);
  CHECK(read.flows.sensors == std::set<std::string>{"east", "probe", "south", "west"});
}

TEST_CASE("no part of a file that ends before its end is sound") {
  const auto bytes = small_file();
  for (const bool whole : {false, true}) CHECK(is_sound(facts_of(InMemory(bytes).path, whole)));
  for (std::size_t size = 0; size < bytes.size(); size++) {
    CAPTURE(size);
    const InMemory cut(Bytes(bytes).first(size));
    for (const bool whole : {false, true}) {
      const auto facts = inspect(cut.path, {.whole = whole, .stop = nullptr});
      if (facts) CHECK_FALSE(is_sound(*facts));
      else CHECK(facts.error().code == Errc::foreign);
    }
  }
}

TEST_CASE("a bit that was changed anywhere is found") {
  const auto bytes = small_file();
  for (std::size_t bit = 0; bit < bytes.size() * 8; bit += kBitStep) {
    CAPTURE(bit);
    auto hit = bytes;
    hit[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
    const InputFacts facts = facts_of(InMemory(hit).path, true, 1 + bit % 2);
    REQUIRE_FALSE(is_sound(facts));
    REQUIRE(facts.records + facts.lost.records == 12);
    REQUIRE(facts.lost.frames + facts.lost.bytes != 0);
  }
}

TEST_CASE("random damage is never sound, and threads tell the same of it as one") {
  std::vector<std::byte> bytes;
  StreamWriter writer(0x5eed);
  writer.begin({}, bytes);
  for (unsigned i = 0; i < 20; i++) writer.flows(batch_of(rows_at(50 * i, 50 * i + 50)), bytes);
  writer.end(bytes);
  std::mt19937_64 random(9);
  for (int round = 0; round < 100; round++) {
    CAPTURE(round);
    auto hit = bytes;
    for (std::size_t i = 0; i < 1 + random() % 4; i++) {
      const std::size_t from = random() % hit.size(), n = 1 + random() % 300;
      for (std::size_t at = from; at < std::min(from + n, hit.size()); at++) hit[at] ^= std::byte{0x55};
    }
    const InMemory file(hit);
    const InputFacts one = facts_of(file.path, true, 1), several = facts_of(file.path, true, 4);
    CHECK_FALSE(is_sound(one));
    CHECK((one.records == several.records && one.lost.records == several.lost.records));
    CHECK((one.lost.bytes == several.lost.bytes && one.lost.frames == several.lost.frames));
    REQUIRE(one.problems.size() == several.problems.size());
    for (std::size_t i = 0; i < one.problems.size(); i++) CHECK(one.problems[i].text == several.problems[i].text);
    const Pulled read = pulled({file.path});
    CHECK(read.rows.size() == one.records);
    CHECK(read.count(LedgerItem::records_lost) == one.lost.records);
  }
}

TEST_CASE("a stream without an end before another one is not closed") {
  std::vector<std::byte> bytes;
  for (unsigned i = 0; i < 2; i++) {
    StreamWriter writer(77 + i);
    writer.begin({}, bytes);
    writer.flows(batch_of(rows_at(1, 5)), bytes);
    if (i == 1) writer.end(bytes);
  }
  const std::string path = scratch_folder() + "/two.flows";
  write_file(path, bytes);
  for (const bool whole : {false, true}) {
    const InputFacts facts = facts_of(path, whole);
    CHECK(facts.flows.streams == 2);
    CHECK(facts.ending == Ending::open);
    CHECK(facts.flows.order == RowOrder::unsorted);
  }
}

TEST_CASE("of a capture its form is told, and its packets are counted if it is read") {
  const std::string path = scratch_folder() + "/x.pcap";
  const CaptureWriter capture = udp_capture(1000 * kSecond, 12);
  write_file(path, capture.bytes());
  const InputFacts told = facts_of(path, false), read = facts_of(path, true);
  CHECK(told.kind == "capture");
  CHECK(told.capture.form == "pcap, microseconds");
  CHECK(told.packets == 0);
  CHECK((is_sound(read) && read.packets == 12));
  CHECK(read.times == TimesRead{1000 * kSecond, 1011 * kSecond});
  write_file(path, Bytes(capture.bytes()).first(capture.bytes().size() - 3));
  const InputFacts cut = facts_of(path, true);
  CHECK_FALSE(is_sound(cut));
  CHECK(cut.packets == 11);
  CHECK_THAT(cut.problems.at(0).text, Catch::Contains("ends in the middle of a packet"));
}

TEST_CASE("what is no input is said to be none, and who is in a hurry is heard") {
  const std::string path = scratch_folder() + "/notes.txt";
  write_file(path, bytes_of("Dear all,\n"));
  const auto text = inspect(path, {});
  REQUIRE_FALSE(text);
  CHECK(text.error().code == Errc::foreign);
  CHECK(inspect(path + ".not", {}).error().code == Errc::io);
  const std::atomic<bool> stop = true;
  write_file(path, small_file());
  const auto stopped = inspect(path, {.whole = true, .stop = &stop});
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == Errc::interrupted);
}
