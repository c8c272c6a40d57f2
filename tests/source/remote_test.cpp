// Sensors played by the test: what is dialled is one end of a socket pair, the other end is the test's.
#include "source/remote.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <mutex>
#include <thread>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/request.h"
#include "codec/stream.h"
#include "filter/filter.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/notice.h"
#include "flow/source.h"
#include "net/dial.h"
#include "source/inputs.h"
#include "source/line.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

// All sensors together: who calls gets a line, unless that sensor is down.
class Exchange {
 public:
  Exchange() { std::signal(SIGPIPE, SIG_IGN); }
  [[nodiscard]] Dialer dialer() {
    return [this](const Endpoint& sensor, const std::atomic<bool>&) -> Result<File> {
      const std::lock_guard lock(mutex_);
      calls_++;
      if (down_[sensor.text]) return why_;
      int ends[2];
      if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return fail(Errc::io, "no socket");
      lines_[sensor.text].push_back(ends[1]);
      return File(ends[0], "socket");
    };
  }
  void down(const std::string& sensor, bool is_down) {
    const std::lock_guard lock(mutex_);
    down_[sensor] = is_down;
  }
  // What callers of those that are down hear.
  void refuse_with(Error why) {
    const std::lock_guard lock(mutex_);
    why_ = std::move(why);
  }
  [[nodiscard]] unsigned calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  // The next connection to a sensor; waits for it.
  [[nodiscard]] Line line(const std::string& sensor) {
    for (int ms = 0; ms < kPatienceMs; ms++) {
      {
        const std::lock_guard lock(mutex_);
        auto& waiting = lines_[sensor];
        if (!waiting.empty()) {
          const int fd = waiting.front();
          waiting.erase(waiting.begin());
          return Line(fd);
        }
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    FAIL("nobody called " << sensor);
    return Line(-1);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<int>> lines_;
  std::map<std::string, bool> down_;
  Error why_ = fail(Errc::io, "connection refused");
  unsigned calls_ = 0;
};

Endpoint sensor(const std::string& name) {
  Endpoint out;
  out.text = out.host = name;
  return out;
}

// A reader of sensors, and what it said.
struct Reader {
  Exchange exchange;
  std::vector<std::string> said;
  std::vector<Notice::About> about;  // of the same
  SourcePtr source;
  std::atomic<bool> stop = false;
  Journal journal;

  RemoteOptions options() {
    RemoteOptions out;
    out.dial = exchange.dialer();
    out.notify = [this](const Notice& notice) {
      said.push_back(notice.text);
      about.push_back(notice.about);
      CHECK(notice.text.starts_with(notice.sensor + ": "));
    };
    out.silent_after = 30 * kSecond;  // longer than any test may take where much else runs
    out.retry_first = 5 * kMillisecond;
    out.retry_most = 20 * kMillisecond;
    return out;
  }
  void open(const std::vector<std::string>& names, const RemoteOptions& options,
            const Needs& needs = {FieldSet::all_stored(), nullptr, {}}) {
    std::vector<Endpoint> sensors;
    for (const std::string& name : names) sensors.push_back(sensor(name));
    auto opened = open_remote(sensors, options);
    REQUIRE(opened);
    source = *std::move(opened);
    Resources resources;
    resources.stop = &stop;
    REQUIRE(source->bind(needs, resources));
    (void)source->next(first_);  // begins to read, and waits for a tick
  }
  void open(const std::vector<std::string>& names) { open(names, options()); }
  // One sensor, which says that it is there.
  [[nodiscard]] Line meet() {
    open({"sensor1"});
    Line line = exchange.line("sensor1");
    line.greet();
    return line;
  }

  // Rows until there are so many, or the end.
  std::vector<Row> read(std::size_t count) {
    std::vector<Row> out;
    for (const Row& row : rows_of(std::exchange(first_, Batch()))) out.push_back(row);
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
    while (out.size() < count && std::chrono::steady_clock::now() < until) {
      Batch batch;
      auto step = source->next(batch);
      REQUIRE(step);
      source->drain(journal);
      if (*step == Step::end) break;
      if (*step == Step::rows)
        for (const Row& row : rows_of(batch)) out.push_back(row);
    }
    return out;
  }
  // To the end, which must come.
  std::vector<Row> read_all() { return read(SIZE_MAX); }
  [[nodiscard]] std::vector<Row> stopped() {
    stop = true;
    return read_all();
  }
  [[nodiscard]] std::uint64_t count(LedgerItem item) const {
    std::uint64_t out = 0;
    for (const LedgerEntry& entry : journal.entries())
      if (entry.item == item) out += entry.count;
    return out;
  }
  // Reads until it said so.
  [[nodiscard]] bool says(std::string_view what) {
    return reads_until([&] {
      return std::any_of(said.begin(), said.end(),
                         [&](const std::string& text) { return text.find(what) != std::string::npos; });
    });
  }
  // Reads, and drops the rows, until `done`.
  template <class Done>
  [[nodiscard]] bool reads_until(const Done& done) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
    while (!done()) {
      Batch batch;
      auto step = source->next(batch);
      if (!step || *step == Step::end || std::chrono::steady_clock::now() > until) return false;
      source->drain(journal);
    }
    return true;
  }

 private:
  Batch first_;
};

}  // namespace

TEST_CASE("what a sensor sends is read frame by frame, as it comes") {
  Reader reader;
  Line line = reader.meet();
  CHECK(reader.source->header().live);
  for (unsigned i = 0; i < 5; i++) {
    line.rows(numbered(i * 10, i * 10 + 10));
    CHECK(reader.read(10) == numbered(i * 10, i * 10 + 10));
  }
  CHECK(reader.stopped().empty());
  CHECK(reader.said.empty());
  CHECK(reader.source->problems().empty());
}

TEST_CASE("time goes on while no sensor says anything, and soon after rows") {
  Reader reader;
  Line line = reader.meet();
  line.rows(numbered(0, 1));
  REQUIRE(reader.read(1).size() == 1);
  const auto before = std::chrono::steady_clock::now();
  Batch batch;
  CHECK(*reader.source->next(batch) == Step::tick);
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::milliseconds(200));
  line.heartbeat();
  CHECK(*reader.source->next(batch) == Step::tick);
}

TEST_CASE("the sensor gets the filter and the fields, and what it sends is held against the filter once more") {
  Reader reader;
  const std::string text = "sport 3";
  RemoteOptions options = reader.options();
  options.filter = text;
  options.wants = Wants::ticks;
  reader.open({"sensor1"}, options, {{Field::saddr, Field::pkts}, *compile_filter(text), {}});
  Line line = reader.exchange.line("sensor1");
  const Request asked = line.request();
  CHECK(asked.filter == text);
  CHECK(asked.wants == Wants::ticks);
  for (const Field field : {Field::saddr, Field::spkts, Field::dpkts, Field::sport}) CHECK(asked.fields.has(field));
  CHECK_FALSE(asked.fields.has(Field::daddr));
  CHECK(reader.source->header().ticks);
  StreamHeader header{"probe", {}, true};
  header.ticks = true;
  line.greet(header);
  line.rows(numbered(0, 10));
  CHECK(reader.read(1).size() == 1);
}

TEST_CASE("records are not taken for ticks") {
  Reader reader;
  RemoteOptions options = reader.options();
  options.wants = Wants::ticks;
  reader.open({"sensor1"}, options);
  reader.exchange.line("sensor1").greet();
  Batch batch;
  auto step = reader.source->next(batch);
  while (step && *step == Step::tick) step = reader.source->next(batch);
  CHECK(step.error().text == "sensor1: it was asked for ticks, and sends records");
}

TEST_CASE("several sensors are read side by side") {
  Reader reader;
  reader.open({"sensor1", "sensor2"});
  Line one = reader.exchange.line("sensor1"), two = reader.exchange.line("sensor2");
  one.greet();
  two.greet();
  two.rows(numbered(10, 13));
  CHECK(reader.read(3) == numbered(10, 13));
  one.rows(numbered(0, 2));
  CHECK(reader.read(2) == numbered(0, 2));
}

TEST_CASE("a sensor's ledger arrives, also without rows") {
  Reader reader;
  Line line = reader.meet();
  line.ledger({"probe", 0, 0, LedgerItem::records_skipped, 77});
  Batch batch;
  for (int i = 0; i < 20 && reader.count(LedgerItem::records_skipped) == 0; i++) {
    REQUIRE(reader.source->next(batch));
    reader.source->drain(reader.journal);
  }
  CHECK(reader.count(LedgerItem::records_skipped) == 77);
}

TEST_CASE("a lost connection is told, tried again, and its time is in the ledger") {
  Reader reader;
  Line line = reader.meet();
  line.rows(numbered(0, 2));
  CHECK(reader.read(2).size() == 2);
  reader.exchange.down("sensor1", true);
  line.hang_up();
  CHECK(reader.says("sensor1: lost the connection "));
  CHECK(reader.said.back().find("trying again in ") != std::string::npos);
  CHECK(reader.says("sensor1: connection refused"));
  reader.exchange.down("sensor1", false);
  Line again = reader.exchange.line("sensor1");
  again.greet();
  CHECK(reader.says("sensor1: connected again"));
  again.rows(numbered(2, 4));
  CHECK(reader.read(2) == numbered(2, 4));
  using About = Notice::About;
  CHECK(reader.about == std::vector{About::sensor_away, About::sensor_away, About::sensor_back});
  CHECK(reader.count(LedgerItem::sensor_silent) >= 1);
  CHECK(reader.journal.entries().front().sensor == "sensor1");
  CHECK(reader.journal.entries().front().begin <= reader.journal.entries().front().end);
  CHECK(reader.source->problems().empty());
}

TEST_CASE("a sensor that takes another key is called up seldom") {
  Reader reader;
  Line line = reader.meet();
  line.rows(numbered(0, 2));
  CHECK(reader.read(2).size() == 2);
  reader.exchange.refuse_with(hinted(fail(Errc::denied, "another key"), "  make one"));
  reader.exchange.down("sensor1", true);
  line.hang_up();
  CHECK(reader.says("sensor1: another key; trying again in 0.2 s"));  // ten times the longest wait
}

TEST_CASE("a connection cut in the middle of a frame counts what is lost") {
  Reader reader;
  reader.open({"sensor1"});
  Line line = reader.exchange.line("sensor1");
  std::vector<std::byte> bytes;
  StreamWriter writer(5);
  writer.begin({"probe", {}, true}, bytes);
  writer.flows(batch_of(numbered(0, 3)), bytes);
  writer.flows(batch_of(numbered(3, 10)), bytes);
  line.bytes(Bytes(bytes).first(bytes.size() - 9));
  CHECK(reader.read(3) == numbered(0, 3));
  line.hang_up();
  CHECK(reader.says("lost the connection"));
  CHECK(reader.count(LedgerItem::records_lost) == 7);
  Line again = reader.exchange.line("sensor1");
  again.greet();
  again.rows(numbered(0, 1));
  CHECK(reader.read(1).size() == 1);
  CHECK_FALSE(reader.source->problems().empty());
}

TEST_CASE("a sensor that is silent is lost, one that only says that it is there is not") {
  Reader reader;
  RemoteOptions options = reader.options();
  options.silent_after = kSecond;
  reader.open({"sensor1"}, options);
  Line line = reader.exchange.line("sensor1");
  line.greet();
  for (int i = 0; i < 6; i++) {
    line.heartbeat();
    Batch batch;
    CHECK(*reader.source->next(batch) == Step::tick);
    if (i < 5) line.heartbeat();
  }
  CHECK(reader.said.empty());
  CHECK(reader.says("(silent for 1 s)"));
}

TEST_CASE("a sensor that is shut down in order is told so and tried again") {
  Reader reader;
  Line line = reader.meet();
  line.end();
  CHECK(reader.says("shut down by the sensor"));
  Line again = reader.exchange.line("sensor1");
  again.greet();
  again.rows(numbered(0, 1));
  CHECK(reader.read(1).size() == 1);
}

TEST_CASE("what has an end is read to it, and nothing is tried again") {
  Reader reader;
  reader.open({"archive", "archive2"});
  Line one = reader.exchange.line("archive"), two = reader.exchange.line("archive2");
  one.greet({"probe", {}, false});
  two.greet({"probe", {}, false});
  one.rows(numbered(0, 5));
  one.end();
  two.rows(numbered(5, 6));
  two.end();
  CHECK(reader.read_all().size() == 6);
  CHECK(reader.exchange.calls() == 2);
  CHECK(reader.said.empty());
}

TEST_CASE("an archive that is lost before its end is a problem, and not read twice") {
  Reader reader;
  reader.open({"archive"});
  Line line = reader.exchange.line("archive");
  line.greet({"probe", {}, false});
  line.rows(numbered(0, 5));
  line.hang_up();
  CHECK(reader.read_all().size() == 5);
  REQUIRE_FALSE(reader.source->problems().empty());
  CHECK(reader.source->problems()[0].code == Errc::io);
  CHECK(reader.exchange.calls() == 1);
}

TEST_CASE("a refusal ends it with the sensor's words, made safe") {
  Reader reader;
  reader.open({"sensor1"});
  Line line = reader.exchange.line("sensor1");
  line.greet({"", {}, true, false, "filter: unknown word 'x'\n  \x1b[2Jclever"});
  for (int i = 0; i < 50; i++) {
    Batch batch;
    auto step = reader.source->next(batch);
    if (step) continue;
    CHECK(step.error().code == Errc::unsupported);
    CHECK(whole_text(step.error()) == "sensor1: filter: unknown word 'x'\n    \\x1b[2Jclever");
    CHECK(reader.exchange.calls() == 1);
    return;
  }
  FAIL("it went on");
}

TEST_CASE("a refusal by one of two is a problem, and the other is read") {
  Reader reader;
  reader.open({"sensor1", "sensor2"});
  Line one = reader.exchange.line("sensor1"), two = reader.exchange.line("sensor2");
  one.greet({"", {}, true, false, "too many readers"});
  two.greet();
  two.rows(numbered(0, 4));
  CHECK(reader.read(4).size() == 4);
  REQUIRE(reader.reads_until([&] { return !reader.source->problems().empty(); }));
  (void)reader.stopped();
  REQUIRE(reader.source->problems().size() == 1);
  CHECK(reader.source->problems()[0].text == "sensor1: too many readers");
}

TEST_CASE("when no sensor can be reached, opening fails; when one can, the others are a problem and tried again") {
  Reader reader;
  reader.exchange.down("sensor1", true);
  const auto none = open_remote({sensor("sensor1")}, reader.options());
  REQUIRE_FALSE(none);
  CHECK(none.error().text == "sensor1: connection refused");
  reader.exchange.refuse_with(hinted(fail(Errc::io, "connection refused"), "  is it listening?"));
  CHECK_FALSE(open_remote({}, reader.options()));

  reader.open({"sensor1", "sensor2"});
  CHECK(reader.said == std::vector<std::string>{"sensor1: connection refused; argus tries again"});
  CHECK(reader.about.front() == Notice::About::sensor_away);
  Line two = reader.exchange.line("sensor2");
  two.greet();
  reader.exchange.down("sensor1", false);
  Line one = reader.exchange.line("sensor1");
  one.greet();
  CHECK(reader.says("sensor1: connected again"));
  one.rows(numbered(0, 2));
  CHECK(reader.read(2).size() == 2);
  REQUIRE(reader.source->problems().size() == 1);
  CHECK(reader.source->problems()[0].code == Errc::io);
  CHECK(whole_text(reader.source->problems()[0]) == "sensor1: connection refused\n  is it listening?");
}

TEST_CASE("who is stopped while it calls gives up quietly") {
  Reader reader;
  const std::atomic<bool> stop = true;
  RemoteOptions options = reader.options();
  options.stop = &stop;
  const auto opened = open_remote({sensor("sensor1")}, options);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Errc::interrupted);
}

TEST_CASE("a stopped reader gets what had arrived, and is told of a sensor that is away") {
  Reader reader;
  reader.open({"sensor1", "sensor2"});
  Line one = reader.exchange.line("sensor1"), two = reader.exchange.line("sensor2");
  one.greet();
  two.greet();
  one.rows(numbered(0, 3));
  reader.exchange.down("sensor2", true);
  two.hang_up();
  CHECK(reader.says("sensor2: lost the connection"));
  const auto before = std::chrono::steady_clock::now();
  (void)reader.stopped();
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::milliseconds(900));
  CHECK(reader.count(LedgerItem::sensor_silent) == 1);
}

TEST_CASE("a reader that leaves while sensors have more ends at once") {
  std::vector<std::byte> bytes;
  StreamWriter writer(9);
  for (unsigned i = 0; i < 100; i++) writer.flows(batch_of(numbered(0, 50)), bytes);
  Reader reader;
  Line line = reader.meet();
  std::thread sends([&] { line.bytes(bytes); });
  CHECK(reader.read(50).size() >= 50);
  reader.source.reset();
  sends.join();
}

TEST_CASE("whatever a hostile sensor sends, the reader stands and goes on with others") {
  std::mt19937_64 random(11);
  std::vector<std::byte> good;
  StreamWriter writer(5);
  writer.begin({"probe", {}, true}, good);
  for (unsigned i = 0; i < 4; i++) writer.flows(batch_of(numbered(i * 5, i * 5 + 5)), good);
  Reader reader;
  reader.open({"evil", "sensor2"});
  Line two = reader.exchange.line("sensor2");
  two.greet();
  Line first = reader.exchange.line("evil");
  first.greet();
  first.rows(numbered(0, 1));
  CHECK(reader.read(1).size() == 1);
  first.hang_up();
  for (unsigned round = 0; round < 60; round++) {
    std::vector<std::byte> bytes = good;
    for (int n = 0; n < 4; n++)
      bytes[64 + random() % (bytes.size() - 64)] = static_cast<std::byte>(random());  // the marker stays: it is read
    bytes.resize(64 + random() % (bytes.size() - 64));
    Line evil = reader.exchange.line("evil");
    evil.bytes(bytes);
    evil.hang_up();
    two.rows(numbered(round, round + 1));
    const std::vector<Row> wanted = numbered(round, round + 1);
    bool found = false;
    for (int i = 0; i < 50 && !found; i++)
      for (const Row& row : reader.read(1)) found |= row == wanted[0];
    CHECK(found);
  }
  CHECK(reader.source->problems().size() <= 64);
}

TEST_CASE("a sensor that answered before is tried again when it refuses") {
  Reader reader;
  Line line = reader.meet();
  line.hang_up();
  Line full = reader.exchange.line("sensor1");
  full.greet({"", {}, true, false, "too many readers"});
  CHECK(reader.says("sensor1: too many readers; trying again in "));
  Line again = reader.exchange.line("sensor1");
  again.greet();
  again.rows(numbered(0, 2));
  CHECK(reader.read(2).size() == 2);
}

namespace {

struct Joined {
  std::thread& thread;
  ~Joined() { thread.join(); }
};

}  // namespace

TEST_CASE("who takes the call and hangs up is called a few times more, and that is all") {
  constexpr int kCalls = 5;
  Reader reader;
  reader.open({"sensor1"});
  std::thread sensor([&reader] {
    for (int call = 0; call < kCalls; call++) {
      Line line = reader.exchange.line("sensor1");
      line.request();
      line.hang_up();
    }
  });
  const Joined joined{sensor};
  for (int i = 0; i < 50; i++) {
    Batch batch;
    auto step = reader.source->next(batch);
    if (step) continue;
    CHECK(step.error().code == Errc::turned_away);
    CHECK(step.error().text == "sensor1: closed by the sensor");
    CHECK(reader.exchange.calls() == kCalls);
    return;
  }
  FAIL("it went on");
}

TEST_CASE("somebody else's server is told by its words and not called again") {
  Reader reader;
  reader.open({"sensor1"});
  Line line = reader.exchange.line("sensor1");
  line.bytes(bytes_of("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<html>what do you want?</html>"));
  line.hang_up();
  for (int i = 0; i < 50; i++) {
    Batch batch;
    auto step = reader.source->next(batch);
    if (step) continue;
    CHECK(step.error().code == Errc::foreign);
    CHECK(step.error().text == "sensor1: not a sensor: it answers with \"HTTP/1.1 400 Bad\"");
    return;
  }
  FAIL("it went on");
}
