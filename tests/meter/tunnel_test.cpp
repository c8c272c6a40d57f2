// Flows of packets in tunnels: what tells them apart, what their records say, and fragments on either side of the
// tunnel.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "flow/events.h"
#include "flow/field.h"
#include "meter/meter.h"
#include "meter/traffic.h"
#include "packet/packet.h"
#include "support/flow_builder.h"
#include "support/packet_builder.h"

using namespace argus;

namespace {

PacketBuilder out(const Ip4Fields& fields = {}) { return ip("192.0.2.1", "192.0.2.2", fields); }
PacketBuilder in(const Ip4Fields& fields = {}) { return ip("192.0.2.2", "192.0.2.1", fields); }
PacketBuilder query(PacketBuilder around) { return around.ip4("10.0.0.1", "10.0.0.2").udp(1000, 53).payload(8); }
PacketBuilder answer(PacketBuilder around) { return around.ip4("10.0.0.2", "10.0.0.1").udp(53, 1000).payload(80); }

const std::vector<Field> kOfTunnels = {Field::tunnel, Field::stunid, Field::dtunid, Field::osaddr,
                                       Field::odaddr, Field::osport, Field::odport, Field::vni};

// A datagram in pieces of the IP packet around it, in the order of `order`.
struct Piece {
  std::size_t from, size;
};
std::vector<std::vector<std::byte>> pieces_of(const PacketBuilder& whole, std::size_t ip_at,
                                              const std::vector<Piece>& pieces) {
  const auto bytes = whole.bytes();
  std::vector<std::vector<std::byte>> frames;
  for (const Piece& piece : pieces) {
    const std::size_t begin = ip_at + 20 + piece.from, size = std::min(piece.size, bytes.size() - begin);
    std::vector<std::byte> frame(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(ip_at + 20));
    frame.insert(frame.end(), bytes.begin() + static_cast<std::ptrdiff_t>(begin),
                 bytes.begin() + static_cast<std::ptrdiff_t>(begin + size));
    const bool more = begin + size < bytes.size();
    const auto put = [&](std::size_t at, std::size_t value) {
      frame[ip_at + at] = static_cast<std::byte>(value >> 8);
      frame[ip_at + at + 1] = static_cast<std::byte>(value);
    };
    put(2, 20 + size);
    put(6, piece.from / 8 | (more ? 0x2000u : 0u));
    frames.push_back(std::move(frame));
  }
  return frames;
}

PacketBuilder frame_with(const std::vector<std::byte>& bytes) { return PacketBuilder().raw(Bytes(bytes)); }

}  // namespace

TEST_CASE("a flow in a tunnel carries the tunnel's ends, kind and ids, each on the side of its end") {
  Traffic traffic;
  traffic.at(0, query(out().vxlan(5001, 40001).ethernet())).at(10, answer(in().vxlan(5001, 50001).ethernet()));
  const Row row = traffic.only();
  CHECK((is(row, Field::spkts, 1) && is(row, Field::dpkts, 1) && is(row, Field::dport, 53)));
  CHECK((is(row, Field::tunnel, Tunnel::vxlan) && is(row, Field::stunid, 5001) && is(row, Field::dtunid, 5001)));
  CHECK((is_address(row, Field::saddr, "10.0.0.1") && is_address(row, Field::osaddr, "192.0.2.1")));
  CHECK((is_address(row, Field::daddr, "10.0.0.2") && is_address(row, Field::odaddr, "192.0.2.2")));
  CHECK((is(row, Field::osport, 40001) && is(row, Field::odport, 4789)));
  CHECK((is(row, Field::senc, kEncEthernet | kEncVxlan) && is(row, Field::denc, kEncEthernet | kEncVxlan)));
  CHECK(is(row, Field::sbytes, query(out().vxlan(5001).ethernet()).bytes().size()));
}

TEST_CASE("who answered first still has the tunnel's end of its side") {
  Traffic traffic;
  const auto segment = [](PacketBuilder around, bool back, std::uint8_t flags) {
    return back ? around.ip4("10.0.0.2", "10.0.0.1").tcp(80, 40000, {.seq = 500, .ack = 2, .flags = flags})
                : around.ip4("10.0.0.1", "10.0.0.2").tcp(40000, 80, {.flags = flags});
  };
  traffic.at(0, segment(in().gre({.key = 7}), true, kSyn | kAck)).at(10, segment(out().gre({.key = 7}), false, kSyn));
  const Row row = traffic.only();
  CHECK((is_address(row, Field::saddr, "10.0.0.1") && is_address(row, Field::osaddr, "192.0.2.1")));
  CHECK((is_address(row, Field::odaddr, "192.0.2.2") && is(row, Field::stunid, 7) && !row.has(Field::osport)));
}

TEST_CASE("the same addresses in another virtual network, in another kind of tunnel and in none are other flows") {
  Traffic traffic;
  traffic.at(0, query(out().vxlan(1).ethernet())).at(1, query(out().vxlan(2).ethernet()));
  traffic.at(2, query(out().geneve(1).ethernet())).at(3, query(PacketBuilder().ethernet()));
  traffic.at(4, answer(in().vxlan(2).ethernet())).at(5, answer(PacketBuilder().ethernet()));
  const auto rows = traffic.end();
  CHECK(rows.size() == 4);
  const auto answered =
      std::count_if(rows.begin(), rows.end(), [](const Row& row) { return is(row, Field::dpkts, 1); });
  CHECK(answered == 2);
  for (const Row& row : rows)
    if (!row.has(Field::tunnel))
      for (const Field field : kOfTunnels) CHECK_FALSE(row.has(field));
}

TEST_CASE("ids that each direction has for itself make one flow with both") {
  for (const auto& around :
       std::vector<std::pair<PacketBuilder, PacketBuilder>>{{out().gtpu(0x11), in().gtpu(0x22)},
                                                            {out().l2tp(0, 0x11), in().l2tp(0, 0x22)},
                                                            {out().pptp(0x11), in().pptp(0x22)}}) {
    Traffic traffic;
    traffic.at(0, query(around.first)).at(10, answer(around.second));
    const Row row = traffic.only();
    CHECK((is(row, Field::stunid, 0x11) && is(row, Field::dtunid, 0x22)));
  }
}

TEST_CASE("what changed within a tunnel is absent, until a record in which it did not change") {
  MeterOptions options;
  options.status_interval = kSecond;
  Traffic traffic(options);
  traffic.at(0, query(out().vxlan(5, 40001).ethernet())).at(10, query(out().vxlan(5, 40002).ethernet()));
  traffic.at(20, query(ip("192.0.2.9", "192.0.2.2").vxlan(5, 40001).ethernet()));
  traffic.at(2 * kSecond, query(ip("192.0.2.9", "192.0.2.2").vxlan(5, 40003).ethernet()));
  const auto rows = traffic.end();
  REQUIRE(rows.size() == 2);
  CHECK((is(rows[0], Field::tunnel, Tunnel::vxlan) && is(rows[0], Field::stunid, 5)));
  CHECK_FALSE((rows[0].has(Field::osaddr) || rows[0].has(Field::odaddr) || rows[0].has(Field::osport)));
  CHECK((is_address(rows[1], Field::osaddr, "192.0.2.9") && is(rows[1], Field::osport, 40003)));
}

TEST_CASE("fragments of the tunnel's packets belong to the flow inside, in any order") {
  const PacketBuilder tcp =
      out({.id = 9}).gre({.key = 7}).ip4("10.0.0.1", "10.0.0.2").tcp(40000, 25, {.seq = 100}).payload(100);
  auto frames = pieces_of(tcp, 14, {{0, 64}, {64, 64}, {128, 64}});
  std::vector<std::size_t> order = {0, 1, 2};
  do {
    CAPTURE(order);
    Traffic traffic;
    Nanos time = 0;
    for (const std::size_t one : order) traffic.at(time += 10, frame_with(frames[one]));
    traffic.at(time + 10, out().gre({.key = 7}).ip4("10.0.0.1", "10.0.0.2").tcp(40000, 25, {.seq = 200}).payload(1));
    const Row row = traffic.only();
    CHECK((is(row, Field::spkts, 4) && is(row, Field::sfrags, 3) && is(row, Field::dport, 25)));
    CHECK((is(row, Field::sappbytes, 101) && is(row, Field::sgap, 0) && is(row, Field::sloss, 0)));
    CHECK((is(row, Field::tunnel, Tunnel::gre) && is_address(row, Field::odaddr, "192.0.2.2")));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("fragments inside a tunnel belong together by the tunnel that they came in") {
  const PacketBuilder whole =
      PacketBuilder().ethernet().ip4("10.0.0.1", "10.0.0.2", {.id = 5}).udp(1000, 53).payload(100);
  const auto frames = pieces_of(whole, 14, {{0, 40}, {40, 40}, {80, 40}});
  std::vector<std::size_t> order = {0, 1, 2};
  do {
    CAPTURE(order);
    Traffic traffic;
    Nanos time = 0;
    // The header's sum is that of the whole packet: the tunnel is one that is known by its protocol.
    for (const std::size_t one : order) {
      traffic.at(time += 10, out().gre({.key = 7}).ethernet(kMacA, kMacB, 0x0800).raw(Bytes(frames[one]).subspan(14)));
      traffic.at(time += 10, out().gre({.key = 8}).ethernet(kMacA, kMacB, 0x0800).raw(Bytes(frames[one]).subspan(14)));
    }
    const auto rows = traffic.end();
    REQUIRE(rows.size() == 2);
    for (const Row& row : rows)
      CHECK((is(row, Field::spkts, 3) && is(row, Field::sfrags, 3) && is(row, Field::dport, 53)));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("fragments in fragments belong to the flow in the middle of both") {
  const PacketBuilder datagram =
      PacketBuilder().ethernet().ip4("10.0.0.1", "10.0.0.2", {.id = 5}).udp(1000, 53).payload(200);
  const auto inner = pieces_of(datagram, 14, {{0, 104}, {104, 104}});
  std::vector<std::vector<std::byte>> frames;
  for (std::size_t one = 0; one < inner.size(); one++) {
    const PacketBuilder around =
        out({.id = static_cast<std::uint16_t>(70 + one)}).gre().raw(Bytes(inner[one]).subspan(14));
    auto bytes = around.bytes();
    bytes[14 + 20 + 2] = std::byte{0x08};  // the type that no layer of the builder filled in
    for (auto& frame : pieces_of(PacketBuilder().raw(Bytes(bytes)), 14, {{0, 48}, {48, 200}})) frames.push_back(frame);
  }
  std::vector<std::size_t> order = {0, 1, 2, 3};
  do {
    CAPTURE(order);
    Traffic traffic;
    Nanos time = 0;
    for (const std::size_t one : order) traffic.at(time += 10, frame_with(frames[one]));
    const auto rows = traffic.end();
    REQUIRE(rows.size() == 1);
    CHECK((is(rows[0], Field::spkts, 4) && is(rows[0], Field::dport, 53) && is(rows[0], Field::sfrags, 4)));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("later fragments of a tunnel whose first never comes are a flow of the tunnel's ends") {
  const auto frames = pieces_of(query(out({.id = 9}).gre()), 14, {{0, 24}, {24, 200}});
  Traffic traffic;
  traffic.at(0, frame_with(frames[1]));
  const Row row = traffic.only();
  CHECK((is(row, Field::proto, 47) && is_address(row, Field::saddr, "192.0.2.1") && !row.has(Field::tunnel)));
}

TEST_CASE("an ICMP error marks the flow in the tunnel that it is about") {
  Traffic traffic;
  traffic.at(0, query(out().vxlan(1).ethernet())).at(1, query(out().vxlan(2).ethernet()));
  traffic.at(2, query(out().gre({.key = 7})));
  const auto about = [](PacketBuilder error) { return query(error); };
  traffic.at(3, about(in().vxlan(2).ethernet().ip4("10.0.0.2", "10.0.0.1").icmp(3, 3)));
  traffic.at(4, about(ip("10.9.9.9", "192.0.2.1").icmp(3, 4).ip4("192.0.2.1", "192.0.2.2").gre({.key = 7})));
  for (const Row& row : traffic.end()) {
    if (is(row, Field::proto, 1)) continue;
    const bool marked = row.has(Field::icmpmap);
    CHECK(marked == (is(row, Field::stunid, 2) || is(row, Field::tunnel, Tunnel::gre)));
  }
}

TEST_CASE("ticks of a flow in a tunnel say which") {
  Traffic traffic;
  traffic.begin_ticks();
  traffic.at(0, query(out().vxlan(5001).ethernet()));
  const auto ticks = traffic.ticks();
  REQUIRE(ticks.size() == 1);
  CHECK((is(ticks[0], Field::tunnel, Tunnel::vxlan) && is(ticks[0], Field::stunid, 5001)));
  CHECK(is_address(ticks[0], Field::odaddr, "192.0.2.2"));
}
