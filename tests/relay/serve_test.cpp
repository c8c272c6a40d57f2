#include "relay/serve.h"

#include <ifaddrs.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <random>
#include <thread>

#include "base/address.h"
#include "base/file.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/request.h"
#include "codec/stream.h"
#include "codec/streams.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/sink.h"
#include "net/dial.h"
#include "net/keys.h"
#include "net/socket.h"
#include "support/flow_builder.h"
#include "support/outer_address.h"

using namespace argus;

namespace {

// A folder for a server's socket and keys.
struct Folder {
  std::string path = "/tmp/argus_serve_XXXXXX";
  Folder() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
  ~Folder() {
    for (const char* name : {"/argus.sock", "/keys", "/sensors"}) ::unlink((path + name).c_str());
    ::rmdir(path.c_str());
  }
  [[nodiscard]] std::string socket() const { return "unix:" + path + "/argus.sock"; }
};

bool soon(const std::function<bool()>& holds) {
  const Nanos until = steady_now() + 20 * kSecond;
  while (!holds() && steady_now() < until) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return holds();
}

// A server with its sink begun.
struct Running {
  std::vector<std::string> said;
  std::unique_ptr<Server> server;
  SinkPtr sink;
  explicit Running(ServeOptions options) {
    options.warn = [this](const std::string& text) { said.push_back(text); };
    auto opened = Server::open(options);
    if (!opened) FAIL(opened.error().text);
    server = *std::move(opened);
    sink = server->sink();
    REQUIRE(sink->begin({"probe", {}, true}));
  }
  // Whether so many readers have been served, those that left included.
  [[nodiscard]] bool has_served(std::size_t n) const {
    return soon([&] { return server->counts().accepted == n; });
  }
};

// A reader that has asked.
File reader_of(const std::string& place, const Request& request, const std::string& keys = {}) {
  DialOptions options;
  options.keys_path = keys;
  auto file = dial(*parse_endpoint(place), options);
  if (!file) FAIL(file.error().text);
  REQUIRE(file->write(encode_request(request)));
  return *std::move(file);
}

std::vector<std::byte> read_all(File& file) {
  std::vector<std::byte> out(64u << 20);
  const auto n = file.read(out.data(), out.size());
  out.resize(n ? *n : 0);
  return out;
}

// All that readers get until the sink has finished.
std::vector<Heard> finish(Running& running, std::vector<File>& readers) {
  std::vector<std::vector<std::byte>> got(readers.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < readers.size(); i++) threads.emplace_back([&, i] { got[i] = read_all(readers[i]); });
  const auto done = running.sink->finish();
  for (std::thread& thread : threads) thread.join();
  REQUIRE(done);
  std::vector<Heard> out;
  out.reserve(got.size());
  for (const auto& bytes : got) out.push_back(heard(bytes));
  return out;
}

}  // namespace

TEST_CASE("readers on a Unix socket get what they asked for, each its own") {
  const Folder folder;
  Running running({{folder.socket()}, {}, 64u << 20, {}});
  std::vector<File> readers;
  readers.push_back(reader_of(folder.socket(), {}));
  readers.push_back(reader_of(folder.socket(), {"src port 1030", {Field::sport, Field::stime}, Wants::records}));
  readers.push_back(reader_of(folder.socket(), {"", {Field::spkts}, Wants::records}));
  readers.push_back(reader_of(folder.socket(), {"udp", {}, Wants::records}));
  REQUIRE(running.has_served(4));
  REQUIRE(running.sink->write(batch_of(numbered_rows(0, 200))));
  REQUIRE(running.sink->ledger({{"probe", 1, 2, LedgerItem::received, 7}}));
  REQUIRE(running.sink->write(batch_of(numbered_rows(200, 300))));
  const auto got = finish(running, readers);
  CHECK(got[0].rows == numbered_rows(0, 300));
  REQUIRE(got[1].rows.size() == 1);
  CHECK(got[1].rows[0] == row().with(Field::sport, 1030).with(Field::stime, 6 * kSecond));
  REQUIRE(got[2].rows.size() == 300);
  CHECK(got[2].rows[9] == row().with(Field::spkts, 82));
  CHECK(got[3].rows.empty());
  for (const Heard& one : got) {
    CHECK(one.damage.said.empty());
    REQUIRE(one.headers.size() == 1);
    CHECK(one.headers[0].sensor == "probe");
    CHECK(one.headers[0].live);
    REQUIRE(one.ledger.size() == 1);
    CHECK(one.ledger[0].count == 7);
  }
  CHECK(running.said.empty());
}

TEST_CASE("who asks for ticks gets those, its own, and no records; the ledger is for all") {
  const Folder folder;
  Running running({{folder.socket()}, {}, 64u << 20, {}, true});
  CHECK_FALSE(running.server->wants_ticks());
  std::vector<File> readers;
  readers.push_back(reader_of(folder.socket(), {}));
  readers.push_back(reader_of(folder.socket(), {"", {}, Wants::ticks}));
  readers.push_back(reader_of(folder.socket(), {"src port 1030", {Field::sport}, Wants::ticks}));
  REQUIRE(running.has_served(3));
  CHECK(soon([&] { return running.server->wants_ticks(); }));
  REQUIRE(running.sink->write(batch_of(numbered_rows(0, 5))));
  REQUIRE(running.server->take_ticks(batch_of(numbered_rows(5, 100))));
  REQUIRE(running.sink->ledger({{"probe", 1, 2, LedgerItem::kernel_dropped, 7}}));
  REQUIRE(running.server->take_ticks(batch_of(numbered_rows(100, 40'000))));
  const auto got = finish(running, readers);
  CHECK(got[0].rows == numbered_rows(0, 5));
  CHECK(got[1].rows == numbered_rows(5, 40'000));
  REQUIRE_FALSE(got[2].rows.empty());
  CHECK(got[2].rows[0] == row().with(Field::sport, 1030));
  for (std::size_t i = 0; i < got.size(); i++) {
    CHECK(got[i].damage.said.empty());
    CHECK(got[i].headers.at(0).ticks == (i != 0));
    REQUIRE(got[i].ledger.size() == 1);
    CHECK(got[i].ledger[0].count == 7);
  }
}

TEST_CASE("ticks cost nothing once their last reader is gone") {
  const Folder folder;
  Running running({{folder.socket()}, {}, 64u << 20, {}, true});
  {
    const File reader = reader_of(folder.socket(), {"", {}, Wants::ticks});
    REQUIRE(soon([&] { return running.server->wants_ticks(); }));
    REQUIRE(running.server->take_ticks(batch_of(numbered_rows(0, 10))));
  }
  CHECK(soon([&] { return !running.server->wants_ticks(); }));
  REQUIRE(running.sink->tick());
  std::vector<File> readers;
  readers.push_back(reader_of(folder.socket(), {"", {}, Wants::ticks}));
  REQUIRE(soon([&] { return running.server->wants_ticks(); }));
  REQUIRE(running.server->take_ticks(batch_of(numbered_rows(10, 20))));
  CHECK(finish(running, readers)[0].rows == numbered_rows(10, 20));
}

TEST_CASE("where there are no ticks, who asks for them is told so") {
  const Folder folder;
  Running running({{folder.socket()}, {}, 64u << 20, {}});
  File reader = reader_of(folder.socket(), {"", {}, Wants::ticks});
  const Heard got = heard(read_all(reader));
  REQUIRE(got.headers.size() == 1);
  CHECK(got.headers[0].refused == "there are no ticks here, only records; a sensor that captures has them");
  REQUIRE(running.sink->finish());
}

TEST_CASE("a filter that does not hold is answered with its fault") {
  const Folder folder;
  Running running({{folder.socket()}, {}, 64u << 20, {}});
  File reader = reader_of(folder.socket(), {"tcp and prot 443", {}, Wants::records});
  const Heard got = heard(read_all(reader));
  REQUIRE(got.headers.size() == 1);
  CHECK(got.headers[0].refused.find("unknown word 'prot'") != std::string::npos);
  REQUIRE(running.sink->finish());
}

TEST_CASE("a connection that says anything else is closed without an answer") {
  const Folder folder;
  Running running({{folder.socket()}, {}, 64u << 20, {}});
  auto twice = encode_request({});
  twice.insert(twice.end(), 1, std::byte{0});
  std::vector<std::byte> header;
  StreamWriter(7).begin({}, header);
  for (const auto& bytes : {std::vector<std::byte>(5000, std::byte{'x'}), header, twice}) {
    File reader = *dial(*parse_endpoint(folder.socket()), {});
    REQUIRE(reader.write(bytes));
    CHECK(read_all(reader).empty());
  }
  REQUIRE(running.sink->finish());
  CHECK(running.server->counts().accepted == 0);
  CHECK(running.said.size() == 3);
}

TEST_CASE("a reader that stalls is told exactly what it missed, and costs others nothing") {
  const Folder folder;
  constexpr std::size_t kRing = 200'000;
  Running running({{folder.socket()}, {}, kRing, {}});
  std::vector<File> readers;
  readers.push_back(reader_of(folder.socket(), {}));
  readers.push_back(reader_of(folder.socket(), {"", {Field::stime, Field::saddr}, Wants::records}));
  REQUIRE(running.has_served(2));
  std::mt19937_64 random(5);
  constexpr unsigned kFrames = 100, kRows = 1000;
  for (unsigned frame = 0; frame < kFrames; frame++) {
    std::vector<Row> rows;
    for (unsigned n = 0; n < kRows; n++)
      rows.push_back(numbered_row(frame * kRows + n)
                         .with(Field::saddr, Address::from_mac(random()))
                         .with(Field::sbytes, random()));
    REQUIRE(running.sink->write(batch_of(rows)));
    REQUIRE(running.sink->tick());
  }
  for (const Heard& one : finish(running, readers)) {
    CHECK(one.damage.said.empty());
    std::uint64_t skipped = 0;
    for (const LedgerEntry& entry : one.ledger) {
      CHECK(entry.item == LedgerItem::records_skipped);
      CHECK(entry.sensor == "probe");
      CHECK(entry.begin < entry.end);
      skipped += entry.count;
    }
    CHECK(skipped > 0);
    CHECK(one.rows.size() + skipped == kFrames * kRows);
  }
}

TEST_CASE("off loopback only a key lets in, with what its filter shows") {
  const std::string host = outer_address();
  if (host.empty()) {
    WARN("skipped: this machine has loopback only");
    return;
  }
  const Folder folder;
  const std::string keys = folder.path + "/keys", sensors = folder.path + "/sensors";
  const auto refused = Server::open({{host + ":0"}, keys, 64u << 20, {}});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text.find("argus key new") != std::string::npos);
  const SharedKey laptop = *make_key("laptop"), desk = *make_key("desk");
  REQUIRE(add_reader_key(keys, {laptop, ""}));
  REQUIRE(add_reader_key(keys, {desk, "src port < 1030"}));
  const std::uint16_t port = 40'000 + static_cast<std::uint16_t>(::getpid() % 20'000);
  const std::string place = fmt::format("{}:{}", host, port);
  Running running({{place}, keys, 64u << 20, {}});
  CHECK_FALSE(dial(*parse_endpoint(place), {sensors}));
  std::vector<File> readers;
  for (const SharedKey& key : {laptop, desk}) {
    REQUIRE(add_sensor_key(sensors, {host, key}));
    readers.push_back(reader_of(place, {"tcp", {}, Wants::records}, sensors));
  }
  REQUIRE(add_sensor_key(sensors, {host, *make_key("laptop")}));
  const auto wrong = dial(*parse_endpoint(place), {sensors});
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == Errc::denied);
  CHECK(wrong.error().text.find("key not accepted") != std::string::npos);
  CHECK(wrong.error().hint.find("argus key new") != std::string::npos);
  REQUIRE(running.has_served(2));
  REQUIRE(running.sink->write(batch_of(numbered_rows(0, 20))));
  REQUIRE(running.sink->tick());
  const auto got = finish(running, readers);
  CHECK(got[0].rows == numbered_rows(0, 20));
  CHECK(got[1].rows == numbered_rows(0, 6));
  for (const Heard& one : got) CHECK(one.damage.said.empty());
}

TEST_CASE("a key that is taken away ends its readers") {
  const std::string host = outer_address();
  if (host.empty()) {
    WARN("skipped: this machine has loopback only");
    return;
  }
  const Folder folder;
  const std::string keys = folder.path + "/keys", sensors = folder.path + "/sensors";
  const SharedKey laptop = *make_key("laptop");
  REQUIRE(add_reader_key(keys, {laptop, ""}));
  REQUIRE(add_reader_key(keys, {*make_key("desk"), ""}));
  REQUIRE(add_sensor_key(sensors, {host, laptop}));
  const std::string place = fmt::format("{}:{}", host, 40'000 + (::getpid() + 1) % 20'000);
  Running running({{place}, keys, 64u << 20, {}});
  File reader = reader_of(place, {}, sensors);
  REQUIRE(running.has_served(1));
  REQUIRE(*remove_key(keys, "laptop"));
  REQUIRE(running.server->change({{place}, keys, 64u << 20, {}}));
  const Heard got = heard(read_all(reader));
  CHECK(got.headers.size() == 1);
  CHECK(soon([&] { return running.server->counts().readers == 0; }));
  CHECK_FALSE(dial(*parse_endpoint(place), {sensors}));
  REQUIRE(running.sink->finish());
}

TEST_CASE("places may change while it serves: readers of those that stay notice nothing") {
  const Folder folder;
  const std::string first = folder.socket(), second = "unix:" + folder.path + "/second.sock";
  Running running({{first}, {}, 64u << 20, {}});
  std::vector<File> readers;
  readers.push_back(reader_of(first, {}));
  REQUIRE(running.has_served(1));
  CHECK_FALSE(running.server->change({{first, second, "unix:/nonexistent/folder/sock"}, {}, 64u << 20, {}}));
  CHECK(::access((folder.path + "/second.sock").c_str(), F_OK) != 0);
  REQUIRE(running.server->change({{first, second}, {}, 64u << 20, {}}));
  readers.push_back(reader_of(second, {}));
  REQUIRE(running.has_served(2));
  REQUIRE(running.sink->write(batch_of(numbered_rows(0, 5))));
  REQUIRE(running.sink->tick());
  REQUIRE(running.server->change({{first}, {}, 64u << 20, {}}));
  CHECK(soon([&] { return running.server->counts().readers == 1; }));
  CHECK(::access((folder.path + "/second.sock").c_str(), F_OK) != 0);
  CHECK_FALSE(dial(*parse_endpoint(second), {}));
  REQUIRE(running.sink->write(batch_of(numbered_rows(5, 10))));
  CHECK(finish(running, readers)[0].rows == numbered_rows(0, 10));
}

TEST_CASE("a socket in use is not taken over, a stale one is") {
  const Folder folder;
  {
    Running running({{folder.socket()}, {}, 64u << 20, {}});
    const auto second = Server::open({{folder.socket()}, {}, 64u << 20, {}});
    REQUIRE_FALSE(second);
    CHECK(second.error().text.find("another argus listens there") != std::string::npos);
    REQUIRE(running.sink->finish());
  }
  const SocketAddress address = unix_address(folder.path + "/argus.sock");
  {
    const File stale(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "stale");
    REQUIRE(::bind(stale.fd(), address.get(), address.size) == 0);
  }
  const auto again = Server::open({{folder.socket()}, {}, 64u << 20, {}});
  CHECK(again);
}
