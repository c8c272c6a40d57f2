#include "codec/value_order.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "base/address.h"

using namespace argus;

namespace {

template <class T>
void check_order(std::vector<T> values) {
  const auto placed = in_order(values);
  REQUIRE(placed.size() == values.size());
  std::vector<T> sorted;
  for (const auto& one : placed) {
    REQUIRE(one.place < values.size());
    CHECK(one.value == values[one.place]);
    sorted.push_back(one.value);
  }
  std::sort(values.begin(), values.end());
  CHECK(sorted == values);
}

}  // namespace

TEST_CASE("addresses of all families come in their order, with the places where they stood") {
  std::mt19937 random(1);
  for (const std::size_t size : {0u, 1u, 2u, 300u, 5000u}) {
    CAPTURE(size);
    std::vector<Address> fours, others;
    for (std::size_t i = 0; i < size; i++) {
      // Few and many values of the first byte; an odd multiplier makes all of them different.
      const auto number = static_cast<std::uint32_t>(i * (size == 300 ? 2'654'435'761u : 7u));
      const auto byte = [&](unsigned at) { return static_cast<std::uint8_t>(number >> (24 - 8 * at)); };
      const std::array<std::uint8_t, 4> four = {byte(0), byte(1), byte(2), byte(3)};
      fours.push_back(Address::from_v4(four.data()));
      std::array<std::uint8_t, 16> six{};
      six[0] = i % 3 == 0 ? 0x20 : 0, six[15] = byte(3), six[14] = byte(2), six[13] = byte(1), six[12] = byte(0);
      if (i % 5 == 0) others.push_back(Address::from_mac(number));
      else if (i % 5 == 1) others.push_back(Address::from_v6(six.data()));
      else others.push_back(fours.back());
    }
    std::shuffle(fours.begin(), fours.end(), random);
    std::shuffle(others.begin(), others.end(), random);
    check_order(fours);
    check_order(others);
  }
}

TEST_CASE("texts and numbers come in their order") {
  check_order<std::string>({"b", "", "a", "ab"});
  check_order<std::uint64_t>({7, UINT64_MAX, 0, 1});
}
