#include "draw/palette.h"

#include <catch2/catch.hpp>

#include "draw/canvas.h"
#include "draw/chart.h"

namespace argus {

namespace {

std::vector<Series> series_of(const std::vector<std::string>& names) {
  std::vector<Series> out;
  for (const std::string& name : names) {
    out.emplace_back();
    out.back().name = name;
    out.back().other = name == "other";
  }
  return out;
}

std::string codes(const std::vector<SeriesColours>& colours) {
  std::string out;
  for (const SeriesColours& one : colours)
    out += fmt::format("{:02x}{:02x}{:02x} ", one.up.red, one.up.green, one.up.blue);
  return out;
}

}  // namespace

TEST_CASE("the palette of Okabe and Ito in its order, other in grey") {
  const auto colours =
      colours_of(series_of({"a", "b", "c", "d", "e", "f", "g", "h", "other"}), Palette::okabe_ito, false);
  CHECK(codes(colours) == "0072b2 e69f00 009e73 d55e00 56b4e9 cc79a7 f0e442 000000 999999 ");
  CHECK(colours[6].outlined);
  CHECK_FALSE(colours[0].outlined);
}

TEST_CASE("a well known name has its colour in every picture, whatever its rank") {
  const auto first = colours_of(series_of({"https", "domain", "x"}), Palette::okabe_ito, false);
  const auto second = colours_of(series_of({"x", "tcp domain", "y", "443"}), Palette::okabe_ito, false);
  CHECK(first[0].up == second[3].up);
  CHECK(first[1].up == second[1].up);
  CHECK(codes(second) == "009e73 e69f00 d55e00 0072b2 ");
}

TEST_CASE("two of one known name are told apart, and more than eight are paler") {
  const auto two = colours_of(series_of({"tcp domain", "udp domain"}), Palette::okabe_ito, false);
  CHECK_FALSE(two[0].up == two[1].up);
  const auto many = colours_of(series_of({"a", "b", "c", "d", "e", "f", "g", "h", "i"}), Palette::okabe_ito, false);
  CHECK(codes({many[8]}) == "80b9d9 ");
}

TEST_CASE("the lower half is at four fifths of the lightness") {
  const auto colours = colours_of(series_of({"a"}), Palette::okabe_ito, false);
  CHECK(colours[0].down == Colour{0, 91, 142});
}

}  // namespace argus
