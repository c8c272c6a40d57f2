// How the classic programs write values.
#include "sink/classic.h"

#include <catch2/catch.hpp>
#include <string>

#include "base/time.h"
#include "flow/field.h"
#include "sink/text.h"

using namespace argus;

namespace {

std::string placed(Field field, const std::string& value) {
  std::string out = "|" + value;
  place_classic(field, 1, out);
  return out.substr(1);
}

}  // namespace

TEST_CASE("the type of service is decimal, and the MAC address of everybody has a name") {
  CHECK(placed(Field::stos, "0xc0") == "192");
  CHECK(placed(Field::dtos, "0x00") == "0");
  CHECK(placed(Field::dtos, "") == "");
  CHECK(placed(Field::dmac, "ff:ff:ff:ff:ff:ff") == "Broadcast");
  CHECK(placed(Field::dmac, "ff:ff:ff:ff:ff:fe") == "ff:ff:ff:ff:ff:fe");
  CHECK(placed(Field::daddr, "ff:ff:ff:ff:ff:ff") == "ff:ff:ff:ff:ff:ff");
  CHECK(placed(Field::svlan, "0x0020") == "0x0020");
}

TEST_CASE("each head of an arrow has a place of its own") {
  CHECK(placed(Field::dir, "->") == "   ->");
  CHECK(placed(Field::dir, "<-") == "  <- ");
  CHECK(placed(Field::dir, "<->") == "  <->");
  CHECK(placed(Field::dir, "") == "");
}

TEST_CASE("a width that is given is one without the fraction of a time") {
  TimeStyle time;
  time.digits = 3;
  CHECK(classic_width({Field::stime, 20}, time) == 23);
  CHECK(classic_width({Field::dur, 12}, time) == 12);
  CHECK(classic_width({Field::saddr, 0}, time) == 18);
}
