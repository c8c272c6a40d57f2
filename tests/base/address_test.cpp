#include "base/address.h"

#include <arpa/inet.h>

#include <catch2/catch.hpp>
#include <random>

using namespace argus;

namespace {

std::string again(std::string_view text) {
  const auto address = parse_address(text);
  return address ? to_text(*address) : "none";
}

Address of(std::string_view text) {
  const auto address = parse_address(text);
  REQUIRE(address);
  return *address;
}

}  // namespace

TEST_CASE("addresses of each family are printed as they are written") {
  for (const char* text :
       {"192.0.2.1", "0.0.0.0", "255.255.255.255", "2001:db8::1", "::", "::1", "fe80::1", "00:00:5e:00:53:01"}) {
    CAPTURE(text);
    CHECK(again(text) == text);
  }
  CHECK(of("192.0.2.1").family() == Family::ipv4);
  CHECK(of("2001:db8::1").family() == Family::ipv6);
  CHECK(of("00:00:5e:00:53:01").family() == Family::mac);
}

TEST_CASE("IPv6 is printed in the one form of RFC 5952") {
  CHECK(again("2001:0DB8:0:0:0:0:0:1") == "2001:db8::1");
  CHECK(again("2001:db8:0:1:1:1:1:1") == "2001:db8:0:1:1:1:1:1");  // one group is not shortened
  CHECK(again("2001:0:0:1:0:0:0:1") == "2001:0:0:1::1");           // the longest run
  CHECK(again("2001:db8:0:0:1:0:0:1") == "2001:db8::1:0:0:1");     // the first of equals
  CHECK(again("1:0:0:0:0:0:0:0") == "1::");
  CHECK(again("64:ff9b::192.0.2.33") == "64:ff9b::c000:221");
}

TEST_CASE("an IPv4 address is the same in its mapped form") {
  CHECK(of("::ffff:192.0.2.1") == of("192.0.2.1"));
  CHECK(again("::ffff:c000:201") == "192.0.2.1");
}

TEST_CASE("what is no address is none") {
  for (const char* text : {"",
                           "1",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.256",
                           "1.2.3.",
                           ".1.2.3",
                           "1..2.3",
                           "010.0.0.1",
                           "1.2.3.4 ",
                           " 1.2.3.4",
                           "0x1.2.3.4",
                           ":",
                           ":::",
                           "1:",
                           "1::2::3",
                           "::1::",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7:8::",
                           "::1:2:3:4:5:6:7:8",
                           "12345::",
                           "g::",
                           "::1.2.3",
                           "::1.2.3.4:5",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "fe80::1%eth0",
                           "[::1]",
                           "00:00:5e:00:53",
                           "00:00:5e:00:53:01:02",
                           "000:00:5e:00:53:01",
                           "host.example"}) {
    CAPTURE(text);
    CHECK(again(text) == "none");
  }
}

TEST_CASE("reading and printing agree with the system's") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 50'000; i++) {
    unsigned char bytes[16];
    for (unsigned char& b : bytes) b = random() % 3 == 0 ? static_cast<unsigned char>(random()) : 0;
    bytes[0] = static_cast<unsigned char>(bytes[0] | 1);  // no embedded IPv4: the system prints some of those with dots
    char text[INET6_ADDRSTRLEN];
    ::inet_ntop(AF_INET6, bytes, text, sizeof text);
    REQUIRE(to_text(Address::from_v6(bytes)) == text);
    REQUIRE(of(text) == Address::from_v6(bytes));
    ::inet_ntop(AF_INET, bytes + 4, text, sizeof text);
    REQUIRE(to_text(Address::from_v4(bytes + 4)) == text);
    REQUIRE(of(text) == Address::from_v4(bytes + 4));
  }
}

TEST_CASE("texts with small changes are accepted as the system accepts them") {
  std::mt19937_64 random(2);
  const std::string seeds[] = {"2001:db8::1", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8", "192.0.2.1", "::", "1::8"};
  constexpr std::string_view kLetters = "0123456789abcdef:.:.x";
  for (int i = 0; i < 100'000; i++) {
    std::string text = seeds[random() % std::size(seeds)];
    for (std::size_t n = random() % 3 + 1; n > 0 && !text.empty(); n--) {
      const std::size_t at = random() % text.size();
      if (random() % 3 == 0) text.erase(at, 1);
      else if (random() % 2 == 0) text[at] = kLetters[random() % kLetters.size()];
      else text.insert(at, 1, kLetters[random() % kLetters.size()]);
    }
    CAPTURE(text);
    unsigned char bytes[16];
    const bool four = ::inet_pton(AF_INET, text.c_str(), bytes) == 1;
    const bool six = !four && ::inet_pton(AF_INET6, text.c_str(), bytes) == 1;
    const auto ours = parse_address(text);
    if (ours && !four && !six) REQUIRE(parse_mac(text));
    else REQUIRE(ours.has_value() == (four || six));
    if (four) REQUIRE(*ours == Address::from_v4(bytes));
    if (six) REQUIRE(*ours == Address::from_v6(bytes));
  }
}

TEST_CASE("MAC addresses take colons or dashes and are printed with colons") {
  CHECK(parse_mac("00:00:5e:00:53:01") == 0x00005e005301u);
  CHECK(parse_mac("00-00-5E-00-53-01") == 0x00005e005301u);
  CHECK(parse_mac("0:0:5e:0:53:1") == 0x00005e005301u);
  for (const char* text : {"", "00:00:5e:00:53", "00:00:5e:00:53:", "00:00:5e:00:53:1g", "00005e005301"})
    CHECK_FALSE(parse_mac(text));
  std::string out;
  append_mac(0xffffffffffffu, out);
  CHECK(out == "ff:ff:ff:ff:ff:ff");
}

TEST_CASE("prefixes count bits of the family's own") {
  CHECK(parse_prefix("192.0.2.0/24")->length == 24);
  CHECK(parse_prefix("0.0.0.0/0")->length == 0);
  CHECK(parse_prefix("2001:db8::/128")->length == 128);
  for (const char* text : {"192.0.2.0", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/0x8", "10.1/16",
                           "2001:db8::/129", "/8", "192.0.2.0/8/8"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_prefix(text));
  }
}

TEST_CASE("masking keeps the first bits and the family") {
  CHECK(to_text(masked(of("192.0.2.129"), 24)) == "192.0.2.0");
  CHECK(to_text(masked(of("192.0.2.129"), 25)) == "192.0.2.128");
  CHECK(to_text(masked(of("192.0.2.129"), 0)) == "0.0.0.0");
  CHECK(to_text(masked(of("192.0.2.129"), 200)) == "192.0.2.129");
  CHECK(to_text(masked(of("2001:db8:ffff::1"), 33)) == "2001:db8:8000::");
  CHECK(to_text(masked(of("2001:db8::1"), 0)) == "::");
  CHECK(to_text(masked(of("00:00:5e:00:53:01"), 24)) == "00:00:5e:00:00:00");
}

TEST_CASE("a network contains the addresses of its own family only") {
  const Prefix net = *parse_prefix("192.0.2.128/25");
  CHECK(contains(net, of("192.0.2.255")));
  CHECK_FALSE(contains(net, of("192.0.2.127")));
  CHECK_FALSE(contains(net, of("2001:db8::1")));
  CHECK(contains(*parse_prefix("0.0.0.0/0"), of("1.2.3.4")));
  CHECK_FALSE(contains(*parse_prefix("::/0"), of("1.2.3.4")));
  CHECK(contains(*parse_prefix("192.0.2.7/24"), of("192.0.2.9")));  // bits beyond the length do not count
}
