#include "base/text.h"

#include <catch2/catch.hpp>
#include <random>

using namespace argus;

namespace {

std::string json(std::string_view text) {
  std::string out;
  append_json_string(text, out);
  return out;
}

template <class T>
std::string number(T value) {
  std::string out;
  append_number(value, out);
  return out;
}

// Bytes that a hostile sensor name could hold, with parts of UTF-8 sequences and escapes more often than chance.
std::string hostile_text(std::mt19937_64& random) {
  static const std::vector<std::string> pieces = {
      "\x1b[2J",      "\xe2\x80\xae", "\xc2\x9b", "\xf0\x9f\x98\x80", "\xed\xa0\x80",    "\"",   "\\", "\n",
      "\xef\xbb\xbf", "\xc3\xa9",     "\xe2",     "\xf4\x90",         std::string(1, 0), "\x7f", "<a>"};
  std::string out;
  for (std::size_t n = random() % 12; n > 0; n--)
    out += random() % 2 == 0 ? pieces[random() % pieces.size()] : std::string(1, static_cast<char>(random()));
  return out;
}

// No control byte, none of U+0080 to U+009F, no control of direction: decoded independently of the code under test.
bool is_safe(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); i++) {
    const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u; };
    if (byte(i) < 0x20 || byte(i) == 0x7f) return false;
    if (byte(i) == 0xc2 && byte(i + 1) >= 0x80 && byte(i + 1) < 0xa0) return false;
    if (byte(i) == 0xd8 && byte(i + 1) == 0x9c) return false;  // U+061C
    if (byte(i) == 0xe2 && byte(i + 1) == 0x80 && (byte(i + 2) == 0x8e || byte(i + 2) == 0x8f)) return false;
    if (byte(i) == 0xe2 && byte(i + 1) == 0x80 && byte(i + 2) >= 0xaa && byte(i + 2) <= 0xae) return false;
    if (byte(i) == 0xe2 && byte(i + 1) == 0x81 && byte(i + 2) >= 0xa6 && byte(i + 2) <= 0xa9) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("plain text and well-formed UTF-8 are kept as they are") {
  for (const std::string text :
       {"", "gw1", "sensor at \"HQ\" \\ 2", "K\xc3\xb6ln", "\xe6\x9d\xb1\xe4\xba\xac", "\xf0\x9f\x98\x80"})
    CHECK(escaped(text) == text);
}

TEST_CASE("bytes that could drive a terminal become \\xNN") {
  CHECK(escaped("\x1b[31m") == "\\x1b[31m");
  CHECK(escaped("a\nb\tc\r") == "a\\x0ab\\x09c\\x0d");
  CHECK(escaped(std::string_view("a\0b", 3)) == "a\\x00b");
  CHECK(escaped("\x7f") == "\\x7f");
  CHECK(escaped("\xc2\x9b"
                "31m") == "\\xc2\\x9b31m");  // C1 control in UTF-8
  CHECK(escaped("\xe2\x80\xae"
                "x") == "\\xe2\\x80\\xaex");            // right-to-left override
  CHECK(escaped("\xe2\x80\x8b") == "\\xe2\\x80\\x8b");  // zero width space
  CHECK(escaped("\xef\xbb\xbf") == "\\xef\\xbb\\xbf");  // byte order mark
}

TEST_CASE("broken UTF-8 is escaped byte by byte and what follows is kept") {
  CHECK(escaped("\xff") == "\\xff");
  CHECK(escaped("\xc3(") == "\\xc3(");                           // the second byte is none
  CHECK(escaped("\xe2\x82") == "\\xe2\\x82");                    // cut
  CHECK(escaped("\xc0\xaf") == "\\xc0\\xaf");                    // overlong
  CHECK(escaped("\xe0\x80\xaf") == "\\xe0\\x80\\xaf");           // overlong
  CHECK(escaped("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // surrogate
  CHECK(escaped("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // beyond U+10FFFF
}

TEST_CASE("whatever comes in, no control character comes out") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; i++) {
    const std::string text = hostile_text(random);
    CAPTURE(i);
    REQUIRE(is_safe(escaped(text)));
    REQUIRE(is_safe(json(text)));
    if (is_safe(text) && escaped(escaped(text)) != escaped(text)) FAIL("escaping again changes the text");
  }
}

TEST_CASE("JSON strings are quoted and escaped") {
  CHECK(json("") == "\"\"");
  CHECK(json("a\"b\\c") == R"("a\"b\\c")");
  CHECK(json("a\nb") == R"("a\u000ab")");
  CHECK(json(std::string_view("\0", 1)) == R"("\u0000")");
  CHECK(json("K\xc3\xb6ln") == "\"K\xc3\xb6ln\"");
  CHECK(json("\xff") == R"("\u00ff")");
  CHECK(json("\xe2\x80\xae") == R"("\u202e")");
}

TEST_CASE("unsigned numbers are decimal or 0x, whole, and not too large") {
  CHECK(parse_unsigned("0") == 0u);
  CHECK(parse_unsigned("18446744073709551615") == UINT64_MAX);
  CHECK(parse_unsigned("0xffffffffffffffff") == UINT64_MAX);
  CHECK(parse_unsigned("0XaB") == 0xabu);
  for (const char* text :
       {"", "18446744073709551616", "0x", "0x10000000000000000", "-1", "+1", " 1", "1 ", "1x", "0xg", "1.0"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_unsigned(text));
  }
}

TEST_CASE("numbers are printed whole") {
  CHECK(number(std::uint64_t{0}) == "0");
  CHECK(number(UINT64_MAX) == "18446744073709551615");
  CHECK(number(std::int64_t{INT64_MIN}) == "-9223372036854775808");
}

TEST_CASE("words are split at any separator and empty ones are left out") {
  CHECK(split_words("a,b c", ", ") == std::vector<std::string_view>{"a", "b", "c"});
  CHECK(split_words(",,a,,", ",") == std::vector<std::string_view>{"a"});
  CHECK(split_words("", ",").empty());
  CHECK(joined({"a", "b"}, ", ") == "a, b");
  CHECK(joined({}, ", ").empty());
}

TEST_CASE("a misspelt word finds the nearest known ones") {
  const std::vector<std::string> known = {"bytes", "sbytes", "dbytes", "saddr", "daddr", "cluster", "sort"};
  CHECK(similar_words("byts", known) == std::vector<std::string>{"bytes"});
  CHECK(similar_words("cluter", known) == std::vector<std::string>{"cluster"});
  CHECK(similar_words("xbytes", known) == std::vector<std::string>{"bytes", "sbytes", "dbytes"});
  CHECK(similar_words("srot", known) == std::vector<std::string>{"sort"});  // neighbours swapped
  CHECK(similar_words("nothing", known).empty());
  CHECK(similar_words("", known).empty());
  CHECK(similar_words(std::string(100'000, 'a'), known).empty());
  CHECK(did_you_mean("byts", known) == "; did you mean 'bytes'?");
  CHECK(did_you_mean("xaddr", known) == "; did you mean 'saddr' or 'daddr'?");
  CHECK(did_you_mean("xbytes", known) == "; did you mean 'bytes', 'sbytes' or 'dbytes'?");
  CHECK(did_you_mean("nothing", known).empty());
}
