#include <catch2/catch.hpp>

#include "base/names.h"
#include "base/text.h"
#include "filter/filter.h"
#include "filter/primitives.h"
#include "filter/unheld.h"
#include "flow/field.h"
#include "flow/type.h"

using namespace argus;

namespace {

std::string explained(const std::string& text) {
  const auto out = explain_filter(text);
  return out ? *out : out.error().text;
}

}  // namespace

TEST_CASE("names of other programs are field names, and take no word from the language") {
  for (const ForeignName& one : foreign_names()) {
    CAPTURE(one.name);
    CHECK(explained("has " + std::string(one.name)) == explained("has " + std::string(info(one.field).name)));
    CHECK(find_primitive(one.name) == nullptr);
    CHECK_FALSE(find_proto(one.name));
  }
  CHECK(explained("source.ip = 192.0.2.1") == "(saddr = 192.0.2.1)");
  CHECK(explained("octetDeltaCount > 1k") == explained("sbytes > 1k"));
  CHECK(explained("tos = 16") == "((stos = 16) or (dtos = 16))");
  CHECK(explained("dirwhy = port or first") == explained("dirwhy in {port, first}"));
}

TEST_CASE("filters mean these tests over fields") {
  const std::pair<const char*, const char*> table[] = {
      {"", "all"},
      {" \t\n", "all"},
      {"tcp", "(proto = tcp)"},
      {"host 192.0.2.1", "((saddr = 192.0.2.1) or (daddr = 192.0.2.1))"},
      {"src host 192.0.2.1", "(saddr = 192.0.2.1)"},
      {"dst 192.0.2.1", "(daddr = 192.0.2.1)"},
      {"192.0.2.1", "((saddr = 192.0.2.1) or (daddr = 192.0.2.1))"},
      {"10.0.0.0/8", "((saddr = 10.0.0.0/8) or (daddr = 10.0.0.0/8))"},
      {"src 10.0.0.0/8", "(saddr = 10.0.0.0/8)"},
      {"net 192.168", "((saddr = 192.168.0.0/16) or (daddr = 192.168.0.0/16))"},
      {"src net ( 192.168.0.0/16 )", "(saddr = 192.168.0.0/16)"},
      {"src net (192.168.0.0/16)", "(saddr = 192.168.0.0/16)"},
      {"net 192.168.0.0 mask 255.255.0.0", "((saddr = 192.168.0.0/16) or (daddr = 192.168.0.0/16))"},
      {"dst net 2001:db8::/32", "(daddr = 2001:db8::/32)"},
      {"src and dst net 10.0.0.0/8", "((saddr = 10.0.0.0/8) and (daddr = 10.0.0.0/8))"},
      {"src or dst net 10.0.0.0/8", "((saddr = 10.0.0.0/8) or (daddr = 10.0.0.0/8))"},
      {"port 80", "((sport = 80) or (dport = 80))"},
      {"port http", "((sport = 80) or (dport = 80))"},
      {"port 80-90", "((sport = 80-90) or (dport = 80-90))"},
      {"portrange 80:90", "((sport = 80-90) or (dport = 80-90))"},
      {"port 80 or 443", "((sport in {80, 443}) or (dport in {80, 443}))"},
      {"port (80 or 443)", "((sport in {80, 443}) or (dport in {80, 443}))"},
      {"port {80,443}", "((sport in {80, 443}) or (dport in {80, 443}))"},
      {"port in { 80 443 }", "((sport in {80, 443}) or (dport in {80, 443}))"},
      {"port 80,443", "((sport in {80, 443}) or (dport in {80, 443}))"},
      {"port != 80", "(((sport != 80) or (dport != 80)) and (not ((sport = 80) or (dport = 80))))"},
      {"port not in {80,443}",
       "(((sport not in {80, 443}) or (dport not in {80, 443})) and "
       "(not ((sport in {80, 443}) or (dport in {80, 443}))))"},
      {"src and dst port != 80", "((sport != 80) and (dport != 80))"},
      {"src or dst port != 80", "((sport != 80) or (dport != 80))"},
      {"src vlan not in {104}", "(svid != 104)"},
      {"src mpls not in {16}", "(smpls != 16)"},
      {"src not in {10.0.0.1}", "(saddr != 10.0.0.1)"},
      {"dir \"->\"", "(dir = 2)"},
      {"dir ->", "(dir = 2)"},
      {"dir = ->", "(dir = 2)"},
      {"dir <-", "(dir = 1)"},
      {"dir in {->,<?>} and tcp", "((dir in {2, 7}) and (proto = tcp))"},
      {"(dir ?)", "(dir = 4)"},
      {"src port gt 1023", "(sport >= 1024)"},
      {"port ftp-data", "((sport = 20) or (dport = 20))"},
      {"tcp port 80", "((proto = tcp) and ((sport = 80) or (dport = 80)))"},
      {"tcp port 80 or 443",
       "(((proto = tcp) and ((sport = 80) or (dport = 80))) or "
       "((proto = tcp) and ((sport = 443) or (dport = 443))))"},
      {"udp dst port domain", "((proto = udp) and (dport = 53))"},
      {"tcp syn", "((proto = tcp) and ((sevents & 0x1) or (devents & 0x1)))"},
      {"tcp and src syn", "((proto = tcp) and (sevents & 0x1))"},
      {"tcp bytes gt 1k", "((proto = tcp) and (bytes >= 1001))"},
      {"proto 6", "(proto = tcp)"},
      {"proto \\tcp", "(proto = tcp)"},
      {"ip proto 17", "(proto = udp)"},
      {"ether proto 0x806", "(etype = 2054)"},
      {"ether proto \\arp", "(etype = 2054)"},
      {"ether src 00:00:5e:00:53:01", "(smac = 00:00:5e:00:53:01)"},
      {"ether host 00:00:5e:00:53:01", "((smac = 00:00:5e:00:53:01) or (dmac = 00:00:5e:00:53:01))"},
      {"ether dst host 00:00:5e:00:53:01", "(dmac = 00:00:5e:00:53:01)"},
      {"vlan", "((has svlan) or (has dvlan))"},
      {"vlan 10", "((svid = 10) or (dvid = 10))"},
      {"src vlan", "(has svlan)"},
      {"mpls 16", "((smpls = 16) or (dmpls = 16))"},
      {"inode 192.0.2.9", "(inode = 192.0.2.9)"},
      {"srcid north", "(srcid = \"north\")"},
      {"srcid a or \"b\"", "(srcid in {\"a\", \"b\"})"},
      {"srcid (a or b)", "(srcid in {\"a\", \"b\"})"},
      {"srcid \"a b\"", "(srcid = \"a b\")"},
      {"srcid != \"a\\\"b\"", "(srcid != \"a\\\"b\")"},
      {"state CON", "(state = CON)"},
      {"state = con", "(state = CON)"},
      {"bytes gt 1000", "(bytes >= 1001)"},
      {"src bytes gt 1000", "(sbytes >= 1001)"},
      {"dst pkts >= 10", "(dpkts >= 10)"},
      {"src or dst bytes > 1M", "((sbytes >= 1000001) or (dbytes >= 1000001))"},
      {"pkts gt 10 and lt 20", "(pkts = 11-19)"},
      {"dur > 1.5", "(dur >= 1.500000001)"},
      {"dur > 30s", "(dur >= 30.000000001)"},
      {"tcprtt > 10ms", "(tcprtt >= 0.010000001)"},
      {"src ttl 64", "(sttl = 64)"},
      {"ttl lt 5", "((sttl <= 4) or (dttl <= 4))"},
      {"load > 1M", "(load > 1000000)"},
      {"pcr < -0.5", "(pcr < -0.5)"},
      {"ploss >= 5%", "(ploss >= 5)"},
      {"bytes > 5MB", "(bytes >= 5000001)"},
      {"bytes in 1k..1M", "(bytes = 1000-1000000)"},
      {"bytes not in 1k..1M", "(bytes != 1000-1000000)"},
      {"src bytes 64KiB", "(sbytes = 65536)"},
      {"sbytes < 1.5MiB", "(sbytes <= 1572863)"},
      {"bytes >= 2P", "(bytes >= 2000000000000000)"},
      {"win 64KiB", "((swin = 65536) or (dwin = 65536))"},
      {"pkts > 10k", "(pkts >= 10001)"},
      {"load > 10Mbit/s", "(load > 10000000)"},
      {"load in 1Mbps..2Mbps", "(load = 1000000..2000000)"},
      {"rate > 2kpps", "(rate > 2000)"},
      {"dur in 200ms..1.5s", "(dur = 0.2..1.5)"},
      {"dur > 2m", "(dur >= 120.000000001)"},
      {"dport in 80,443,8000-8100", "(dport in {80, 443, 8000-8100})"},
      {"dport not in 80,443", "(dport not in {80, 443})"},
      {"port in 80,443 and tcp", "(((sport in {80, 443}) or (dport in {80, 443})) and (proto = tcp))"},
      {"srcid in a,b", "(srcid in {\"a\", \"b\"})"},
      {"ploss in 1%..5%", "(ploss = 1..5)"},
      {"wait", "(((sevents & 0x8) or (devents & 0x8)) and (not (cause = closed..reset)))"},
      {"secn", "(sevents & 0xc00)"},
      {"fragonly",
       "((frags >= 1) and (proto in {tcp, udp, dccp, sctp, udplite}) and (not (has sport)) and (not (has dport)))"},
      {"not event", "all"},
      {"abr < -0.5", "(pcr < -0.5)"},
      {"encaps 802q", "((senc & 0x4) or (denc & 0x4))"},
      {"has inode", "(has inode)"},
      {"has port", "((has sport) or (has dport))"},
      {"saddr = 10.0.0.0/8", "(saddr = 10.0.0.0/8)"},
      {"src_addr = 10.0.0.1", "(saddr = 10.0.0.1)"},
      {"sbytes != 0", "(sbytes >= 1)"},
      {"timeout", "(cause = timeout)"},
      {"state ECO", "(state in {16392, 24704})"},
      {"sflags = SA", "(sflags = SA)"},
      {"dirwhy >= syn", "(dirwhy >= syn)"},
      {"encaps gre", "((senc & 0x20) or (denc & 0x20))"},
      {"src encaps = gre", "(senc & 0x20)"},
      {"src encaps != gre", "((has senc) and (not (senc & 0x20)))"},
      {"src encaps {gre, vlan}", "(senc & 0x24)"},
      {"src encaps not in {gre, vlan}", "((has senc) and (not (senc & 0x24)))"},
      {"src encaps 0", "(senc = 0)"},
      {"src dsb ef", "(stos = 184..187)"},
      {"src dsb cs3", "(stos = 96..99)"},
      {"src dsb af42", "(stos = 144..147)"},
      {"dst port (not 80 and gt 3)", "((not (dport = 80)) and (dport >= 4))"},
      {"dst port (! 80 or 443)", "((not (dport = 80)) or (dport = 443))"},
      {"src retrans > 3", "(sloss >= 4)"},
      {"man", "none"},
      {"not man", "all"},
      {"far", "all"},
      {"ip and not man", "(proto <= 255)"},
      {"stime >= 2026-11-23T14:00Z", "(stime >= 1795442400)"},
      {"! tcp && ! udp", "((not (proto = tcp)) and (not (proto = udp)))"},
      {"tcp || udp", "(proto in {tcp, udp})"},
      {"not not tcp", "(proto = tcp)"},
      {"sport = 5 and sport = 6", "none"},
      {"ip4", "((proto <= 255) and ((saddr = 0.0.0.0/0) or (daddr = 0.0.0.0/0)))"},
      {"(tcp)", "(proto = tcp)"},
      {"host (192.0.2.1 or 192.0.2.3)", "((saddr in {192.0.2.1, 192.0.2.3}) or (daddr in {192.0.2.1, 192.0.2.3}))"},
      {"saddr = 192.0.2.1 or saddr = 192.0.2.2", "(saddr = 192.0.2.1..192.0.2.2)"},
      {"saddr = 10.0.0.0/9 or saddr = 10.128.0.0/9", "(saddr = 10.0.0.0/8)"},
  };
  for (const auto& [text, meaning] : table) {
    CAPTURE(text);
    CHECK(explained(text) == meaning);
  }
}

TEST_CASE("and binds tighter than or, not tightest") {
  CHECK(explained("tcp or udp and port 53") == explained("tcp or (udp and port 53)"));
  CHECK(explained("tcp and port 53 or udp") == explained("(tcp and port 53) or udp"));
  CHECK(explained("not tcp and port 53") == explained("(not tcp) and port 53"));
  CHECK(explained("not (tcp and port 53)") != explained("not tcp and port 53"));
}

TEST_CASE("every row of the table compiles, is explained and has help") {
  for (const Primitive& row : primitives()) {
    CAPTURE(row.name);
    CHECK_FALSE(row.help.empty());
    CHECK((row.alone.empty() == false || row.takes != Takes::nothing || row.name == "all" || row.name == "none"));
    CHECK(find_primitive(row.name) == &row);
    if (!row.alone.empty() || row.takes == Takes::nothing) {
      const auto text = explain_filter(row.name);
      REQUIRE(text);
      CHECK(explained(*text) == *text);
    }
    if (row.alone.find('%') != std::string_view::npos) {
      const bool ether = row.name.starts_with("ether ");
      const std::string src = ether ? "ether src " + std::string(row.name.substr(6)) : "src " + std::string(row.name);
      const std::string dst = ether ? "ether dst " + std::string(row.name.substr(6)) : "dst " + std::string(row.name);
      CHECK(explain_filter(src));
      CHECK(explained(src) != explained(dst));
    }
    const char* value = row.takes == Takes::host  ? "192.0.2.1"
                        : row.takes == Takes::net ? "192.0.2.0/24"
                        : row.field == "mac"      ? "00:00:5e:00:53:01"
                                                  : "3";
    if (row.takes != Takes::nothing) CHECK(explained(std::string(row.name) + " " + value).find("filter:") != 0);
  }
}

TEST_CASE("words about facts that records do not have are words of nothing else, and say what they ask for") {
  for (const UnheldWord& row : unheld_words()) {
    CHECK(row.says.starts_with("asks "));
    for (const std::string_view word : split_words(row.words, " ")) {
      CAPTURE(word);
      CHECK(find_primitive(word) == nullptr);
      CHECK_FALSE(find_field(word));
      CHECK(explained(std::string(word)) == fmt::format("filter: '{}' {}", word, row.says));
      CHECK(explained("tcp and src " + std::string(word) + " gt 5") == fmt::format("filter: '{}' {}", word, row.says));
    }
  }
  CHECK(explained("slen 5") == "filter: 'slen' asks for the length of a packet, which records do not hold");
  CHECK(explained("has len") == "filter: 'len' asks for the length of a packet, which records do not hold");
}

TEST_CASE("every field can be asked for by name and alias") {
  for (const FieldInfo& field : all_fields()) {
    CAPTURE(field.name);
    CHECK(explained("has " + std::string(field.name)) == "(has " + std::string(field.name) + ")");
    if (!field.alias.empty())
      CHECK(explained("has " + std::string(field.alias)) == "(has " + std::string(field.name) + ")");
    const std::string value = field.type == Type::addr      ? "192.0.2.1"
                              : field.format == Format::mac ? "00:00:5e:00:53:01"
                              : field.format == Format::oui ? "00:00:5e"
                                                            : "7";
    const auto text = explain_filter(std::string(field.name) + " = " + value);
    REQUIRE(text);
    CHECK(explained(*text) == *text);
  }
}
