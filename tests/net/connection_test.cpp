#include "net/connection.h"

#include <catch2/catch.hpp>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "net/admission.h"
#include "net/keys.h"
#include "net/server.h"
#include "net/tls.h"
#include "support/bytes.h"

using namespace argus;

namespace {

struct Log {
  std::string heard;
  unsigned sessions = 0;
};

// Asks for a word of three letters, answers once and is done.
class Echo final : public Session {
 public:
  explicit Echo(Log& log) : log_(log) { log_.sessions++; }
  Result<> receive(Bytes bytes) override {
    log_.heard.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (log_.heard.size() > 3) return fail(Errc::corrupt, "too long");
    return {};
  }
  bool has_asked() const override { return log_.heard.size() >= 3; }
  void refuse(const std::string& why) override { answer_ = why; }
  Pulled pull(Nanos, std::vector<std::byte>& out) override {
    if (!has_asked()) return Pulled::more;
    const auto bytes = std::as_bytes(std::span(answer_));
    out.insert(out.end(), bytes.begin(), bytes.end());
    return Pulled::last;
  }

 private:
  Log& log_;
  std::string answer_ = std::string(200'000, 'a');
};

struct Fixture {
  Log log;
  NetLimits limits;
  std::vector<ReaderKey> keys;
  std::unique_ptr<Connection> open(bool encrypted) {
    Connection::Setup setup;
    setup.peer = "192.0.2.1 port 9";
    setup.encrypted = encrypted;
    setup.find = [this](std::string_view name) -> const ReaderKey* {
      for (const ReaderKey& key : keys)
        if (key.key.name == name) return &key;
      return nullptr;
    };
    setup.make = [this](const Peer&) { return std::make_unique<Echo>(log); };
    setup.limits = &limits;
    auto out = Connection::open(std::move(setup));
    REQUIRE(out);
    return *std::move(out);
  }
};

}  // namespace

TEST_CASE("a trusted connection is a stranger until it has asked, and over when all is said") {
  Fixture f;
  auto one = f.open(false);
  CHECK(one->is_stranger());
  CHECK(one->outgoing(0).empty());
  one->receive(bytes_of("ab"), 1);
  CHECK(one->is_stranger());
  one->receive(bytes_of("c"), 2);
  CHECK_FALSE(one->is_stranger());
  std::size_t got = 0;
  while (!one->is_over()) {
    const std::size_t n = std::min<std::size_t>(one->outgoing(3).size(), 1000);
    got += n;
    one->sent(n, 3);
  }
  CHECK(got == 200'000);
  CHECK(one->why().empty());
}

TEST_CASE("whoever has the key is served through the encryption") {
  Fixture f;
  const SharedKey key = *make_key("laptop");
  f.keys = {{key, "tcp"}};
  auto one = f.open(true);
  Tls client = *Tls::client(key);
  std::vector<std::byte> got;
  bool asked = false;
  for (int round = 0; round < 100 && !one->is_over(); round++) {
    one->receive(client.outgoing(), 1);
    const Bytes bytes = one->outgoing(1);
    const std::vector<std::byte> wire(bytes.begin(), bytes.end());
    one->sent(wire.size(), 1);
    REQUIRE(client.receive(wire, got));
    if (client.is_open() && !asked) REQUIRE(client.send(bytes_of("abc")));
    asked = client.is_open();
  }
  CHECK(one->is_over());
  CHECK(got.size() == 200'000);
  CHECK(client.is_closed());
  CHECK(one->peer().key == "laptop");
  CHECK(one->peer().filter == "tcp");
}

TEST_CASE("nothing reaches a session before the handshake, however it comes") {
  Fixture f;
  f.keys = {{*make_key("laptop"), ""}};
  for (const SharedKey& key : {*make_key("laptop"), *make_key("desk")}) {
    auto one = f.open(true);
    Tls client = *Tls::client(key);
    one->receive(client.outgoing(), 1);
    CHECK(one->is_over());
    CHECK(one->failed_handshake());
    CHECK_FALSE(one->outgoing(1).empty());  // the alert
  }
  auto drop_by_drop = f.open(true);
  const auto garbage = bytes_of(std::string(10'000, 'x'));
  for (std::size_t i = 0; i < garbage.size() && !drop_by_drop->is_over(); i++)
    drop_by_drop->receive(Bytes(garbage).subspan(i, 1), 1);
  CHECK(drop_by_drop->failed_handshake());
  CHECK(f.log.sessions == 0);
}

TEST_CASE("silent and slow ones are closed in time") {
  Fixture f;
  for (const bool encrypted : {false, true}) {
    auto one = f.open(encrypted);
    one->tick(f.limits.stranger_time);
    CHECK_FALSE(one->is_over());
    one->tick(f.limits.stranger_time + 1);
    CHECK(one->is_over());
  }
  auto stalled = f.open(false);
  stalled->receive(bytes_of("abc"), 1);
  CHECK(stalled->outgoing(1).size() == 200'000);
  stalled->sent(10, kSecond);
  stalled->tick(f.limits.stalled_time + kSecond);
  CHECK_FALSE(stalled->is_over());
  stalled->tick(f.limits.stalled_time + kSecond + 1);
  CHECK(stalled->is_over());
}

TEST_CASE("calls are taken at a pace, a few at once") {
  Pace pace(100);
  const auto taken_at = [&](Nanos now) {
    int out = 0;
    for (; pace.is_ready(now) && out < 1000; out++) pace.take(now);
    return out;
  };
  CHECK(taken_at(kSecond) == 11);
  CHECK(taken_at(kSecond + kMillisecond) == 0);
  int later = 0;
  for (Nanos now = kSecond; now < 3 * kSecond; now += 100 * kMillisecond) later += taken_at(now);
  CHECK(later == 190);
}

TEST_CASE("who has said the first words of a key has shown it, who guesses its name has not") {
  Fixture f;
  const SharedKey key = *make_key("laptop");
  f.keys = {{key, ""}};
  auto one = f.open(true);
  CHECK_FALSE(one->has_shown_key());
  Tls client = *Tls::client(key);
  const auto hello = client.outgoing();
  one->receive(Bytes(hello).first(hello.size() - 1), 1);
  CHECK_FALSE(one->has_shown_key());
  one->receive(Bytes(hello).last(1), 1);
  CHECK(one->has_shown_key());
  CHECK(one->is_stranger());
  auto other = f.open(true);
  other->receive(Tls::client(*make_key("laptop"))->outgoing(), 1);
  CHECK_FALSE(other->has_shown_key());
}

TEST_CASE("complaints are limited, and what was held back is counted") {
  std::vector<std::string> said;
  Complaints complaints([&](const std::string& text) { said.push_back(text); });
  for (unsigned n = 0; n < 100; n++) complaints.complain(Complaints::Kind::handshake, "failed", kSecond);
  complaints.complain(Complaints::Kind::stalled, "stalled", kSecond);
  CHECK(said.size() == 11);
  complaints.tick(kSecond + kMinute);
  REQUIRE(said.size() == 12);
  CHECK(said.back() == "90 more connections without the right key in a minute");
}
