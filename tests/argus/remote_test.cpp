// Both ends of remote access, the server's and the reader's.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <thread>

#include "base/time.h"
#include "codec/request.h"
#include "filter/filter.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/notice.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "net/dial.h"
#include "relay/serve.h"
#include "source/remote.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

// A sensor at `place`, serving until it is destroyed.
struct Sensor {
  std::unique_ptr<Server> server;
  SinkPtr sink;
  explicit Sensor(const std::string& place) {
    ServeOptions options;
    options.listen = {place};
    options.has_ticks = true;
    auto opened = Server::open(options);
    if (!opened) FAIL(opened.error().text);
    server = *std::move(opened);
    sink = server->sink();
    REQUIRE(sink->begin({"probe", {}, true}));
  }
  ~Sensor() { (void)sink->finish(); }
  void write(const std::vector<Row>& rows) {
    REQUIRE(sink->write(batch_of(rows)));
    REQUIRE(sink->tick());
  }
};

struct Reader {
  SourcePtr source;
  std::vector<std::string> said;
  Reader(const std::string& place, const std::string& filter, const Needs& needs, Wants wants = Wants::records) {
    RemoteOptions options;
    options.wants = wants;
    options.filter = filter;
    options.retry_first = options.retry_most = 20 * kMillisecond;
    options.notify = [this](const Notice& notice) { said.push_back(notice.text); };
    options.dial = [](const Endpoint& sensor, const std::atomic<bool>& stop) {
      DialOptions call;
      call.stop = &stop;
      return dial(sensor, call);
    };
    auto opened = open_remote({*parse_endpoint(place)}, options);
    if (!opened) FAIL(opened.error().text);
    source = *std::move(opened);
    REQUIRE(source->bind(needs, {}));
    Batch none;
    REQUIRE(source->next(none));  // a tick: it has asked
  }
  std::vector<Row> read(std::size_t count) {
    std::vector<Row> out;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (out.size() < count && std::chrono::steady_clock::now() < until) {
      Batch batch;
      auto step = source->next(batch);
      REQUIRE(step);
      if (*step == Step::end) break;
      if (*step == Step::rows)
        for (const Row& row : rows_of(batch)) out.push_back(row);
    }
    return out;
  }
  [[nodiscard]] bool says(std::string_view what) {
    for (int i = 0; i < 100; i++) {
      for (const std::string& text : said)
        if (text.find(what) != std::string::npos) return true;
      Batch batch;
      if (!source->next(batch)) return false;
    }
    return false;
  }
};

std::string place() { return "unix:" + scratch_folder() + "/argus.sock"; }

}  // namespace

TEST_CASE("a reader of a sensor gets the fields it wants of the rows it wants, and outlives the sensor") {
  std::signal(SIGPIPE, SIG_IGN);
  const std::string here = place(), filter = "src port 3 or src port 5";
  const FieldSet fields{Field::sport, Field::spkts};
  auto sensor = std::make_unique<Sensor>(here);
  Reader reader(here, filter, {fields, *compile_filter(filter), {}});
  sensor->write(numbered(0, 10));
  const std::vector<Row> got = reader.read(2);
  REQUIRE(got.size() == 2);
  CHECK(got[0].only(fields) == numbered(3, 4)[0].only(fields));
  CHECK(got[1].only(fields) == numbered(5, 6)[0].only(fields));
  CHECK_FALSE(got[0].has(Field::daddr));

  sensor.reset();
  CHECK(reader.says("(shut down by the sensor); trying again in "));
  sensor = std::make_unique<Sensor>(here);
  CHECK(reader.says("connected again"));
  sensor->write(numbered(5, 6));
  CHECK(reader.read(1).size() == 1);
  Journal journal;
  reader.source->drain(journal);
  REQUIRE(journal.entries().size() == 1);
  CHECK(journal.entries()[0].item == LedgerItem::sensor_silent);
}

TEST_CASE("a display gets ticks, and whoever reads records beside it those") {
  std::signal(SIGPIPE, SIG_IGN);
  const std::string here = place();
  Sensor sensor(here);
  const FieldSet fields{Field::sport, Field::spkts};
  Reader display(here, "src port 3", {fields, *compile_filter("src port 3"), {}}, Wants::ticks);
  Reader records(here, "", {FieldSet::all_stored(), {}, {}});
  CHECK((display.source->header().ticks && !records.source->header().ticks));
  while (!sensor.server->wants_ticks()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  sensor.write(numbered(0, 3));
  for (const unsigned second : {0u, 1u}) REQUIRE(sensor.server->take_ticks(batch_of(numbered(second, 10))));
  const std::vector<Row> ticks = display.read(2);
  REQUIRE(ticks.size() == 2);
  for (const Row& tick : ticks) CHECK(tick.only(fields) == numbered(3, 4)[0].only(fields));
  CHECK(records.read(3) == numbered(0, 3));
}

TEST_CASE("a sensor that finds fault with the filter says so to the reader") {
  std::signal(SIGPIPE, SIG_IGN);
  const std::string here = place();
  const Sensor sensor(here);
  RemoteOptions options;
  options.filter = "no such word";  // what a newer reader might know
  options.dial = [](const Endpoint& at, const std::atomic<bool>&) { return dial(at, {}); };
  auto opened = open_remote({*parse_endpoint(here)}, options);
  REQUIRE(opened);
  REQUIRE((*opened)->bind({FieldSet::all_stored(), nullptr, {}}, {}));
  for (int i = 0; i < 100; i++) {
    Batch batch;
    auto step = (*opened)->next(batch);
    if (step) continue;
    CHECK(step.error().text.find("unknown word") != std::string::npos);
    return;
  }
  FAIL("it went on");
}
