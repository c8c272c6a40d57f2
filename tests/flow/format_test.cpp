#include "flow/format.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "base/address.h"
#include "base/int128.h"
#include "base/names.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/events.h"
#include "flow/field.h"
#include "flow/state.h"
#include "flow/type.h"
#include "flow/where.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

TextStyle exact() {
  TextStyle style;
  style.digits = 9;
  style.time = {TimeStyle::Form::epoch, 9, {}};
  return style;
}

std::string shown(Field field, const Row& row, const TextStyle& style = {}) {
  const Batch batch = batch_of({row});
  FieldPrinter printer(field, style);
  printer.start(batch);
  std::string out;
  printer.append(0, out);
  return out;
}

std::string shown_json(Field field, const Row& row, const TextStyle& style = exact()) {
  FieldPrinter printer(field, style);
  printer.start(batch_of({row}));
  std::string out;
  printer.append_json(0, out);
  return out;
}

TextStyle human() {
  TextStyle style;
  style.human = true;
  return style;
}

// The physical value of a row as parse_value gives it.
u128 image_of(const FieldInfo& field, const Column& column, std::size_t row) {
  const std::uint64_t most = field.format == Format::mac ? (std::uint64_t{1} << 48) - 1 : UINT64_MAX;
  switch (column.type()) {
    case Type::u8: return column.at<std::uint8_t>(row);
    case Type::u16: return column.at<std::uint16_t>(row);
    case Type::u32: return column.at<std::uint32_t>(row);
    case Type::u64: return column.at<std::uint64_t>(row) & most;
    case Type::u128: return column.at<u128>(row);
    case Type::i64: return ordered_image(column.at<std::int64_t>(row));
    case Type::addr: return ordered_image(column.at<Address>(row));
    default: return 0;
  }
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

TEST_CASE("numbers, ports and protocols are printed by the names wanted") {
  const Row tcp = row().with(Field::proto, 6).with(Field::dport, 443).with(Field::sport, 51'024);
  TextStyle style;
  CHECK(shown(Field::proto, tcp, style) == "tcp");
  CHECK(shown(Field::dport, tcp, style) == "https");
  CHECK(shown(Field::sport, tcp, style) == "51024");
  style.names = Names::proto;
  CHECK(shown(Field::proto, tcp, style) == "tcp");
  CHECK(shown(Field::dport, tcp, style) == "443");
  style.names = Names::none;
  CHECK(shown(Field::proto, tcp, style) == "6");
  CHECK(shown(Field::dport, tcp, style) == "443");
  // Of no protocol: the name that all protocols have for the port, where they agree.
  CHECK(shown(Field::dport, row().with(Field::dport, 443)) == "https");
  CHECK(shown(Field::dport, row().with(Field::dport, 514)) == "514");
  CHECK(shown(Field::dport, row().with(Field::dport, 514).with(Field::proto, 6)) == "shell");
  CHECK(shown(Field::dport, row().with(Field::dport, 514).with(Field::proto, 17)) == "syslog");
  CHECK(shown(Field::proto, row().with(Field::proto, 253)) == "253");
  CHECK(shown(Field::proto, row().with(Field::proto, 0x100)) == "llc");
  CHECK(shown(Field::spkts, row().with(Field::spkts, UINT64_MAX)) == "18446744073709551615");
  CHECK(shown(Field::dursq, row().with(Field::dursq, ~u128{0})) == "340282366920938463463374607431768211455");
}

TEST_CASE("a port's name asks for the protocol, its number does not") {
  CHECK(FieldPrinter(Field::dport, {}).also_reads() == FieldSet{Field::proto});
  TextStyle numbers;
  numbers.names = Names::proto;
  CHECK(FieldPrinter(Field::dport, numbers).also_reads().empty());
  CHECK(FieldPrinter(Field::saddr, {}).also_reads() == FieldSet{Field::smask});
}

TEST_CASE("absent values print nothing") {
  for (const FieldInfo& field : all_fields()) {
    CAPTURE(field.name);
    FieldPrinter printer(field.field, {});
    printer.start(batch_of({row(), row()}));
    CHECK(printer.has(1) == (field.field == Field::flgs));  // nine blanks are an answer
    std::string out;
    printer.append(1, out);
    CHECK(out.empty());
  }
}

TEST_CASE("addresses show a mask where they have one") {
  CHECK(shown(Field::saddr, row().with(Field::saddr, "192.0.2.0").with(Field::smask, 24)) == "192.0.2.0/24");
  CHECK(shown(Field::saddr, row().with(Field::saddr, "192.0.2.1").with(Field::dmask, 24)) == "192.0.2.1");
  CHECK(shown(Field::daddr, row().with(Field::daddr, "2001:db8::").with(Field::dmask, 32)) == "2001:db8::/32");
  CHECK(shown(Field::daddr, row().with(Field::daddr, "00:00:5e:00:53:01")) == "00:00:5e:00:53:01");
  CHECK(shown(Field::smac, row().with(Field::smac, 0x00005e005301u)) == "00:00:5e:00:53:01");
}

TEST_CASE("times and durations have the digits wanted") {
  const Row times = row().with(Field::stime, 1'795'438'927'214'530'999).with(Field::ltime, 1'795'438'932'345'268'500);
  TextStyle style;
  style.time.form = TimeStyle::Form::utc;
  CHECK(shown(Field::stime, times, style) == "2026-11-23 13:02:07.214530");
  CHECK(shown(Field::dur, times, style) == "5.130738");
  style.digits = 2;
  CHECK(shown(Field::dur, times, style) == "5.13");
  CHECK(shown(Field::dur, times, exact()) == "5.130737501");
  CHECK(shown(Field::stime, times, exact()) == "1795438927.214530999");
  CHECK(shown(Field::dursum, row().with(Field::dursum, UINT64_MAX), exact()) == "18446744073.709551615");
}

TEST_CASE("bit fields are hexadecimal, flags letters, encapsulations words") {
  CHECK(shown(Field::svlan, row().with(Field::svlan, 100)) == "0x0064");
  CHECK(shown(Field::ssap, row().with(Field::ssap, 0x42)) == "0x42");
  CHECK(shown(Field::etype, row().with(Field::etype, 0x800)) == "0x0800");
  CHECK(shown(Field::sflags, row().with(Field::sflags, 0x1b)) == "FSPA");
  CHECK(shown(Field::sflags, row().with(Field::sflags, 0)).empty());
  CHECK(shown(Field::senc, row().with(Field::senc, kEncEthernet | kEncVlan)) == "eth,vlan");
  CHECK(shown(Field::senc, row().with(Field::senc, kEncEthernet | 0x8000'0000u)) == "eth,0x80000000");
  CHECK(shown(Field::icmpmap, row().with(Field::icmpmap, kIcmpMapUnreachable | kIcmpMapTimeExceeded)) == "UT");
  CHECK(shown(Field::cause, row().with(Field::cause, static_cast<int>(Cause::timeout))) == "timeout");
  CHECK(shown(Field::cause, row().with(Field::cause, 99)) == "99");
  CHECK(shown(Field::dirwhy, row().with(Field::dirwhy, static_cast<int>(DirWhy::syn_ack))) == "synack");
}

TEST_CASE("text from outside cannot drive a terminal") {
  CHECK(shown(Field::srcid, row().with(Field::srcid, "gw1\x1b[2J")) == "gw1\\x1b[2J");
}

TEST_CASE("human numbers have three digits and a unit from a thousand on") {
  const auto packets = [](std::uint64_t n) { return shown(Field::spkts, row().with(Field::spkts, n), human()); };
  CHECK(packets(0) == "0");
  CHECK(packets(999) == "999");
  CHECK(packets(1000) == "1.00k");
  CHECK(packets(9'994) == "9.99k");
  CHECK(packets(9'996) == "10.0k");
  CHECK(packets(99'960) == "100k");
  CHECK(packets(999'499) == "999k");
  CHECK(packets(999'500) == "1.00M");
  CHECK(packets(2'310'000) == "2.31M");
  CHECK(packets(UINT64_MAX) == "18.4E");
  const Row flow =
      row().with(Field::sbytes, 1'000'000).with(Field::dbytes, 0).with(Field::stime, 0).with(Field::ltime, kSecond);
  CHECK(shown(Field::sload, flow, human()) == "8.00M");
  CHECK(shown(Field::sload, flow) == "8000000.000000");
}

TEST_CASE("rates and shares print their digits") {
  const Row flow =
      row().with(Field::sloss, 1).with(Field::spkts, 2).with(Field::stime, 0).with(Field::ltime, 3 * kSecond);
  TextStyle style;
  style.digits = 3;
  CHECK(shown(Field::sploss, flow, style) == "33.333");
  CHECK(shown(Field::srate, flow, style) == "0.667");
  style.digits = 0;
  CHECK(shown(Field::srate, flow, style) == "1");
}

TEST_CASE("JSON values are numbers where they are numbers") {
  const Row flow =
      tcp_row("192.0.2.1", 51'024, "203.0.113.80", 443, 3, 4).with(Field::srcid, "a\"\x1b").with(Field::svlan, 100);
  TextStyle style = exact();
  CHECK(shown_json(Field::spkts, flow) == "3");
  CHECK(shown_json(Field::dport, flow) == "\"https\"");  // a name is no number
  style.names = Names::proto;
  CHECK(shown_json(Field::dport, flow, style) == "443");
  CHECK(shown_json(Field::proto, flow) == "\"tcp\"");
  CHECK(shown_json(Field::saddr, flow) == "\"192.0.2.1\"");
  CHECK(shown_json(Field::srcid, flow) == R"("a\"\u001b")");
  CHECK(shown_json(Field::srcid, row().with(Field::srcid, "")) == "\"\"");
  CHECK(shown_json(Field::svlan, flow) == "\"0x0064\"");
  CHECK(shown_json(Field::stime, row().with(Field::stime, 1)) == "\"0.000000001\"");
  CHECK(shown_json(Field::dur, row().with(Field::stime, 1).with(Field::ltime, 3)) == "0.000000002");
  style.time = {TimeStyle::Form::strftime, 0, "\"%Y\""};
  CHECK(shown_json(Field::stime, row().with(Field::stime, kDay), style) == R"("\"1970\"")");
}

TEST_CASE("directions say who sent and whether the start was seen") {
  const auto dir = [](unsigned proto, unsigned spkts, unsigned dpkts, std::uint32_t sevents, std::uint32_t devents) {
    return shown(Field::dir, row()
                                 .with(Field::proto, proto)
                                 .with(Field::spkts, spkts)
                                 .with(Field::dpkts, dpkts)
                                 .with(Field::sevents, sevents)
                                 .with(Field::devents, devents));
  };
  CHECK(dir(kProtoTcp, 3, 4, kTcpSyn, kTcpSynAck) == "->");
  CHECK(dir(kProtoTcp, 1, 0, kTcpSyn, 0) == "->");
  CHECK(dir(kProtoTcp, 3, 4, 0, kTcpSynAck) == "->");
  CHECK(dir(kProtoTcp, 3, 4, 0, 0) == "<?>");
  CHECK(dir(kProtoTcp, 3, 0, 0, 0) == "?>");
  CHECK(dir(kProtoTcp, 0, 4, 0, 0) == "<?");
  CHECK(dir(kProtoTcp, 0, 0, 0, 0) == "?");
  CHECK(dir(kProtoUdp, 1, 1, 0, 0) == "<->");
  CHECK(dir(kProtoUdp, 1, 0, 0, 0) == "->");
  CHECK(dir(kProtoUdp, 0, 1, 0, 0) == "<-");
  CHECK(dir(kProtoUdp, 0, 0, 0, 0) == "-");
  CHECK(dir(kProtoArp, 1, 0, 0, 0) == "who");
  CHECK(dir(kProtoRarp, 1, 0, 0, 0) == "tel");
  CHECK(shown(Field::dir, row().with(Field::spkts, 1).with(Field::dpkts, 1)) == "<->");  // of no one protocol
}

TEST_CASE("TCP states: the first that holds") {
  const auto state = [](std::uint32_t s, std::uint32_t d, Cause cause = Cause::status, unsigned dpkts = 1) {
    return shown(Field::state, row()
                                   .with(Field::proto, 6)
                                   .with(Field::spkts, 1)
                                   .with(Field::dpkts, dpkts)
                                   .with(Field::sevents, s)
                                   .with(Field::devents, d)
                                   .with(Field::cause, static_cast<int>(cause)));
  };
  CHECK(state(kTcpSyn | kTcpFin, kTcpReset) == "RST");
  CHECK(state(kTcpFin, kTcpEstablished, Cause::timeout) == "FIN");
  CHECK(state(kTcpEstablished, kTcpEstablished, Cause::timeout) == "TIM");
  CHECK(state(kTcpSyn | kTcpEstablished, kTcpSynAck) == "CON");
  CHECK(state(kTcpSyn, kTcpSynAck) == "ACC");
  CHECK(state(kTcpSyn, 0, Cause::status, 0) == "REQ");
  CHECK(state(0, 0) == "CON");
  CHECK(state(0, 0, Cause::status, 0) == "INT");
}

TEST_CASE("states of other protocols: who sent, and the ICMP message") {
  const auto state = [](unsigned proto, unsigned spkts, unsigned dpkts) {
    return shown(Field::state, row().with(Field::proto, proto).with(Field::spkts, spkts).with(Field::dpkts, dpkts));
  };
  CHECK(state(kProtoUdp, 1, 1) == "CON");
  CHECK(state(kProtoUdp, 1, 0) == "INT");
  CHECK(state(kProtoArp, 0, 1) == "RSP");
  const auto icmp = [](unsigned proto, unsigned type, unsigned code) {
    return shown(Field::state, row()
                                   .with(Field::proto, proto)
                                   .with(Field::spkts, 1)
                                   .with(Field::dpkts, 0)
                                   .with(Field::itype, type)
                                   .with(Field::icode, code));
  };
  CHECK(icmp(1, 8, 0) == "ECO");
  CHECK(icmp(1, 0, 0) == "ECR");
  CHECK(icmp(1, 3, 3) == "URP");
  CHECK(icmp(1, 3, 13) == "URFIL");
  CHECK(icmp(1, 3, 99) == "UR99");
  CHECK(icmp(1, 11, 0) == "TXD");
  CHECK(icmp(1, 200, 0) == "200");
  CHECK(icmp(58, 128, 0) == "ECO");
  CHECK(icmp(58, 135, 0) == "NNS");
  CHECK(icmp(58, 136, 0) == "NNA");
  CHECK(icmp(58, 133, 0) == "NRS");
  CHECK(icmp(58, 1, 4) == "URP");
  CHECK(icmp(58, 2, 0) == "PTB");
  CHECK(state(1, 1, 1).empty());  // merged messages of several types

  // Every message that has a word, by its number (RFC 792 and others; RFC 4443, RFC 4861, RFC 3810).
  const std::map<unsigned, std::string> v4 = {
      {0, "ECR"},  {4, "SRC"},  {5, "RED"},  {6, "AHA"},  {8, "ECO"},  {9, "RTA"},  {10, "RTS"},
      {11, "TXD"}, {12, "PAR"}, {13, "TST"}, {14, "TSR"}, {15, "IRQ"}, {16, "IRR"}, {17, "MAS"},
      {18, "MSR"}, {19, "SEC"}, {20, "ROB"}, {30, "TRC"}, {31, "DCE"}, {32, "MHR"}, {33, "WAY"},
      {34, "IAH"}, {35, "MRQ"}, {36, "MRP"}, {37, "DNQ"}, {38, "DNP"}, {39, "SKP"}, {40, "PHO"}};
  const std::map<unsigned, std::string> v6 = {{2, "PTB"},   {3, "TXT"},   {4, "PPH"},   {128, "ECO"}, {129, "ECR"},
                                              {130, "MRQ"}, {131, "MHR"}, {132, "MLD"}, {133, "NRS"}, {134, "NRA"},
                                              {135, "NNS"}, {136, "NNA"}, {137, "RED"}, {143, "ML2"}};
  const std::vector<std::string> unreachable = {"URN",    "URH",   "URO",   "URP",    "URF",    "URS",
                                                "URNU",   "URHU",  "URISO", "URNPRO", "URHPRO", "URNTOS",
                                                "URHTOS", "URFIL", "URPRE", "URCUT"};
  const std::vector<std::string> unreachable6 = {"URNR", "URAD", "URBS", "URAR", "URP", "URSF", "URRR"};
  for (unsigned type = 0; type < 256; type++) {
    CAPTURE(type);
    const std::string number = std::to_string(type);
    if (type != 3) CHECK(icmp(1, type, 0) == (v4.count(type) != 0 ? v4.at(type) : number));
    if (type != 1) CHECK(icmp(58, type, 0) == (v6.count(type) != 0 ? v6.at(type) : number));
  }
  for (unsigned code = 0; code < unreachable.size(); code++) CHECK(icmp(1, 3, code) == unreachable[code]);
  for (unsigned code = 0; code < unreachable6.size(); code++) CHECK(icmp(58, 1, code) == unreachable6[code]);
}

TEST_CASE("state words are found in any case and printed again") {
  for (const char* word :
       {"REQ", "ACC", "CON", "FIN", "RST", "TIM", "INT", "RSP", "ECO", "URP", "URCUT", "NNS", "TXD", "PTB"}) {
    CAPTURE(word);
    REQUIRE(find_state(word));
    CHECK(state_text(*find_state(word)) == word);
  }
  CHECK(find_state("con") == kStateConnected);
  CHECK_FALSE(find_state("EST"));
  CHECK_FALSE(find_state(""));
}

TEST_CASE("the flags column has nine places") {
  const auto flags = [](const Row& row) { return shown(Field::flgs, row); };
  CHECK(flags(row().with(Field::senc, static_cast<std::uint32_t>(kEncEthernet))).empty());
  CHECK(flags(row().with(Field::senc, kEncEthernet | kEncVlan)) == " v");
  CHECK(flags(row().with(Field::senc, kEncVlan | kEncMpls)) == " *");
  CHECK(flags(row().with(Field::icmpmap, static_cast<std::uint8_t>(kIcmpMapUnreachable))) == "  U");
  CHECK(flags(row().with(Field::sevents, kTcpRetransmit).with(Field::devents, kTcpRetransmit)) == "   *");
  CHECK(flags(row().with(Field::sevents, kTcpRetransmit)) == "   s");
  CHECK(flags(row().with(Field::devents, kTcpRetransmit)) == "   d");
  CHECK(flags(row().with(Field::sevents, kTcpGap)) == "   g");
  CHECK(flags(row().with(Field::devents, kTcpReorder)) == "   r");
  CHECK(flags(row().with(Field::devents, kTcpZeroWindow)) == "    D");
  CHECK(flags(row().with(Field::sevents, kTcpCongestion)) == "     x");
  CHECK(flags(row().with(Field::dfrags, 2)) == "      F");
  CHECK(flags(row().with(Field::sipopt, static_cast<std::uint16_t>(kIpOptRouterAlert))) == "       A");
  CHECK(flags(row().with(Field::sipopt, kIpOptTimestamp | kIpOptLooseRoute)) == "       O");
}

TEST_CASE("what is printed exactly is read back as the same value") {
  std::mt19937_64 random(7);
  std::size_t checked = 0;
  for (int i = 0; i < 300; i++) {
    const Batch batch = batch_of({random_row(random, i % 2 == 0)});
    for (const FieldInfo& field : all_fields()) {
      const bool readable = field.type != Type::f64 && field.format != Format::text && field.format != Format::flgs;
      if (!readable || field.field == Field::saddr || field.field == Field::daddr) continue;  // those show masks
      FieldPrinter printer(field.field, exact());
      printer.start(batch);
      const Column column = column_of(batch, field.field);
      std::string text;
      printer.append(0, text);
      if (!printer.has(0) || text.empty()) continue;
      CAPTURE(field.name, text);
      const bool known_letters = field.format != Format::tcpflags && field.format != Format::icmpmap;
      const auto value = parse_value(field.field, text);
      if (field.format == Format::state && !find_state(text)) continue;  // numbers of unnamed messages
      REQUIRE(value);
      checked++;
      if (field.format == Format::state) {  // messages of both versions share names
        CHECK(state_text(static_cast<std::uint16_t>(*value)) == text);
      } else if (known_letters || image_of(field, column, 0) < 16) {
        CHECK((*value == image_of(field, column, 0)));
      }
    }
  }
  CHECK(checked > 5'000);
}

TEST_CASE("whatever a record holds, no field prints control bytes") {
  std::mt19937_64 random(8);
  for (int i = 0; i < 300; i++) {
    Row wild = random_row(random, true);
    std::string name;
    for (std::size_t n = random() % 32; n > 0; n--) name += static_cast<char>(random() % 255 + 1);
    wild.with(Field::srcid, name);
    const Batch batch = batch_of({wild});
    for (const FieldInfo& field : all_fields()) {
      for (TextStyle style : {TextStyle{}, exact(), human()}) {
        FieldPrinter printer(field.field, style);
        printer.start(batch);
        std::string text;
        printer.append(0, text);
        CAPTURE(field.name, text);
        REQUIRE_FALSE(has_control(text));
      }
    }
  }
}

TEST_CASE("values are read as people write them") {
  const auto read = [](Field field, std::string_view text) {
    const auto value = parse_value(field, text);
    CAPTURE(text);
    REQUIRE(value);
    return static_cast<std::uint64_t>(*value);
  };
  CHECK(read(Field::sbytes, "1500") == 1500);
  CHECK(read(Field::sbytes, "0x5dc") == 1500);
  CHECK(read(Field::sbytes, "1.5k") == 1500);
  CHECK(read(Field::sbytes, "2M") == 2'000'000);
  CHECK(read(Field::sbytes, "1G") == 1'000'000'000);
  CHECK(read(Field::sbytes, "18446744073709551615") == UINT64_MAX);
  CHECK(read(Field::dursum, "10ms") == 10'000'000);
  CHECK(read(Field::dursum, "2") == 2'000'000'000);
  CHECK(read(Field::proto, "tcp") == 6);
  CHECK(read(Field::proto, "17") == 17);
  CHECK(read(Field::dport, "https") == 443);
  CHECK(read(Field::dport, "0x50") == 80);
  CHECK(read(Field::sflags, "sa") == 0x12);
  CHECK(read(Field::senc, "eth,vlan") == (kEncEthernet | kEncVlan));
  CHECK(read(Field::cause, "TIMEOUT") == static_cast<unsigned>(Cause::timeout));
  CHECK(read(Field::state, "con") == kStateConnected);
  CHECK(read(Field::dir, "->") == kDirRight);
  CHECK(read(Field::etype, "arp") == 0x806);
  CHECK((*parse_value(Field::dur, "-1.5") == ordered_image(std::int64_t{-1'500'000'000})));
  CHECK((*parse_value(Field::stime, "1795438927.5") == ordered_image(std::int64_t{1'795'438'927'500'000'000})));
  CHECK(*parse_real_value(Field::load, "1.5M") == 1.5e6);
  CHECK(*parse_real_value(Field::load, "-2") == -2.0);
}

TEST_CASE("a text that is not a value of a field is a usage error that names the field") {
  const std::pair<Field, const char*> wrong[] = {{Field::sbytes, ""},
                                                 {Field::sbytes, "-1"},
                                                 {Field::sbytes, "1.5"},
                                                 {Field::sbytes, "1.05"},
                                                 {Field::sbytes, "1x"},
                                                 {Field::sbytes, "k"},
                                                 {Field::sbytes, "18446744073709551616"},
                                                 {Field::sbytes, "18446744073709552k"},
                                                 {Field::sttl, "256"},
                                                 {Field::sbytes, "0x5dck"},
                                                 {Field::dur, "10M"},
                                                 {Field::dur, "x"},
                                                 {Field::dur, ""},
                                                 {Field::dur, "9223372036.854775808"},
                                                 {Field::stime, "yesterday"},
                                                 {Field::stime, "9223372037"},
                                                 {Field::saddr, "host"},
                                                 {Field::smac, "00:00"},
                                                 {Field::sflags, "Z"},
                                                 {Field::sflags, ""},
                                                 {Field::senc, ""},
                                                 {Field::senc, ","},
                                                 {Field::senc, "eth,nosuch"},
                                                 {Field::cause, "nosuch"},
                                                 {Field::state, "EST"},
                                                 {Field::dir, "=>"},
                                                 {Field::dport, "65536"},
                                                 {Field::srcid, "gw1"},
                                                 {Field::flgs, "v"},
                                                 {Field::dursq, "340282366920938463463374607431768211456"}};
  for (const auto& [field, text] : wrong) {
    CAPTURE(info(field).name, text);
    const auto value = parse_value(field, text);
    REQUIRE_FALSE(value);
    CHECK(value.error().code == Errc::usage);
    if (field != Field::dport) CHECK(value.error().text.find(info(field).name) != std::string::npos);
  }
  CHECK(parse_value(Field::proto, "tpc").error().text == "no protocol 'tpc'; did you mean 'tcp'?");
  CHECK(parse_value(Field::dport, "htps").error().text.find("did you mean") != std::string::npos);
  CHECK(parse_value(Field::dport, "\x1b").error().text.find('\x1b') == std::string::npos);
  for (const char* text : {"", "x", "inf", "nan", "1e999", "k"}) CHECK_FALSE(parse_real_value(Field::load, text));
}

TEST_CASE("numbers stand right, words left") {
  CHECK(aligns_right(Field::spkts));
  CHECK(aligns_right(Field::dur));
  CHECK(aligns_right(Field::load));
  CHECK_FALSE(aligns_right(Field::saddr));
  CHECK_FALSE(aligns_right(Field::sport));
  CHECK_FALSE(aligns_right(Field::stime));
  CHECK(is_json_number(Field::sport));
  CHECK_FALSE(is_json_number(Field::stime));
  CHECK_FALSE(is_json_number(Field::proto));
}
