#include "demo/demo_traffic.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "base/address.h"
#include "base/names.h"
#include "base/stream.h"
#include "base/time.h"
#include "capture/open_capture.h"
#include "packet/decode.h"
#include "packet/packet.h"
#include "support/capture_writer.h"

using namespace argus;

namespace {

constexpr std::uint32_t kSnap = 128;

Address address(std::string_view text) { return *parse_address(text); }

// Hands each frame of a demonstration, and what it decodes to, to a function.
template <class Each>
void for_each_packet(const DemoTraffic& traffic, Each each) {
  auto input = InputStream::open(file_of(demo_capture(traffic)));
  REQUIRE(input);
  auto capture = open_capture_file(*std::move(input));
  REQUIRE(capture);
  for (;;) {
    Frame frame;
    const auto more = (*capture)->next(frame);
    if (!more) FAIL(more.error().text);
    if (!*more) break;
    Packet packet;
    if (decode(frame, packet) != DecodeStatus::ok) FAIL("a frame that does not decode");
    each(frame, packet);
  }
  CHECK_FALSE((*capture)->cut_short());
}

std::uint32_t word(const Frame& frame, std::size_t at) {
  return std::to_integer<std::uint32_t>(frame.bytes[at]) << 8 | std::to_integer<std::uint32_t>(frame.bytes[at + 1]);
}

bool is_v4(const Frame& frame) { return word(frame, 12) == 0x0800; }

}  // namespace

TEST_CASE("the same seed makes the same traffic, another seed other traffic") {
  const auto once = demo_capture({});
  CHECK(once == demo_capture({}));
  DemoTraffic other;
  other.seed = 2;
  CHECK(once != demo_capture(other));
}

TEST_CASE("every frame of the demonstration decodes, in order of time, within ten minutes") {
  DemoTraffic traffic;
  traffic.seed = GENERATE(1u, 2u, 3u);
  std::map<Proto, std::uint64_t> packets;
  std::uint64_t frames = 0;
  Nanos before = traffic.start;
  for_each_packet(traffic, [&](const Frame& frame, const Packet& packet) {
    if (frame.time < before) FAIL("a frame before the one before it");
    before = frame.time;
    frames++;
    packets[packet.proto]++;
  });
  CHECK(before < traffic.start + 11 * kMinute);
  CHECK(frames > 20'000);
  CHECK(frames < 60'000);
  for (const Proto proto :
       {kProtoTcp, kProtoUdp, kProtoIcmp, kProtoIcmp6, kProtoIgmp, kProtoArp, kProtoLlc, Proto{0x88cc}})
    CHECK(packets[proto] > 0);
}

TEST_CASE("frames of the demonstration are cut at the snap length and say how long they were") {
  std::uint64_t bad_sum = 0, bad_length = 0, bad_capture = 0, cut = 0;
  for_each_packet({}, [&](const Frame& frame, const Packet&) {
    bad_capture += frame.bytes.size() != std::min(frame.wire_length, kSnap);
    cut += frame.bytes.size() < frame.wire_length;
    if (!is_v4(frame)) return;
    std::uint32_t sum = 0;
    for (std::size_t i = 14; i < 34; i += 2) sum += word(frame, i);
    bad_sum += (sum & 0xffff) + (sum >> 16) != 0xffff;  // RFC 1071
    bad_length += std::max(14 + word(frame, 16), 60u) != frame.wire_length;
  });
  CHECK(bad_sum == 0);
  CHECK(bad_length == 0);
  CHECK(bad_capture == 0);
  CHECK(cut > 5000);
}

TEST_CASE("neighbours of the demonstration find each other by packets that no router passed on") {
  std::uint64_t solicited = 0, routed = 0;
  for_each_packet({}, [&](const Frame&, const Packet& packet) {
    if (packet.proto != kProtoIcmp6 || (packet.icmp_type != 135 && packet.icmp_type != 136)) return;
    solicited++;
    routed += packet.ttl != 255;
  });
  CHECK(solicited > 50);
  CHECK(routed == 0);
}

TEST_CASE("the demonstration speaks only to private and documentation addresses and to groups") {
  std::vector<Prefix> nets;  // RFC 1918, 5737, 3849, 5771
  for (const char* net : {"192.168.1.0/24", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "2001:db8::/32"})
    nets.push_back(*parse_prefix(net));
  std::set<Address> strangers;
  for_each_packet({}, [&](const Frame&, const Packet& packet) {
    for (const Address& end : {packet.src, packet.dst}) {
      const auto holds = [&](const Prefix& net) { return contains(net, end); };
      if (end.family() != Family::mac && std::none_of(nets.begin(), nets.end(), holds)) strangers.insert(end);
    }
  });
  for (const Address& end : strangers) {
    CAPTURE(to_text(end));
    CHECK(false);
  }
}

TEST_CASE("one host is asked by one other for a thousand ports, and nobody else asks for many") {
  std::map<std::pair<Address, Address>, std::set<std::uint16_t>> tried;
  for_each_packet({}, [&](const Frame&, const Packet& packet) {
    if (packet.proto == kProtoTcp && (packet.tcp.flags & (kSyn | kAck)) == kSyn)
      tried[{packet.src, packet.dst}].insert(packet.dport);
  });
  std::vector<std::size_t> counts;
  for (const auto& [pair, ports] : tried) counts.push_back(ports.size());
  std::sort(counts.rbegin(), counts.rend());
  REQUIRE(counts.size() > 100);
  CHECK(counts[0] == 1000);
  CHECK(counts[1] < 5);
}

TEST_CASE("one client talks to the backdoor in every minute, and to nothing else at its address") {
  std::set<Address> clients;
  std::set<Nanos> minutes;
  std::uint64_t other_ports = 0;
  const DemoTraffic traffic;
  for_each_packet(traffic, [&](const Frame& frame, const Packet& packet) {
    if (packet.dst != address("203.0.113.66")) return;
    clients.insert(packet.src);
    minutes.insert((frame.time - traffic.start) / kMinute);
    other_ports += packet.dport != 4444;
  });
  CHECK(clients.size() == 1);
  CHECK(minutes.size() == 10);
  CHECK(other_ports == 0);
}

TEST_CASE("one second of the demonstration has a burst of pings by one client, others have few") {
  std::map<std::pair<Nanos, Address>, unsigned> asked;
  for_each_packet({}, [&](const Frame& frame, const Packet& packet) {
    if (packet.proto == kProtoIcmp && packet.icmp_type == 8) asked[{frame.time / kSecond, packet.src}]++;
  });
  std::map<Address, unsigned> most;
  for (const auto& [when, count] : asked) most[when.second] = std::max(most[when.second], count);
  CHECK(std::count_if(most.begin(), most.end(), [](const auto& m) { return m.second >= 100; }) == 1);
  CHECK(std::count_if(most.begin(), most.end(), [](const auto& m) { return m.second < 10; }) ==
        static_cast<std::ptrdiff_t>(most.size()) - 1);
}

TEST_CASE("one client asks for long names all the time, and the others for short ones") {
  std::map<Address, std::pair<std::uint64_t, std::uint64_t>> asked;  // questions, bytes
  for_each_packet({}, [&](const Frame&, const Packet& packet) {
    if (packet.proto != kProtoUdp || packet.dport != 53) return;
    asked[packet.src].first++;
    asked[packet.src].second += packet.payload_length;
  });
  const auto is_long = [](const auto& of) { return of.second.second / of.second.first > 100; };
  REQUIRE(std::count_if(asked.begin(), asked.end(), is_long) == 1);
  CHECK(std::find_if(asked.begin(), asked.end(), is_long)->second.first > 400);
}

TEST_CASE("https more than doubles in the second half of the demonstration") {
  std::uint64_t first = 0, second = 0;
  const DemoTraffic traffic;
  for_each_packet(traffic, [&](const Frame& frame, const Packet& packet) {
    if (packet.proto != kProtoTcp || packet.sport != 443) return;
    (frame.time < traffic.start + 5 * kMinute ? first : second) += frame.wire_length;
  });
  CHECK(first > 0);
  CHECK(second > 2 * first);
}

TEST_CASE("connections of the demonstration answer a SYN after a round trip, and some segments come twice") {
  using Ends = std::tuple<Address, std::uint16_t, Address, std::uint16_t>;
  std::map<Ends, Nanos> asked;
  std::map<Ends, std::set<std::uint32_t>> seen;
  std::uint64_t answered = 0, too_fast = 0, again = 0, resets = 0, ends = 0;
  for_each_packet({}, [&](const Frame& frame, const Packet& packet) {
    if (packet.proto != kProtoTcp) return;
    const auto flags = packet.tcp.flags;
    const Ends there{packet.src, packet.sport, packet.dst, packet.dport};
    const Ends back{packet.dst, packet.dport, packet.src, packet.sport};
    if ((flags & (kSyn | kAck)) == kSyn) asked[there] = frame.time;
    if ((flags & (kSyn | kAck)) == (kSyn | kAck)) {
      answered++;
      too_fast += !asked.contains(back) || frame.time - asked[back] < 100 * kMicrosecond;
    }
    if (packet.payload_length > 0) again += !seen[there].insert(packet.tcp.seq).second;
    resets += (flags & kRst) != 0;
    ends += (flags & kFin) != 0;
  });
  CHECK(answered > 500);
  CHECK(too_fast == 0);
  CHECK(again > 20);
  CHECK(resets > 1000);
  CHECK(ends > 1000);
}
