// Regular expressions over the text of fields.
#include "filter/pattern.h"

#include <catch2/catch.hpp>

#include "filter/filter.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

std::string fault_of(const std::string& text, std::string* place = nullptr) {
  FilterFault fault;
  const auto out = compile_filter(text, &fault);
  REQUIRE_FALSE(out);
  if (place != nullptr) *place = text.substr(fault.at, fault.length);
  return fault.text;
}

std::string chosen(const char* filter, const Batch& batch) {
  const auto where = compile_filter(filter);
  REQUIRE(where);
  std::vector<std::uint8_t> keep(batch.rows(), 1);
  (*where)->select(batch, keep);
  std::string out;
  for (const std::uint8_t one : keep) out += one != 0 ? '1' : '0';
  return out;
}

}  // namespace

TEST_CASE("a regular expression is looked for in what a field shows") {
  const Batch flat = batch_of({
      tcp_row("10.0.0.1", 40000, "192.0.2.1", 80).with(Field::srcid, "north-1"),
      tcp_row("10.0.0.2", 40000, "2001:db8::1", 443).with(Field::srcid, "North-2").with(Field::sflags, 0x12),
      tcp_row("10.0.0.3", 40000, "192.0.2.9", 8080).with(Field::srcid, "south"),
      row().with(Field::proto, 17).with(Field::dport, 53).with(Field::saddr, "10.0.0.1"),
      row(),
  });
  for (const Batch& batch : {flat, with_dictionaries(flat)}) {
    CHECK(chosen("srcid =~ /^north/", batch) == "10000");
    CHECK(chosen("srcid =~ /^north/i", batch) == "11000");
    CHECK(chosen("srcid !~ /north/", batch) == "01100");
    CHECK(chosen("not srcid =~ /north/", batch) == "01111");
    CHECK(chosen("srcid =~ north-\\d", batch) == "10000");
    CHECK(chosen("srcid =~ \"th$\"", batch) == "00100");
    CHECK(chosen("proto =~ /^(tcp|udp)$/", batch) == "11110");
    CHECK(chosen("dport =~ /^http/", batch) == "11100");
    CHECK(chosen("dport =~ /^https$/", batch) == "01000");
    CHECK(chosen("port =~ /domain/ or srcid =~ /south/", batch) == "00110");
    CHECK(chosen("port !~ /^http/", batch) == "00010");
    CHECK(chosen("daddr =~ /db8/", batch) == "01000");
    CHECK(chosen("saddr =~ /\\.[12]$/ and tcp", batch) == "11000");
    CHECK(chosen("sflags =~ /SA/", batch) == "01000");
    CHECK(chosen("tcp srcid =~ /a\\/b|south/", batch) == "00100");
  }
}

TEST_CASE("regular expressions are shown as they are read") {
  const auto explained = [](const char* text) { return *explain_filter(text); };
  CHECK(explained("srcid =~ /a\\/b/i") == "(srcid =~ /a\\/b/i)");
  CHECK(explained("srcid =~/a b/") == "(srcid =~ /a b/)");
  CHECK(explained("srcid !~ \"a/b\\x07\"") == "(srcid !~ /a\\/b\\x07/)");
  CHECK(explained("srcid =~ /\\\\/ and tcp") == "((srcid =~ /\\\\/) and (proto = tcp))");
  CHECK(explained("src port =~ http") == "(sport =~ /http/)");
  CHECK(explained("srcid =~ \"\\x41\\x5fb\"") == "(srcid =~ /A_b/)");
  CHECK(explained("srcid =~ //") == "(srcid =~ //)");
}

TEST_CASE("a regular expression that is wrong, or too much, is shown in its place") {
  std::string place;
  CHECK(fault_of("tcp and srcid =~ /no(rth/", &place) == "in a regular expression: missing ): no(rth");
  CHECK(place == "no(rth");
  CHECK(fault_of("srcid =~ /a\\/b[z-a]/", &place) == "in a regular expression: invalid character class range: z-a");
  CHECK(place == "z-a");
  CHECK(fault_of("srcid =~ /x**/", &place) == "in a regular expression: bad repetition operator: **");
  CHECK(place == "**");
  CHECK(fault_of("srcid =~ /(?<!a)b/").starts_with("in a regular expression: "));
  CHECK(fault_of("srcid =~ /\xff/").starts_with("in a regular expression: invalid UTF-8"));
  CHECK(fault_of("srcid =~ /((a{100}){100}){100}/").starts_with("in a regular expression: "));
  CHECK(fault_of("srcid =~ /(((a{30}){30}){30}){10}/").starts_with("in a regular expression: "));
  CHECK(fault_of("srcid =~ /abc", &place) == "'/' is never closed");
  CHECK(place == "/");
  CHECK(fault_of("srcid =~") == "a regular expression, /.../, is missing after '=~'");
  CHECK(fault_of("srcid =~ (/a/ or /b/)") == "'=~' takes one value");
  CHECK(fault_of("bytes =~ /9/", &place) == "bytes is a number and not text");
  CHECK(fault_of("srcid =~ /" + std::string(2000, 'a') + "/") == "a regular expression of more than 1024 bytes");
  CHECK(fault_of("srcid =~ /a\x01/") == "a control character");
  std::string many = "srcid =~ /a/";
  for (int i = 0; i < 40; i++) many += " or srcid =~ /a/";
  CHECK(fault_of(many) == "more than 32 regular expressions");
}

TEST_CASE("the memory of a regular expression has a bound, and matching goes on within it") {
  const auto made = TextPattern::make("(x|xx|xxx)*[a-q][^u-z]{13}x", false);
  REQUIRE(std::holds_alternative<std::shared_ptr<const TextPattern>>(made));
  std::string text;
  for (int i = 0; i < 3000; i++) text += static_cast<char>('a' + i * 7919 % 26);
  (void)std::get<0>(made)->matches(text);
  CHECK(std::get<0>(made)->matches("abbbbbbbbbbbbbx"));
}
