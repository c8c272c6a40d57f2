#include "draw/palette.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace argus {

namespace {

constexpr std::size_t kColours = 8;
using Colours = std::array<Colour, kColours>;

constexpr Colour rgb(std::uint32_t code) {
  return {static_cast<std::uint8_t>(code >> 16), static_cast<std::uint8_t>(code >> 8), static_cast<std::uint8_t>(code)};
}

// blue, orange, green, vermilion, sky, purple, yellow, black
constexpr Colours kOkabeIto = {rgb(0x0072b2), rgb(0xe69f00), rgb(0x009e73), rgb(0xd55e00),
                               rgb(0x56b4e9), rgb(0xcc79a7), rgb(0xf0e442), rgb(0x000000)};
// The same on dark paper: blue and green lighter, black turned round.
constexpr Colours kOkabeItoDark = {rgb(0x2b8fd0), rgb(0xe69f00), rgb(0x12b386), rgb(0xd55e00),
                                   rgb(0x7cc7f0), rgb(0xd98fb8), rgb(0xf0e442), rgb(0xe6e6e6)};
constexpr Colours kClassic = {rgb(0x0000ff), rgb(0x00cc00), rgb(0xff0000), rgb(0xff9900),
                              rgb(0x9900cc), rgb(0x00cccc), rgb(0xcccc00), rgb(0x996633)};
constexpr std::size_t kYellow = 6;
// A grey that purple and green are not taken for by those who do not see red or green.
constexpr Colour kOther = rgb(0xc4c4c4), kOtherDark = rgb(0x5c6166);
constexpr double kLowerHalf = 0.8, kAgain = 0.5;

// Names that every network has keep their colour from picture to picture.
struct Known {
  std::string_view name, number;
  std::size_t place;
};
constexpr std::array<Known, 13> kKnown = {{{"https", "443", 0},
                                           {"domain", "53", 1},
                                           {"http", "80", 2},
                                           {"ssh", "22", 3},
                                           {"imaps", "993", 4},
                                           {"ntp", "123", 5},
                                           {"smtp", "25", 6},
                                           {"microsoft-ds", "445", 7},
                                           {"tcp", "6", 0},
                                           {"udp", "17", 1},
                                           {"icmp", "1", 2},
                                           {"ipv6-icmp", "58", 3},
                                           {"arp", "2054", 4}}};

std::optional<std::size_t> known_place(std::string_view name) {
  const auto words = split_words(name, " ");
  if (words.empty()) return std::nullopt;
  for (const Known& known : kKnown)
    if (words.back() == known.name || words.back() == known.number) return known.place;
  return std::nullopt;
}

}  // namespace

Colour mixed(Colour from, Colour to, double part) {
  const auto mix = [&](std::uint8_t x, std::uint8_t y) {
    return static_cast<std::uint8_t>(std::lround(x * (1 - part) + y * part));
  };
  return {mix(from.red, to.red), mix(from.green, to.green), mix(from.blue, to.blue)};
}

Theme theme_of(bool dark) {
  if (dark)
    return {rgb(0x14181d), rgb(0xe3e7eb), rgb(0x98a1aa), rgb(0x2b323a),
            rgb(0x444d57), kOtherDark,    rgb(0x8c8530), rgb(0xff5a4d)};
  return {rgb(0xffffff), rgb(0x1f2328), rgb(0x4f5761), rgb(0xe1e4e8),
          rgb(0xc9ced4), kOther,        rgb(0x8a8200), rgb(0xd1242f)};
}

std::vector<SeriesColours> colours_of(const std::vector<Series>& series, Palette palette, bool dark) {
  const Colours& colours = palette == Palette::classic ? kClassic : dark ? kOkabeItoDark : kOkabeIto;
  const Theme theme = theme_of(dark);
  std::vector<std::size_t> places(series.size(), kColours);
  std::vector<bool> taken;
  const auto is_free = [&](std::size_t place) { return place >= taken.size() || !taken[place]; };
  const auto take = [&](std::size_t at, std::size_t place) {
    if (place >= taken.size()) taken.resize(place + 1);
    taken[place] = true;
    places[at] = place;
  };
  std::vector<bool> placed(series.size());
  for (std::size_t i = 0; i < series.size(); i++) {
    const auto place = series[i].other ? std::nullopt : known_place(series[i].name);
    if (place && is_free(*place)) take(i, *place), placed[i] = true;
  }
  std::size_t next = 0;
  for (std::size_t i = 0; i < series.size(); i++) {
    if (series[i].other || placed[i]) continue;
    while (!is_free(next)) next++;
    take(i, next);
  }
  std::vector<SeriesColours> out;
  for (std::size_t i = 0; i < series.size(); i++) {
    SeriesColours one;
    one.place = places[i];
    one.up = theme.other;
    if (!series[i].other) {
      const std::size_t round = places[i] / kColours;
      one.up = mixed(colours[places[i] % kColours], theme.paper,
                     1 - std::pow(kAgain, static_cast<double>(std::min<std::size_t>(round, 3))));
      one.outlined = palette == Palette::okabe_ito && !dark && places[i] % kColours == kYellow;
    }
    one.down = mixed(one.up, Colour{}, 1 - kLowerHalf);
    out.push_back(one);
  }
  return out;
}

}  // namespace argus
