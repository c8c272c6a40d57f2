#include "base/count_text.h"

#include <catch2/catch.hpp>

using namespace argus;

TEST_CASE("one thing is singular, and none and many are plural") {
  CHECK(count_text(0, "record") == "0 records");
  CHECK(count_text(1, "record") == "1 record");
  CHECK(count_text(2, "record") == "2 records");
  CHECK(count_is(1, "record") == "1 record is");
  CHECK(count_is(0, "record") == "0 records are");
  CHECK(count_text(2, "address") == "2 addresses");
  CHECK(noun_of(1, "row") == "row");
  CHECK(noun_of(18446744073709551615u, "row") == "rows");
}

TEST_CASE("digits stand in groups of three from the right") {
  CHECK(grouped_digits(0, ',') == "0");
  CHECK(grouped_digits(999, ',') == "999");
  CHECK(grouped_digits(1000, ',') == "1,000");
  CHECK(grouped_digits(1'234'567, ' ') == "1 234 567");
  CHECK(grouped_digits(18446744073709551615u, ',') == "18,446,744,073,709,551,615");
}
