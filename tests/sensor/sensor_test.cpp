// A sensor between a made-up source and made-up sinks.
#include "sensor/sensor.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <deque>
#include <functional>

#include "base/result.h"
#include "base/signals.h"
#include "base/time.h"
#include "codec/streams.h"
#include "flow/batch.h"
#include "flow/ledger.h"
#include "flow/live_source.h"
#include "flow/pump.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "sensor/output.h"
#include "sink/behind.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"
#include "support/said.h"
#include "support/stubborn_sink.h"

using namespace argus;

namespace {

using Mood = StubbornPlace::Mood;

// Rows and ticks as a script has them, then the end. What happens between two steps is in the script too.
class ScriptedSource final : public Source {
 public:
  ScriptedSource() {
    header_.sensor = "made";
    header_.live = true;
  }
  Result<> bind(const Needs&, const Resources&) override { return {}; }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override {
    out = Batch();
    if (script.empty()) return Step::end;
    const auto step = script.front();
    script.pop_front();
    return step(out);
  }
  void drain(Journal&) override {}
  std::vector<Error> problems() const override { return {}; }

  void rows(unsigned count) {
    script.emplace_back([this, count](Batch& out) {
      out = batch_of(numbered_rows(given, given + count));
      given += count;
      return Step::rows;
    });
    then([] {});
  }
  void then(std::function<void()> act) {
    script.emplace_back([act = std::move(act)](Batch&) {
      act();
      return Step::tick;
    });
  }

  std::deque<std::function<Step(Batch&)>> script;
  unsigned given = 0;

 private:
  StreamHeader header_;
};

// The same with all that a live source may offer.
class OfferingSource final : public Stage, public CountingSource, public TickingSource, public ReloadableSource {
 public:
  explicit OfferingSource(SourcePtr input) : Stage(std::move(input)) {}
  CountingSource* counting() override { return this; }
  TickingSource* ticking() override { return this; }
  ReloadableSource* reloadable() override { return this; }
  Result<Step> next(Batch& out) override { return input_->next(out); }
  LiveCounts counts() const override { return {12'345, 6'000'000, 7, 0, 0, 42}; }
  void give_ticks_to(TickTaker given) override { taker = std::move(given); }
  bool may_change(const SourceSetting& now) const override { return now.name == "filter-of-made"; }
  Result<> change(const SourceSettings& now) override {
    if (refuses) return fail(Errc::usage, "the made source does not want that");
    for (const SourceSetting& setting : now)
      if (may_change(setting)) taken.push_back(std::get<std::string>(setting.value));
    return {};
  }

  TickTaker taker;
  bool refuses = false;
  std::vector<std::string> taken;
};

// None heard yet; and their handlers as they were, afterwards.
class KeptSignals {
 public:
  KeptSignals() {
    signals().stop = false, signals().hangups = 0, signals().status_asked = 0;
    for (std::size_t i = 0; i < kSignals.size(); i++) ::sigaction(kSignals[i], nullptr, &before_[i]);
  }
  ~KeptSignals() {
    for (std::size_t i = 0; i < kSignals.size(); i++) ::sigaction(kSignals[i], &before_[i], nullptr);
  }
  KeptSignals(const KeptSignals&) = delete;
  KeptSignals& operator=(const KeptSignals&) = delete;

 private:
  static constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
  std::array<struct sigaction, kSignals.size()> before_{};
};

SensorOptions quiet() {
  SensorOptions options;
  options.quiet = true;
  return options;
}

std::unique_ptr<Sensor> opened(SourcePtr source, SinkPtr sink, SensorOptions options, std::atomic<bool>& stop) {
  SensorEnds ends;
  ends.source = std::move(source);
  ends.reads = "a made source";
  ends.sinks.push_back(std::move(sink));
  auto sensor = Sensor::open(std::move(ends), std::move(options), &stop);
  if (!sensor) FAIL(sensor.error().text);
  return *std::move(sensor);
}

Result<Pumped> run(Sensor& sensor) { return pump(sensor.source(), sensor.sink(), {}, {}); }

}  // namespace

TEST_CASE("a sensor outlives a sink that stalls and fails, and what was lost stands in the ledger") {
  const auto place = std::make_shared<StubbornPlace>();
  BehindOptions options;
  options.name = "the made place";
  options.queue_bytes = 200'000;
  options.try_every = kMillisecond;
  auto source = std::make_unique<ScriptedSource>();
  ScriptedSource& made = *source;
  made.then([&] { place->be(Mood::stalls); });
  made.rows(10);
  made.then([&] { place->await_stall(); });
  for (int n = 0; n < 200; n++) made.rows(10);  // nobody waits
  made.then([&] { place->be(Mood::refuses); });
  made.then([&] { place->await_refusals(2); });
  made.then([&] { place->be(Mood::takes); });
  made.rows(7);
  std::atomic<bool> stop = false;
  const auto sensor = opened(std::move(source), behind(std::make_unique<StubbornSink>(place), options), quiet(), stop);
  const auto done = run(*sensor);
  REQUIRE(done);
  CHECK(done->rows == made.given);
  const std::uint64_t lost = place->count_of(LedgerItem::records_unwritten);
  CHECK(lost > 0);
  CHECK(place->rows() + lost == made.given);
  CHECK(place->entries()[0].sensor == "made");
  CHECK(place->refusals() >= 2);
  CHECK(place->finishes() == 1);
}

TEST_CASE("what a sink could not be given by the end is the error of the run") {
  const auto place = std::make_shared<StubbornPlace>();
  place->be(Mood::refuses);
  BehindOptions options;
  options.finish_most = 0;
  auto source = std::make_unique<ScriptedSource>();
  source->rows(10);
  source->then([&] { place->await_refusals(1); });
  std::atomic<bool> stop = false;
  const auto sensor = opened(std::move(source), behind(std::make_unique<StubbornSink>(place), options), quiet(), stop);
  const auto done = run(*sensor);
  REQUIRE_FALSE(done);
  CHECK(done.error().text == "the made place is full; 10 records are lost");
}

TEST_CASE("HUP changes what a source may change, and names what takes effect at the next start") {
  const KeptSignals kept;
  std::atomic<bool> stop = false;
  hear_sensor_signals();
  auto script = std::make_unique<ScriptedSource>();
  script->then([] { ::raise(SIGHUP); });
  script->rows(3);
  auto source = std::make_unique<OfferingSource>(std::move(script));
  OfferingSource& made = *source;
  SensorOptions options = quiet();
  options.source = {{"filter-of-made", std::string("tcp")}, {"place-of-made", std::string("here")}};
  options.reload = []() -> Result<SensorOptions> {
    SensorOptions now = quiet();
    now.source = {{"filter-of-made", std::string("udp")}, {"place-of-made", std::string("there")}};
    return now;
  };
  const auto place = std::make_shared<StubbornPlace>();
  const auto sensor = opened(std::move(source), std::make_unique<StubbornSink>(place), options, stop);
  const std::string said = said_by([&] { CHECK(run(*sensor)); });
  CHECK(made.taken == std::vector<std::string>{"udp"});
  CHECK(said.find("filter-of-made changed") != std::string::npos);
  CHECK(said.find("place-of-made: takes effect at the next start") != std::string::npos);
  CHECK_FALSE(stop);
}

TEST_CASE(
    "what a source refuses at HUP stays as it was, and what cannot be changed at all takes effect at the next start") {
  const KeptSignals kept;
  std::atomic<bool> stop = false;
  hear_sensor_signals();
  SensorOptions options = quiet();
  options.source = {{"filter-of-made", std::string("tcp")}};
  options.reload = []() -> Result<SensorOptions> {
    SensorOptions now = quiet();
    now.source = {{"filter-of-made", std::string("udp")}};
    return now;
  };
  const auto place = std::make_shared<StubbornPlace>();
  const auto hung_up = [&](bool offers) {
    auto script = std::make_unique<ScriptedSource>();
    script->then([] { ::raise(SIGHUP); });
    SourcePtr source = std::move(script);
    if (offers) {
      auto offering = std::make_unique<OfferingSource>(std::move(source));
      offering->refuses = true;
      source = std::move(offering);
    }
    const auto sensor = opened(std::move(source), std::make_unique<StubbornSink>(place), options, stop);
    return said_by([&] { CHECK(run(*sensor)); });
  };
  CHECK(hung_up(true).find("the made source does not want that; the old ones stay") != std::string::npos);
  CHECK(hung_up(false).find("filter-of-made: takes effect at the next start") != std::string::npos);
}

TEST_CASE("the line of status is of what the source counts, and without that of the records") {
  const KeptSignals kept;
  std::atomic<bool> stop = false;
  hear_sensor_signals();
  const auto asked = [&](bool offers) {
    auto script = std::make_unique<ScriptedSource>();
    script->rows(3);
    script->then([] { ::raise(SIGUSR1); });
    script->then([] {});
    SourcePtr source = std::move(script);
    if (offers) source = std::make_unique<OfferingSource>(std::move(source));
    const auto place = std::make_shared<StubbornPlace>();
    const auto sensor = opened(std::move(source), std::make_unique<StubbornSink>(place), quiet(), stop);
    return said_by([&] { CHECK(run(*sensor)); });
  };
  CHECK(asked(true).find("12.3k pkt") != std::string::npos);
  CHECK(asked(true).find("drops 7") != std::string::npos);
  const std::string plain = asked(false);
  CHECK(plain.find("3 records") != std::string::npos);
  CHECK(plain.find("pkt") == std::string::npos);
}

TEST_CASE("TERM, before the sensor is opened or after, asks it to stop") {
  const KeptSignals kept;
  hear_sensor_signals();
  ::raise(SIGTERM);
  CHECK(signals().stop.exchange(false));
}

TEST_CASE("a source that has ticks gives them to readers, and to nobody without any") {
  auto source = std::make_unique<OfferingSource>(std::make_unique<ScriptedSource>());
  OfferingSource& made = *source;
  const auto place = std::make_shared<StubbornPlace>();
  std::atomic<bool> stop = false;
  const auto sensor = opened(std::move(source), std::make_unique<StubbornSink>(place), quiet(), stop);
  REQUIRE(made.taker.wanted);
  CHECK_FALSE(made.taker.wanted());
  CHECK(run(*sensor));
}

TEST_CASE("each file of a sensor has the records of its filter, and HUP gives it another name and filter") {
  const KeptSignals kept;
  std::atomic<bool> stop = false;
  hear_sensor_signals();
  const std::string folder = scratch_folder();
  const auto outputs = [&](const std::string& few) {
    auto out = parse_outputs({folder + "/all", folder + few});
    REQUIRE(out);
    return *out;
  };
  SensorOptions options = quiet();
  options.rights.stay_root = true;
  options.outputs = outputs("/few - sport < 1027");
  options.reload = [&]() -> Result<SensorOptions> {
    SensorOptions now = quiet();
    now.outputs = outputs("/other - sport >= 1032");
    return now;
  };
  auto script = std::make_unique<ScriptedSource>();
  script->rows(6);
  script->then([] { ::raise(SIGHUP); });
  script->rows(4);
  const auto place = std::make_shared<StubbornPlace>();
  const auto sensor = opened(std::move(script), std::make_unique<StubbornSink>(place), options, stop);
  const std::string said = said_by([&] { CHECK(run(*sensor)); });
  CHECK(said.find("write changed") != std::string::npos);
  const auto rows_in = [&](const char* name) { return heard(read_whole_file(folder + name)).rows; };
  CHECK(rows_in("/all") == numbered_rows(0, 10));
  // What still waited went to the new place.
  std::vector<Row> some = rows_in("/few"), expected = numbered_rows(0, 3);
  for (const Row& row : rows_in("/other")) some.push_back(row);
  for (const Row& row : numbered_rows(8, 10)) expected.push_back(row);
  CHECK(some == expected);
}

TEST_CASE("outputs are told apart by their names") {
  CHECK(parse_outputs({})->empty());
  CHECK(parse_outputs({"a", "b - tcp"})->at(1).where_text == "tcp");
  CHECK(parse_output("my flows.out")->path == "my flows.out");
  CHECK(parse_outputs({"a", "a - tcp"}).error().text == "'a' is written twice");
  CHECK_FALSE(parse_output(" - tcp"));
  CHECK(parse_output("a - udp prt 53").error().text.starts_with("a: filter: "));
  std::vector<std::string> many;
  for (std::size_t i = 0; i <= kOutputsMost; i++) many.push_back(std::to_string(i));
  CHECK_FALSE(parse_outputs(many));
  many.pop_back();
  CHECK(parse_outputs(many));
}
