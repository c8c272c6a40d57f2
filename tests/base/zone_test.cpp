#include "base/zone.h"

#include <catch2/catch.hpp>

#include "support/zone.h"

using namespace argus;

TEST_CASE("a rule is a zone, what is neither rule nor file is none") {
  for (const char* good : {"", "UTC", "UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", ":CET-1", "<+0330>-3:30", "EST5EDT"}) {
    CAPTURE(good);
    const Zone zone(good);
    CHECK_FALSE(unknown_zone());
  }
  for (const char* bad : {"Nosuch/Zone", "Europe/Berln", "X5", "Nosuch", "<+03", ":Nosuch", ":/etc/passwd"}) {
    CAPTURE(bad);
    const Zone zone(bad);
    CHECK(unknown_zone() == (bad[0] == ':' ? bad + 1 : bad));
    CHECK(zone_name() == "UTC");
  }
}

TEST_CASE("a zone has a name") {
  const auto name_of = [](const char* text) {
    const Zone zone(text);
    return zone_name();
  };
  CHECK(name_of("UTC") == "UTC");
  CHECK(name_of("") == "UTC");
  CHECK(name_of("UTC0") == "UTC");
  CHECK(name_of("CET-1CEST,M3.5.0,M10.5.0/3") == "CET/CEST");
  CHECK(name_of("JST-9") == "JST");
  CHECK(name_of("UTC-2") == "UTC+02:00");
  CHECK(name_of("GMT+3:30") == "UTC-03:30");
  const Zone zone("Europe/Berlin");
  if (!unknown_zone()) CHECK(zone_name() == "Europe/Berlin");  // where there are zone files
}
