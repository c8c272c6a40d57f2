// A chart as a picture: SVG, PNG, characters on a terminal, or the numbers that were drawn.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "draw/canvas.h"
#include "draw/chart.h"
#include "draw/palette.h"

namespace argus {

struct Look {
  // Pixels, from kWidthLeast x kHeightLeast to kSideMost a side, times `scale`.
  int width = 1200, height = 600;
  double scale = 1;  // 1 to 8
  bool dark = false, legend = true;
  Palette palette = Palette::okabe_ito;

  static constexpr int kWidthLeast = 200, kHeightLeast = 120, kSideMost = 8000;
};

// How many series the legend has room to name, at most a quarter of the picture's height: with more, colours would be
// seen that nothing explains.
[[nodiscard]] std::size_t series_named(const Look& look);

void draw_chart(const Chart& chart, const Look& look, Canvas& canvas);

// Pairs of a keyword and its text that go with a picture.
using PictureNotes = std::vector<std::pair<std::string, std::string>>;

// Equal charts give equal bytes.
[[nodiscard]] std::string svg_picture(const Chart& chart, const Look& look);
// Whether PNG can be made here: the library for it is looked for when first asked. Errc::unsupported says which package
// is missing.
[[nodiscard]] Result<> png_ready();
// `notes` become tEXt chunks, which is Latin-1: other characters become '?'.
[[nodiscard]] Result<std::string> png_picture(const Chart& chart, const Look& look, const PictureNotes& notes);

struct TextLook {
  int columns = 100, rows = 30;  // characters; at least 40 x 10
  bool utf8 = true;              // braille; otherwise ASCII
  bool colour = false;           // ANSI colours, 256 of them
  bool legend = true;
};
[[nodiscard]] std::size_t series_named(const TextLook& look);
// Lines, each ended.
[[nodiscard]] std::string text_picture(const Chart& chart, const TextLook& look);

// A line a bin: its begin (RFC 3339, UTC), then a column a series, and one for each half where there are two, those of
// the lower half below 0. Sums are exact; an empty cell is no value.
[[nodiscard]] std::string csv_picture(const Chart& chart);

}  // namespace argus
