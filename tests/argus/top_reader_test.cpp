#include "argus/top_reader.h"

#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>

namespace argus {

namespace {

Batch rows_of(std::size_t rows, std::uint64_t first) {
  ColumnBuilder<std::uint64_t> numbers;
  ColumnBuilder<Nanos> ltime;
  for (std::uint64_t i = first; i < first + rows; i++) numbers.add(i), ltime.add(static_cast<Nanos>(i) * kMillisecond);
  Batch out(rows);
  out.set(Field::trans, numbers.finish());
  out.set(Field::ltime, ltime.finish());
  return out;
}

// So many batches of 100 rows, as fast as they are taken. Says what it has given.
class Stream final : public Source {
 public:
  Stream(std::size_t batches, bool live, std::atomic<std::size_t>& given) : batches_(batches), given_(given) {
    header_.live = live;
  }
  Result<> bind(const Needs&, const Resources&) override { return {}; }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override {
    if (given_ == batches_) return Step::end;
    out = rows_of(100, given_ * 100);
    given_++;
    return Step::rows;
  }
  void drain(Journal& out) override { out.add({"s", 0, 0, LedgerItem::received, 1}); }
  std::vector<Error> troubles() const override { return {}; }

 private:
  std::size_t batches_;
  std::atomic<std::size_t>& given_;
  StreamHeader header_;
};

class Nothing final : public Source {
 public:
  Result<> bind(const Needs&, const Resources&) override { return {}; }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch&) override { return fail(Errc::unsupported, "no ticks"); }
  void drain(Journal&) override {}
  std::vector<Error> troubles() const override { return {}; }

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
    const auto piece = reader.take(10 * kMillisecond);
    if (!piece) {
      waits++;
      continue;
    }
    for (std::size_t i = 0; i < piece->rows.rows(); i++)
      out.rows.push_back(piece->rows[Field::trans].at<std::uint64_t>(i));
    for (const LedgerEntry& entry : piece->ledger) out.received += entry.count;
    out.missed += piece->missed;
    out.instead |= piece->instead;
    out.said.insert(out.said.end(), piece->said.begin(), piece->said.end());
    if (piece->end) return out;
  }
  FAIL("no end");
  return out;
}

}  // namespace

TEST_CASE("a file waits for who reads it, and nothing is missed") {
  std::atomic<std::size_t> given = 0;
  TopReader reader(std::make_unique<Stream>(500, false, given), {}, make_sayings(), {});
  ::usleep(100'000);
  CHECK(given < 500);
  const Taken taken = all_of(reader);
  CHECK(taken.rows.size() == 50'000);
  CHECK(taken.missed == 0);
}

TEST_CASE("live input never waits: what is not taken comes later, in order") {
  std::atomic<std::size_t> given = 0;
  TopReader reader(std::make_unique<Stream>(500, true, given), {}, make_sayings(), {});
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
  TopReader reader(std::make_unique<Stream>(500, true, given), {}, make_sayings(), options);
  for (int i = 0; i < 500 && given < 500; i++) ::usleep(10'000);
  const Taken taken = all_of(reader);
  CHECK(taken.missed > 0);
  CHECK(taken.rows.size() + taken.missed == 50'000);
  CHECK(taken.received == 501);
}

TEST_CASE("where there is no such thing, the other source is read") {
  std::atomic<std::size_t> given = 0;
  TopReaderOptions options;
  options.instead = [&]() -> Result<SourcePtr> { return SourcePtr(std::make_unique<Stream>(3, true, given)); };
  TopReader reader(std::make_unique<Nothing>(), {}, make_sayings(), options);
  const Taken taken = all_of(reader);
  CHECK(taken.instead);
  CHECK(taken.rows.size() == 300);
}

TEST_CASE("a file is played as it happened") {
  std::atomic<std::size_t> given = 0;
  TopReaderOptions options;
  options.speed = 10;
  const Nanos begin = steady_now();
  TopReader reader(std::make_unique<Stream>(20, false, given), {}, make_sayings(), options);
  const Taken taken = all_of(reader);
  CHECK(taken.rows.size() == 2000);
  CHECK(steady_now() - begin > 150 * kMillisecond);  // 2 s of records, less the last piece
}

TEST_CASE("sentences come along, and an end before the input's is no hang") {
  std::atomic<std::size_t> given = 0;
  const auto sayings = make_sayings();
  say(*sayings, "sensor1: lost the connection");
  {
    TopReader reader(std::make_unique<Stream>(3, true, given), {}, sayings, {});
    CHECK(all_of(reader).said == std::vector<std::string>{"sensor1: lost the connection"});
  }
  given = 0;
  const TopReader reader(std::make_unique<Stream>(SIZE_MAX, false, given), {}, make_sayings(), {});
}

}  // namespace argus
