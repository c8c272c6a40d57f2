#include "collect/row_table.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "flow/column.h"

using namespace argus;

TEST_CASE("a column has what was put and not removed, in any order of rows") {
  std::mt19937 random(1);
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  for (int round = 0; round < 300; round++) {
    CAPTURE(round);
    Slot<std::uint32_t> slot;
    std::vector<std::optional<std::uint32_t>> wanted;
    const std::size_t sets = below(6);
    for (std::size_t set = 0; set < sets; set++) {
      const std::size_t first = wanted.size(), count = 1 + below(4);
      wanted.resize(first + count);
      if (below(3) != 0) {
        std::uint32_t* to = slot.put_all(first, count);
        for (std::size_t i = 0; i < count; i++) wanted[first + i] = to[i] = static_cast<std::uint32_t>(below(3));
      }
      slot.reach(first + count);
      for (std::size_t n = below(6); n != 0; n--) {
        const std::size_t row = first + below(count);
        if (below(2) == 0) slot.remove(row), wanted[row].reset();
        else slot.put(row, 9), wanted[row] = 9;
      }
      std::size_t there = 0;
      for (std::size_t row = first; row < first + count; row++) {
        REQUIRE(slot.has(row) == wanted[row].has_value());
        if (wanted[row]) there++;
      }
      CHECK(slot.has_all(first, count) == (there == count));
      CHECK(slot.has_none(first, count) == (there == 0));
    }
    const Column made = slot.finish(wanted.size());
    for (std::size_t row = 0; row < wanted.size(); row++) {
      REQUIRE(made.has(row) == wanted[row].has_value());
      if (wanted[row]) CHECK(made.at<std::uint32_t>(row) == *wanted[row]);
    }
    CHECK(slot.finish(3).absent());
  }
}
