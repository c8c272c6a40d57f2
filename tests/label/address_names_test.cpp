#include "label/address_names.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "base/address.h"

namespace argus {

namespace {

Address v4(std::uint32_t number) {
  const std::uint8_t bytes[4] = {static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
                                 static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
  return Address::from_v4(bytes);
}

}  // namespace

TEST_CASE("the longest prefix that holds an address names it") {
  AddressNames names;
  for (const auto& [network, name] : std::vector<std::pair<const char*, const char*>>{{"10.0.0.0/8", "all"},
                                                                                      {"10.1.0.0/16", "office"},
                                                                                      {"10.1.2.3/32", "printer"},
                                                                                      {"2001:db8::/32", "six"},
                                                                                      {"10.1.0.0/16", "late"}})
    names.add(*parse_prefix(network), name);
  names.finish();
  CHECK(names.find(*parse_address("10.1.2.3")) == "printer");
  CHECK(names.find(*parse_address("10.1.2.4")) == "office");
  CHECK(names.find(*parse_address("10.1.2.2")) == "office");
  CHECK(names.find(*parse_address("10.2.0.0")) == "all");
  CHECK(names.find(*parse_address("10.255.255.255")) == "all");
  CHECK(names.find(*parse_address("11.0.0.0")).empty());
  CHECK(names.find(*parse_address("9.255.255.255")).empty());
  CHECK(names.find(*parse_address("2001:db8:ffff::1")) == "six");
  CHECK(names.find(Address::from_mac(0x0a0102030405)).empty());
}

TEST_CASE("everything, and the last address there is") {
  AddressNames names;
  names.add(*parse_prefix("0.0.0.0/0"), "four");
  names.add(*parse_prefix("::/0"), "six");
  names.add(*parse_prefix("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"), "last");
  names.finish();
  CHECK(names.find(*parse_address("255.255.255.255")) == "four");
  CHECK(names.find(*parse_address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")) == "last");
  CHECK(names.find(*parse_address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe")) == "six");
}

TEST_CASE("names of random networks are those that a look through all of them finds") {
  std::mt19937 random(5);
  for (int round = 0; round < 50; round++) {
    struct Known {
      Prefix network;
      std::string name;
    };
    std::vector<Known> known;
    AddressNames names;
    for (unsigned i = 0; i < 40; i++) {
      const auto length = static_cast<std::uint8_t>(20 + random() % 13);
      known.push_back({{masked(v4(0x0a000000 | (random() & 0xfff)), length), length}, "n" + std::to_string(i)});
      names.add(known.back().network, known.back().name);
    }
    names.finish();
    for (unsigned i = 0; i < 0x1000; i += 3) {
      const Address address = v4(0x0a000000 | i);
      const Known* best = nullptr;
      for (const Known& one : known)
        if (contains(one.network, address) && (best == nullptr || one.network.length > best->network.length))
          best = &one;
      CHECK(names.find(address) == (best == nullptr ? "" : best->name));
    }
  }
}

}  // namespace argus
