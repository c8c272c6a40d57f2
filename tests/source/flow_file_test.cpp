#include <random>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/frame.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "flow/where.h"
#include "source/inputs.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

// Counts what it is asked about.
class Counting final : public Where {
 public:
  explicit Counting(std::uint64_t least) : least_(least) {}
  FieldSet fields() const override { return {Field::spkts}; }
  Verdict judge(const FrameStats& stats) const override {
    judged++;
    const auto range = stats.range(Field::spkts);
    if (!range || range->absent) return Verdict::some;
    return range->most < least_ ? Verdict::none : range->least >= least_ ? Verdict::all : Verdict::some;
  }
  void select(const Batch& batch, std::span<std::uint8_t> keep) const override {
    selected++;
    const Flat<std::uint64_t> packets = flat<std::uint64_t>(batch[Field::spkts], batch.rows());
    for (std::size_t i = 0; i < keep.size(); i++)
      if (!packets.has(i) || packets.values[i] < least_) keep[i] = 0;
  }
  mutable unsigned judged = 0, selected = 0;

 private:
  std::uint64_t least_;
};

// The frames of a file, and where each begins.
struct Frames {
  std::vector<FrameHead> heads;
  std::vector<std::size_t> starts;
};
Frames frames_of(Bytes bytes) {
  Frames out;
  FrameHead head;
  for (std::size_t at = 0; parse_head(bytes.subspan(at), head) == HeadFault::none; at += kFrameHeadSize + head.stored) {
    out.heads.push_back(head);
    out.starts.push_back(at);
  }
  return out;
}

std::vector<Row> rising(unsigned from, unsigned to) {
  std::vector<Row> out;
  for (unsigned i = from; i < to; i++) out.push_back(tcp_row("10.0.0.1", i, "10.0.0.2", 80, i));
  return out;
}

}  // namespace

TEST_CASE("a flow file gives the fields asked for of the rows asked for") {
  std::mt19937_64 random(5);
  const std::string path = scratch_folder() + "/a.flows";
  std::vector<Row> all;
  for (int i = 0; i < 700; i++) all.push_back(random_row(random, true));
  write_flows(path, {batch_of({all.begin(), all.begin() + 300}), batch_of({all.begin() + 300, all.end()})});
  CHECK(pulled({path}).rows == all);
  const FieldSet some{Field::saddr, Field::ltime, Field::dursq};
  const Pulled got = pulled(*opened({path}), {some, nullptr, {}});
  REQUIRE(got.rows.size() == all.size());
  for (std::size_t i = 0; i < all.size(); i++) REQUIRE(got.rows[i].only(some) == all[i].only(some));
  const auto where = std::make_shared<Counting>(3);
  std::vector<Row> kept;
  for (const Row& row : all)
    if (row.has(Field::spkts) && row.number(Field::spkts) >= 3) kept.push_back(row);
  CHECK(pulled(*opened({path}), {FieldSet::all_stored(), where, {}}).rows == kept);
}

TEST_CASE("frames without wanted rows are not opened, frames of only wanted rows are not searched") {
  const std::string path = scratch_folder() + "/a.flows";
  std::vector<Batch> batches;
  for (unsigned i = 0; i < 10; i++) batches.push_back(batch_of(rising(i * 10, i * 10 + 10)));
  write_flows(path, batches);
  const auto where = std::make_shared<Counting>(55);
  CHECK(pulled(*opened({path}), {FieldSet::all_stored(), where, {}}).rows == rising(55, 100));
  CHECK(where->selected == 1);
  CHECK(where->judged >= 10);
}

TEST_CASE("ledger entries survive the file, within the time asked for") {
  const std::string path = scratch_folder() + "/a.flows";
  write_flows(path, {batch_of(rising(0, 3))});
  CHECK(pulled({path}).count(LedgerItem::kernel_dropped) == 16);
  const Pulled early = pulled(*opened({path}), {FieldSet::all_stored(), nullptr, {0, 300}});
  CHECK(early.count(LedgerItem::kernel_dropped) == 7);
}

TEST_CASE("the header's facts are known once the file is open") {
  const std::string path = scratch_folder() + "/a.flows";
  write_flows(path, {});
  const SourcePtr source = opened({path});
  CHECK(source->header().sensor == "probe");
  CHECK(source->header().columns == std::vector<std::string>{"saddr"});
}

TEST_CASE("damage is told, counted in the ledger, and the rest is read") {
  const std::string path = scratch_folder() + "/a.flows";
  std::vector<Batch> batches;
  for (unsigned i = 0; i < 10; i++) batches.push_back(batch_of(rising(i * 10, i * 10 + 10)));
  write_flows(path, batches);
  auto bytes = read_whole_file(path);
  const Frames frames = frames_of(bytes);
  REQUIRE(frames.heads.size() > 6);
  const FrameHead& head = frames.heads[5];
  const std::size_t behind = frames.starts[5] + kFrameHeadSize + head.directory + head.columns();
  // One byte is mended, one at each end of the columns are not.
  for (const bool mended : {true, false}) {
    CAPTURE(mended);
    bytes[mended ? behind - 1 : behind - head.columns()] ^= std::byte{8};
    write_file(path, bytes);
    const Pulled got = pulled({path});
    CHECK(got.rows.size() == (mended ? 100 : 90));
    CHECK(got.count(LedgerItem::records_lost) == (mended ? 0 : 10));
    CHECK(got.count(LedgerItem::frames_damaged) == 1);
    REQUIRE(got.problems.size() == 1);
    CHECK(got.problems[0].code == Errc::corrupt);
    CHECK(got.said(path));
    CHECK(got.said(mended ? "is mended; no record is lost" : "10 records left out"));
  }
}

TEST_CASE("a cut file gives what is whole and says how much is missing") {
  const std::string path = scratch_folder() + "/a.flows";
  write_flows(path, {batch_of(rising(0, 50)), batch_of(rising(50, 100))});
  const auto bytes = read_whole_file(path);
  for (std::size_t size = 64; size < bytes.size(); size += 97) {
    write_file(path, Bytes(bytes).first(size));
    CAPTURE(size);
    const Pulled got = pulled({path});
    CHECK(got.rows.size() % 50 == 0);
    CHECK_FALSE(got.problems.empty());
  }
}

TEST_CASE("a file whose first bytes were hit is still taken for a flow file") {
  const std::string path = scratch_folder() + "/a.flows";
  write_flows(path, {batch_of(rising(0, 5))});
  auto bytes = read_whole_file(path);
  bytes[1] = {}, bytes[6] = {};
  write_file(path, bytes);
  const Pulled got = pulled({path});
  CHECK(got.rows.size() == 5);
  CHECK_FALSE(got.problems.empty());
}

TEST_CASE("stopping ends well with what there is") {
  const std::string path = scratch_folder() + "/a.flows";
  write_flows(path, {batch_of(rising(0, 5))});
  const std::atomic<bool> stop = true;
  const SourcePtr source = opened({path});
  Resources resources;
  resources.stop = &stop;
  CHECK(rows_of(*source, {FieldSet::all_stored(), nullptr, {}}, resources).empty());
}

TEST_CASE("who can use frames as they are gets those of which every row is wanted") {
  const std::string path = scratch_folder() + "/a.flows";
  write_flows(path, {batch_of(rising(0, 5)), batch_of(rising(5, 10)), batch_of(rising(10, 15))});
  const auto run = [&](std::uint64_t least, std::size_t rows_least) {
    const SourcePtr source = opened({path, path});
    source->accept_raw_frames({{Field::sport}, [rows_least](const FrameStats& stats, std::size_t rows) {
                                 return stats.same(Field::daddr) && !stats.same(Field::spkts) && rows >= rows_least;
                               }});
    REQUIRE(source->bind({FieldSet::all_stored(), std::make_shared<Counting>(least), {}}, {}));
    std::vector<bool> coded;
    for (;;) {
      Batch batch;
      const auto step = source->next(batch);
      REQUIRE(step);
      if (*step == Step::end) return coded;
      coded.push_back(batch.raw_frame() != nullptr);
      CHECK(batch[Field::spkts].absent() == coded.back());
      CHECK_FALSE(batch[Field::sport].absent());
    }
  };
  CHECK(run(0, 0) == std::vector<bool>{true, true, true, true, true, true});
  CHECK(run(7, 0) == std::vector<bool>{false, true, false, true});
  CHECK(run(0, 6) == std::vector<bool>(6, false));
}

TEST_CASE("a frame that is given as it is was checked whole") {
  const std::string path = scratch_folder() + "/a.flows";
  write_flows(path, {batch_of(rising(0, 9)), batch_of(rising(9, 30))});
  const std::vector<std::byte> whole = read_whole_file(path);
  const Frames frames = frames_of(whole);
  REQUIRE(frames.heads.size() > 2);
  const FrameHead& head = frames.heads[1];
  const std::size_t at = frames.starts[1], behind = at + kFrameHeadSize + head.directory + head.columns();
  // The last byte of the columns; with the first one, more than can be mended; one of the head.
  const std::vector<std::size_t> damages[] = {{behind - 1}, {behind - 1, behind - head.columns()}, {at + 20}};
  for (const auto& damage : damages) {
    const bool mended = damage.size() == 1;
    CAPTURE(damage);
    std::vector<std::byte> bytes = whole;
    for (const std::size_t place : damage) bytes[place] ^= std::byte{1};
    write_file(path, bytes);
    const SourcePtr source = opened({path});
    source->accept_raw_frames({{}, [](const FrameStats&, std::size_t) { return true; }});
    REQUIRE(source->bind({FieldSet::all_stored(), nullptr, {}}, {}));
    Batch batch;
    REQUIRE(source->next(batch));
    CHECK(batch.rows() == (mended ? 9 : 21));
    REQUIRE(batch.raw_frame());
    const std::size_t given = mended ? 1 : 2;
    const Bytes raw = batch.raw_frame()->bytes.view();
    const bool as_written =
        std::equal(raw.begin(), raw.end(), whole.begin() + static_cast<std::ptrdiff_t>(frames.starts[given]),
                   whole.begin() + static_cast<std::ptrdiff_t>(frames.starts[given + 1]));
    CHECK(as_written);
    for (bool more = true; more;) {
      const auto step = source->next(batch);
      more = step && *step == Step::rows;
    }
    Journal journal;
    source->drain(journal);
    std::uint64_t lost = 0, damaged = 0;
    for (const LedgerEntry& entry : journal.entries()) {
      if (entry.item == LedgerItem::records_lost) lost += entry.count;
      if (entry.item == LedgerItem::frames_damaged) damaged += entry.count;
    }
    CHECK(lost == (mended ? 0 : 9));
    CHECK(damaged == 1);
    CHECK(source->problems().size() == 1);
  }
}
