#include "source/collect.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <deque>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "support/flow_builder.h"
#include "support/scratch_folder.h"

using namespace argus;

namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET, out.sin_port = htons(port), out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

std::uint16_t free_port() {
  const File probe(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "probe");
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  REQUIRE(::bind(probe.fd(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
  REQUIRE(::getsockname(probe.fd(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  return ntohs(address.sin_port);
}

void send_to(std::uint16_t port, const ByteWriter& message) {
  const File socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "sender");
  const sockaddr_in address = loopback(port);
  const auto sent = ::sendto(socket.fd(), message.view().data(), message.size(), 0,
                             reinterpret_cast<const sockaddr*>(&address), sizeof address);
  REQUIRE(sent == static_cast<ssize_t>(message.size()));
}

// A template of one counter, or a record of it.
ByteWriter ipfix(bool is_template, std::uint32_t sequence, std::uint32_t value) {
  ByteWriter out;
  out.be<std::uint16_t>(10), out.be<std::uint16_t>(is_template ? 28 : 24);
  out.be<std::uint32_t>(1'700'000'000), out.be(sequence), out.be<std::uint32_t>(1);
  if (is_template) {
    for (const int word : {2, 12, 256, 1, 2, 4}) out.be(static_cast<std::uint16_t>(word));
  } else {
    for (const int word : {256, 8}) out.be(static_cast<std::uint16_t>(word));
    out.be(value);
  }
  return out;
}

// Packets of the rows that come until there are so many.
std::uint64_t packets_of(Source& source, std::size_t rows) {
  std::uint64_t sum = 0;
  const Nanos begun = steady_now();
  for (std::size_t n = 0; n < rows && steady_now() - begun < 20 * kSecond;) {
    Batch batch;
    const auto step = source.next(batch);
    REQUIRE(step);
    if (*step == Step::end) break;
    n += batch.rows();
    for (std::size_t row = 0; row < batch.rows(); row++) sum += batch[Field::spkts].at<std::uint64_t>(row);
  }
  return sum;
}

// Rows of one packet each, then ticks, until it is told to end.
class Ticking final : public Source {
 public:
  explicit Ticking(std::size_t rows) : rows_(rows) {}
  Result<> bind(const Needs&, const Resources& resources) override {
    stop_ = resources.stop;
    return {};
  }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override {
    if (*stop_ && rows_ == 0) return Step::end;
    if (rows_ == 0) return Step::tick;
    rows_--;
    out = Batch(1);
    out.set(Field::spkts, Column::constant(std::uint64_t{1}));
    return Step::rows;
  }
  void drain(Journal& out) override { out.add({"", 0, 0, LedgerItem::datagrams, std::exchange(told_, 0)}); }
  std::vector<Error> problems() const override { return {}; }

 private:
  std::size_t rows_;
  std::uint64_t told_ = 1;
  StreamHeader header_;
  const std::atomic<bool>* stop_ = nullptr;
};

}  // namespace

TEST_CASE("flows come from a socket, and templates outlive the source that learned them") {
  const ScratchFolder folder;
  const std::uint16_t port = free_port();
  CollectOptions options;
  options.addresses = {"udp://127.0.0.1:" + std::to_string(port)};
  options.state_folder = folder.file("state");
  for (const bool first : {true, false}) {
    std::atomic<bool> stop = false;
    auto source = open_collected(options);
    REQUIRE(source);
    Resources resources;
    resources.stop = &stop;
    REQUIRE((*source)->bind({}, resources));
    if (first) send_to(port, ipfix(true, 0, 0));
    send_to(port, ipfix(false, first ? 0 : 1, 7));
    CHECK(packets_of(**source, 1) == 7);
    CHECK((*source)->counting()->counts().packets == (first ? 2 : 1));
    stop = true;
    CHECK(packets_of(**source, 1) == 0);
    Journal journal;
    (*source)->drain(journal);
    for (const LedgerEntry& entry : journal.entries()) CHECK(entry.item == LedgerItem::datagrams);
  }
}

TEST_CASE("what the kernel drops is told to the last datagram, whether others come after it or not") {
  const std::uint16_t port = free_port();
  std::atomic<bool> stop = false;
  CollectOptions options;
  options.addresses = {"udp://127.0.0.1:" + std::to_string(port)};
  options.buffer = 1;  // the least that the kernel grants: a few datagrams
  auto source = open_collected(options);
  REQUIRE(source);
  Resources resources;
  resources.stop = &stop;
  REQUIRE((*source)->bind({}, resources));
  constexpr std::uint32_t kSent = 500;
  send_to(port, ipfix(true, 0, 0));
  // The first two are told by ticks, and again with what comes next; nothing comes after the last one.
  for (int flood = 0; flood < 3; flood++) {
    for (std::uint32_t n = 0; n < kSent; n++) send_to(port, ipfix(false, n, 7));
    if (flood < 2) CHECK(packets_of(**source, 1) != 0);
  }
  stop = true;
  (void)packets_of(**source, SIZE_MAX);
  Journal journal;
  (*source)->drain(journal);
  std::uint64_t read = 0, dropped = 0;
  for (const LedgerEntry& entry : journal.entries()) {
    if (entry.item == LedgerItem::datagrams) read += entry.count;
    if (entry.item == LedgerItem::kernel_dropped) dropped += entry.count;
  }
  CHECK(dropped > kSent);
  CHECK(read + dropped == 3 * kSent + 1);
  CHECK((*source)->counting()->counts().kernel_dropped == dropped);
}

TEST_CASE("an address that is in use, or none, is an error that says so") {
  CollectOptions options;
  options.addresses = {"udp://127.0.0.1:" + std::to_string(free_port())};
  const auto first = open_collected(options);
  REQUIRE(first);
  const auto second = open_collected(options);
  REQUIRE_FALSE(second);
  CHECK(second.error().text.find("another program collects there") != std::string::npos);
  for (const char* wrong :
       {"127.0.0.1:2055", "udp://", "udp://127.0.0.1", "udp://127.0.0.1:99999", "udp://:", "udp://[::1"}) {
    CAPTURE(wrong);
    options.addresses = {wrong};
    const auto none = open_collected(options);
    REQUIRE_FALSE(none);
    CHECK(none.error().code == Errc::usage);
  }
}

TEST_CASE("two live sources give the rows and ledgers of both, to the end") {
  std::atomic<bool> stop = false;
  const SourcePtr both = read_beside(std::make_unique<Ticking>(3), std::make_unique<Ticking>(1000));
  Resources resources;
  resources.stop = &stop;
  REQUIRE(both->bind({}, resources));
  std::uint64_t sum = packets_of(*both, 3);
  stop = true;
  sum += packets_of(*both, 2000);
  CHECK(sum == 1003);
  Journal journal;
  both->drain(journal);
  CHECK(journal.entries().size() == 2);
}
