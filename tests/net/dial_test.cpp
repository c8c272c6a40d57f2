#include "net/dial.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "base/file.h"
#include "base/result.h"
#include "net/socket.h"

using namespace argus;

namespace {

// A socket that listens on a free port of loopback.
struct Listener {
  File file;
  std::uint16_t port = 0;
  Listener() {
    const auto addresses = resolve("127.0.0.1", 0, true);
    REQUIRE(addresses);
    SocketAddress address = addresses->front();
    file = File(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "listener");
    REQUIRE(::bind(file.fd(), address.get(), address.size) == 0);
    REQUIRE(::listen(file.fd(), 4) == 0);
    REQUIRE(::getsockname(file.fd(), reinterpret_cast<sockaddr*>(&address.storage), &address.size) == 0);
    port = ntohs(reinterpret_cast<const sockaddr_in&>(address.storage).sin_port);
  }
};

}  // namespace

TEST_CASE("loopback is called in plain bytes") {
  const Listener listener;
  auto called = dial(*parse_endpoint(fmt::format("127.0.0.1:{}", listener.port)), {});
  REQUIRE(called);
  REQUIRE(called->write("hello"));
  const File taken(::accept4(listener.file.fd(), nullptr, nullptr, SOCK_CLOEXEC), "taken");
  char text[5];
  REQUIRE(::recv(taken.fd(), text, sizeof text, MSG_WAITALL) == 5);
  CHECK(std::string_view(text, 5) == "hello");
}

TEST_CASE("localhost is this machine, whoever else is asked for names") {
  for (const bool passive : {false, true}) {
    const auto addresses = resolve("localhost", 561, passive);
    REQUIRE(addresses);
    for (const SocketAddress& address : *addresses) {
      const auto& v4 = reinterpret_cast<const sockaddr_in&>(address.storage);
      const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address.storage);
      const bool here = v4.sin_family == AF_INET ? v4.sin_addr.s_addr == htonl(INADDR_LOOPBACK)
                                                 : IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) != 0;
      CHECK(here);
    }
  }
}

TEST_CASE("nobody there is said with what to do") {
  std::uint16_t port = 0;
  {
    const Listener gone;
    port = gone.port;
  }
  const auto called = dial(*parse_endpoint(fmt::format("127.0.0.1:{}", port)), {});
  REQUIRE_FALSE(called);
  CHECK(called.error().code == Errc::io);
  CHECK(called.error().text.find("connection refused (127.0.0.1 port") != std::string::npos);
  CHECK(called.error().hint.find("argus capture --listen") != std::string::npos);
}

TEST_CASE("why a socket cannot be reached is told, and its name is left to the caller") {
  const auto called = dial(*parse_endpoint("unix:/nowhere/argus.sock"), {});
  REQUIRE_FALSE(called);
  CHECK(called.error().text.find("no such file") == 0);
}

TEST_CASE("ssh is started by its words, from PATH, and told nothing but them") {
  std::string folder = "/tmp/argus_dial_XXXXXX";
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const std::string program = folder + "/ssh";
  {
    File script(::open(program.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700), program);
    REQUIRE(script.write("#!/bin/sh\nfor word; do echo \"[$word]\"; done\nhead -c 2\n"));
  }
  const std::string path = std::getenv("PATH");
  REQUIRE(::setenv("PATH", (folder + ":" + path).c_str(), 1) == 0);
  auto called = dial(*parse_endpoint("ssh:me@gw1"), {});
  REQUIRE(::setenv("PATH", path.c_str(), 1) == 0);
  REQUIRE(called);
  REQUIRE(called->write("ok"));
  std::string got(200, '\0');
  const auto n = called->read(got.data(), got.size());
  REQUIRE(n);
  got.resize(*n);
  CHECK(got == "[--]\n[me@gw1]\n[argus]\n[serve]\n[--stdio]\nok");
  ::unlink(program.c_str());
  ::rmdir(folder.c_str());
}
