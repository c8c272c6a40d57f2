// What a stranger sends, in pieces of any size, with or without encryption: no session hears a byte before its
// handshake, limits hold, and the connection ends. The first byte chooses, then a byte of length before each piece;
// length 255 lets time go by.
#include <cstdlib>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "net/connection.h"
#include "net/keys.h"
#include "net/server.h"
#include "source/inputs.h"

using namespace argus;

namespace {

// Wants one byte, says one thousand.
class Talk final : public Session {
 public:
  Result<> receive(Bytes bytes) override {
    heard_ += bytes.size();
    if (heard_ > 1000) return fail(Errc::limit, "too much");
    return {};
  }
  bool has_asked() const override { return heard_ != 0; }
  void refuse(const std::string&) override {}
  Pulled pull(Nanos, std::vector<std::byte>& out) override {
    if (heard_ == 0) return Pulled::more;
    out.resize(out.size() + 1000);
    return Pulled::last;
  }

 private:
  std::size_t heard_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const NetLimits limits;
  bool made = false;
  ReaderKey reader;
  reader.key.name = "laptop";
  Connection::Setup setup;
  setup.encrypted = (data[0] & 1) != 0;
  setup.find = [&](std::string_view name) { return name == reader.key.name ? &reader : nullptr; };
  setup.make = [&](const Peer&) {
    made = true;
    return std::make_unique<Talk>();
  };
  setup.limits = &limits;
  const bool encrypted = setup.encrypted;
  auto connection = Connection::open(std::move(setup));
  if (!connection) std::abort();
  Connection& one = **connection;
  ByteReader in(std::as_bytes(std::span(data + 1, size - 1)));
  Nanos now = 0;
  while (in.left() != 0 && !one.is_over()) {
    const std::uint8_t length = in.u8();
    if (length == 255) {
      now += kSecond;
      one.tick(now);
      continue;
    }
    one.receive(in.take(std::min<std::size_t>(length, in.left())), now);
    const Bytes bytes = one.outgoing(now);
    one.sent(bytes.size(), now);
  }
  // The fuzzer knows no key exchange: whatever it says, it is a stranger.
  if (encrypted && made) std::abort();
  one.tick(now + limits.stranger_time + 1);
  one.tick(now + limits.stalled_time + 1);
  if (one.is_stranger() && !one.is_over()) std::abort();
  return 0;
}
