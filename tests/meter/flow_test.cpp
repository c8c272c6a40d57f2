// Keys, directions, ICMP, ARP, LLC, fragments, facts of the link.
#include "base/address.h"
#include "base/time.h"
#include "flow/events.h"
#include "flow/field.h"
#include "meter/key.h"
#include "meter/meter.h"
#include "meter/traffic.h"
#include "support/flow_builder.h"
#include "support/packet_builder.h"

using namespace argus;

namespace {

PacketBuilder udp(const char* from, std::uint16_t sport, const char* to, std::uint16_t dport, std::size_t size = 10) {
  return ip(from, to).udp(sport, dport).payload(size);
}
PacketBuilder ping(const char* from, const char* to, std::uint8_t type, std::uint16_t id = 7) {
  return ip(from, to).icmp(type, 0, id, 1).payload(8);
}
// What an error quotes: the IP header and 8 bytes of its own packet.
std::vector<std::byte> quoted(const PacketBuilder& frame) {
  const auto bytes = frame.bytes();
  return {bytes.begin() + 14, bytes.begin() + 14 + 28};
}

}  // namespace

TEST_CASE("both directions are one record, counted apart") {
  Traffic traffic;
  traffic.at(0, udp("10.0.0.1", 5000, "10.0.0.2", 53, 20)).at(5, udp("10.0.0.2", 53, "10.0.0.1", 5000, 100));
  const Row r = traffic.at(9, udp("10.0.0.1", 5000, "10.0.0.2", 53, 30)).only();
  CHECK((is_address(r, Field::saddr, "10.0.0.1") && is(r, Field::sport, 5000) && is(r, Field::dport, 53)));
  CHECK((is(r, Field::spkts, 2) && is(r, Field::dpkts, 1)));
  CHECK((is(r, Field::sappbytes, 50) && is(r, Field::dappbytes, 100)));
  CHECK((is(r, Field::sbytes, 2 * 42 + 50) && is(r, Field::dbytes, 42 + 100)));
  CHECK((is(r, Field::stime, kEpoch) && is(r, Field::ltime, kEpoch + 9)));
  CHECK((is(r, Field::dstime, kEpoch + 5) && is(r, Field::dltime, kEpoch + 5)));
  CHECK((is(r, Field::sltime, kEpoch + 9) && is(r, Field::records, 1)));
  CHECK(is(r, Field::dirwhy, DirWhy::first_packet));
  CHECK_FALSE((r.has(Field::sflags) || r.has(Field::swin) || r.has(Field::sloss)));
}

TEST_CASE("what is not seen of the other side is absent and not zero") {
  Traffic traffic;
  const Row r = traffic.at(0, udp("10.0.0.1", 5000, "10.0.0.2", 53)).only();
  CHECK(is(r, Field::dpkts, 0));
  CHECK_FALSE((r.has(Field::dttl) || r.has(Field::dtos) || r.has(Field::denc) || r.has(Field::dstime)));
}

TEST_CASE("a host that talks to itself has both directions where its ports differ") {
  Traffic traffic;
  const Row r =
      traffic.at(0, udp("10.0.0.1", 5000, "10.0.0.1", 53)).at(1, udp("10.0.0.1", 53, "10.0.0.1", 5000)).only();
  CHECK((is(r, Field::spkts, 1) && is(r, Field::dpkts, 1) && is(r, Field::sport, 5000)));
}

TEST_CASE("a ping and its reply are one flow, its request the source, whichever came first") {
  Traffic request, reply;
  const Row a = request.at(0, ping("10.0.0.1", "10.0.0.2", 8)).at(1, ping("10.0.0.2", "10.0.0.1", 0)).only();
  const Row b = reply.at(0, ping("10.0.0.2", "10.0.0.1", 0)).at(1, ping("10.0.0.1", "10.0.0.2", 8)).only();
  for (const Row& r : {a, b}) {
    CHECK((is_address(r, Field::saddr, "10.0.0.1") && is(r, Field::spkts, 1) && is(r, Field::dpkts, 1)));
    CHECK((is(r, Field::itype, 8) && is(r, Field::icmpid, 7) && is(r, Field::dirwhy, DirWhy::request)));
    CHECK_FALSE(r.has(Field::sport));
  }
}

TEST_CASE("pings with different identifiers are different flows") {
  Traffic traffic;
  CHECK(traffic.at(0, ping("10.0.0.1", "10.0.0.2", 8, 1)).at(1, ping("10.0.0.1", "10.0.0.2", 8, 2)).end().size() == 2);
}

TEST_CASE("an ICMP error marks the flow it quotes and does not move its times or counters") {
  Traffic traffic;
  const auto about = udp("10.0.0.1", 5000, "10.0.0.2", 53);
  traffic.at(0, about).at(kSecond, ip("10.0.0.9", "10.0.0.1").icmp(3, 3).raw(quoted(about)));
  const auto rows = traffic.end();
  REQUIRE(rows.size() == 2);
  CHECK((is(rows[0], Field::proto, 17) && is(rows[0], Field::icmpmap, kIcmpMapUnreachable)));
  CHECK(is_address(rows[0], Field::inode, "10.0.0.9"));
  CHECK((is(rows[0], Field::ltime, kEpoch) && is(rows[0], Field::spkts, 1) && is(rows[0], Field::dpkts, 0)));
  CHECK((is(rows[1], Field::proto, 1) && is(rows[1], Field::itype, 3) && is(rows[1], Field::icode, 3)));
}

TEST_CASE("an ICMP error about a flow that nobody saw is only itself") {
  Traffic traffic;
  const Row r =
      traffic.at(0, ip("10.0.0.9", "10.0.0.1").icmp(11, 0).raw(quoted(udp("10.0.0.1", 1, "10.0.0.2", 2)))).only();
  CHECK((is(r, Field::itype, 11) && !r.has(Field::icmpmap)));
}

TEST_CASE("an ARP request and its reply are one flow of the asking host") {
  Traffic asked, answered;
  const auto request = PacketBuilder().ethernet().arp(1, "10.0.0.1", "10.0.0.2");
  const auto reply = PacketBuilder().ethernet(kMacB, kMacA).arp(2, "10.0.0.2", "10.0.0.1");
  for (const Row& r : {asked.at(0, request).at(1, reply).only(), answered.at(0, reply).at(1, request).only()}) {
    CHECK((is_address(r, Field::saddr, "10.0.0.1") && is_address(r, Field::daddr, "10.0.0.2")));
    CHECK((is(r, Field::spkts, 1) && is(r, Field::dpkts, 1) && is(r, Field::etype, 0x0806)));
    CHECK(is(r, Field::dirwhy, DirWhy::request));
  }
}

TEST_CASE("frames of LLC are flows of their MAC addresses and SAPs") {
  Traffic traffic;
  const auto frame = [](std::uint8_t dsap, std::uint8_t ssap) {
    return PacketBuilder().ethernet_802_3().llc(dsap, ssap).payload(10);
  };
  const auto rows = traffic.at(0, frame(0x42, 0x42)).at(1, frame(0x42, 0x42)).at(2, frame(0xf0, 0xe0)).end();
  REQUIRE(rows.size() == 2);
  CHECK((is(rows[0], Field::spkts, 2) && is(rows[0], Field::ssap, 0x42)));
  CHECK((is(rows[1], Field::dsap, 0xf0) && is(rows[1], Field::ssap, 0xe0)));
  CHECK(std::get<Address>(rows[0].cell(Field::saddr)) == Address::from_mac(kMacA));
}

TEST_CASE("fragments go to the flow of their first, before and after it") {
  Traffic traffic;
  const Ip4Fields first{.id = 9, .more_fragments = true}, later{.id = 9, .fragment_offset = 10};
  const auto start = ip("10.0.0.1", "10.0.0.2", first).udp(5000, 53).payload(72);
  auto rest = [&] { return ip("10.0.0.1", "10.0.0.2", later).protocol(17).payload(40); };
  const Row r = traffic.at(0, rest()).at(1, start).at(2, rest()).only();
  CHECK((is(r, Field::spkts, 3) && is(r, Field::sfrags, 3) && is(r, Field::dport, 53)));
  CHECK(is(r, Field::stime, kEpoch));
}

TEST_CASE("fragments whose first never comes are a flow without ports, none lost") {
  Traffic traffic;
  const auto rest = [](std::uint16_t id) {
    return ip("10.0.0.1", "10.0.0.2", {.id = id, .fragment_offset = 10}).protocol(17).payload(40);
  };
  traffic.at(0, rest(1)).at(1, rest(1));
  const Row r = traffic.at(20 * kSecond, rest(2)).only();
  CHECK((is(r, Field::spkts, 3) && is(r, Field::proto, 17) && !r.has(Field::sport)));
}

TEST_CASE("fragments of IPv6 belong together without their protocol") {
  Traffic traffic;
  const auto six = [] { return PacketBuilder().ethernet().ip6("2001:db8::1", "2001:db8::2"); };
  const Row r = traffic.at(0, six().fragment6(0, true, 77).udp(5000, 53).payload(72))
                    .at(1, six().fragment6(10, false, 77, 60).payload(40))
                    .only();
  CHECK((is(r, Field::spkts, 2) && is(r, Field::sfrags, 2) && is(r, Field::dport, 53)));
}

TEST_CASE("many waiting fragments are all counted in the end") {
  Traffic traffic;
  for (unsigned i = 0; i < 5000; i++)
    traffic.at(i, ip("10.0.0.1", "10.0.0.2", {.id = static_cast<std::uint16_t>(i), .fragment_offset = 10})
                      .protocol(17)
                      .payload(8));
  CHECK(sum_of(traffic.end(), Field::spkts) == 5000);
}

TEST_CASE("a fact of the link that changed is absent, one that held is there") {
  Traffic traffic;
  const auto tagged = [](std::uint64_t mac, std::uint16_t vlan) {
    return PacketBuilder().ethernet(mac, kMacB).vlan(vlan).ip4("10.0.0.1", "10.0.0.2").udp(1, 2);
  };
  const Row same = Traffic().at(0, tagged(kMacA, 5)).at(1, tagged(kMacA, 5)).only();
  CHECK((is(same, Field::smac, kMacA) && is(same, Field::dmac, kMacB) && is(same, Field::svlan, 5) &&
         !same.has(Field::dvlan)));
  const Row changed = traffic.at(0, tagged(kMacA, 5)).at(1, tagged(kMacA + 7, 6)).only();
  CHECK_FALSE((changed.has(Field::smac) || changed.has(Field::svlan)));
  CHECK(is(changed, Field::spkts, 2));
}

TEST_CASE("the VLAN divides flows only when it is part of the key") {
  const auto tagged = [](std::uint16_t vlan) {
    return PacketBuilder().ethernet().vlan(vlan).ip4("10.0.0.1", "10.0.0.2").udp(1, 2);
  };
  Traffic plain, keyed(MeterOptions{.key_vlan = true, .sensor = {}, .hash_key = {}});
  CHECK(plain.at(0, tagged(5)).at(1, tagged(6)).end().size() == 1);
  CHECK(keyed.at(0, tagged(5)).at(1, tagged(0x2005)).at(2, tagged(6)).end().size() == 2);
}

TEST_CASE("frames without addresses but MAC ones are another flow in each VLAN, and without a tag") {
  const auto stp = [](std::optional<std::uint16_t> vlan) {
    PacketBuilder frame;
    if (vlan) frame.ethernet(kMacA, kMacB).vlan_802_3(*vlan);
    else frame.ethernet_802_3(kMacA, kMacB);
    return frame.llc(0x42, 0x42).payload(35);
  };
  Traffic traffic;
  traffic.at(0, stp(5)).at(1, stp(6)).at(2, stp(std::nullopt)).at(3, stp(0x2005)).at(4, stp(5));
  const auto rows = traffic.end();
  REQUIRE(rows.size() == 3);
  std::uint64_t untagged = 0;
  for (const Row& r : rows)
    if (!r.has(Field::svlan) && is(r, Field::senc, kEncEthernet | kEncLlc)) untagged += r.number(Field::spkts);
  CHECK(untagged == 1);
}

TEST_CASE("the smallest TTL and every encapsulation are kept; a TOS only while it holds") {
  Traffic traffic;
  traffic.at(0, ip("10.0.0.1", "10.0.0.2", {.ttl = 60, .tos = 8}).udp(1, 2))
      .at(1, ip("10.0.0.1", "10.0.0.2", {.ttl = 57, .tos = 16}).udp(1, 2));
  const Row r = traffic.at(2, PacketBuilder().ethernet().vlan(1).ip4("10.0.0.1", "10.0.0.2").udp(1, 2)).only();
  CHECK((is(r, Field::sttl, 57) && !r.has(Field::stos) && is(r, Field::senc, kEncEthernet | kEncVlan)));
}

TEST_CASE("the sensor's name is in every record, when there is one") {
  Traffic named(MeterOptions{.sensor = "north", .hash_key = {}}), nameless;
  CHECK(std::get<std::string>(named.at(0, udp("10.0.0.1", 1, "10.0.0.2", 2)).only().cell(Field::srcid)) == "north");
  CHECK_FALSE(nameless.at(0, udp("10.0.0.1", 1, "10.0.0.2", 2)).only().has(Field::srcid));
}

TEST_CASE("an ICMP error is told by the record in whose time it came") {
  Traffic traffic;
  const auto about = udp("10.0.0.1", 5000, "10.0.0.2", 53);
  traffic.at(0, about).at(kSecond, ip("10.0.0.9", "10.0.0.1").icmp(3, 3).raw(quoted(about))).at(50 * kSecond, about);
  std::vector<Row> rows;
  for (const Row& r : traffic.at(70 * kSecond, about).end())
    if (is(r, Field::proto, 17)) rows.push_back(r);
  REQUIRE(rows.size() == 2);
  CHECK((rows[0].has(Field::icmpmap) && rows[0].has(Field::inode)));
  CHECK_FALSE((rows[1].has(Field::icmpmap) || rows[1].has(Field::inode)));

  Traffic twice;
  const auto error = [&](const char* node) { return ip(node, "10.0.0.1").icmp(3, 3).raw(quoted(about)); };
  rows.clear();
  twice.at(0, about).at(kSecond, error("10.0.0.9")).at(50 * kSecond, about).at(70 * kSecond, about);
  for (const Row& r : twice.at(71 * kSecond, error("10.0.0.8")).end())
    if (is(r, Field::proto, 17)) rows.push_back(r);
  REQUIRE(rows.size() == 2);
  CHECK((is_address(rows[0], Field::inode, "10.0.0.9") && is_address(rows[1], Field::inode, "10.0.0.8")));
}
