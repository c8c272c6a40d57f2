// Gaps between packets, extremes of sizes, first numbers, history: what is observed where it is asked for.
#include <algorithm>
#include <string>
#include <vector>

#include "base/int128.h"
#include "base/time.h"
#include "flow/field.h"
#include "meter/meter.h"
#include "meter/traffic.h"
#include "packet/packet.h"
#include "support/flow_builder.h"
#include "support/packet_builder.h"
#include "support/shown.h"

using namespace argus;

namespace {

PacketBuilder udp(bool from_source, std::size_t size = 100, std::uint16_t id = 0) {
  const auto frame = from_source ? ip("10.0.0.1", "10.0.0.2", {.id = id}) : ip("10.0.0.2", "10.0.0.1", {.id = id});
  return PacketBuilder(frame).udp(from_source ? 1000 : 2000, from_source ? 2000 : 1000).payload(size);
}

struct GapFields {
  Field count, sum, squares, least, most;
};
constexpr GapFields kSourceActive = {Field::sintacts, Field::sintactsum, Field::sintactsq, Field::sintpktactmin,
                                     Field::sintpktactmax};
constexpr GapFields kSourceIdle = {Field::sintidls, Field::sintidlsum, Field::sintidlsq, Field::sintpktidlmin,
                                   Field::sintpktidlmax};
constexpr GapFields kDestinationActive = {Field::dintacts, Field::dintactsum, Field::dintactsq, Field::dintpktactmin,
                                          Field::dintpktactmax};
constexpr GapFields kDestinationIdle = {Field::dintidls, Field::dintidlsum, Field::dintidlsq, Field::dintpktidlmin,
                                        Field::dintpktidlmax};

// That the record has these gaps and no other ones of the kind.
void check_gaps(const Row& r, const GapFields& fields, const std::vector<Nanos>& gaps) {
  CAPTURE(info(fields.count).name, gaps.size());
  for (const Field f : {fields.count, fields.sum, fields.squares, fields.least, fields.most})
    REQUIRE(r.has(f) == !gaps.empty());
  if (gaps.empty()) return;
  std::uint64_t sum = 0;
  u128 squares = 0;
  for (const Nanos gap : gaps) {
    const auto size = static_cast<std::uint64_t>(gap);
    sum += size;
    squares += u128{size} * size;
  }
  CHECK(is(r, fields.count, gaps.size()));
  CHECK(is(r, fields.sum, sum));
  CHECK(std::get<u128>(r.cell(fields.squares)) == squares);
  CHECK(is(r, fields.least, *std::min_element(gaps.begin(), gaps.end())));
  CHECK(is(r, fields.most, *std::max_element(gaps.begin(), gaps.end())));
}

constexpr Nanos ms(std::int64_t n) { return n * kMillisecond; }

}  // namespace

TEST_CASE("records have none of the fields that cost something unless these are asked for") {
  Traffic traffic;
  const Row r = handshake(traffic).only();
  for (const Field field : detail_fields().list()) CHECK_FALSE(r.has(field));
}

TEST_CASE("gaps are the times from a packet of one end to its next one; without acknowledgements all are active") {
  Traffic traffic;
  traffic.with_details().at(0, udp(true)).at(ms(100), udp(true)).at(ms(250), udp(false)).at(ms(300), udp(true));
  const Row r = traffic.at(ms(350), udp(true)).at(ms(400), udp(false)).at(ms(410), udp(false)).only();
  check_gaps(r, kSourceActive, {ms(100), ms(200), ms(50)});
  check_gaps(r, kDestinationActive, {ms(150), ms(10)});
  check_gaps(r, kSourceIdle, {});
  check_gaps(r, kDestinationIdle, {});
  CHECK(shown(Field::sintpkt, r) == "0.116667");
  CHECK(shown(Field::sintpktact, r) == "0.116667");
  CHECK(shown(Field::sintpktidl, r).empty());
  CHECK(shown(Field::sintpktmin, r) == "0.050000");
  CHECK(shown(Field::sintpktmax, r) == "0.200000");
  CHECK(shown(Field::sjit, r) == "0.062361");
  CHECK(shown(Field::djit, r) == "0.070000");
  CHECK(shown(Field::djitidl, r).empty());
}

TEST_CASE("a gap of TCP is active where data is sent while data is unacknowledged") {
  Traffic traffic;
  traffic.with_details().at(0, there(kSyn, 100)).at(ms(10), back(kSyn | kAck, 500, 101));
  traffic.at(ms(30), there(kAck, 101, 501)).at(ms(1000), there(kAck, 101, 501, 100)).at(ms(1100), back(kAck, 501, 201));
  traffic.at(ms(2500), there(kAck, 201, 501, 100)).at(ms(2900), there(kAck, 301, 501, 100));
  traffic.at(ms(3000), there(kAck, 401, 501));  // no data: idle, though data is on its way
  const Row r = traffic.at(ms(3500), back(kAck, 501, 401)).only();
  check_gaps(r, kSourceActive, {ms(400)});
  check_gaps(r, kSourceIdle, {ms(30), ms(970), ms(1500), ms(100)});
  check_gaps(r, kDestinationActive, {});
  check_gaps(r, kDestinationIdle, {ms(1090), ms(2400)});
  CHECK(shown(Field::sintpkt, r) == "0.600000");
  CHECK(shown(Field::sintpktidl, r) == "0.650000");
  CHECK(shown(Field::sjitact, r) == "0.000000");
}

TEST_CASE("of a connection that is seen in one direction alone, data behind data is active") {
  Traffic traffic;
  traffic.with_details().at(0, there(kSyn, 100)).at(ms(5), there(kAck, 101, 501, 10));
  const Row r = traffic.at(ms(7), there(kAck, 111, 501, 10)).only();
  check_gaps(r, kSourceIdle, {ms(5)});
  check_gaps(r, kSourceActive, {ms(2)});
}

TEST_CASE("a packet that came out of order ends no gap") {
  Traffic traffic;
  traffic.with_details().at(0, udp(true)).at(ms(100), udp(true)).at(ms(60), udp(true));
  const Row r = traffic.at(ms(110), udp(true)).only();
  check_gaps(r, kSourceActive, {ms(100), ms(10)});
}

TEST_CASE("a gap stands in the record with its second packet, so that the records of a flow add up to the whole") {
  Traffic whole, pieces(MeterOptions{.status_interval = ms(150), .sensor = {}, .hash_key = {}});
  for (Traffic* traffic : {&whole, &pieces}) {
    traffic->with_details();
    for (const int at : {0, 100, 300, 350, 900, 1000}) traffic->at(ms(at), udp(true, 10 + static_cast<unsigned>(at)));
  }
  check_gaps(whole.only(), kSourceActive, {ms(100), ms(200), ms(50), ms(550), ms(100)});
  const auto rows = pieces.end();
  REQUIRE(rows.size() == 3);
  check_gaps(rows[0], kSourceActive, {ms(100)});
  check_gaps(rows[1], kSourceActive, {ms(200), ms(50)});
  check_gaps(rows[2], kSourceActive, {ms(550), ms(100)});
  CHECK((is(rows[1], Field::sminsz, 14 + 20 + 8 + 310) && is(rows[1], Field::smaxsz, 14 + 20 + 8 + 360)));
  CHECK((is(rows[2], Field::sminsz, 14 + 20 + 8 + 910) && is(rows[2], Field::smaxsz, 14 + 20 + 8 + 1010)));
  CHECK_FALSE((rows[0].has(Field::dminsz) || rows[0].has(Field::dmaxsz)));
}

TEST_CASE("a flow that begins on the place of one that ended inherits nothing of it") {
  Traffic traffic(MeterOptions{.idle_udp = kSecond, .sensor = {}, .hash_key = {}});
  traffic.with_details().at(0, udp(true, 1, 7)).at(ms(10), udp(true, 900, 8)).at(kMinute, udp(true, 50, 9));
  const auto rows = traffic.end();
  REQUIRE(rows.size() == 2);
  check_gaps(rows[1], kSourceActive, {});
  CHECK((is(rows[1], Field::sminsz, 92) && is(rows[1], Field::smaxsz, 92) && is(rows[1], Field::sipid, 9)));
}

TEST_CASE("sizes are those of whole frames on the wire, not of what was captured") {
  Traffic traffic;
  const Row r = traffic.with_details().at(0, udp(true), 1500).at(1, udp(true)).at(2, udp(false, 0)).only();
  CHECK((is(r, Field::sminsz, 142) && is(r, Field::smaxsz, 1500)));
  CHECK((is(r, Field::dminsz, 42) && is(r, Field::dmaxsz, 42)));
}

TEST_CASE("the first sequence number is that of the SYN, also where another segment came before it") {
  Traffic ordered, overtaken, middle;
  const Row a = handshake(ordered.with_details()).only();
  CHECK((is(a, Field::stcpb, 100) && is(a, Field::dtcpb, 500)));
  CHECK((is(a, Field::ssynwin, 1000) && is(a, Field::dsynwin, 1000)));
  const Row b = overtaken.with_details()
                    .at(0, back(kSyn | kAck, 500, 101))
                    .at(1, there(kAck, 101, 501, 5))
                    .at(2, there(kSyn, 100, 0, 0, 77))
                    .only();
  CHECK((is(b, Field::stcpb, 100) && is(b, Field::ssynwin, 77)));
  const Row c = middle.with_details().at(0, there(kAck, 9000, 1, 5)).at(1, there(kAck, 9005, 1, 5)).only();
  CHECK((is(c, Field::stcpb, 9000) && !c.has(Field::ssynwin) && !c.has(Field::dtcpb)));
}

TEST_CASE("each record of a flow repeats its first numbers") {
  Traffic traffic(MeterOptions{.status_interval = kSecond, .sensor = {}, .hash_key = {}});
  handshake(traffic.with_details()).at(2 * kSecond, there(kAck, 101, 501, 9));
  const auto rows = traffic.end();
  REQUIRE(rows.size() == 2);
  for (const Row& r : rows)
    CHECK((is(r, Field::stcpb, 100) && is(r, Field::dtcpb, 500) && is(r, Field::ssynwin, 1000)));
  CHECK((shown(Field::history, rows[0]) == "ShA" && shown(Field::history, rows[1]) == "ShAD"));
}

TEST_CASE("the identification is that of the first IPv4 packet of each end; IPv6 has none") {
  Traffic four, six;
  const Row a = four.with_details().at(0, udp(true, 1, 0x1234)).at(1, udp(true, 1, 5)).at(2, udp(false, 1, 6)).only();
  CHECK((is(a, Field::sipid, 0x1234) && is(a, Field::dipid, 6)));
  const auto frame = PacketBuilder().ethernet().ip6("2001:db8::1", "2001:db8::2").udp(1, 2).payload(4);
  const Row b = six.with_details().at(0, frame).only();
  CHECK_FALSE((b.has(Field::sipid) || b.has(Field::dipid)));
}

TEST_CASE("what is of each end follows the direction when it becomes known late") {
  Traffic traffic;
  traffic.with_details().at(0, back(kSyn | kAck, 500, 101, 0, 5)).at(ms(3), back(kAck, 501, 101, 10));
  const Row r = traffic.at(ms(4), there(kAck, 101, 511)).only();
  CHECK(is_address(r, Field::saddr, "10.0.0.1"));
  CHECK((is(r, Field::stcpb, 101) && is(r, Field::dtcpb, 500) && is(r, Field::dsynwin, 5)));
  check_gaps(r, kDestinationIdle, {ms(3)});
  CHECK(shown(Field::history, r) == "hdA");
}

TEST_CASE("history tells what each end did, in the order in which it first did so") {
  const auto history = [](const std::vector<PacketBuilder>& frames) {
    Traffic traffic;
    traffic.with_details();
    Nanos at = 0;
    for (const PacketBuilder& frame : frames) traffic.at(at += ms(1), frame);
    return shown(Field::history, traffic.only());
  };
  const PacketBuilder syn = there(kSyn, 100), syn_ack = back(kSyn | kAck, 500, 101), ack = there(kAck, 101, 501);
  const PacketBuilder data = there(kAck | kPsh, 101, 501, 10);
  CHECK(history({syn, syn_ack, ack, data, back(kAck, 501, 111), back(kAck, 501, 111, 5), there(kFin | kAck, 111, 506),
                 back(kFin | kAck, 506, 112)}) == "ShADadFf");
  CHECK(history({syn, back(kRst | kAck, 0, 101)}) == "Sr");
  CHECK(history({syn, syn_ack, there(kRst, 101)}) == "ShR");
  CHECK(history({syn, syn}) == "ST");
  CHECK(history({syn, syn_ack, data, back(kAck, 501, 111, 0, 0)}) == "ShDaw");
  CHECK(history({syn, syn_ack, ack, there(kFin | kAck, 101, 501, 10)}) == "ShAFD");
  CHECK(history({there(kSyn | kFin, 100)}) == "QSF");
  CHECK(history({there(kFin | kRst, 100)}) == "IFR");
  CHECK(history({udp(true), udp(false), udp(true)}) == "Dd");
  CHECK(history({udp(true, 0)}).empty());
  CHECK(history({ip().icmp(8, 0, 1, 1)}).empty());
}

TEST_CASE("an evicted flow has its gaps in the record that is written early") {
  Traffic traffic(MeterOptions{.flows_max = 16, .sensor = {}, .hash_key = {}});
  traffic.with_details().at(0, udp(true)).at(ms(9), udp(true));
  for (std::uint16_t port = 1; port <= 40; port++)
    traffic.at(ms(10 + port), ip("10.1.0.1", "10.1.0.2").udp(port, 53).payload(4));
  const auto rows = traffic.end();
  CHECK(sum_of(rows, Field::sintacts) == 1);
  CHECK(sum_of(rows, Field::sintactsum) == ms(9));
}
