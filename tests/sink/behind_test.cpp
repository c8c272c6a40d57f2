#include "sink/behind.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <mutex>

#include "base/result.h"
#include "base/time.h"
#include "codec/streams.h"
#include "flow/batch.h"
#include "flow/ledger.h"
#include "flow/sink.h"
#include "support/flow_builder.h"
#include "support/stubborn_sink.h"

using namespace argus;

namespace {

using Mood = StubbornPlace::Mood;

// A queue that holds a few batches of 10 rows.
struct Behind {
  explicit Behind(std::uint64_t queue_bytes = 64u << 20) {
    options.name = "the made place";
    options.queue_bytes = queue_bytes;
    options.try_every = kMillisecond;
    options.warn = [this](const std::string& text) {
      const std::lock_guard lock(mutex);
      said.push_back(text);
    };
  }
  void begin() {
    sink = behind(std::make_unique<StubbornSink>(place), options);
    REQUIRE(sink->begin({"north", {}, true}));
  }
  // One batch in the queue.
  Result<> give(unsigned rows = 10) {
    const Batch batch = batch_of(numbered_rows(given, given + rows));
    given += rows;
    ARGUS_TRY(sink->write(batch));
    return sink->tick();
  }
  std::vector<std::string> sentences() {
    const std::lock_guard lock(mutex);
    return said;
  }

  BehindOptions options;
  StubbornPlacePtr place = std::make_shared<StubbornPlace>();
  SinkPtr sink;
  unsigned given = 0;
  std::mutex mutex;
  std::vector<std::string> said;
};

}  // namespace

TEST_CASE("what is given arrives in order, with its header and its ledger") {
  Behind b;
  b.begin();
  for (unsigned n = 1; n <= 5; n++) REQUIRE(b.give(n));
  REQUIRE(b.sink->ledger({{"north", 1, 2, LedgerItem::received, 9}}));
  REQUIRE(b.sink->finish());
  CHECK(b.place->story() == std::vector<std::string>{"1 rows", "2 rows", "3 rows", "4 rows", "5 rows"});
  CHECK(b.place->count_of(LedgerItem::received) == 9);
  CHECK(b.place->header().sensor == "north");
  CHECK(b.place->finishes() == 1);
  CHECK(b.sentences().empty());
}

TEST_CASE("a sink that stalls makes nobody wait, and what it misses is in its ledger where it was lost") {
  Behind b(200'000);
  b.place->be(Mood::stalls);
  b.begin();
  REQUIRE(b.give());
  b.place->await_stall();
  for (int n = 0; n < 200; n++) REQUIRE(b.give());
  b.place->be(Mood::takes);
  REQUIRE(b.sink->finish());
  const std::uint64_t lost = b.place->count_of(LedgerItem::records_unwritten);
  CHECK(lost > 0);
  CHECK(b.place->rows() + lost == b.given);
  const std::vector<std::string> story = b.place->story();
  REQUIRE(story.size() > 2);
  CHECK(story[0] == "10 rows");  // it was on its way
  CHECK(story[1] == fmt::format("lost {}", lost));
  CHECK(b.place->entries()[0].sensor == "north");
}

TEST_CASE("a sink that refuses is tried again, nothing comes twice, and the log says when it takes again") {
  Behind b;
  b.place->be(Mood::refuses);
  b.begin();
  REQUIRE(b.give());
  b.place->await_refusals(3);
  REQUIRE(b.give());
  b.place->be(Mood::takes);
  b.place->await_rows(20);
  REQUIRE(b.sink->finish());
  CHECK(b.place->rows() == b.given);
  CHECK(b.place->count_of(LedgerItem::records_unwritten) == 0);
  const std::vector<std::string> said = b.sentences();
  REQUIRE(said.size() == 2);
  CHECK(said[0] == "the made place is full; records wait, and argus tries again every second");
  CHECK(said[1] == "the made place: writing again; 0 records are lost");
}

TEST_CASE("a sink that refuses to the end costs what waits, which is said") {
  Behind b;
  b.options.finish_most = 0;
  b.place->be(Mood::refuses);
  b.begin();
  REQUIRE(b.give());
  b.place->await_refusals(1);
  const auto done = b.sink->finish();
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::io);
  CHECK(done.error().text == "the made place is full; 10 records are lost");
  CHECK(b.place->count_of(LedgerItem::records_unwritten) == 10);
}

TEST_CASE("the end does not wait for ever for a sink that does not come back") {
  Behind b;
  b.options.answer_most = kMillisecond;
  b.place->be(Mood::stalls);
  b.begin();
  REQUIRE(b.give());
  b.place->await_stall();
  const auto done = b.sink->finish();
  REQUIRE_FALSE(done);
  CHECK(done.error().text ==
        "the made place: the made place does not respond; the last records given to it may be lost");
  b.sink.reset();
  b.place->be(Mood::takes);
  b.place->await_gone();  // the thread, which owned the rest
}

TEST_CASE("where the reader has left the caller is told so") {
  Behind b;
  b.place->be(Mood::closed);
  b.begin();
  Result<> done;
  while (done) done = b.give();
  CHECK(done.error().code == Errc::closed);
  CHECK(b.sink->finish());
  CHECK(b.place->rows() == 0);
}
