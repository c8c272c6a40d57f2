// How far a source is, and what it read of frames.
#include "flow/progress.h"

#include "base/bytes.h"
#include "base/time.h"
#include "codec/frame.h"
#include "filter/filter.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/parts.h"
#include "flow/source.h"
#include "flow/when.h"
#include "flow/where.h"
#include "query/sort.h"
#include "source/inputs.h"
#include "source/open_source.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

constexpr Nanos kBegin = 1'000'000'000 * kSecond;

// Ten rows of a frame; the second half comes from another source.
Batch frame(Nanos at, const char* saddr, const char* other, unsigned dport) {
  std::vector<Row> rows;
  for (unsigned i = 0; i < 10; i++)
    rows.push_back(tcp_row(i < 5 ? saddr : other, 1000 + i, "10.9.0.1", dport)
                       .with(Field::stime, at)
                       .with(Field::ltime, at + kSecond));
  return batch_of(rows);
}

// One that is ruled out by each reason, and one that has to be read.
std::vector<Batch> five_frames() {
  std::vector<Batch> out = {frame(kBegin - kHour, "10.0.0.5", "10.0.0.1", 443),
                            frame(kBegin, "10.0.0.5", "10.0.0.1", 80), frame(kBegin, "10.0.0.9", "10.0.0.1", 443),
                            frame(kBegin, "10.0.0.5", "10.0.0.1", 443)};
  std::vector<Row> portless = rows_of(out.back());
  for (Row& row : portless) row = row.without(Field::dport);
  out.push_back(batch_of(portless));
  return out;
}

WherePtr wanted() {
  auto when = parse_when("1000000000-1000000060", 0);
  auto filter = compile_filter("src host 10.0.0.5 and dst port 443");
  REQUIRE(when);
  REQUIRE(filter);
  return both(when->where, *filter);
}

SourceOptions counting() {
  SourceOptions out;
  out.count_skipped = true;
  return out;
}

// Everything is pulled, on so many threads.
Progress progress_of(const std::vector<std::string>& paths, const WherePtr& where, std::size_t threads = 1,
                     const SourceOptions& options = counting()) {
  const SourcePtr source = opened(paths, options);
  REQUIRE(source->bind({FieldSet::all_stored(), where, {}}, {}));
  REQUIRE(pull_parts(*source, threads, [](std::size_t, const Batch&) -> Result<> { return {}; }));
  for (Batch batch;;) {
    const auto step = source->next(batch);
    REQUIRE(step);
    if (*step == Step::end) break;
  }
  REQUIRE(source->measured() != nullptr);
  return source->measured()->progress();
}

}  // namespace

TEST_CASE("frames that are skipped are counted by the first reason that is enough") {
  const std::string path = scratch_folder() + "/a.flows";
  write_flows(path, five_frames());
  const Progress one = progress_of({path}, wanted());
  CHECK(one.read == ReadCounts{1, 1, 1, 2, 1, 10, 5});
  CHECK(one.records == 50);
  CHECK(one.bytes == read_whole_file(path).size());
  CHECK(one.bytes == one.bytes_whole);
  const Progress all = progress_of({path, path}, nullptr);
  CHECK(all.read == ReadCounts{2, 10, 0, 0, 0, 100, 100});
}

TEST_CASE("the reasons are counted only where that is asked for") {
  const std::string path = scratch_folder() + "/a.flows";
  write_flows(path, five_frames());
  CHECK(progress_of({path}, wanted(), 1, {}).read == ReadCounts{1, 1, 0, 0, 0, 10, 5});
}

TEST_CASE("several threads count what one counts") {
  const std::string path = scratch_folder() + "/a.flows";
  std::vector<Batch> frames;
  for (unsigned i = 0; i < 20; i++)
    for (const Batch& batch : five_frames()) frames.push_back(batch);
  write_flows(path, frames);
  const Progress one = progress_of({path, path}, wanted());
  CHECK(one.read == ReadCounts{2, 40, 40, 80, 40, 400, 200});
  for (const std::size_t threads : {2u, 5u}) CHECK(progress_of({path, path}, wanted(), threads).read == one.read);
}

TEST_CASE("a damaged frame counts as neither read nor skipped, one that is mended as read") {
  const std::string path = scratch_folder() + "/a.flows";
  write_flows(path, {frame(kBegin, "10.0.0.5", "10.0.0.1", 443), frame(kBegin, "10.0.0.5", "10.0.0.1", 443)});
  const std::vector<std::byte> whole = read_whole_file(path);
  FrameHead header, head;
  REQUIRE(parse_head(whole, header) == HeadFault::none);
  const std::size_t at = kFrameHeadSize + header.stored;
  REQUIRE(parse_head(Bytes(whole).subspan(at), head) == HeadFault::none);
  const std::size_t columns = at + kFrameHeadSize + head.directory;
  for (const bool mended : {true, false}) {
    std::vector<std::byte> bytes = whole;
    bytes[columns] ^= std::byte{8};
    if (!mended) bytes[columns + head.columns() - 1] ^= std::byte{8};
    write_file(path, bytes);
    for (const std::size_t threads : {1u, 3u}) {
      CAPTURE(mended, threads);
      const Progress got = progress_of({path}, nullptr, threads);
      CHECK(got.read == (mended ? ReadCounts{1, 2, 0, 0, 0, 20, 20} : ReadCounts{1, 1, 0, 0, 0, 10, 10}));
      CHECK(got.records == (mended ? 20 : 10));
    }
  }
}

TEST_CASE("a source that is not pulled to its end says how far it is") {
  const std::string path = scratch_folder() + "/a.flows";
  write_flows(path, std::vector<Batch>(20, frame(kBegin, "10.0.0.5", "10.0.0.1", 443)));
  const SourcePtr source = limited(opened({path, path}, counting()), 0, 25);
  CHECK(rows_of(*source).size() == 25);
  REQUIRE(source->measured() != nullptr);
  const Progress got = source->measured()->progress();
  CHECK(got.read.files == 1);
  CHECK(got.read.frames_read == 3);
  CHECK_FALSE(got.cut);
  CHECK(got.bytes_whole == 2 * read_whole_file(path).size());
  CHECK(got.bytes < got.bytes_whole);
}

TEST_CASE("of captures packets are counted, and the records made of them") {
  const std::string folder = scratch_folder();
  write_file(folder + "/1.pcap", udp_capture(5 * kSecond, 40).bytes());
  write_file(folder + "/2.pcap", udp_capture(45 * kSecond, 2).bytes());
  const auto none = compile_filter("tcp");
  REQUIRE(none);
  const Progress got = progress_of({folder}, *none);
  CHECK(got.packets == 42);
  CHECK(got.read.files == 2);
  CHECK(got.read.rows_read > 0);
  CHECK(got.read.rows_kept == 0);
  CHECK(got.read.frames_read == 0);
  CHECK(progress_of({folder}, nullptr).read.rows_kept == got.read.rows_read);
}
