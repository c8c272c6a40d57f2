#include "sink/flow_file.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <csignal>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "codec/block.h"
#include "codec/frame.h"
#include "codec/streams.h"
#include "flow/ledger.h"
#include "flow/sink.h"
#include "flow/where.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

void write_rows(Sink& sink, const std::vector<Row>& rows) {
  REQUIRE(sink.begin({"probe", {}, false}));
  REQUIRE(sink.write(batch_of(rows)));
  REQUIRE(sink.ledger({{"probe", 1, 2, LedgerItem::received, 5}}));
  REQUIRE(sink.finish());
}
void write_to(const std::string& path, FlowFileMode mode, const std::vector<Row>& rows) {
  auto sink = flow_file_sink(path, mode);
  REQUIRE(sink);
  write_rows(**sink, rows);
}
std::size_t files_in(const std::string& folder) {
  std::size_t n = 0;
  for (const std::string name : {"a", "b"}) n += ::access((folder + "/" + name).c_str(), F_OK) == 0 ? 1u : 0u;
  return n;
}

}  // namespace

TEST_CASE("a flow file holds what was written to it, mode 0640") {
  const std::string folder = scratch_folder(), path = folder + "/a";
  write_to(path, FlowFileMode::replace, numbered_rows(0, 50));
  const Heard got = heard(read_whole_file(path));
  CHECK(got.rows == numbered_rows(0, 50));
  CHECK(got.damage.said.empty());
  REQUIRE(got.ledger.size() == 1);
  CHECK(got.ledger[0].count == 5);
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == (0640 & 0777));
  CHECK(files_in(folder) == 1);
}

TEST_CASE("replacing shows the new file only when it is whole, and leaves the old one when it never is") {
  const std::string path = scratch_folder() + "/a";
  write_to(path, FlowFileMode::replace, numbered_rows(0, 5));
  {
    auto sink = flow_file_sink(path, FlowFileMode::replace);
    REQUIRE(sink);
    REQUIRE((*sink)->begin({}));
    REQUIRE((*sink)->write(batch_of(numbered_rows(7, 9))));
    CHECK(heard(read_whole_file(path)).rows == numbered_rows(0, 5));
  }
  CHECK(heard(read_whole_file(path)).rows == numbered_rows(0, 5));
  write_to(path, FlowFileMode::replace, numbered_rows(7, 9));
  CHECK(heard(read_whole_file(path)).rows == numbered_rows(7, 9));
}

TEST_CASE("appending adds a stream behind what is there") {
  const std::string path = scratch_folder() + "/a";
  write_to(path, FlowFileMode::append, numbered_rows(0, 5));
  write_to(path, FlowFileMode::append, numbered_rows(5, 9));
  const Heard got = heard(read_whole_file(path));
  CHECK(got.rows == numbered_rows(0, 9));
  CHECK(got.headers.size() == 2);
  CHECK(got.damage.said.empty());
}

TEST_CASE("appending to a torn file loses only what was torn") {
  const std::string path = scratch_folder() + "/a";
  write_to(path, FlowFileMode::append, numbered_rows(0, 5));
  auto bytes = read_whole_file(path);
  bytes.resize(bytes.size() - 90);
  write_file(path, bytes);
  write_to(path, FlowFileMode::append, numbered_rows(5, 9));
  const Heard got = heard(read_whole_file(path));
  CHECK(in_order_among(numbered_rows(5, 9), got.rows));
  CHECK_FALSE(got.damage.said.empty());
}

TEST_CASE("appending refuses what is not a flow file and leaves it as it is") {
  const std::string path = scratch_folder() + "/a";
  for (const std::string_view text :
       {std::string_view("x"),
        std::string_view("some notes that somebody wrote down, long enough to hold a head of a frame\n")}) {
    const Bytes bytes = std::as_bytes(std::span(text.data(), text.size()));
    write_file(path, bytes);
    const auto sink = flow_file_sink(path, FlowFileMode::append);
    REQUIRE_FALSE(sink);
    CHECK(sink.error().code == Errc::foreign);
    const auto after = read_whole_file(path);
    CHECK(std::equal(after.begin(), after.end(), bytes.begin(), bytes.end()));
  }
}

TEST_CASE("appending to an empty file begins it") {
  const std::string path = scratch_folder() + "/a";
  write_file(path, {});
  write_to(path, FlowFileMode::append, numbered_rows(0, 3));
  CHECK(heard(read_whole_file(path)).rows.size() == 3);
}

TEST_CASE("appending does not follow a link") {
  const std::string folder = scratch_folder();
  REQUIRE(::symlink((folder + "/b").c_str(), (folder + "/a").c_str()) == 0);
  CHECK_FALSE(flow_file_sink(folder + "/a", FlowFileMode::append));
  CHECK(files_in(folder) == 0);
}

TEST_CASE("a folder that is not there and a folder itself are named in the error") {
  const std::string folder = scratch_folder();
  for (const FlowFileMode mode : {FlowFileMode::append, FlowFileMode::replace}) {
    const auto nowhere = flow_file_sink(folder + "/no/a", mode);
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().code == Errc::io);
    CHECK(nowhere.error().text.find(folder + "/no/a") != std::string::npos);
  }
  const auto itself = flow_file_sink(folder, FlowFileMode::append);
  REQUIRE_FALSE(itself);
  CHECK(itself.error().code == Errc::io);
}

TEST_CASE("the null device is written to and stays a device") {
  for (const FlowFileMode mode : {FlowFileMode::append, FlowFileMode::replace}) {
    write_to("/dev/null", mode, numbered_rows(0, 3));
    struct stat info {};
    REQUIRE(::stat("/dev/null", &info) == 0);
    CHECK(S_ISCHR(info.st_mode));
  }
}

TEST_CASE("a full device is an error that says so") {
  auto sink = flow_file_sink("/dev/full", FlowFileMode::replace);
  REQUIRE(sink);
  const auto begun = (*sink)->begin({});
  REQUIRE_FALSE(begun);
  CHECK(begun.error().code == Errc::io);
  CHECK(begun.error().text.find("no space left") != std::string::npos);
}

TEST_CASE("a frame that does not fit is taken back from a file that is appended to") {
  const std::string path = scratch_folder() + "/a";
  write_to(path, FlowFileMode::append, numbered_rows(0, 5));
  const auto before = read_whole_file(path);
  std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit old {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
  const auto with_room_for = [&](std::size_t bytes) {
    const struct rlimit tight { bytes, old.rlim_max };
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &tight) == 0);
    auto sink = flow_file_sink(path, FlowFileMode::append);
    const bool begun = sink && (*sink)->begin({"probe", {}, false});
    const bool written = begun && (*sink)->write(batch_of(numbered_rows(5, 9))) && (*sink)->tick();
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &old) == 0);
    return std::pair(begun, written);
  };
  CHECK(with_room_for(before.size() + 30) == std::pair(false, false));
  CHECK(read_whole_file(path) == before);
  CHECK(with_room_for(before.size() + 150) == std::pair(true, false));
  const Heard got = heard(read_whole_file(path));
  CHECK(got.rows == numbered_rows(0, 5));
  CHECK(got.headers.size() == 2);
  CHECK(got.damage.bytes == 0);
}

TEST_CASE("a reader that went away closes the sink, without a signal") {
  std::signal(SIGPIPE, SIG_IGN);  // as the program does
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  ::close(ends[0]);
  const SinkPtr sink = flow_stream_sink(File(ends[1], "pipe"));
  const auto begun = sink->begin({});
  REQUIRE_FALSE(begun);
  CHECK(begun.error().code == Errc::closed);
}

TEST_CASE("batches are gathered into frames, and divided where they are too large") {
  std::mt19937_64 random(3);
  const std::string path = scratch_folder() + "/a";
  std::vector<Row> all;
  auto sink = flow_file_sink(path, FlowFileMode::replace);
  REQUIRE(sink);
  REQUIRE((*sink)->begin({}));
  const auto give = [&](unsigned rows) {
    const auto more = numbered_rows(static_cast<unsigned>(all.size()), static_cast<unsigned>(all.size()) + rows);
    all.insert(all.end(), more.begin(), more.end());
    REQUIRE((*sink)->write(batch_of(more)));
  };
  for (const unsigned rows : {1u, 10'000u, 10'000u, 16'384u, 0u, 1u, 20'000u, 40'000u, 5u}) give(rows);
  REQUIRE((*sink)->finish());
  const auto bytes = read_whole_file(path);
  const auto starts = frame_starts(bytes);
  std::size_t frames = 0;
  for (std::size_t i = 0; i + 1 < starts.size(); i++) {
    FrameHead head;
    REQUIRE(parse_head(Bytes(bytes).subspan(starts[i]), head) == HeadFault::none);
    CHECK(head.rows <= kRowsAFrame);
    frames += head.type == static_cast<std::uint8_t>(FrameType::flows);
  }
  CHECK(frames <= 14);
  const Heard got = heard(bytes);
  CHECK(got.damage.said.empty());
  CHECK(got.rows == all);
}

TEST_CASE("a tick makes visible what is held back") {
  const std::string path = scratch_folder() + "/a";
  auto sink = flow_file_sink(path, FlowFileMode::append);
  REQUIRE(sink);
  REQUIRE((*sink)->begin({}));
  REQUIRE((*sink)->write(batch_of(numbered_rows(0, 3))));
  CHECK(heard(read_whole_file(path)).rows.empty());
  REQUIRE((*sink)->tick());
  CHECK(heard(read_whole_file(path)).rows.size() == 3);
}

TEST_CASE("coded rows are copied in their place among others") {
  const std::string path = scratch_folder() + "/a";
  auto sink = flow_file_sink(path, FlowFileMode::replace);
  REQUIRE(sink);
  REQUIRE((*sink)->raw_frame_request());
  CHECK((*sink)->raw_frame_request()->wanted(FrameStats(), kRowsAFrame));
  CHECK_FALSE((*sink)->raw_frame_request()->wanted(FrameStats(), 10));
  REQUIRE((*sink)->begin({"probe", {}, false}));
  REQUIRE((*sink)->write(batch_of(numbered_rows(0, 3))));
  REQUIRE((*sink)->write(coded_batch(batch_of(numbered_rows(3, 5000)))));
  REQUIRE((*sink)->write(batch_of(numbered_rows(5000, 5002))));
  REQUIRE((*sink)->finish());
  const Heard got = heard(read_whole_file(path));
  CHECK(got.rows == numbered_rows(0, 5002));
  CHECK(got.damage.said.empty());
}
