#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "flow/column.h"
#include "meter/row_column.h"

using namespace argus;

// Few values or many, few gaps or many, gaps at either end, and one batch behind the other.
TEST_CASE("a column of rows one at a time is the column that other builders make") {
  std::mt19937 random(1);
  RowColumn<std::uint32_t> ours;
  for (int round = 0; round < 400; round++) {
    ColumnBuilder<std::uint32_t> theirs;
    const std::size_t rows = random() % 40, gaps = random() % 4, values = 1 + random() % 3;
    if (round % 3 == 0) ours.reserve(rows);
    for (std::size_t row = 0; row < rows; row++) {
      if (random() % 4 < gaps || (round % 5 == 0 && row < rows / 2)) {
        ours.add_absent(), theirs.add_absent();
        continue;
      }
      const auto value = static_cast<std::uint32_t>(random() % values);
      ours.add(value), theirs.add(value);
    }
    REQUIRE(ours.rows() == rows);
    const Column a = ours.finish(), b = theirs.finish();
    REQUIRE(ours.rows() == 0);
    REQUIRE(a.shape() == b.shape());
    for (std::size_t row = 0; row < rows; row++) {
      REQUIRE(a.has(row) == b.has(row));
      if (a.has(row)) REQUIRE(a.at<std::uint32_t>(row) == b.at<std::uint32_t>(row));
    }
    if (a.shape() != Column::Shape::flat) continue;
    // Also what stands where nothing is.
    REQUIRE(std::ranges::equal(a.values<std::uint32_t>(), b.values<std::uint32_t>()));
    REQUIRE(a.mask() == b.mask());
  }
}
