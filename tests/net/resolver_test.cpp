#include "net/resolver.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/time.h"
#include "support/name_server.h"

using namespace argus;

namespace {

constexpr Nanos kLong = 20 * kSecond;  // nothing here takes so long

std::vector<Address> addresses(const std::vector<std::string>& texts) {
  std::vector<Address> out;
  for (const std::string& text : texts) out.push_back(*parse_address(text));
  return out;
}

struct Found {
  std::map<std::string, std::string> names;  // by address
  std::size_t unanswered = 0;
};
Found found(const std::string& server, const std::vector<Address>& asked, Nanos wait = kLong,
            const std::atomic<bool>* stop = nullptr) {
  auto resolver = Resolver::open(server);
  REQUIRE(resolver);
  Found out;
  out.unanswered = resolver->look_up(
      asked, wait, stop, [&](const Address& address, std::string_view name) { out.names[to_text(address)] = name; });
  return out;
}

}  // namespace

TEST_CASE("addresses of both families are asked for by their names in the tree") {
  NameServer server([](const std::string& asked) -> std::vector<std::string> {
    if (asked == "9.2.0.192.in-addr.arpa") return {"gate", "example", "org"};
    if (asked == "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa") return {"six", "example"};
    return {};
  });
  const Found got = found(server.address(), addresses({"192.0.2.9", "2001:db8::1", "192.0.2.10"}));
  CHECK(got.unanswered == 0);
  CHECK(got.names == std::map<std::string, std::string>{
                         {"192.0.2.9", "gate.example.org"}, {"2001:db8::1", "six.example"}, {"192.0.2.10", ""}});
}

TEST_CASE("more addresses than are asked for at a time all have their answers") {
  NameServer server([](const std::string& asked) -> std::vector<std::string> { return {"of-" + asked.substr(0, 3)}; });
  std::vector<Address> asked;
  for (int i = 1; i < 250; i++) asked.push_back(*parse_address("198.51.100." + std::to_string(i)));
  const Found got = found(server.address(), asked);
  CHECK(got.unanswered == 0);
  CHECK(got.names.size() == asked.size());
  CHECK(got.names.at("198.51.100.200") == "of-200");
}

TEST_CASE("what a stranger calls an address may be refused, and breaks nothing") {
  NameServer server([](const std::string& asked) -> std::vector<std::string> {
    if (asked.starts_with("1.")) return {"a\x1b[2J", "b c"};
    if (asked.starts_with("2."))
      return {std::string(63, 'x'), std::string(63, 'y'), std::string(63, 'z'), std::string(61, 'w')};
    return {std::string("\0", 1)};
  });
  const Found got = found(server.address(), addresses({"192.0.2.1", "192.0.2.2", "192.0.2.3"}));
  for (const auto& [address, name] : got.names) CHECK(name.size() < 256);
}

TEST_CASE("a server that does not answer is not waited for longer than is said") {
  NameServer silent({}, false);
  const auto began = std::chrono::steady_clock::now();
  const Found got = found(silent.address(), addresses({"192.0.2.1", "192.0.2.2"}), 150 * kMillisecond);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
  CHECK(got.unanswered == 2);
  CHECK(got.names.empty());
  CHECK(silent.questions() >= 1);
}

TEST_CASE("an interrupt ends the wait") {
  NameServer silent({}, false);
  const std::atomic<bool> stop = true;
  const auto began = std::chrono::steady_clock::now();
  CHECK(found(silent.address(), addresses({"192.0.2.1"}), kLong, &stop).unanswered == 1);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
}

TEST_CASE("where no server is, nothing is answered and nothing waited for") {
  const auto began = std::chrono::steady_clock::now();
  CHECK(found(deaf_address(), addresses({"192.0.2.1", "192.0.2.2", "2001:db8::1"})).unanswered == 3);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(10));
}

TEST_CASE("nobody is asked about addresses that no host has") {
  NameServer server([](const std::string&) -> std::vector<std::string> { return {"wrong"}; });
  const Found got =
      found(server.address(),
            addresses({"00:00:5e:00:53:01", "224.0.0.251", "255.255.255.255", "0.0.0.0", "::", "ff02::fb"}));
  CHECK(got.unanswered == 0);
  CHECK(got.names.size() == 6);
  for (const auto& [address, name] : got.names) CHECK(name.empty());
  CHECK(server.questions() == 0);
}

TEST_CASE("a server is an address, with a port or without") {
  for (const char* good : {"", "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:53"})
    CHECK(Resolver::open(good));
  for (const char* bad : {"resolver.example", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:x", "[::1",
                          "[::1]5", "00:00:5e:00:53:01", "1.2.3.4,5.6.7.8", " "}) {
    const auto opened = Resolver::open(bad);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == Errc::usage);
  }
}
