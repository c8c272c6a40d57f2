// How -s writes the values of a column.
#include "sink/value_format.h"

#include <catch2/catch.hpp>
#include <string>

#include "flow/field.h"

using namespace argus;

namespace {

std::string formatted(std::string_view format, const std::string& value) {
  REQUIRE(check_value_format(Field::dur, format));
  std::string out = "|" + value;
  format_value(format, 1, out);
  return out.substr(1);
}

}  // namespace

TEST_CASE("numbers are written as printf writes them") {
  CHECK(formatted("%.2f", "0.018988") == "0.02");
  CHECK(formatted("%8.3f", "9.100811") == "   9.101");
  CHECK(formatted("%08d", "184") == "00000184");
  CHECK(formatted("%-6d", "184") == "184   ");
  CHECK(formatted("%x", "255") == "ff");
  CHECK(formatted("%#X", "0x00ff") == "0XFF");
  CHECK(formatted("%d", "2.5") == "3");
  CHECK(formatted("%e", "1500") == "1.500000e+03");
  CHECK(formatted("%d", "18446744073709551615") == "18446744073709551615");
  CHECK(formatted("%d", "1e300") == "9000000000000000000");
}

TEST_CASE("texts are words, with text around them") {
  CHECK(formatted("%-6s", "CON") == "CON   ");
  CHECK(formatted("%.2s", "CON") == "CO");
  CHECK(formatted("<%s 100%%>", "CON") == "<CON 100%>");
}

TEST_CASE("what is absent, or a word where a number is asked for, stays as it is") {
  CHECK(formatted("%d", "") == "");
  CHECK(formatted("%d", "10.0.0.1") == "10.0.0.1");
  CHECK(formatted("%.1f", "CON") == "CON");
}

TEST_CASE("a format is one value of printf, and of times one of strftime") {
  for (const char* format : {"", "%", "x", "%d %d", "%n", "%p", "%ld", "%100d", "%.100f", "%*d", "%1$d"}) {
    CAPTURE(format);
    CHECK_FALSE(check_value_format(Field::pkts, format));
  }
  CHECK(check_value_format(Field::stime, "%H:%M"));
  CHECK_FALSE(check_value_format(Field::stime, ""));
}
