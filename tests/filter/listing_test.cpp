// Filters as they are listed for people.
#include <catch2/catch.hpp>

#include "base/result.h"
#include "filter/filter.h"

using namespace argus;

namespace {

std::string listing(const std::string& filter) {
  const auto listed = list_filter(filter);
  REQUIRE(listed);
  std::string out;
  for (const FilterLine& line : listed->lines) out += line.text + (line.skips.empty() ? "" : " | " + line.skips) + '\n';
  return out;
}

bool can_skip(const std::string& filter) {
  const auto listed = list_filter(filter);
  REQUIRE(listed);
  return listed->can_skip;
}

}  // namespace

TEST_CASE("a filter is listed a test a line, as it runs, with what skips frames") {
  CHECK(listing("tcp") == "proto = tcp | frames by minimum and maximum\n");
  CHECK(listing("bytes > 1k and host 192.0.2.1 and dst port 443") ==
        "dport = 443 | frames by minimum and maximum\n"
        "and (\n"
        "  saddr = 192.0.2.1 | frames by minimum and maximum, by membership\n"
        "  or daddr = 192.0.2.1 | frames by minimum and maximum, by membership\n"
        ")\n"
        "and bytes >= 1001 | no frame: computed from sbytes, dbytes\n");
  CHECK(listing("not src host 192.0.2.1") == "not saddr = 192.0.2.1 | frames by minimum and maximum\n");
  CHECK(listing("src net 192.0.2.0/24") == "saddr = 192.0.2.0/24 | frames by minimum and maximum\n");
  CHECK(listing("has sport or srcid north") ==
        "has sport | frames in which no row has one\n"
        "or srcid = \"north\" | frames in which no row has one\n");
  CHECK(listing("src syn") == "sevents & 0x1 | frames in which all rows have the same value\n");
  CHECK(listing("sport = 5 and sport = 6") == "none | every frame: no record can pass\n");
  CHECK(listing("not (tcp and src port 5)") ==
        "not (\n"
        "  proto = tcp | frames by minimum and maximum\n"
        "  and sport = 5 | frames by minimum and maximum\n"
        ")\n");
}

TEST_CASE("whether a filter can skip frames at all is known") {
  CHECK(can_skip("tcp"));
  CHECK(can_skip("tcp and bytes > 1k"));
  CHECK_FALSE(can_skip("tcp or bytes > 1k"));
  CHECK_FALSE(can_skip("bytes > 1k"));
  CHECK_FALSE(can_skip(""));
  CHECK_FALSE(can_skip("not srcid north"));
  CHECK(can_skip("not tcp"));
  CHECK(can_skip("not (tcp or bytes > 1k)"));
  CHECK_FALSE(can_skip("not (tcp and bytes > 1k)"));
  CHECK(can_skip("man"));
}

TEST_CASE("a filter that does not compile is not listed") {
  const auto wrong = list_filter("prot 5");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == Errc::usage);
}
