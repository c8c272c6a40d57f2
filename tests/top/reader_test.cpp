#include "top/reader.h"

#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>

#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/notice.h"
#include "flow/progress.h"
#include "flow/source.h"

namespace argus {

namespace {

Batch rows_of(std::size_t rows, std::uint64_t first, Nanos start) {
  ColumnBuilder<std::uint64_t> numbers;
  ColumnBuilder<Nanos> ltime;
  for (std::uint64_t i = first; i < first + rows; i++)
    numbers.add(i), ltime.add(start + static_cast<Nanos>(i) * kMillisecond);
  Batch out(rows);
  out.set(Field::trans, numbers.finish());
  out.set(Field::ltime, ltime.finish());
  return out;
}

// So many batches of 100 rows, as fast as they are taken. Says what it has given.
class Stream final : public Source, public MeasuredSource {
 public:
  Stream(std::size_t batches, bool live, std::atomic<std::size_t>& given, Nanos start = 0)
      : batches_(batches), start_(start), given_(given) {
    header_.live = live;
  }
  Result<> bind(const Needs&, const Resources&) override { return {}; }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override {
    if (given_ == batches_) return Step::end;
    out = rows_of(100, given_ * 100, start_);
    given_++;
    return Step::rows;
  }
  void drain(Journal& out) override { out.add({"s", 0, 0, LedgerItem::received, 1}); }
  std::vector<Error> problems() const override { return {}; }
  const MeasuredSource* measured() const override { return this; }
  Progress progress() const override { return {.bytes = given_, .bytes_whole = batches_}; }

 private:
  std::size_t batches_;
  Nanos start_;
  std::atomic<std::size_t>& given_;
  StreamHeader header_;
};

class Nothing final : public Source {
 public:
  Result<> bind(const Needs&, const Resources&) override { return {}; }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch&) override { return fail(Errc::unsupported, "no ticks"); }
  void drain(Journal&) override {}
  std::vector<Error> problems() const override { return {}; }

 private:
  StreamHeader header_{.sensor = {}, .columns = {}, .live = true};
};

struct Taken {
  std::vector<std::uint64_t> rows;
  std::uint64_t missed = 0, received = 0;
  bool instead = false;
  std::vector<std::string> said;
};
Taken all_of(TopReader& reader) {
  Taken out;
  for (int waits = 0; waits < 1000;) {
    const auto update = reader.take(10 * kMillisecond);
    if (!update) {
      waits++;
      continue;
    }
    for (std::size_t i = 0; i < update->rows.rows(); i++)
      out.rows.push_back(update->rows[Field::trans].at<std::uint64_t>(i));
    for (const LedgerEntry& entry : update->ledger) out.received += entry.count;
    out.missed += update->missed;
    out.instead |= update->instead;
    for (const Notice& notice : update->notices) out.said.push_back(notice.text);
    if (update->end) return out;
  }
  FAIL("no end");
  return out;
}

}  // namespace

TEST_CASE("a file waits for who reads it, and nothing is missed") {
  std::atomic<std::size_t> given = 0;
  TopReader reader(std::make_unique<Stream>(500, false, given), {}, make_notices(), {});
  ::usleep(100'000);
  CHECK(given < 500);
  const Taken taken = all_of(reader);
  CHECK(taken.rows.size() == 50'000);
  CHECK(taken.missed == 0);
}

TEST_CASE("how far the source came is known once it is stopped, wherever that was") {
  std::atomic<std::size_t> given = 0;
  TopReader reader(std::make_unique<Stream>(500, false, given), {}, make_notices(), {});
  REQUIRE(reader.take(10 * kSecond));
  const auto stopped = reader.stop();
  REQUIRE(stopped);
  CHECK(stopped->bytes == given);
  CHECK(stopped->bytes >= 1);
  CHECK(stopped->bytes < 500);
  CHECK(stopped->bytes_whole == 500);
  TopReader blind(std::make_unique<Nothing>(), {}, make_notices(), {});
  CHECK_FALSE(blind.stop());
}

TEST_CASE("live input never waits: what is not taken comes later, in order") {
  std::atomic<std::size_t> given = 0;
  TopReader reader(std::make_unique<Stream>(500, true, given), {}, make_notices(), {});
  for (int i = 0; i < 500 && given < 500; i++) ::usleep(10'000);
  CHECK(given == 500);
  const Taken taken = all_of(reader);
  REQUIRE(taken.rows.size() == 50'000);
  for (std::uint64_t i = 0; i < 50'000; i++) REQUIRE(taken.rows[i] == i);
  CHECK(taken.missed == 0);
  CHECK(taken.received == 501);
}

TEST_CASE("what finds no room at all is counted") {
  std::atomic<std::size_t> given = 0;
  TopReaderOptions options;
  options.memory_max = 200'000;
  TopReader reader(std::make_unique<Stream>(500, true, given), {}, make_notices(), options);
  for (int i = 0; i < 500 && given < 500; i++) ::usleep(10'000);
  const Taken taken = all_of(reader);
  CHECK(taken.missed > 0);
  CHECK(taken.rows.size() + taken.missed == 50'000);
  CHECK(taken.received == 501);
}

TEST_CASE("where there is no such thing, the other source is read") {
  std::atomic<std::size_t> given = 0;
  TopReaderOptions options;
  options.instead = [&](std::atomic<bool>&) -> Result<SourcePtr> {
    return SourcePtr(std::make_unique<Stream>(3, true, given));
  };
  TopReader reader(std::make_unique<Nothing>(), {}, make_notices(), options);
  const Taken taken = all_of(reader);
  CHECK(taken.instead);
  CHECK(taken.rows.size() == 300);
}

TEST_CASE("a file is played as it happened") {
  std::atomic<std::size_t> given = 0;
  TopReaderOptions options;
  options.speed = 10;
  const Nanos begin = steady_now();
  TopReader reader(std::make_unique<Stream>(20, false, given), {}, make_notices(), options);
  const Taken taken = all_of(reader);
  CHECK(taken.rows.size() == 2000);
  CHECK(steady_now() - begin > 150 * kMillisecond);  // 2 s of records, less the last update
}

TEST_CASE("a file is played slower than it happened, whatever its time is") {
  for (const Nanos start : {1'790'000'000 * kSecond, -kSecond, INT64_MIN, INT64_MAX - kSecond}) {
    CAPTURE(start);
    std::atomic<std::size_t> given = 0;
    TopReaderOptions options;
    options.speed = 0.2;
    const Nanos begin = steady_now();
    TopReader reader(std::make_unique<Stream>(2, false, given, start), {}, make_notices(), options);
    CHECK(all_of(reader).rows.size() == 200);
    CHECK(steady_now() - begin > 400 * kMillisecond);  // 100 ms between the two batches
    CHECK(steady_now() - begin < 3 * kSecond);
  }
}

TEST_CASE("live input that can wait does: a file that grows misses nothing") {
  std::atomic<std::size_t> given = 0;
  TopReaderOptions options;
  options.memory_max = 200'000;
  options.waits = true;
  TopReader reader(std::make_unique<Stream>(500, true, given), {}, make_notices(), options);
  ::usleep(100'000);
  const Taken taken = all_of(reader);
  CHECK(taken.missed == 0);
  CHECK(taken.rows.size() == 50'000);
}

TEST_CASE("what takes its time to open is opened on the thread, and its error is known") {
  std::atomic<std::size_t> given = 0;
  std::atomic<bool> answers = false;
  TopReaderOptions options;
  options.open = [&](std::atomic<bool>& stop) -> Result<SourcePtr> {
    while (!answers && !stop) ::usleep(1000);
    if (given == 1) return fail(Errc::io, "nobody there");
    return SourcePtr(std::make_unique<Stream>(3, true, given));
  };
  {
    TopReader reader(nullptr, {}, make_notices(), options);
    CHECK(reader.await_open(30 * kMillisecond));
    CHECK(reader.opening());
    answers = true;
    CHECK(all_of(reader).rows.size() == 300);
    CHECK_FALSE(reader.opening());
  }
  given = 1;
  TopReader reader(nullptr, {}, make_notices(), options);
  auto opened = reader.await_open(5 * kSecond);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().text == "nobody there");
}

TEST_CASE("the end hears nothing of a thread that is stopped while it opens, and one that is deaf outlives nothing") {
  const auto over = std::make_shared<std::atomic<bool>>(false);
  TopReaderOptions options;
  options.open = [over](std::atomic<bool>& stop) -> Result<SourcePtr> {
    while (!stop) ::usleep(1000);
    *over = true;
    return fail(Errc::interrupted, "stopped");
  };
  const Nanos begin = steady_now();
  { const TopReader reader(nullptr, {}, make_notices(), options); }
  CHECK(steady_now() - begin < kSecond);
  CHECK(*over);
  // A name that nobody resolves holds the thread longer than the end waits for it.
  *over = false;
  options.open = [over](std::atomic<bool>& stop) -> Result<SourcePtr> {
    ::usleep(2'600'000);
    *over = stop.load();
    return fail(Errc::interrupted, "stopped");
  };
  { const TopReader reader(nullptr, {}, make_notices(), options); }
  CHECK_FALSE(*over);
  for (int i = 0; i < 300 && !*over; i++) ::usleep(10'000);
  CHECK(*over);
}

TEST_CASE("sentences come along, and an end before the input's is no hang") {
  std::atomic<std::size_t> given = 0;
  const auto notices = make_notices();
  notify(*notices, {"sensor1: lost the connection"});
  {
    TopReader reader(std::make_unique<Stream>(3, true, given), {}, notices, {});
    CHECK(all_of(reader).said == std::vector<std::string>{"sensor1: lost the connection"});
  }
  given = 0;
  const TopReader reader(std::make_unique<Stream>(SIZE_MAX, false, given), {}, make_notices(), {});
}

}  // namespace argus
