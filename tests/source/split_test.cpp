// Sources read by several threads give what one thread gets.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/pool.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/stream.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/parts.h"
#include "flow/progress.h"
#include "flow/source.h"
#include "source/inputs.h"
#include "source/open_source.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

struct Told {
  std::vector<std::pair<Ordinal, std::vector<Row>>> rows;  // in the order of their batches
  std::vector<std::string> ledger, problems;
  Progress progress;
};

// Like pump(): what the source accounts for is summed up, entry by entry in the order in which it comes.
Told told(const std::vector<std::string>& paths, std::size_t threads, const std::atomic<bool>* stop = nullptr) {
  Told out;
  SourceOptions options;
  options.progress = std::make_shared<Progress>();
  const SourcePtr source = opened(paths, options);
  Resources resources;
  resources.threads = threads;
  resources.stop = stop;
  REQUIRE(source->bind({FieldSet::all_stored(), nullptr, {}}, resources));
  Journal journal;
  const auto drain = [&] {
    Journal fresh;
    source->drain(fresh);
    for (const LedgerEntry& entry : fresh.entries()) journal.sum(entry);
  };
  Guarded<Told*> all(&out);
  const auto keep = [&](const Batch& batch) {
    all.use([&](Told* told) { told->rows.emplace_back(batch.ordinal(), rows_of(batch)); });
  };
  const auto done = pull_parts(*source, threads, [&](std::size_t, const Batch& batch) -> Result<> {
    keep(batch);
    return {};
  });
  REQUIRE(done);
  for (bool more = true; more;) {
    Batch batch;
    const auto step = source->next(batch);
    REQUIRE(step);
    more = *step != Step::end;
    if (more && batch.rows() != 0) keep(batch);
    drain();
  }
  std::stable_sort(out.rows.begin(), out.rows.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const LedgerEntry& entry : journal.entries())
    out.ledger.push_back(
        fmt::format("{} {} {} {} {}", entry.sensor, static_cast<int>(entry.item), entry.count, entry.begin, entry.end));
  for (const Error& problem : source->problems()) out.problems.push_back(problem.text);
  out.progress = *options.progress;
  return out;
}

void check_same(const std::vector<std::string>& paths) {
  const Told one = told(paths, 1);
  for (const std::size_t threads : {2u, 5u}) {
    CAPTURE(threads);
    const Told many = told(paths, threads);
    const bool same = many.rows == one.rows;
    REQUIRE(same);
    REQUIRE(many.ledger == one.ledger);
    REQUIRE(many.problems == one.problems);
    REQUIRE(many.progress.records == one.progress.records);
    REQUIRE(many.progress.bytes == one.progress.bytes);
    REQUIRE(many.progress.cut == one.progress.cut);
    REQUIRE(many.progress.read == one.progress.read);
  }
}

// Frames of rows with ledgers between them, some closed well.
std::vector<std::byte> flows(std::uint64_t id, unsigned frames, bool end = true) {
  std::vector<std::byte> out;
  StreamWriter writer(id);
  writer.begin({"probe", {}, false}, out);
  for (unsigned i = 0; i < frames; i++) {
    writer.flows(batch_of(numbered(i * 20, i * 20 + 20)), out);
    if (i % 3 == 1) writer.ledger({{fmt::format("s{}", i), i, i + 1, LedgerItem::kernel_dropped, i}}, out);
  }
  if (end) writer.end(out);
  return out;
}

}  // namespace

TEST_CASE("several threads get the rows of a file, its ledger and its damage as one does") {
  const std::string path = scratch_folder() + "/a.flows";
  const std::vector<std::byte> whole = flows(1, 30);
  write_file(path, whole);
  CHECK(told({path}, 4).rows.size() == 30);
  check_same({path});
  std::mt19937_64 random(3);
  for (int round = 0; round < 60; round++) {
    CAPTURE(round);
    std::vector<std::byte> bytes = whole;
    for (auto n = random() % 20; n != 0; n--)
      bytes[100 + random() % (bytes.size() - 100)] ^= static_cast<std::byte>(1 + random() % 255);
    if (round % 3 == 0) bytes.resize(200 + random() % (bytes.size() - 200));
    write_file(path, bytes);
    check_same({path});
  }
}

TEST_CASE("several threads read several inputs in their order, those that cannot be divided among them") {
  const std::string folder = scratch_folder();
  write_file(folder + "/1.flows", flows(1, 12));
  write_file(folder + "/2.flows", flows(2, 1, false));
  std::vector<std::byte> damaged = flows(3, 9);
  damaged[damaged.size() / 2] ^= std::byte{1}, damaged[damaged.size() / 2 + 400] ^= std::byte{1};
  write_file(folder + "/3.flows", damaged);
  write_file(folder + "/4.pcap", udp_capture(5 * kSecond, 40).bytes());
  write_file(folder + "/5.pcap", udp_capture(100 * kSecond, 40).bytes());
  write_file(folder + "/6.flows", flows(6, 12));
  write_file(folder + "/7.text", bytes_of("neither"));
  write_file(folder + "/8.flows", flows(8, 2));
  check_same({folder});
  check_same({folder + "/4.pcap", folder + "/5.pcap"});
  check_same({folder + "/1.flows", folder + "/gone", folder + "/1.flows"});
  const Told all = told({folder}, 3);
  std::vector<std::uint64_t> inputs;
  for (const auto& [ordinal, rows] : all.rows) inputs.push_back(ordinal.input);
  inputs.erase(std::unique(inputs.begin(), inputs.end()), inputs.end());
  // Captures that follow each other are metered as one.
  CHECK(inputs == std::vector<std::uint64_t>{0, 1, 2, 4, 5, 7});
}

TEST_CASE("a capture alone is not divided, nor a file that is followed") {
  const std::string folder = scratch_folder();
  write_file(folder + "/a.pcap", udp_capture(5 * kSecond, 4).bytes());
  write_file(folder + "/a.flows", flows(1, 3));
  const auto parts = [](const std::string& path, bool follow) {
    SourceOptions options;
    options.follow = follow;
    const SourcePtr source = opened({path}, options);
    REQUIRE(source->bind({FieldSet::all_stored(), nullptr, {}}, {}));
    return source->split(3).size();
  };
  CHECK(parts(folder + "/a.pcap", false) == 0);
  CHECK(parts(folder + "/a.flows", true) == 0);
  CHECK(parts(folder + "/a.flows", false) == 3);
}

TEST_CASE("several threads that are stopped end well") {
  const std::string path = scratch_folder() + "/a.flows";
  write_file(path, flows(1, 30));
  const std::atomic<bool> stop = true;
  const Told got = told({path}, 3, &stop);
  CHECK(got.rows.empty());
  CHECK(got.problems.empty());
  CHECK(got.progress.cut);
}

TEST_CASE("an error while rows are taken ends all, and is the one of the first batch that had one") {
  const std::string path = scratch_folder() + "/a.flows";
  write_file(path, flows(1, 30));
  const SourcePtr source = opened({path, path});
  REQUIRE(source->bind({FieldSet::all_stored(), nullptr, {}}, {}));
  std::atomic<unsigned> taken = 0;
  const auto done = pull_parts(*source, 3, [&](std::size_t, const Batch& batch) -> Result<> {
    taken++;
    return fail(Errc::limit, "{}", batch.ordinal().input);
  });
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::limit);
  CHECK(done.error().text == "0");
  CHECK(taken <= 3);
}
