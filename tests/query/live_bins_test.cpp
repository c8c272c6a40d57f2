#include <catch2/catch.hpp>
#include <deque>

#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "query/bins.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

constexpr Nanos kNoon = Nanos{490'000} * kHour;

// Live input by script: batches, and ticks in the place of nothing; moves the clock before each.
class Script final : public Source {
 public:
  struct Turn {
    Nanos now;
    std::vector<Row> rows;  // none: a tick
  };
  Script(std::vector<Turn> turns, Nanos& now) : turns_(turns.begin(), turns.end()), now_(now) { header_.live = true; }
  Result<> bind(const Needs&, const Resources&) override { return {}; }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override {
    if (turns_.empty()) return Step::end;
    const Turn turn = turns_.front();
    turns_.pop_front();
    now_ = kNoon + turn.now;
    out = turn.rows.empty() ? Batch() : batch_of(turn.rows);
    return turn.rows.empty() ? Step::tick : Step::rows;
  }
  void drain(Journal&) override {}
  std::vector<Error> problems() const override { return {}; }

 private:
  std::deque<Turn> turns_;
  Nanos& now_;
  StreamHeader header_;
};

Row at(Nanos from, Nanos to, std::uint64_t packets = 1) {
  return tcp_row("10.0.0.1", 1, "10.0.0.2", 80, packets, 0)
      .with(Field::stime, kNoon + from)
      .with(Field::ltime, kNoon + to)
      .with(Field::trans, 1);
}

constexpr Nanos kUntimed = -1;  // the bin of what has no time

struct Given {
  Nanos when, bin;
  std::uint64_t packets;
  friend bool operator==(const Given&, const Given&) = default;
};
struct Run {
  std::vector<Given> given;
  std::vector<Error> problems;
};

Run run(std::vector<Script::Turn> turns, bool zero = false, Nanos hold = 5 * kSecond) {
  Nanos now = 0;
  BinOptions options;
  options.step = {10 * kSecond, 0};
  options.key.keys = {{Field::proto}};
  options.hard = true;
  options.zero = zero;
  options.live = true;
  options.hold = hold;
  options.now = [&now] { return now; };
  const SourcePtr bins = binned(std::make_unique<Script>(std::move(turns), now), options);
  CHECK(bins->header().live);
  REQUIRE(bins->bind({{Field::stime, Field::spkts, Field::proto}, nullptr, {}}, {}));
  Run out;
  for (;;) {
    Batch batch;
    const auto step = bins->next(batch);
    REQUIRE(step);
    if (*step == Step::end) break;
    for (std::size_t i = 0; i < batch.rows(); i++)
      out.given.push_back({(now - kNoon) / kSecond,
                           batch[Field::stime].has(i) ? (batch[Field::stime].at<Nanos>(i) - kNoon) / kSecond : kUntimed,
                           batch[Field::spkts].at<std::uint64_t>(i)});
  }
  out.problems = bins->problems();
  return out;
}

}  // namespace

TEST_CASE("a live bin is given when its time has passed, by the records or by the clock") {
  const Nanos s = kSecond;
  const Run got = run({{1 * s, {at(s, s)}},
                       {2 * s, {at(2 * s, 2 * s, 3)}},
                       {14 * s, {at(12 * s, 14 * s)}},  // not yet
                       {16 * s, {at(15 * s, 15 * s)}},  // 5 s past the first bin
                       {20 * s, {}},
                       {24 * s, {}},
                       {26 * s, {}},  // nobody spoke: the clock
                       {40 * s, {at(40 * s, 40 * s)}}});
  CHECK(got.given == std::vector<Given>{{16, 0, 4}, {26, 10, 2}, {40, 40, 1}});
  CHECK(got.problems.empty());
}

TEST_CASE("records that come late are rows of their bin, and counted") {
  const Nanos s = kSecond;
  const Run got =
      run({{1 * s, {at(s, s)}}, {20 * s, {}}, {21 * s, {at(3 * s, 3 * s, 7), at(21 * s, 21 * s)}}, {22 * s, {}}});
  CHECK(got.given == std::vector<Given>{{20, 0, 1}, {21, 0, 7}, {22, 20, 1}});
  REQUIRE(got.problems.size() == 1);
  CHECK(got.problems[0].code == Errc::harmless);
  CHECK(got.problems[0].text.find("1 record arrived after") == 0);
}

TEST_CASE("records of the past are read by their own time, however fast they come") {
  const Nanos s = kSecond, now = 1000 * s;
  std::vector<Script::Turn> turns;
  for (Nanos i = 0; i < 40; i++) turns.push_back({now, {at(i * s, i * s)}});
  CHECK(run(turns).given == std::vector<Given>{{1000, 0, 10}, {1000, 10, 10}, {1000, 20, 10}, {1000, 30, 10}});
  CHECK(run(turns).problems.empty());
  // A record of the future does not move time beyond the clock.
  CHECK(run({{1 * s, {at(500 * s, 500 * s)}}, {2 * s, {at(s, s)}}}).problems.empty());
}

TEST_CASE("records without a time are added up and given at the end") {
  const Nanos s = kSecond;
  const Row untimed = row().with(Field::proto, 6).with(Field::spkts, 5);
  const Run got = run({{1 * s, {at(s, s), untimed}}, {2 * s, {untimed}}, {20 * s, {}}, {21 * s, {untimed}}});
  CHECK(got.given == std::vector<Given>{{20, 0, 1}, {21, kUntimed, 15}});
}

TEST_CASE("with zero, empty live bins are given as they pass") {
  const Nanos s = kSecond;
  const Run got = run({{1 * s, {at(s, s)}}, {16 * s, {}}, {26 * s, {}}, {47 * s, {at(46 * s, 46 * s)}}}, true);
  CHECK(got.given == std::vector<Given>{{16, 0, 1}, {26, 10, 0}, {47, 20, 0}, {47, 30, 0}, {47, 40, 1}});
}

TEST_CASE("live records are cut at the borders of bins") {
  const Nanos s = kSecond;
  const Run got = run({{30 * s, {at(5 * s, 25 * s, 21)}}, {40 * s, {}}});
  std::uint64_t sum = 0;
  for (const Given& given : got.given) sum += given.packets;
  CHECK(got.given.size() == 3);
  CHECK(sum == 21);
}
