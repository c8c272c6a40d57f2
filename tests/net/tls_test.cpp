#include "net/tls.h"

#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <thread>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "base/time.h"
#include "net/keys.h"
#include "net/socket.h"
#include "net/tls_pump.h"
#include "support/bytes.h"

using namespace argus;

namespace {

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Tls::FindKey only(const SharedKey& key) {
  return [key](std::string_view name) { return name == key.name ? std::optional(key) : std::nullopt; };
}

// What both sides say until neither has a word left, or one fails.
struct Talk {
  Result<> client, server;
  std::string to_client, to_server;
};
Talk talk(Tls& client, Tls& server) {
  Talk out;
  std::vector<std::byte> to_client, to_server;
  for (int round = 0; round < 10; round++) {
    const auto up = client.outgoing();
    if (!up.empty() && out.server) out.server = server.receive(up, to_server);
    const auto down = server.outgoing();
    if (!down.empty() && out.client) out.client = client.receive(down, to_client);
  }
  out.to_client = text_of(to_client);
  out.to_server = text_of(to_server);
  return out;
}

}  // namespace

TEST_CASE("two that have the same key talk") {
  const SharedKey key = *make_key("laptop");
  Tls client = *Tls::client(key), server = *Tls::server(only(key));
  REQUIRE(talk(client, server).client);
  REQUIRE(client.is_open());
  REQUIRE(server.is_open());
  CHECK(server.name() == "laptop");
  REQUIRE(client.send(bytes_of("who is there?")));
  REQUIRE(server.send(bytes_of("a sensor")));
  const Talk said = talk(client, server);
  CHECK(said.to_server == "who is there?");
  CHECK(said.to_client == "a sensor");
  server.close();
  CHECK(talk(client, server).client);
  CHECK(client.is_closed());
}

TEST_CASE("another key, or a name nobody knows, is not accepted by either side") {
  const SharedKey key = *make_key("laptop");
  for (const SharedKey& other : {*make_key("laptop"), *make_key("desk")}) {
    CAPTURE(other.name);
    Tls client = *Tls::client(other), server = *Tls::server(only(key));
    const Talk said = talk(client, server);
    REQUIRE_FALSE(said.client);
    REQUIRE_FALSE(said.server);
    CHECK(said.client.error().code == Errc::denied);
    CHECK(said.client.error().text.find("key not accepted") == 0);
    CHECK_FALSE(client.is_open());
    CHECK_FALSE(server.is_open());
  }
}

TEST_CASE("a server without the key is not believed") {
  const SharedKey key = *make_key("laptop");
  SharedKey same_name = *make_key("laptop");
  Tls client = *Tls::client(key), server = *Tls::server(only(same_name));
  CHECK_FALSE(talk(client, server).client);
  CHECK_FALSE(client.is_open());
}

TEST_CASE("a damaged handshake opens nothing, and what comes before the handshake is no data") {
  const SharedKey key = *make_key("laptop");
  const auto hello = Tls::client(key)->outgoing();
  REQUIRE(hello.size() > 100);
  CHECK(hello.size() < 1024);
  for (std::size_t at = 0; at < hello.size(); at += 7) {
    CAPTURE(at);
    auto damaged = hello;
    damaged[at] ^= std::byte{0x20};
    Tls server = *Tls::server(only(key));
    std::vector<std::byte> plain;
    (void)server.receive(damaged, plain);
    CHECK_FALSE(server.is_open());
    CHECK(plain.empty());
  }
  Tls server = *Tls::server(only(key));
  std::vector<std::byte> plain;
  CHECK_FALSE(server.receive(bytes_of("GET / HTTP/1.1\r\n\r\n"), plain));
  CHECK(plain.empty());
}

namespace {

std::ptrdiff_t threads() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
}

}  // namespace

TEST_CASE("a thread carries the bytes of an encrypted connection, both ways, to the end") {
  std::thread([] {}).join();
  const auto before = threads();  // a sanitizer has one of its own, from the first on
  const SharedKey key = *make_key("laptop");
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  File near(ends[0], "near"), far(ends[1], "far");
  const std::string much(1 << 20, 'x');
  std::thread sensor([&far, &key, &much] {
    Tls tls = *Tls::server(only(key));
    std::vector<std::byte> heard, buffer(4096);
    while (heard.size() < 5) {
      const ssize_t got = ::recv(far.fd(), buffer.data(), buffer.size(), 0);
      if (got <= 0 || !tls.receive(Bytes(buffer).first(static_cast<std::size_t>(got)), heard)) return;
      if (!far.write(tls.outgoing())) return;
    }
    (void)tls.send(bytes_of(text_of(heard) + much));
    tls.close();
    (void)far.write(tls.outgoing());
    (void)far.close();
  });
  REQUIRE(set_blocking(near.fd(), false));
  auto file = encrypted(std::move(near), key, {steady_now() + 10 * kSecond});
  REQUIRE(file);
  REQUIRE(file->write("hello"));
  std::string got(much.size() + 100, '\0');
  const auto n = file->read(got.data(), got.size());
  sensor.join();
  REQUIRE(n);
  got.resize(*n);
  CHECK(got == "hello" + much);
  REQUIRE(file->close());
  // The connection's thread ends by itself; what it holds is not a leak of this process.
  for (int turns = 0; turns < 500 && threads() > before; turns++)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK(threads() == before);
}
