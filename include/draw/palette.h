// Colours of series and of everything else in a picture.
#pragma once

#include <cstdint>
#include <vector>

#include "draw/canvas.h"
#include "draw/chart.h"

namespace argus {

enum class Palette : std::uint8_t {
  okabe_ito,  // to be told apart by everybody (Okabe and Ito, 2008)
  classic,    // as the classic ragraph had them
};

// What a picture is made of beside its series.
struct Theme {
  Colour paper, ink, muted, grid, hatch, other, outline, alarm;
};
[[nodiscard]] Theme theme_of(bool dark);

// `part` of the way from one to the other.
[[nodiscard]] Colour mixed(Colour from, Colour to, double part);

struct SeriesColours {
  Colour up, down;        // the lower half a little darker
  bool outlined = false;  // too pale for the paper: gets an edge
  std::size_t place = 0;  // in the palette; for `other` the size of the palette
};
// The palette in its order, from the largest series on. A name that is met everywhere (https, domain, tcp) has its own
// place in it, in every picture. From the ninth series on, colours come again, paler.
[[nodiscard]] std::vector<SeriesColours> colours_of(const std::vector<Series>& series, Palette palette, bool dark);

}  // namespace argus
