#include <catch2/catch.hpp>

#include "base/result.h"
#include "filter/filter.h"

using namespace argus;

namespace {

std::string fault_of(const std::string& text) {
  const auto out = compile_filter(text);
  REQUIRE_FALSE(out);
  CHECK(out.error().code == Errc::usage);
  return whole_text(out.error());
}

}  // namespace

TEST_CASE("a misspelt word is shown in its place with words that are near") {
  CHECK(fault_of("tcp and prot 443") ==
        "filter: unknown word 'prot'\n"
        "    tcp and prot 443\n"
        "            ^^^^\n"
        "  did you mean 'port' or 'proto'?    argus help filter");
  CHECK(fault_of("tcp and (port 80 or port 443") ==
        "filter: '(' is never closed\n"
        "    tcp and (port 80 or port 443\n"
        "            ^");
  CHECK(fault_of("net 192.0.2.7/24") ==
        "filter: 192.0.2.7/24 has bits set outside its mask\n"
        "    net 192.0.2.7/24\n"
        "        ^^^^^^^^^^^^\n"
        "  did you mean 'net 192.0.2.0/24' or 'host 192.0.2.7'?");
}

TEST_CASE("faults name the place and what is wrong there") {
  struct Case {
    const char* text;
    const char* place;  // what the caret stands under; "" the end
    const char* says;   // a part of the message
  };
  const Case cases[] = {
      {"and", "and", "a test is expected before 'and'"},
      {"tcp and", "and", "missing after 'and'"},
      {"tcp or or udp", "or", "expected before 'or'"},
      {"port", "port", "'port' needs a value"},
      {"port not tcp", "not", "a value for 'port' is expected before 'not'"},
      {"port and tcp", "port", "'port' needs a value"},
      {"dur", "dur", "'dur' needs a value"},
      {"dur > ", ">", "missing after '>'"},
      {"port 70000", "70000", "out of range"},
      {"sttl = 300", "300", "out of range"},
      {"port 80-70000", "80-70000", "out of range"},
      {"port 90-80", "90-80", "ends before it begins"},
      {"port nosuchservice", "nosuchservice", "no service"},
      {"dur > 1k", "1k", "it takes seconds"},
      {"sttl = 1k", "1k", "it takes numbers up to 255"},
      {"udp ip", "ip", "without 'and' or 'or'"},
      {"udp ip4", "ip4", "without 'and' or 'or'"},
      {"udp ipv4", "ipv4", "without 'and' or 'or'"},
      {"udp ip6", "ip6", "without 'and' or 'or'"},
      {"udp ipv6", "ipv6", "without 'and' or 'or'"},
      {"tcp \"udp\"", "\"udp\"", "without 'and' or 'or'"},
      {"tcp udp", "udp", "without 'and' or 'or'"},
      {"port 80 port 443", "port", "without 'and' or 'or'"},
      {"(tcp))", ")", "')' without '('"},
      {"host example.com", "example.com", "names are not looked up"},
      {"host 10.0.0.0/8", "10.0.0.0/8", "is a network"},
      {"net 10.0.0.0", "10.0.0.0", "no prefix length"},
      {"net 10.0.0.0 mask 255.0.255.0", "10.0.0.0 mask 255.0.255.0", "is not a mask"},
      {"saddr = 10.0.0.1/8", "10.0.0.1/8", "bits set outside"},
      {"host 192.168.2", "192.168.2", "is not an address"},
      {"ip[8] > 10", "[", "no packet bytes"},
      {"tcp | udp", "|", "write 'or'"},
      {"srcid x or tpc", "tpc", "did you mean 'tcp'?"},
      {"srcid x or tpc", "tpc", "several values are a set: srcid {A,B}"},
      {"srcid = x and north", "north", "unknown word 'north'"},
      {"tcp srcid x or y", "y", "unknown word 'y'"},
      {"srcid \"x", "\"", "never closed"},
      {"port {80", "{", "never closed"},
      {"port {}", "}", "an empty set"},
      {"port < {1,2}", "{", "takes one value"},
      {"TCP", "TCP", "lower case: 'tcp'"},
      {"SMEANSZ > 3", "SMEANSZ", "lower case: 'smeansz'"},
      {"src timeout", "timeout", "has no direction"},
      {"srcid > x", "x", "= and != only"},
      {"saddr & 1", "1", "&"},
      {"443", "443", "did you mean 'port 443'?"},
      {"has nothing", "nothing", "no field"},
      {"stime > yesterday", "yesterday", "is not a time"},
      {"src", "src", "missing after 'src'"},
      {"not", "not", "missing after 'not'"},
      {"port 80 or", "or", "missing after 'or'"},
      {"()", ")", "a test is expected"},
      {"tcp\x01", "\x01", "control character"},
      {"dsb 64", "64", "code point"},
      {"vlan 50 70000", "70000", "without"},
      {"vlan 5000", "5000", "up to 4095"},
      {"vlan 4000-5000", "4000-5000", "up to 4095"},
      {"tcp -N 3", "-N", "options come before the lone '-'"},
      {"-h", "-h", "options come before the lone '-'"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    FilterFault fault;
    const auto out = compile_filter(c.text, &fault);
    REQUIRE_FALSE(out);
    CHECK(out.error().text.rfind("filter: ", 0) == 0);
    CHECK(std::string_view(c.text).substr(fault.at, fault.length) == c.place);
    CHECK_THAT(whole_text(out.error()), Catch::Contains(c.says) || Catch::Contains(c.says, Catch::CaseSensitive::No));
  }
}

TEST_CASE("the caret stands right under tabs, wide characters and control bytes") {
  CHECK(fault_of("tcp\tand\tprot 1").find("\n    tcp and prot 1\n            ^^^^\n") != std::string::npos);
  // Two characters of two columns each.
  const std::string wide = fault_of("srcid \"\xe6\x97\xa5\xe6\x9c\xac\" and )");
  CHECK(wide.substr(wide.rfind('\n')) == "\n    " + std::string(17, ' ') + "^");
  const std::string accent = fault_of("srcid \"\xc3\xa9\" and )");
  CHECK(accent.substr(accent.rfind('\n')) == "\n    " + std::string(14, ' ') + "^");
  const std::string control = fault_of("tcp \x1b[31m");
  CHECK(control.find('\x1b') == std::string::npos);
  CHECK(control.find("\\x1b") != std::string::npos);
}

TEST_CASE("a long filter is shown around the place only") {
  std::string text = "port 1";
  for (int i = 0; i < 300; i++) text += " or port " + std::to_string(i);
  const std::string error = fault_of(text + " prot 3 " + text);
  CHECK(error.size() < 500);
  CHECK(error.find("...") != std::string::npos);
  const auto caret = error.find('^');
  const auto line = error.rfind('\n', caret);
  const auto shown = error.rfind('\n', line - 1);
  CHECK(error.substr(shown + (caret - line), 4) == "prot");
}

TEST_CASE("limits of size, depth and number hold and say so") {
  CHECK(fault_of(std::string(kFilterBytesMax + 1, ' ')).find("longer than") != std::string::npos);
  CHECK(fault_of(std::string(5000, '(') + "tcp").find("parentheses") != std::string::npos);
  CHECK(fault_of(std::string(20000, '!') + "tcp").find("parentheses") != std::string::npos);
  std::string nested = "sport = 1";
  for (int i = 0; i < 80; i++) nested = "not (dport = " + std::to_string(i) + " and " + nested + ")";
  CHECK(fault_of(nested).find("nested more than 64 deep") != std::string::npos);
  std::string many = "con";
  for (int i = 0; i < 2000; i++) many += " or con";
  CHECK(fault_of(many).find("more than 4096 tests") != std::string::npos);
  std::string ports = "port {1";
  for (int i = 2; i < 9000; i++) ports += "," + std::to_string(i);
  CHECK(compile_filter(ports + "}"));
  const std::string deep = std::string(60, '(') + "tcp" + std::string(60, ')');
  CHECK(compile_filter(deep));
}
