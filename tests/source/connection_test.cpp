// Captures and records that come over a TCP connection, from a server on loopback.
#include <catch2/catch.hpp>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/source.h"
#include "source/open_source.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"
#include "support/packet_builder.h"

using namespace argus;

namespace {

// Sends what it was given to one caller; then closes, or keeps silent until it ends.
class OneCallServer {
 public:
  OneCallServer(Bytes bytes, bool hangs) : bytes_(bytes.begin(), bytes.end()), hangs_(hangs) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener_ = File(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "listener");
    REQUIRE(::bind(listener_.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener_.fd(), 1) == 0);
    socklen_t size = sizeof address;
    REQUIRE(::getsockname(listener_.fd(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  OneCallServer(const OneCallServer&) = delete;
  OneCallServer& operator=(const OneCallServer&) = delete;
  ~OneCallServer() {
    over_ = true;
    thread_.join();
  }
  [[nodiscard]] std::string path() const { return "tcp://127.0.0.1:" + std::to_string(port_); }

 private:
  void serve() {
    pollfd wait{listener_.fd(), POLLIN, 0};
    while (::poll(&wait, 1, 20) == 0)
      if (over_) return;
    const File caller(::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC), "caller");
    // In pieces, as a network has them.
    for (std::size_t at = 0; at < bytes_.size();) {
      const std::size_t n = std::min<std::size_t>(bytes_.size() - at, 100);
      if (::send(caller.fd(), bytes_.data() + at, n, MSG_NOSIGNAL) != static_cast<ssize_t>(n)) return;
      at += n;
    }
    while (hangs_ && !over_) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

  std::vector<std::byte> bytes_;
  bool hangs_;
  File listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

std::vector<std::byte> capture_of(int packets) {
  CaptureWriter capture;
  for (int i = 0; i < packets; i++)
    capture.add(kHour + i * kMillisecond, PacketBuilder().ethernet().ip4("10.0.0.1", "10.0.0.2").udp(1, 53).bytes());
  return {capture.bytes().begin(), capture.bytes().end()};
}

struct Read {
  std::uint64_t packets = 0;
  std::size_t rows = 0;
  std::vector<Error> problems;
};
Read read_all(Source& source, const std::atomic<bool>* stop = nullptr) {
  Needs needs;
  needs.fields = FieldSet::all_stored();
  Resources resources;
  resources.stop = stop;
  REQUIRE(source.bind(needs, resources));
  Read out;
  for (Batch batch;;) {
    const auto step = source.next(batch);
    REQUIRE(step);
    out.rows += batch.rows();
    if (*step == Step::end) break;
  }
  if (source.measured() != nullptr) out.packets = source.measured()->progress().packets;
  out.problems = source.problems();
  return out;
}

}  // namespace

TEST_CASE("a capture comes over a connection as from a pipe") {
  const OneCallServer server(capture_of(500), false);
  auto source = open_source({server.path()}, {});
  REQUIRE(source);
  const Read read = read_all(**source);
  CHECK((read.packets == 500 && read.rows == 1 && read.problems.empty()));
}

TEST_CASE("a capture whose connection ends within a packet gives those before it") {
  const auto whole = capture_of(10);
  const OneCallServer server(Bytes(whole).first(whole.size() - 5), false);
  auto source = open_source({server.path()}, {});
  REQUIRE(source);
  const Read read = read_all(**source);
  CHECK((read.packets == 9 && read.rows == 1));
  REQUIRE(read.problems.size() == 1);
  CHECK(read.problems[0].text.find(server.path() + ": ends in the middle of a packet") == 0);
}

TEST_CASE("a connection that says nothing is given up when it is stopped, and what it said before is kept") {
  {
    const OneCallServer silent({}, true);
    std::atomic<bool> stop = false;
    std::thread stopper([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(150));
      stop = true;
    });
    SourceOptions options;
    options.stop = &stop;
    const auto source = open_source({silent.path()}, options);
    stopper.join();
    REQUIRE_FALSE(source);
    CHECK(source.error().code == Errc::interrupted);
  }
  const OneCallServer server(capture_of(20), true);
  std::atomic<bool> stop = false;
  SourceOptions options;
  options.stop = &stop;
  auto source = open_source({server.path()}, options);
  REQUIRE(source);
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    stop = true;
  });
  const Read read = read_all(**source, &stop);
  stopper.join();
  CHECK((read.packets == 20 && read.rows == 1));
}

TEST_CASE("what cannot be called is an error that names it") {
  const auto refused = open_source({"tcp://127.0.0.1:1"}, {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text.find("tcp://127.0.0.1:1: ") == 0);
  for (const char* path :
       {"tcp://", "tcp://host", "tcp://host:0", "tcp://host:70000", "tcp://::1:561", "tcp://unix:/x"}) {
    CAPTURE(path);
    const auto wrong = open_source({path}, {});
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == Errc::usage);
  }
  CHECK(names_connection("tcp://[::1]:561"));
  CHECK_FALSE(names_connection("tcp.pcap"));
}
