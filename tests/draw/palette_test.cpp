#include "draw/palette.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>

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

// What eyes see that lack one kind of cone, in linear light (Machado, Oliveira and Fernandes, 2009, severity 1).
using Eyes = std::array<std::array<double, 3>, 3>;
constexpr Eyes kUsual = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
constexpr Eyes kProtan = {
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}};
constexpr Eyes kDeutan = {
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}};

struct Lab {
  double l = 0, a = 0, b = 0;
};

Lab seen(const Colour& colour, const Eyes& eyes) {
  const auto linear = [](std::uint8_t byte) {
    const double part = byte / 255.0;
    return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
  };
  const std::array<double, 3> light = {linear(colour.red), linear(colour.green), linear(colour.blue)};
  std::array<double, 3> rgb{};
  for (std::size_t i = 0; i < 3; i++)
    rgb[i] = std::clamp(eyes[i][0] * light[0] + eyes[i][1] * light[1] + eyes[i][2] * light[2], 0.0, 1.0);
  const auto root = [](double t) { return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116; };
  const double x = root((0.4124564 * rgb[0] + 0.3575761 * rgb[1] + 0.1804375 * rgb[2]) / 0.95047);
  const double y = root(0.2126729 * rgb[0] + 0.7151522 * rgb[1] + 0.0721750 * rgb[2]);
  const double z = root((0.0193339 * rgb[0] + 0.1191920 * rgb[1] + 0.9503041 * rgb[2]) / 1.08883);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

// CIEDE2000: 1 is the least difference that is seen side by side.
double difference(const Lab& one, const Lab& two) {
  constexpr double kFull = 360, kRight = M_PI / 180, k25To7 = 6103515625.0;
  const auto saturated = [&](double chroma) { return std::sqrt(std::pow(chroma, 7) / (std::pow(chroma, 7) + k25To7)); };
  const double g = 0.5 * (1 - saturated((std::hypot(one.a, one.b) + std::hypot(two.a, two.b)) / 2));
  const double a1 = one.a * (1 + g), a2 = two.a * (1 + g);
  const double c1 = std::hypot(a1, one.b), c2 = std::hypot(a2, two.b), c = (c1 + c2) / 2;
  const auto hue = [&](double a, double b) { return std::fmod(std::atan2(b, a) / kRight + kFull, kFull); };
  const double h1 = hue(a1, one.b), h2 = hue(a2, two.b);
  double turn = c1 * c2 == 0 ? 0 : h2 - h1, h = c1 * c2 == 0 ? h1 + h2 : (h1 + h2) / 2;
  if (std::abs(turn) > kFull / 2) turn += turn > 0 ? -kFull : kFull, h += h < kFull / 2 ? kFull / 2 : -kFull / 2;
  const double dh = 2 * std::sqrt(c1 * c2) * std::sin(turn / 2 * kRight), l = (one.l + two.l) / 2;
  const double t = 1 - 0.17 * std::cos((h - 30) * kRight) + 0.24 * std::cos(2 * h * kRight) +
                   0.32 * std::cos((3 * h + 6) * kRight) - 0.2 * std::cos((4 * h - 63) * kRight);
  const double sl = 1 + 0.015 * std::pow(l - 50, 2) / std::sqrt(20 + std::pow(l - 50, 2));
  const double sc = 1 + 0.045 * c, sh = 1 + 0.015 * c * t;
  const double rt = -2 * saturated(c) * std::sin(60 * std::exp(-std::pow((h - 275) / 25, 2)) * kRight);
  const double x = (two.l - one.l) / sl, y = (c2 - c1) / sc, z = dh / sh;
  return std::sqrt(x * x + y * y + z * z + rt * y * z);
}

}  // namespace

TEST_CASE("the difference of colours is that of its authors") {
  // Sharma, Wu and Dalal, 2005, table 1: pairs 1, 7, 17, 25.
  CHECK(difference({50, 2.6772, -79.7751}, {50, 0, -82.7485}) == Approx(2.0425).margin(1e-4));
  CHECK(difference({50, 0, 0}, {50, -1, 2}) == Approx(2.3669).margin(1e-4));
  CHECK(difference({50, 2.5, 0}, {73, 25, -18}) == Approx(27.1492).margin(1e-4));
  CHECK(difference({60.2574, -34.0099, 36.2677}, {60.4626, -34.1751, 39.4387}) == Approx(1.2644).margin(1e-4));
}

TEST_CASE("series are told apart from each other and from the paper by eyes without red or green cones") {
  constexpr double kPlain = 10;  // at a glance
  const auto series = series_of({"a", "b", "c", "d", "e", "f", "g", "h", "other"});
  for (const bool dark : {false, true})
    for (const bool down : {false, true})
      for (const Eyes* eyes : {&kUsual, &kProtan, &kDeutan}) {
        std::vector<Lab> all = {seen(theme_of(dark).paper, *eyes)};
        for (const SeriesColours& one : colours_of(series, Palette::okabe_ito, dark))
          all.push_back(seen(down ? one.down : one.up, *eyes));
        for (std::size_t i = 0; i < all.size(); i++)
          for (std::size_t j = 0; j < i; j++) {
            CAPTURE(dark, down, eyes == &kProtan, eyes == &kDeutan, i, j);
            CHECK(difference(all[i], all[j]) > kPlain);
          }
      }
}

TEST_CASE("the palette of Okabe and Ito in its order, other in grey") {
  const auto colours =
      colours_of(series_of({"a", "b", "c", "d", "e", "f", "g", "h", "other"}), Palette::okabe_ito, false);
  CHECK(codes(colours) == "0072b2 e69f00 009e73 d55e00 56b4e9 cc79a7 f0e442 000000 c4c4c4 ");
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
