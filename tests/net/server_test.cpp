// Who is let in, and who gives way, over sockets.
#include "net/server.h"

#include <ifaddrs.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstring>
#include <mutex>
#include <thread>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "base/time.h"
#include "net/dial.h"
#include "net/keys.h"
#include "net/socket.h"
#include "net/tls.h"
#include "support/bytes.h"
#include "support/outer_address.h"

using namespace argus;

namespace {

constexpr Nanos kBeat = 50 * kMillisecond;

// Says a word to whoever has asked, again and again.
class Beats final : public Session {
 public:
  Result<> receive(Bytes bytes) override {
    asked_ |= !bytes.empty();
    return {};
  }
  bool has_asked() const override { return asked_; }
  void refuse(const std::string& why) override { refused_ = why; }
  Pulled pull(Nanos now, std::vector<std::byte>& out) override {
    if (!asked_ || (refused_.empty() && now - said_ < kBeat)) return Pulled::more;
    said_ = now;
    const auto bytes = bytes_of(refused_.empty() ? "beat" : refused_);
    out.insert(out.end(), bytes.begin(), bytes.end());
    return refused_.empty() ? Pulled::more : Pulled::last;
  }

 private:
  bool asked_ = false;
  std::string refused_;
  Nanos said_ = 0;
};

struct Running {
  std::string folder = "/tmp/argus_server_XXXXXX";
  std::mutex mutex;
  std::vector<std::string> said;
  std::unique_ptr<NetServer> server;

  explicit Running(const std::string& listen, std::vector<ReaderKey> keys = {}) {
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    REQUIRE(::chmod(folder.c_str(), 0755) == 0);
    NetOptions options;
    options.listen = {listen == "unix" ? socket() : listen};
    options.keys = std::move(keys);
    options.warn = [this](const std::string& text) {
      const std::lock_guard lock(mutex);
      said.push_back(text);
    };
    auto opened = NetServer::open(std::move(options));
    if (!opened) FAIL(opened.error().text);
    server = *std::move(opened);
    if (listen == "unix") REQUIRE(::chmod((folder + "/sock").c_str(), 0666) == 0);
    REQUIRE(server->start([](const Peer&) { return std::make_unique<Beats>(); }));
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    server.reset();
    ::unlink((folder + "/sensors").c_str());
    ::rmdir(folder.c_str());
  }
  [[nodiscard]] std::string socket() const { return "unix:" + folder + "/sock"; }
  [[nodiscard]] std::string place() const {
    return server->ports().empty() ? socket() : fmt::format("127.0.0.1:{}", server->ports()[0]);
  }
};

File asking(const std::string& place, const std::string& keys = {}) {
  DialOptions options;
  options.keys_path = keys;
  auto file = dial(*parse_endpoint(place), options);
  if (!file) FAIL(file.error().text);
  REQUIRE(file->write("a"));
  return *std::move(file);
}

// The first word that it gets; empty: none in time.
std::string first_word(const File& file, Nanos patience) {
  if (!wait_for(file.fd(), POLLIN, {steady_now() + patience})) return {};
  std::string out(100, '\0');
  const ssize_t got = ::recv(file.fd(), out.data(), out.size(), 0);
  out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return out;
}

void pause(Nanos time) { std::this_thread::sleep_for(std::chrono::nanoseconds(time)); }

// Calls made by another user than the process's, whose sockets they then are: of the thread alone.
std::vector<File> asking_as(uid_t user, const std::string& place, std::size_t count) {
  std::vector<File> out;
  std::thread other([&] {
    if (::syscall(SYS_setresuid, user, user, user) != 0) return;
    for (std::size_t i = 0; i < count; i++) {
      auto file = dial(*parse_endpoint(place), {});
      if (file && file->write("a")) out.push_back(*std::move(file));
    }
  });
  other.join();
  return out;
}

}  // namespace

TEST_CASE("readers that never read give way to those that do") {
  for (const std::string listen : {"unix", "127.0.0.1:0"}) {
    CAPTURE(listen);
    const Running running(listen);
    std::vector<File> stalled;
    for (int i = 0; i < 40; i++) stalled.push_back(asking(running.place()));
    for (int i = 0; i < 2; i++) {
      const Nanos begun = steady_now();
      const File honest = asking(running.place());
      CHECK(first_word(honest, 10 * kSecond) == "beat");
      CHECK(steady_now() - begun < 5 * kSecond);
      for (int beat = 0; beat < 15; beat++) REQUIRE(first_word(honest, 10 * kSecond).starts_with("beat"));
    }
    CHECK(running.server->counts().readers <= NetLimits().readers_a_user);
  }
}

TEST_CASE("readers that take what they get keep their places, and one more is told so") {
  const Running running("unix");
  std::vector<File> readers;
  for (std::size_t i = 0; i < NetLimits().readers_a_user; i++) readers.push_back(asking(running.place()));
  std::atomic<bool> stop = false;
  std::atomic<std::size_t> ended = 0;
  std::thread reads([&] {
    while (!stop)
      for (const File& file : readers) {
        std::string buffer(1000, '\0');
        if (::recv(file.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT) == 0) ended++;
      }
  });
  const File more = asking(running.place());
  const std::string word = first_word(more, 20 * kSecond);
  stop = true;
  reads.join();
  CHECK(word == fmt::format("16 readers of user {} are served already, which is the limit", ::geteuid()));
  CHECK(ended == 0);
}

TEST_CASE("one user's readers do not take the places of another's") {
  if (::geteuid() != 0) {
    WARN("skipped: only root can be two users");
    return;
  }
  for (const std::string listen : {"unix", "127.0.0.1:0"}) {
    CAPTURE(listen);
    const Running running(listen);
    const std::vector<File> others = asking_as(65'534, running.place(), 40);
    CHECK(others.size() == 40);
    const Nanos begun = steady_now();
    const File honest = asking(running.place());
    CHECK(first_word(honest, 10 * kSecond) == "beat");
    CHECK(steady_now() - begun < kSecond);
    CHECK(running.server->counts().readers <= NetLimits().readers_a_user + 1);
  }
}

TEST_CASE("whoever has a key gets in beside any number of calls from its address that have none") {
  const std::string host = outer_address();
  if (host.empty()) {
    WARN("skipped: this machine has loopback only");
    return;
  }
  const SharedKey laptop = *make_key("laptop"), forged = *make_key("laptop");
  const Running running(host + ":0", {{laptop, ""}});
  const std::uint16_t port = running.server->ports()[0];
  const std::string place = fmt::format("{}:{}", host, port), sensors = running.folder + "/sensors";
  REQUIRE(add_sensor_key(sensors, {place, laptop}));
  std::atomic<bool> stop = false;
  std::atomic<int> calls = 0;
  std::thread stranger([&] {
    const auto addresses = resolve(host, port, false);
    std::vector<File> silent;
    while (!stop) {
      File call(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "call");
      if (::connect(call.fd(), addresses->front().get(), addresses->front().size) != 0) continue;
      if (calls % 2 == 0) (void)call.write(Tls::client(forged)->outgoing());
      // Some say nothing and stay.
      else silent.push_back(std::move(call));
      if (silent.size() > 100) silent.clear();
      calls++;
    }
  });
  while (calls < 200) pause(kMillisecond);
  for (int i = 0; i < 3; i++) {
    const File honest = asking(place, sensors);
    CHECK(first_word(honest, 10 * kSecond).starts_with("beat"));
  }
  stop = true;
  stranger.join();
  CHECK(running.server->counts().accepted == 3);
}
