#include "archive/live_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <thread>

#include "archive/split.h"
#include "archive/split_names.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/block.h"
#include "codec/streams.h"
#include "flow/batch.h"
#include "flow/ledger.h"
#include "sink/flow_file.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"
#include "support/no_threads.h"

using namespace argus;

namespace {

std::unique_ptr<LiveFileSink> sink_for(const LiveFileOptions& options) {
  auto out = live_file_sink(options);
  if (!out) FAIL(out.error().text);
  return *std::move(out);
}
LiveFileOptions plain(const std::string& path) {
  LiveFileOptions out;
  out.path = path;
  return out;
}

}  // namespace

TEST_CASE("a live file holds what was written to it, in order, mode 0640 whatever the umask") {
  const std::string path = scratch_folder() + "/a";
  for (unsigned run = 0; run < 2; run++) {
    const mode_t old = ::umask(0077);
    const auto sink = sink_for(plain(path));
    ::umask(old);
    REQUIRE(sink->begin({"probe", {}, true}));
    for (unsigned i = 0; i < 50; i++) {
      REQUIRE(sink->write(batch_of(numbered_rows(run * 50'000 + i * 1000, run * 50'000 + (i + 1) * 1000))));
      if (i % 10 == 0) REQUIRE(sink->ledger({{"probe", 1, 2, LedgerItem::received, 7}}));
    }
    REQUIRE(sink->finish());
    const LiveFileCounts counts = sink->counts();
    CHECK(counts.records == 50'000);
    CHECK(counts.lost == 0);
    CHECK(counts.files == 1);
  }
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0640);
  const Heard got = heard(read_whole_file(path));
  CHECK(got.rows == numbered_rows(0, 100'000));
  CHECK(got.headers.size() == 2);
  CHECK(got.ledger.size() == 10);
  CHECK(got.damage.said.empty());
}

TEST_CASE("a live file for which there is no thread is an error") {
  const auto sink = sink_for(plain(scratch_folder() + "/a"));
  const NoThreads none;
  const auto begun = sink->begin({});
  REQUIRE_FALSE(begun);
  CHECK(begun.error().text == "no thread for the flow file: resource temporarily unavailable");
}

TEST_CASE("a tick makes records visible soon, and the destructor writes what is left") {
  const std::string path = scratch_folder() + "/a";
  {
    const auto sink = sink_for(plain(path));
    REQUIRE(sink->begin({}));
    REQUIRE(sink->write(batch_of(numbered_rows(0, 3))));
    REQUIRE(sink->tick());
    for (int i = 0; i < 500 && sink->counts().records != 3; i++)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(heard(read_whole_file(path)).rows.size() == 3);
    REQUIRE(sink->write(batch_of(numbered_rows(3, 5))));
  }
  const Heard got = heard(read_whole_file(path));
  CHECK(got.rows == numbered_rows(0, 5));
  CHECK(got.damage.said.empty());
}

TEST_CASE("a live file refuses what is not its own") {
  const std::string folder = scratch_folder();
  const std::string notes = "notes that somebody wrote, long enough to hold the head of a frame, but they are none\n";
  write_file(folder + "/notes", std::as_bytes(std::span(notes.data(), notes.size())));
  const auto foreign = live_file_sink(plain(folder + "/notes"));
  REQUIRE_FALSE(foreign);
  CHECK(foreign.error().code == Errc::foreign);
  REQUIRE(::symlink((folder + "/b").c_str(), (folder + "/link").c_str()) == 0);
  CHECK_FALSE(live_file_sink(plain(folder + "/link")));
  CHECK_FALSE(live_file_sink(plain(folder)));
  CHECK_FALSE(live_file_sink(plain(folder + "/no/a")));
  REQUIRE(::mkfifo((folder + "/fifo").c_str(), 0600) == 0);
  CHECK_FALSE(live_file_sink(plain(folder + "/fifo")));
  CHECK_FALSE(std::filesystem::exists(folder + "/b"));
}

TEST_CASE("two writers of one file, or of one pattern, are one too many") {
  const std::string folder = scratch_folder();
  LiveFileOptions rotating = plain(folder + "/%Y/x.%H.flows");
  rotating.rotation.every = kHour;
  for (const LiveFileOptions& options : {plain(folder + "/a"), rotating}) {
    const auto sink = sink_for(options);
    const pid_t child = ::fork();
    if (child == 0) {
      const auto second = live_file_sink(options);
      ::_exit(!second && second.error().text.find("another argus") != std::string::npos ? 0 : 1);
    }
    int status = 1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    REQUIRE(sink->begin({}));
    REQUIRE(sink->finish());
  }
}

TEST_CASE("a file that a sensor writes is not replaced by a command, nor one that it began to write meanwhile") {
  const std::string folder = scratch_folder(), path = folder + "/f";
  const auto split = [&] {
    SplitOptions options;
    auto names = SplitNames::parse(path);
    REQUIRE(names);
    options.names = *std::move(names);
    auto sink = split_sink(std::move(options));
    REQUIRE(sink);
    return *std::move(sink);
  };
  const auto replace = [&] { return flow_file_sink(path, FlowFileMode::replace); };
  const auto is_refused = [](const Result<>& done) {
    return !done && done.error().code == Errc::io && done.error().text.find("another argus") != std::string::npos;
  };
  {
    const auto sensor = sink_for(plain(path));
    const pid_t child = ::fork();
    if (child == 0) {
      const auto whole = replace();
      ::_exit(!whole && is_refused(whole.error()) && is_refused(split()->begin({})) ? 0 : 1);
    }
    int status = 1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    REQUIRE(sensor->begin({}));
    REQUIRE(sensor->finish());
  }
  auto whole = replace();
  REQUIRE(whole);
  REQUIRE((*whole)->begin({}));
  const auto parts = split();
  REQUIRE(parts->begin({}));
  const auto sensor = sink_for(plain(path));
  const pid_t child = ::fork();
  if (child == 0) ::_exit(is_refused((*whole)->finish()) && is_refused(parts->finish()) ? 0 : 1);
  int status = 1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  REQUIRE(sensor->begin({}));
  REQUIRE(sensor->finish());
}

TEST_CASE("a file that is replaced at the very end takes along what was in it, and that is counted") {
  const std::string folder = scratch_folder(), path = folder + "/f";
  const auto sink = sink_for(plain(path));
  REQUIRE(sink->begin({}));
  REQUIRE(sink->write(batch_of(numbered_rows(0, 5))));
  write_file(folder + "/other", {});
  std::filesystem::rename(folder + "/other", path);
  REQUIRE(sink->finish());
  CHECK(sink->counts().taken_along == 5);
}

TEST_CASE("patterns and removal need rotation") {
  Rotation keep;
  keep.keep = kDay;
  Rotation odd;
  odd.every = 25 * kHour;
  Rotation hourly;
  hourly.every = kHour;
  for (const auto& [path, rotation] :
       {std::pair<std::string, Rotation>{"%Y.flows", {}}, {"a.flows", keep}, {"a.flows", odd}, {"%Q.flows", hourly}}) {
    const auto done = check_rotation(path, rotation);
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Errc::usage);
    CHECK_FALSE(live_file_sink({.path = path, .rotation = rotation, .warn = {}}));
  }
  CHECK(check_rotation("100%.flows", {}));
  CHECK(check_rotation("a.flows", hourly));
}

TEST_CASE("a device that is full all the time is told, and its records are counted") {
  std::vector<std::string> said;
  LiveFileOptions options = plain("/dev/full");
  options.warn = [&said](const std::string& text) { said.push_back(text); };
  const auto sink = sink_for(options);
  REQUIRE(sink->begin({}));
  REQUIRE(sink->write(batch_of(numbered_rows(0, 3))));
  const auto begun = std::chrono::steady_clock::now();
  const auto done = sink->finish();
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(5));
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::io);
  CHECK(done.error().text == "/dev/full: no space left on device; 3 records are lost");
  CHECK(sink->counts().lost == 3);
  CHECK(said.size() == 1);
  struct stat info {};
  REQUIRE(::stat("/dev/full", &info) == 0);
  CHECK(S_ISCHR(info.st_mode));
}

TEST_CASE("a burst that is larger than the queue costs no record while the disk takes it") {
  const std::string path = scratch_folder() + "/a";
  LiveFileOptions options = plain(path);
  options.queue_bytes = 4u << 20;
  const auto sink = sink_for(options);
  REQUIRE(sink->begin({}));
  const Batch batch = batch_of(numbered_rows(0, kRowsAFrame));
  for (int i = 0; i < 200; i++) REQUIRE(sink->write(batch));
  REQUIRE(sink->finish());
  CHECK(sink->counts().lost == 0);
  CHECK(sink->counts().records == 200 * kRowsAFrame);
}

TEST_CASE("a signal to begin anew is heard without traffic") {
  const std::string folder = scratch_folder(), path = folder + "/a";
  std::atomic<std::uint32_t> reopen = 0;
  LiveFileOptions options = plain(path);
  options.reopen = &reopen;
  const auto sink = sink_for(options);
  REQUIRE(sink->begin({}));
  REQUIRE(sink->write(batch_of(numbered_rows(0, 3))));
  REQUIRE(sink->tick());
  for (int i = 0; i < 500 && sink->counts().records != 3; i++)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  std::filesystem::rename(path, folder + "/old");
  reopen++;
  for (int i = 0; i < 500 && !std::filesystem::exists(path); i++)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  REQUIRE(sink->write(batch_of(numbered_rows(3, 5))));
  REQUIRE(sink->finish());
  CHECK(heard(read_whole_file(folder + "/old")).rows == numbered_rows(0, 3));
  CHECK(heard(read_whole_file(path)).rows == numbered_rows(3, 5));
}
