#include "privacy/disguise.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <random>
#include <set>
#include <string>

#include "base/address.h"
#include "base/time.h"
#include "privacy/key.h"

namespace argus {

namespace {

// The example that comes with CryptoPAn: its key, and what became of addresses.
DisguiseKey sample_key() {
  DisguiseKey key;
  key.bytes = {21,  34,  23,  141, 51,  164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16,
               216, 152, 143, 131, 121, 121, 101, 39,  98, 87, 76, 45, 42, 132, 34,  2};
  return key;
}

unsigned bits_in_common(const Address& a, const Address& b) {
  unsigned n = 0;
  while (n < 128 && ((a.bytes[n / 8] ^ b.bytes[n / 8]) >> (7 - n % 8) & 1) == 0) n++;
  return n;
}

std::string disguised(Disguise& by, const char* address) { return to_text(by.address(*parse_address(address))); }

}  // namespace

TEST_CASE("addresses become those of the example that CryptoPAn comes with") {
  Disguise disguise(sample_key());
  CHECK(disguised(disguise, "128.11.68.132") == "135.242.180.132");
  CHECK(disguised(disguise, "129.118.74.4") == "134.136.186.123");
  CHECK(disguised(disguise, "130.132.252.244") == "133.68.164.234");
  CHECK(disguised(disguise, "141.223.7.43") == "141.167.8.160");
  CHECK(disguised(disguise, "141.233.145.108") == "141.129.237.235");
  CHECK(disguised(disguise, "152.163.225.39") == "151.140.114.167");
  CHECK(disguised(disguise, "156.29.3.236") == "147.225.12.42");
}

TEST_CASE("two addresses have as many leading bits in common as before, in both families") {
  Disguise disguise(sample_key());
  std::mt19937_64 random(7);
  for (int i = 0; i < 2000; i++) {
    Address a, b;
    const bool old = random() % 2 == 0;
    for (std::size_t k = 0; k < 16; k++) a.bytes[k] = static_cast<std::uint8_t>(random() | (k == 0 ? 1 : 0));
    if (old) a = Address::from_v4(a.bytes.data());
    b = a;
    const unsigned first = old ? 96 : 0;
    const auto bit = static_cast<unsigned>(first + random() % (128 - first));
    b.bytes[bit / 8] = static_cast<std::uint8_t>(b.bytes[bit / 8] ^ 1u << (7 - bit % 8));
    for (std::size_t k = bit / 8 + 1; k < 16; k++) b.bytes[k] = static_cast<std::uint8_t>(random());
    const Address x = disguise.address(a), y = disguise.address(b);
    CHECK(bits_in_common(x, y) == bits_in_common(a, b));
    CHECK(x.family() == a.family());
    CHECK(disguise.address(a) == x);
  }
}

TEST_CASE("the address of a network is that of the addresses in it") {
  Disguise disguise(sample_key());
  const Address host = *parse_address("10.20.30.40"), net = *parse_address("10.20.30.0");
  CHECK(disguise.network(net, 24) == masked(disguise.address(host), 24));
  CHECK(disguise.network(host, 0) == *parse_address("0.0.0.0"));
  const Address six = *parse_address("2001:db8:1:2::5");
  CHECK(disguise.network(masked(six, 64), 64) == masked(disguise.address(six), 64));
}

TEST_CASE("MAC addresses stay stations or groups, broadcast stays, and no two become one") {
  Disguise disguise(sample_key()), vendors(sample_key(), true);
  CHECK(disguise.mac(0xffffffffffff) == 0xffffffffffff);
  std::set<std::uint64_t> seen;
  std::mt19937_64 random(3);
  for (std::uint64_t i = 0; i < 3000; i++) {
    const std::uint64_t mac = i < 1000 ? 0x00005e005300 + i : random() & 0xffffffffffff;
    const std::uint64_t made = disguise.mac(mac);
    CHECK(seen.insert(made).second);
    CHECK(((made ^ mac) >> 40 & 3) == 0);
    CHECK(vendors.mac(mac) >> 24 == mac >> 24);
  }
  CHECK(disguise.address(Address::from_mac(0x00005e005301)) == Address::from_mac(disguise.mac(0x00005e005301)));
}

TEST_CASE("of ports below 1024 each stays, and the others change places") {
  const Disguise disguise(sample_key());
  std::set<std::uint16_t> seen;
  unsigned moved = 0;
  for (std::uint32_t port = 0; port < 65536; port++) {
    const std::uint16_t made = disguise.port(static_cast<std::uint16_t>(port));
    seen.insert(made);
    if (port < 1024) CHECK(made == port);
    moved += made != port ? 1 : 0;
  }
  CHECK(seen.size() == 65536);
  CHECK(moved > 64000);
}

TEST_CASE("another key is another disguise, and the same key the same one") {
  DisguiseKey other = sample_key();
  other.bytes[31] ^= 1;
  Disguise a(sample_key()), again(sample_key()), b(other);
  const Address address = *parse_address("192.0.2.1");
  CHECK(a.address(address) == again.address(address));
  CHECK(a.shift() == again.shift());
  CHECK(a.address(address) != b.address(address));
  CHECK(a.shift() != b.shift());
  CHECK(a.shift() % kSecond == 0);
}

}  // namespace argus
