#include "source/live.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <map>

#include "base/hash.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "support/flow_builder.h"

namespace argus {

namespace {

LiveOptions on(std::vector<std::string> interfaces) {
  LiveOptions out;
  out.interfaces = std::move(interfaces);
  out.buffer = 4u << 20;
  out.meter.hash_key = random_hash_key();
  out.meter.sensor = "here";
  return out;
}

// The loopback interface, or nothing where this user may not capture.
std::unique_ptr<LiveSource> loopback(LiveOptions options = on({"lo"})) {
  auto source = open_live(options);
  if (source) return *std::move(source);
  INFO(source.error().text);
  REQUIRE(source.error().text.find("not permitted") != std::string::npos);
  WARN("skipped: no right to capture");
  return nullptr;
}

// UDP to `port`, where nobody listens, from port `from`, or one that is free.
std::uint16_t send_more(std::uint16_t from, std::uint16_t port, int count) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  own.sin_port = htons(from);
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0);
  sockaddr_in to = own;
  to.sin_port = htons(port);
  for (int i = 0; i < count; i++)
    REQUIRE(::sendto(fd, "hello", 5, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 5);
  socklen_t length = sizeof own;
  REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &length) == 0);
  ::close(fd);
  return ntohs(own.sin_port);
}
std::uint16_t send_some(std::uint16_t port, int count) { return send_more(0, port, count); }

struct Seen {
  std::uint64_t packets = 0, bytes = 0, others = 0;
};

Seen flow_between(const Batch& batch, std::uint16_t sport, std::uint16_t dport) {
  Seen out;
  for (std::size_t i = 0; i < batch.rows(); i++) {
    const bool ours = batch[Field::sport].has(i) && batch[Field::sport].at<std::uint16_t>(i) == sport &&
                      batch[Field::dport].has(i) && batch[Field::dport].at<std::uint16_t>(i) == dport;
    if (!ours) {
      out.others++;
      continue;
    }
    out.packets += batch[Field::spkts].at<std::uint64_t>(i);
    out.bytes += batch[Field::sbytes].at<std::uint64_t>(i);
  }
  return out;
}

Needs everything() {
  Needs out;
  out.fields = FieldSet::all_stored();
  return out;
}

}  // namespace

TEST_CASE("packets of an interface become flows, and all are accounted for") {
  const auto source = loopback();
  if (!source) return;
  std::atomic<bool> stop = false;
  Resources resources;
  resources.stop = &stop;
  REQUIRE(source->bind(everything(), resources));
  CHECK(source->header().live);
  CHECK(source->describe().find("lo, Ethernet, ring 4 MiB, 256 bytes per packet") == 0);
  const std::uint16_t sport = send_some(9, 20);
  Seen seen;
  Journal journal;
  bool ticked = false;
  for (int turns = 0; turns < 1000; turns++) {
    Batch batch;
    const auto step = source->next(batch);
    REQUIRE(step);
    source->drain(journal);
    if (*step == Step::end) break;
    if (*step == Step::tick && !std::exchange(ticked, true)) stop = true;
    const Seen here = flow_between(batch, sport, 9);
    seen.packets += here.packets, seen.bytes += here.bytes;
  }
  CHECK(ticked);
  CHECK(seen.packets == 20);
  CHECK(seen.bytes == 20 * (14 + 20 + 8 + 5));
  std::map<LedgerItem, std::uint64_t> ledger;
  for (const LedgerEntry& entry : journal.entries()) {
    CHECK(entry.sensor == "here");
    ledger[entry.item] += entry.count;
  }
  CHECK(ledger[LedgerItem::received] >= 20);
  CHECK(ledger[LedgerItem::received] == ledger[LedgerItem::metered] + source->counts().undecoded +
                                            ledger[LedgerItem::kernel_dropped] + ledger[LedgerItem::interface_dropped]);
  CHECK(source->counts().flows == 0);
}

TEST_CASE("ticks are given in place of records, each second, also when it ends") {
  LiveOptions options = on({"lo"});
  options.ticks = true;
  const auto source = loopback(options);
  if (!source) return;
  std::atomic<bool> stop = false;
  Resources resources;
  resources.stop = &stop;
  REQUIRE(source->bind(everything(), resources));
  CHECK(source->header().ticks);
  const std::uint16_t sport = send_some(9, 20);
  Seen seen;
  Journal journal;
  for (int turns = 0, batches = 0; turns < 1000; turns++) {
    Batch batch;
    const auto step = source->next(batch);
    REQUIRE(step);
    source->drain(journal);
    if (*step == Step::end) break;
    const Seen here = flow_between(batch, sport, 9);
    seen.packets += here.packets, seen.bytes += here.bytes;
    if (here.packets == 0) continue;
    if (++batches == 1) send_more(sport, 9, 5);
    else stop = true;
  }
  CHECK(seen.packets == 25);
  CHECK(seen.bytes == 25 * (14 + 20 + 8 + 5));
  CHECK_FALSE(journal.empty());
}

TEST_CASE("ticks are given beside the records as long as somebody wants them") {
  const auto source = loopback();
  if (!source) return;
  bool wanted = false;
  Seen ticks, records;
  std::uint16_t sport = 1;
  source->give_ticks_to({[&] { return wanted; },
                         [&](const Batch& batch) -> Result<> {
                           const Seen here = flow_between(batch, sport, 9);
                           ticks.packets += here.packets, ticks.bytes += here.bytes;
                           return {};
                         }});
  std::atomic<bool> stop = false;
  Resources resources;
  resources.stop = &stop;
  REQUIRE(source->bind(everything(), resources));
  sport = send_some(9, 3);
  for (int turns = 0, steps = 0; turns < 1000; turns++) {
    Batch batch;
    const auto step = source->next(batch);
    REQUIRE(step);
    if (*step == Step::end) break;
    records.packets += flow_between(batch, sport, 9).packets;
    if (*step != Step::tick) continue;
    steps++;
    if (steps == 2) wanted = true;  // the three packets are in flows by now
    if (steps == 4) send_more(sport, 9, 7);
    if (ticks.packets != 0 && wanted) wanted = false, steps = 10;
    if (steps == 12) send_more(sport, 9, 2);
    if (steps == 14) stop = true;
  }
  CHECK(ticks.packets == 7);
  CHECK(records.packets == 12);
}

TEST_CASE("a filter of the kernel keeps packets from being seen") {
  LiveOptions options = on({"lo"});
  options.kernel_filter = "udp and dst port 10";
  const auto source = loopback(options);
  if (!source) return;
  std::atomic<bool> stop = true;
  Resources resources;
  resources.stop = &stop;
  REQUIRE(source->bind(everything(), resources));
  (void)send_some(9, 5);
  const std::uint16_t sport = send_some(10, 7);
  Batch batch;
  const auto step = source->next(batch);
  REQUIRE(step);
  CHECK(flow_between(batch, sport, 10).packets == 7);
  CHECK(flow_between(batch, sport, 10).others == 0);
}

TEST_CASE("what cannot be opened says what there is") {
  const auto none = open_live(on({"nosuch0"}));
  REQUIRE_FALSE(none);
  CHECK(none.error().text.find("there is no interface 'nosuch0'") == 0);
  CHECK(none.error().hint.find("lo") != std::string::npos);
  CHECK(none.error().code == Errc::io);
  const auto hostile = open_live(on({"a\nb"}));
  REQUIRE_FALSE(hostile);
  CHECK(hostile.error().text.find("a\\x0ab") != std::string::npos);
  LiveOptions bad = on({"lo"});
  bad.kernel_filter = "udp and and";
  const auto filter = open_live(bad);
  REQUIRE_FALSE(filter);
  const bool permitted = filter.error().text.find("not permitted") == std::string::npos;
  if (permitted) CHECK(filter.error().code == Errc::usage);
}

}  // namespace argus
