#include "archive/live_writer.h"

#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>
#include <map>

#include "archive/live_file.h"
#include "archive/live_output.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/streams.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "sink/queued_sink.h"
#include "sink/record_queue.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"
#include "support/zone.h"

using namespace argus;

namespace {

constexpr Nanos kStart = 1'795'518'000 * kSecond;  // 2026-11-24 11:00:00 UTC

// A disk that refuses when told to.
struct Disk {
  std::size_t calls = 0;
  std::size_t refuse_from = SIZE_MAX, refuse_to = SIZE_MAX;  // numbers of calls of write
  int why = ENOSPC;
  bool short_write = false, truncates = true, syncs = true, renames = true, syncs_folders = true, closes = true;
  static int refused() { return errno = EIO, -1; }
  [[nodiscard]] bool refuses() const { return calls >= refuse_from && calls < refuse_to; }
  DiskCalls calls_of() {
    return {[this](int fd, const void* bytes, std::size_t n) -> ssize_t {
              const bool no = refuses();
              calls++;
              if (!no) return ::write(fd, bytes, n);
              if (short_write && n > 1 && !stuck_) {
                stuck_ = true;
                calls--;  // the rest of the same frame is refused
                return ::write(fd, bytes, n / 2);
              }
              stuck_ = false;
              errno = why;
              return -1;
            },
            [this](int fd, off_t size) {
              errno = EIO;
              return truncates ? ::ftruncate(fd, size) : -1;
            },
            [this](int fd) { return syncs ? ::fdatasync(fd) : refused(); },
            [this, real = DiskCalls::real()](int folder, const std::string& from, const std::string& to) {
              return renames ? real.rename(folder, from, to) : EIO;
            },
            [this](int fd) { return syncs_folders ? ::fsync(fd) : refused(); },
            [this](int fd) { return ::close(fd) == 0 && closes ? 0 : refused(); }};
  }

 private:
  bool stuck_ = false;
};

// A writer with its clock.
struct Live {
  LiveFileOptions options;
  Disk disk;
  WriterMoment now{kStart, 100 * kSecond, 0};
  std::unique_ptr<LiveWriter> writer;
  std::vector<std::string> said;
  unsigned given = 0;

  void open() {
    options.warn = [this](const std::string& text) { said.push_back(text); };
    auto opened = LiveWriter::open(options, disk.calls_of(), now);
    if (!opened) FAIL(opened.error().text);
    writer = *std::move(opened);
    writer->begin({"probe", {}, true});
    writer->step(now);
  }
  void give(unsigned rows) {
    writer->queue().add(batch_of(numbered_rows(given, given + rows)));
    given += rows;
  }
  void later(Nanos time) {
    now.wall += time, now.steady += time;
    writer->step(now);
  }
};

std::vector<std::string> files_under(const std::string& folder) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (!entry.is_directory()) out.push_back(std::filesystem::relative(entry.path(), folder).string());
  std::sort(out.begin(), out.end());
  return out;
}
// All rows of all files, in the order of the rows.
std::vector<Row> rows_under(const std::string& folder) {
  std::map<std::uint64_t, Row> rows;
  std::size_t n = 0;
  for (const std::string& name : files_under(folder)) {
    if (std::filesystem::is_symlink(folder + "/" + name)) continue;
    const Heard got = heard(read_whole_file(folder + "/" + name));
    CHECK(got.damage.said.empty());
    n += got.rows.size();
    for (const Row& row : got.rows) rows.emplace(row.number(Field::stime), row);
  }
  CHECK(n == rows.size());
  std::vector<Row> out;
  for (const auto& [time, row] : rows) out.push_back(row);
  return out;
}
std::uint64_t unwritten(const Heard& heard) {
  std::uint64_t n = 0;
  for (const LedgerEntry& entry : heard.ledger)
    if (entry.item == LedgerItem::records_unwritten) n += entry.count;
  return n;
}

}  // namespace

TEST_CASE("whatever write refuses once is written a second later, and nothing is lost or twice") {
  std::size_t calls = 1;
  for (std::size_t n = 0; n < calls; n++)
    for (const int why : {ENOSPC, EIO, EDQUOT})
      for (const bool short_write : {false, true}) {
        CAPTURE(n, why, short_write);
        const std::string path = scratch_folder() + "/a";
        Live live;
        live.options.path = path;
        live.disk.why = why, live.disk.short_write = short_write;
        live.disk.refuse_from = n, live.disk.refuse_to = n + 1;
        live.open();
        for (int i = 0; i < 5; i++) {
          live.give(20);
          live.later(kSecond / 2);
        }
        live.later(kSecond);
        REQUIRE(live.writer->done());
        REQUIRE(live.writer->finish());
        const Heard got = heard(read_whole_file(path));
        REQUIRE(got.rows == numbered_rows(0, 100));
        REQUIRE(got.damage.bytes == 0);
        REQUIRE(got.damage.records == 0);
        REQUIRE(live.writer->counts().lost == 0);
        REQUIRE(live.writer->counts().records == 100);
        calls = live.disk.calls;
      }
  CHECK(calls > 6);
}

TEST_CASE("a disk that stays full costs the oldest records, counted exactly in the stream") {
  std::size_t calls = 1;
  for (std::size_t n = 0; n < calls; n++)
    for (const bool short_write : {false, true}) {
      CAPTURE(n, short_write);
      const std::string path = scratch_folder() + "/a";
      Live live;
      live.options.path = path;
      live.options.queue_bytes = 4000;
      live.disk.refuse_from = n, live.disk.refuse_to = n + 20, live.disk.short_write = short_write;
      live.open();
      for (int i = 0; i < 60; i++) {
        live.give(20);
        if (i % 7 == 0) live.writer->queue().push(queued({{"probe", 1, 2, LedgerItem::received, 5}}));
        live.later(kSecond);
      }
      for (int i = 0; i < 20 && !live.writer->done(); i++) live.later(kSecond);
      REQUIRE(live.writer->done());
      REQUIRE(live.writer->finish());
      const Heard got = heard(read_whole_file(path));
      const LiveFileCounts counts = live.writer->counts();
      REQUIRE(got.damage.bytes == 0);
      REQUIRE(got.damage.records == 0);
      REQUIRE(in_order_among(got.rows, numbered_rows(0, live.given)));
      REQUIRE(got.rows.size() == counts.records);
      REQUIRE(counts.records + counts.lost == live.given);
      REQUIRE(unwritten(got) == counts.lost);
      std::uint64_t received = 0;
      for (const LedgerEntry& entry : got.ledger) received += entry.item == LedgerItem::received ? entry.count : 0;
      REQUIRE(received == 45);
      if (n < 40) {
        REQUIRE(counts.lost > 0);
        REQUIRE(live.said.size() >= 2);
        REQUIRE(live.said.front().find("no space left on device; records wait") != std::string::npos);
        REQUIRE(live.said.back().find("writing again") != std::string::npos);
      }
      calls = std::min<std::size_t>(live.disk.calls, 60);
    }
}

TEST_CASE("a disk that takes a frame now and then is said once a minute") {
  Live live;
  live.options.path = scratch_folder() + "/a";
  live.open();
  for (int i = 0; i < 120; i++) {
    live.disk.refuse_from = i % 3 == 0 ? SIZE_MAX : 0;
    live.give(5);
    live.later(2 * kSecond);
  }
  live.disk.refuse_from = SIZE_MAX;
  live.later(2 * kSecond);
  CHECK(live.said.size() >= 4);
  CHECK(live.said.size() <= 9);
  CHECK(live.said.back().find("writing again") != std::string::npos);
  REQUIRE(live.writer->finish());
}

TEST_CASE("the entry about lost records says which times are missing") {
  const std::string path = scratch_folder() + "/a";
  Live live;
  live.options.path = path;
  live.options.queue_bytes = 1;
  live.open();
  live.disk.refuse_from = 0;
  for (int i = 0; i < 3; i++) live.give(10);
  live.later(kSecond);
  live.disk.refuse_from = SIZE_MAX;
  live.later(2 * kSecond);
  REQUIRE(live.writer->finish());
  const Heard got = heard(read_whole_file(path));
  CHECK(got.rows == numbered_rows(20, 30));
  REQUIRE(got.ledger.size() == 1);
  CHECK(got.ledger[0].count == 20);
  CHECK(got.ledger[0].sensor == "probe");
  CHECK(got.ledger[0].end == 19 * kSecond + 7);
}

TEST_CASE("records that are left over at the end are an error that counts them") {
  const std::string path = scratch_folder() + "/a";
  Live live;
  live.options.path = path;
  live.open();
  live.give(10);
  live.later(kSecond);
  live.disk.refuse_from = 0;
  live.give(30);
  live.later(kSecond);
  CHECK_FALSE(live.writer->done());
  const auto done = live.writer->finish();
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::io);
  CHECK(done.error().text.find("30 records are lost") != std::string::npos);
  CHECK(live.writer->counts().lost == 30);
  CHECK(heard(read_whole_file(path)).rows == numbered_rows(0, 10));
}

TEST_CASE("what cannot be taken back ends the stream, and the next one begins behind it") {
  const std::string path = scratch_folder() + "/a";
  Live live;
  live.options.path = path;
  live.disk.short_write = true, live.disk.truncates = false;
  live.disk.refuse_from = 3, live.disk.refuse_to = 4;
  live.open();
  for (int i = 0; i < 5; i++) {
    live.give(20);
    live.later(kSecond);
  }
  REQUIRE(live.writer->finish());
  const Heard got = heard(read_whole_file(path));
  CHECK(got.rows == numbered_rows(0, 100));
  CHECK(got.headers.size() == 2);
  CHECK(got.damage.frames == 1);
}

TEST_CASE("a hundred rotations: the files together are the stream") {
  const Zone zone("UTC");
  const std::string folder = scratch_folder();
  for (const bool by_size : {false, true}) {
    const std::string below = folder + (by_size ? "/size" : "/time");
    Live live;
    live.options.path = below + "/%Y/%m/%d/argus.%H%M%S.flows";
    if (by_size) live.options.rotation.size = 1;
    else live.options.rotation.every = 10 * kSecond;
    live.open();
    for (int i = 0; i < 100; i++) {
      live.give(3);
      live.later(by_size ? kSecond / 4 : 10 * kSecond);
    }
    const LiveFileCounts counts = live.writer->counts();
    CHECK(counts.files == 101);
    CHECK(counts.path.ends_with(".flows.part"));
    REQUIRE(live.writer->finish());
    CHECK(rows_under(below) == numbered_rows(0, 300));
    CHECK(files_under(below).size() == (by_size ? 100 : 101));  // one in which nothing was written goes
    for (const std::string& name : files_under(below)) CHECK(name.ends_with(".flows"));
    CHECK(live.said.empty());
  }
}

TEST_CASE("files begin on the clock, without traffic too, and have their names only when they are finished") {
  const Zone zone("UTC");
  const std::string folder = scratch_folder();
  Live live;
  live.options.path = folder + "/day.flows";
  live.options.rotation.every = kHour;
  live.now.wall += 59 * kMinute + 58 * kSecond;
  live.open();
  CHECK(files_under(folder) == std::vector<std::string>{"day.20261124-110000.flows.part"});
  live.later(kSecond);
  CHECK(files_under(folder).size() == 1);
  live.later(kSecond);
  CHECK(files_under(folder) == std::vector<std::string>{"day.20261124-110000.flows", "day.20261124-120000.flows.part"});
  const Heard got = heard(read_whole_file(folder + "/day.20261124-110000.flows"));
  CHECK(got.headers.size() == 1);
  CHECK(got.damage.said.empty());
  struct stat info {};
  REQUIRE(::stat((folder + "/day.20261124-110000.flows").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0640);
}

TEST_CASE("names are never used twice: the hour that comes again, a clock set back, a second run") {
  const Zone zone("CET-1CEST,M3.5.0,M10.5.0/3");
  const std::string folder = scratch_folder();
  unsigned given = 0;
  for (int run = 0; run < 2; run++) {
    Live live;
    live.options.path = folder + "/%H%M.flows";
    live.options.rotation.every = 30 * kMinute;
    live.now.wall = utc(2026, 10, 24, 23, 45);
    live.given = given;
    live.open();
    for (int i = 0; i < 10; i++) {
      live.give(5);
      live.later(15 * kMinute);
    }
    live.now.wall -= kHour;
    live.give(5);
    live.later(kSecond);
    REQUIRE(live.writer->finish());
    given = live.given;
  }
  CHECK(rows_under(folder) == numbered_rows(0, given));
  const auto names = files_under(folder);
  CHECK(std::count(names.begin(), names.end(), "0200.flows") == 1);
  CHECK(std::count(names.begin(), names.end(), "0200-1.flows") == 1);
  CHECK(std::count(names.begin(), names.end(), "0200-3.flows") == 1);
}

TEST_CASE("a link planted at the next name is neither followed nor replaced, and the next name is used") {
  const Zone zone("UTC");
  const std::string folder = scratch_folder(), victim = scratch_folder() + "/victim";
  write_file(victim, {});
  const auto plant = [&](const std::string& name) {
    REQUIRE(::symlink(victim.c_str(), (folder + "/" + name).c_str()) == 0);
  };
  plant("1100.flows");       // before it is begun
  plant("1101.flows.part");  // where it would grow
  Live live;
  live.options.path = folder + "/%H%M.flows";
  live.options.rotation.every = kMinute;
  live.open();
  CHECK(live.writer->counts().path == folder + "/1100-1.flows.part");
  live.give(5);
  live.later(kMinute);
  CHECK(live.writer->counts().path == folder + "/1101-1.flows.part");
  CHECK(live.writer->counts().names_taken == 2);
  live.give(5);
  live.later(kSecond);
  plant("1101-1.flows");  // while it grows
  live.later(kMinute);
  CHECK(live.writer->counts().names_taken == 3);
  REQUIRE(live.writer->finish());
  CHECK(rows_under(folder) == numbered_rows(0, 10));
  CHECK(heard(read_whole_file(folder + "/1101-2.flows")).rows == numbered_rows(5, 10));
  CHECK(std::filesystem::file_size(victim) == 0);
  CHECK(live.said.size() == 3);
}

TEST_CASE("a link planted as the folder of a day is not followed") {
  const Zone zone("UTC");
  const std::string folder = scratch_folder(), elsewhere = scratch_folder();
  REQUIRE(::symlink(elsewhere.c_str(), (folder + "/24").c_str()) == 0);
  LiveFileOptions options;
  options.path = folder + "/%d/%H.flows";
  options.rotation.every = kHour;
  CHECK_FALSE(LiveWriter::open(options, DiskCalls::real(), {kStart, 0, 0}));
  CHECK(files_under(elsewhere).empty());
  std::filesystem::create_directory_symlink(elsewhere, folder + "/base");
  options.path = folder + "/base/%d/%H.flows";  // what the user names may be a link
  CHECK(LiveWriter::open(options, DiskCalls::real(), {kStart, 0, 0}));
}

TEST_CASE("moved and asked to begin anew, a file loses nothing") {
  const std::string folder = scratch_folder(), path = folder + "/day.flows";
  Live live;
  live.options.path = path;
  live.open();
  live.give(5);
  live.later(kSecond / 4);
  REQUIRE(::rename(path.c_str(), (folder + "/old.flows").c_str()) == 0);
  live.give(5);
  live.later(kSecond / 4);
  live.now.reopenings++;
  live.give(5);
  live.later(kSecond / 4);
  REQUIRE(live.writer->finish());
  CHECK(heard(read_whole_file(folder + "/old.flows")).rows == numbered_rows(0, 10));
  CHECK(heard(read_whole_file(path)).rows == numbered_rows(10, 15));
  CHECK(rows_under(folder).size() == 15);
  CHECK(live.said.empty());
}

TEST_CASE("a file that was moved or removed is begun anew within a second, also unasked") {
  const std::string folder = scratch_folder(), path = folder + "/day.flows";
  for (const bool rotating : {false, true}) {
    const Zone zone("UTC");
    Live live;
    live.options.path = path;
    if (rotating) live.options.rotation.every = kHour;
    live.open();
    live.give(5);
    live.later(kSecond);
    REQUIRE(::unlink(live.writer->counts().path.c_str()) == 0);
    live.later(kSecond);
    live.give(5);
    live.later(kSecond);
    REQUIRE(live.said.size() == 1);
    CHECK(live.said[0].find("was moved, removed or replaced") != std::string::npos);
    REQUIRE(live.writer->finish());
    CHECK(live.writer->counts().taken_along == 5);
    CHECK(rows_under(folder) == numbered_rows(5, 10));
    REQUIRE(files_under(folder).size() == 1);
    std::filesystem::remove(folder + "/" + files_under(folder)[0]);
  }
}

TEST_CASE("a path that something else took over is left alone, and records wait for it to come back") {
  const std::string folder = scratch_folder(), path = folder + "/day.flows";
  Live live;
  live.options.path = path;
  live.open();
  REQUIRE(::unlink(path.c_str()) == 0);
  const std::string notes = "somebody's notes, longer than the head of a frame is, so that it could be one\n";
  write_file(path, std::as_bytes(std::span(notes.data(), notes.size())));
  live.give(5);
  live.later(kSecond);
  live.later(kSecond);
  CHECK_FALSE(live.writer->done());
  CHECK(std::filesystem::file_size(path) == notes.size());
  std::filesystem::rename(path, folder + "/notes");
  live.give(5);
  live.later(kSecond);
  live.later(kSecond);
  REQUIRE(live.writer->finish());
  CHECK(heard(read_whole_file(path)).rows.size() >= 5);
}

TEST_CASE("what a killed run left is finished under its name by the next one") {
  const Zone zone("UTC");
  const std::string folder = scratch_folder();
  std::filesystem::create_directories(folder + "/23");
  auto torn = stream_of(7, 3, 10, false);
  torn.resize(torn.size() - 20);
  write_file(folder + "/23/1800.flows.part", torn);
  write_file(folder + "/23/1900.flows.part", stream_of(8, 1, 10, false));
  write_file(folder + "/23/1900.flows", stream_of(9, 1, 10));
  write_file(folder + "/23/1900-2.flows.part", stream_of(10, 1, 10, false));
  write_file(folder + "/23/1900-2.flows", stream_of(11, 1, 10));
  write_file(folder + "/23/2000.flows.part", torn.empty() ? torn : std::vector<std::byte>(100));
  write_file(folder + "/23/notes.part", torn);
  Live live;
  live.options.path = folder + "/%d/%H%M.flows";
  live.options.rotation.every = kHour;
  live.open();
  REQUIRE(live.writer->finish());
  CHECK(files_under(folder) == std::vector<std::string>{"23/1800.flows", "23/1900-1.flows", "23/1900-2.flows",
                                                        "23/1900-3.flows", "23/1900.flows", "23/2000.flows.part",
                                                        "23/notes.part", "24/1100.flows"});
  CHECK(live.said.size() == 3);
}

TEST_CASE("another path or rotation holds from the next step on, and no record is lost") {
  const Zone zone("UTC");
  const std::string folder = scratch_folder();
  Live live;
  live.options.path = folder + "/day.flows";
  live.open();
  live.give(5);
  live.later(kSecond);
  REQUIRE(live.writer->change(folder + "/%d/%H%M.flows", {kMinute, 0, 0, 0, 0}));
  live.now.reopenings++;  // HUP says both
  live.give(5);
  live.later(kSecond);
  CHECK(files_under(folder) == std::vector<std::string>{"24/1100.flows.part", "day.flows"});
  REQUIRE(live.writer->change(folder + "/%d/%H%M.flows", {kHour, 0, 0, 0, 0}));
  live.give(5);
  live.later(2 * kMinute);
  CHECK(files_under(folder) == std::vector<std::string>{"24/1100.flows.part", "day.flows"});
  live.give(5);
  live.later(kHour);
  CHECK(files_under(folder) == std::vector<std::string>{"24/1100.flows", "24/1200.flows.part", "day.flows"});
  CHECK_FALSE(live.writer->change(folder + "/%d.flows", {}));  // a pattern needs a rotation
  REQUIRE(live.writer->change("/proc/none/%d.flows", {kHour, 0, 0, 0, 0}));
  live.give(5);
  live.later(kSecond);
  REQUIRE(live.said.size() == 1);
  CHECK(live.said[0].find("; writing continues in the old file") != std::string::npos);
  REQUIRE(live.writer->change(folder + "/end.flows", {}));
  live.give(5);
  live.later(kSecond);
  REQUIRE(live.writer->finish());
  CHECK(files_under(folder) == std::vector<std::string>{"24/1100.flows", "24/1200.flows", "day.flows", "end.flows"});
  CHECK(rows_under(folder) == numbered_rows(0, 30));
  CHECK(heard(read_whole_file(folder + "/end.flows")).rows == numbered_rows(25, 30));
}

TEST_CASE("a file that may not be on the disk, or has not got its name, is an error at the end") {
  for (bool Disk::*what : {&Disk::syncs, &Disk::renames, &Disk::syncs_folders, &Disk::closes}) {
    const std::string folder = scratch_folder();
    Live live;
    live.options.path = folder + "/%H%M.flows";
    live.options.rotation.every = kHour;
    live.disk.*what = false;
    live.open();
    live.give(20);
    live.later(kSecond);
    const auto done = live.writer->finish();
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Errc::io);
    CHECK(live.writer->counts().lost == 0);
    // The name that is said last is the one that is there.
    CHECK(std::filesystem::exists(live.writer->counts().path));
    CHECK(live.writer->counts().path.ends_with(".part") == !live.disk.renames);
    CHECK(rows_under(folder) == numbered_rows(0, 20));
  }
}

TEST_CASE("a sync that failed while the file grew is an error at the end") {
  Live live;
  live.options.path = scratch_folder() + "/a.flows";
  live.options.sync_every = 5 * kSecond;
  live.open();
  live.give(20);
  live.disk.syncs = false;
  live.later(6 * kSecond);
  REQUIRE(live.said.size() == 1);
  live.disk.syncs = true;
  live.later(6 * kSecond);
  const auto done = live.writer->finish();
  REQUIRE_FALSE(done);
  CHECK(done.error().text.find("may be on the disk") != std::string::npos);
}

TEST_CASE("old files go while new ones are written") {
  const Zone zone("UTC");
  const std::string folder = scratch_folder();
  Live live;
  live.options.path = folder + "/%d/%H%M.flows";
  live.options.rotation.every = kMinute;
  live.options.rotation.keep_size = 2000;
  live.open();
  for (int i = 0; i < 30; i++) {
    live.give(5);
    live.later(kMinute);
  }
  std::uint64_t finished = 0;
  for (const std::string& name : files_under(folder))
    if (name.ends_with(".flows")) finished += std::filesystem::file_size(folder + "/" + name);
  CHECK(finished > 1000);
  CHECK(finished <= 2000);
  CHECK(live.writer->counts().removed > 10);
  CHECK(live.said.empty());
}

TEST_CASE("a full disk ends a file that rotates without harm, and leaves no empty ones") {
  const Zone zone("UTC");
  const std::string folder = scratch_folder();
  Live live;
  live.options.path = folder + "/%H%M.flows";
  live.options.rotation.every = kMinute;
  live.open();
  live.give(5);
  live.later(kSecond);
  live.disk.refuse_from = 0;
  for (int i = 0; i < 5; i++) {
    live.give(5);
    live.later(kMinute);
  }
  live.disk.refuse_from = SIZE_MAX;
  for (int i = 0; i < 3 && !live.writer->done(); i++) live.later(kSecond);
  REQUIRE(live.writer->done());
  REQUIRE(live.writer->finish());
  CHECK(files_under(folder) == std::vector<std::string>{"1100.flows", "1105.flows"});
  CHECK(heard(read_whole_file(folder + "/1100.flows")).rows == numbered_rows(0, 5));
  CHECK(heard(read_whole_file(folder + "/1105.flows")).rows == numbered_rows(5, 30));
}
