// Inputs that grow while they are read: pipes, and files that another process writes.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "base/bytes.h"
#include "base/channel.h"
#include "base/file.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/stream.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/source.h"
#include "net/dial.h"
#include "net/socket.h"
#include "query/read_for.h"
#include "source/feed.h"
#include "source/inputs.h"
#include "source/open_source.h"
#include "source/remote.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"
#include "support/no_threads.h"

using namespace argus;

namespace {

struct Taken {
  std::vector<Row> rows;
  unsigned ticks = 0;
};

Taken take(Source& source, const std::atomic<bool>* stop = nullptr) {
  Taken out;
  Resources resources;
  resources.stop = stop;
  REQUIRE(source.bind({FieldSet::all_stored(), nullptr, {}}, resources));
  for (;;) {
    Batch batch;
    auto step = source.next(batch);
    REQUIRE(step);
    if (*step == Step::end) return out;
    out.ticks += *step == Step::tick ? 1u : 0u;
    for (const Row& row : rows_of(batch)) out.rows.push_back(row);
  }
}

// A child that holds a file as `capture -w` does, and writes what it is told to by bytes on a pipe: locks do not hold
// between threads.
class Writer {
 public:
  explicit Writer(const std::string& path) {
    int tell[2], told[2];
    REQUIRE((::pipe(tell) == 0 && ::pipe(told) == 0));
    child_ = ::fork();
    REQUIRE(child_ >= 0);
    if (child_ == 0) {
      ::close(tell[1]);
      ::close(told[0]);
      work(path, tell[0], told[1]);
    }
    ::close(tell[0]);
    ::close(told[1]);
    tell_ = tell[1];
    told_ = told[0];
    wait();
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() {
    ::close(tell_);
    ::close(told_);
    ::waitpid(child_, nullptr, 0);
  }
  void write() { say('w'); }
  void end() { say('e'); }

 private:
  void say(char what) {
    REQUIRE(::write(tell_, &what, 1) == 1);
    wait();
  }
  void wait() {
    char done = 0;
    REQUIRE(::read(told_, &done, 1) == 1);
  }
  [[noreturn]] static void work(const std::string& path, int tell, int told) {
    File file(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600), path);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    ::fcntl(file.fd(), F_SETLK, &lock);
    StreamWriter writer(7);
    std::vector<std::byte> bytes;
    writer.begin({"probe", {}, true}, bytes);
    unsigned n = 0;
    for (char what = 0;;) {
      (void)file.write(Bytes(bytes));
      bytes.clear();
      if (what == 'e') file = File();
      if (::write(told, "x", 1) != 1 || ::read(tell, &what, 1) != 1) ::_exit(0);
      if (what == 'w') writer.flows(batch_of(numbered(n, n + 3)), bytes), n += 3;
      else writer.end(bytes);
    }
  }

  pid_t child_ = -1;
  int tell_ = -1, told_ = -1;
};

}  // namespace

TEST_CASE("a channel holds so many, gives them in order, and ends when it is closed") {
  Channel<int> channel(2);
  std::thread writes([&] {
    for (int i = 0; i < 100; i++) channel.push(i);
    channel.close();
  });
  for (int i = 0; i < 100; i++) CHECK(channel.pop(5 * kSecond) == i);
  writes.join();
  CHECK_FALSE(channel.pop(0));
  CHECK(channel.finished());
  CHECK_FALSE(channel.push(1));
}

TEST_CASE("what is read on a thread is what is read without") {
  auto flows = std::vector{batch_of(numbered(0, 10)), batch_of(numbered(10, 20))};
  const SourcePtr source =
      in_background(source_of(flows, {"probe", {"saddr"}, false}), std::make_shared<std::atomic<bool>>(false));
  CHECK(source->header().sensor == "probe");
  CHECK(source->header().live);
  CHECK(take(*source).rows == numbered(0, 20));
}

TEST_CASE("a file that is being written ends where it ends, or is followed until its writer is done") {
  const std::string path = scratch_folder() + "/grows.flows";
  Writer writer(path);
  writer.write();
  const Pulled now = pulled({path});
  CHECK(now.rows == numbered(0, 3));
  REQUIRE(now.problems.size() == 1);
  CHECK(now.problems[0].code == Errc::harmless);

  SourceOptions options;
  options.follow = true;
  const SourcePtr source = opened({path}, options);
  std::thread writes([&] {
    for (int i = 0; i < 3; i++) {
      std::this_thread::sleep_for(std::chrono::milliseconds(120));
      writer.write();
    }
    writer.end();
  });
  const Taken got = take(*source);
  writes.join();
  CHECK(got.rows == numbered(0, 12));
  CHECK(got.ticks > 0);
  CHECK(source->problems().empty());
}

TEST_CASE("following a file ends when it is stopped, without a complaint") {
  const std::string path = scratch_folder() + "/grows.flows";
  Writer writer(path);
  writer.write();
  SourceOptions options;
  options.follow = true;
  const SourcePtr source = opened({path}, options);
  std::atomic<bool> stop = false;
  std::thread stops([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    stop = true;
  });
  CHECK(take(*source, &stop).rows == numbered(0, 3));
  stops.join();
  CHECK(source->problems().empty());
}

TEST_CASE("a file that nobody writes is followed to its end") {
  const std::string path = scratch_folder() + "/a.flows";
  write_flows(path, {batch_of(numbered(0, 3))});
  SourceOptions options;
  options.follow = true;
  CHECK(pulled({path, path}, options).rows.size() == 6);
}

TEST_CASE("live records from a pipe are given as they come, and reading can end by the clock") {
  const std::string path = scratch_folder() + "/pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const int hold = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  File write(hold, path);
  std::vector<std::byte> bytes;
  StreamWriter writer(7);
  writer.begin({"probe", {}, true}, bytes);
  writer.flows(batch_of(numbered(0, 3)), bytes);
  REQUIRE(write.write(Bytes(bytes)));
  const SourcePtr source = read_for(opened({path}), 400 * kMillisecond);
  const auto before = std::chrono::steady_clock::now();
  const Taken got = take(*source);
  CHECK(got.rows == numbered(0, 3));
  CHECK(got.ticks > 0);
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(3));
}

TEST_CASE("reading for a while ends files early too") {
  const SourcePtr source = read_for(source_of({batch_of(numbered(0, 3))}), 1);
  Resources resources;
  REQUIRE(source->bind({FieldSet::all_stored(), nullptr, {}}, resources));
  Batch batch;
  CHECK(source->next(batch));
}

TEST_CASE("inputs for which there is no thread are an error, and those that have one end") {
  for (const int made : {0, 1}) {
    FeedOptions options;
    options.stop = std::make_shared<std::atomic<bool>>(false);
    const auto feeder = [](const Needs&, FeedWriter& out) {
      while (!out.stopped()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    };
    const SourcePtr feed = feed_source(std::move(options), {feeder, feeder});
    REQUIRE(feed->bind({}, {}));
    const NoThreads none(made);
    Batch batch;
    const auto step = feed->next(batch);
    REQUIRE_FALSE(step);
    CHECK(step.error().text == "no thread for input: resource temporarily unavailable");
  }
}

TEST_CASE("calls for which there is no thread are errors that name the sensor") {
  const NoThreads none;
  Endpoint sensor;
  sensor.text = sensor.host = "sensor1";
  const auto opened = open_remote({sensor}, {});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().text == "sensor1: no thread for the call: resource temporarily unavailable");
}
