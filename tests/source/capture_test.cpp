// Captures as flows: what is accounted for, several captures, damaged ones.
#include <dirent.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "packet/packet.h"
#include "source/inputs.h"
#include "source/open_source.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"
#include "support/packet_builder.h"

using namespace argus;

namespace {

std::uint64_t packets_in(const Pulled& got) {
  std::uint64_t sum = 0;
  for (const Row& row : got.rows) sum += row.number(Field::spkts) + row.number(Field::dpkts);
  return sum;
}
// Every packet is in a flow or has a reason why not.
void check_accounts(const Pulled& got) {
  const std::uint64_t reasons = got.count(LedgerItem::too_short) + got.count(LedgerItem::malformed) +
                                got.count(LedgerItem::bad_link) + got.count(LedgerItem::too_deep);
  CHECK(got.count(LedgerItem::received) == got.count(LedgerItem::metered) + reasons);
  CHECK(packets_in(got) == got.count(LedgerItem::metered));
}
std::string written(const CaptureWriter& capture, const std::string& name = "a.pcap") {
  const std::string path = scratch_folder() + "/" + name;
  write_file(path, capture.bytes());
  return path;
}

}  // namespace

TEST_CASE("every sample frame is in a flow or has a reason why not, also cut anywhere") {
  for (const Sample& sample : sample_frames()) {
    CAPTURE(sample.name);
    CaptureWriter capture({.link = sample.link});
    for (std::size_t size = 0; size <= sample.bytes.size(); size++)
      capture.add(kHour, Bytes(sample.bytes).first(size), static_cast<std::uint32_t>(sample.bytes.size()));
    const Pulled got = pulled({written(capture)});
    CHECK(got.count(LedgerItem::received) == sample.bytes.size() + 1);
    check_accounts(got);
  }
}

TEST_CASE("packets of an unknown link type are counted and named once") {
  CaptureWriter capture({.link = static_cast<LinkType>(147)});
  for (int i = 0; i < 3; i++) capture.add(kHour, bytes_of("whatever it is that users put here"));
  const Pulled got = pulled({written(capture)});
  CHECK(got.rows.empty());
  CHECK((got.count(LedgerItem::bad_link) == 3 && got.count(LedgerItem::received) == 3));
  REQUIRE(got.problems.size() == 1);
  CHECK(got.problems[0].code == Errc::unsupported);
  CHECK(got.said("link type 147 is not decoded; 3 packets left out"));
}

TEST_CASE("captures that follow each other are one piece of traffic") {
  const std::string a = written(udp_capture(kHour, 3)),
                    b = written(udp_capture(kHour + 3 * kSecond, 4, {.pcapng = true}));
  const Pulled got = pulled({a, b});
  REQUIRE(got.rows.size() == 1);
  CHECK(got.rows[0].number(Field::spkts) == 7);
  CHECK(got.count(LedgerItem::received) == 7);
}

TEST_CASE("a capture that goes far back in time is other traffic") {
  const std::string late = written(udp_capture(10 * kHour, 3)), early = written(udp_capture(kHour, 4));
  const Pulled got = pulled({late, early});
  REQUIRE(got.rows.size() == 2);
  CHECK((got.rows[0].number(Field::spkts) == 3 && got.rows[1].number(Field::spkts) == 4));
  check_accounts(got);
}

TEST_CASE("a capture cut anywhere gives the packets before the cut and says so") {
  for (const bool ng : {false, true}) {
    const auto bytes = udp_capture(kHour, 4, {.pcapng = ng}).bytes();
    const auto head = udp_capture(kHour, 0, {.pcapng = ng}).bytes().size();
    const std::size_t each = (bytes.size() - head) / 4;
    for (std::size_t size = head; size < bytes.size(); size++) {
      const std::string path = scratch_folder() + "/a";
      write_file(path, Bytes(bytes).first(size));
      const Pulled got = pulled({path});
      CAPTURE(ng, size);
      CHECK(packets_in(got) == (size - head) / each);
      check_accounts(got);
      if ((size - head) % each != 0) CHECK_FALSE(got.problems.empty());
      else CHECK(got.problems.empty());
    }
  }
}

TEST_CASE("a second capture that is not one is told, the traffic goes on after it") {
  const std::string a = written(udp_capture(kHour, 3)), b = written(udp_capture(kHour + 3 * kSecond, 4));
  const std::string bad = scratch_folder() + "/bad.pcap";
  write_file(bad, Bytes(udp_capture(kHour, 1).bytes()).first(10));
  const Pulled got = pulled({a, bad, b});
  REQUIRE(got.rows.size() == 1);
  CHECK(got.rows[0].number(Field::spkts) == 7);
  CHECK(got.problems.size() == 1);
}

TEST_CASE("an empty capture is no flows and no problem") {
  const Pulled got = pulled({written(udp_capture(kHour, 0))});
  CHECK((got.rows.empty() && got.problems.empty() && got.ledger.empty()));
}

TEST_CASE("evictions and time that goes back stand in the ledger") {
  CaptureWriter capture;
  for (unsigned i = 0; i < 20; i++)
    capture.add(
        kHour + i,
        PacketBuilder().ethernet().ip4("10.0.0.1", "10.0.0.2").udp(static_cast<std::uint16_t>(5000 + i), 53).bytes());
  capture.add(kHour - 5 * kSecond, PacketBuilder().ethernet().ip4("10.0.0.1", "10.0.0.2").udp(1, 2).bytes());
  SourceOptions options;
  options.meter.flows_max = 5;
  options.meter.sensor = "north";
  const Pulled got = pulled({written(capture)}, options);
  CHECK((got.count(LedgerItem::evicted) == 16 && got.count(LedgerItem::time_back) == 1));
  check_accounts(got);
}

TEST_CASE("every packet of every real capture is in a flow or has a reason why not") {
  const std::string folder = captures_folder();
  if (folder.empty()) {
    WARN("no captures: set ARGUS_CAPTURES");
    return;
  }
  std::vector<std::string> paths;
  const auto walk = [&](auto&& self, const std::string& in) -> void {
    DIR* dir = ::opendir(in.c_str());
    if (dir == nullptr) return;
    while (const dirent* entry = ::readdir(dir)) {
      const std::string name = entry->d_name;
      if (name[0] == '.') continue;
      if (entry->d_type == DT_DIR) self(self, in + "/" + name);
      else if (name.find("cap") != std::string::npos) paths.push_back(in + "/" + name);
    }
    ::closedir(dir);
  };
  walk(walk, folder);
  std::sort(paths.begin(), paths.end());
  unsigned read = 0;
  for (const std::string& path : paths) {
    auto source = open_source({path}, {});
    if (!source) continue;
    CAPTURE(path);
    check_accounts(pulled(**source));
    read++;
  }
  CHECK(read > 0);
}
