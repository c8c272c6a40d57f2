// Where in a picture things are, and the lines of its legend.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "draw/canvas.h"
#include "draw/chart.h"
#include "draw/picture.h"
#include "draw/scale.h"

namespace argus {

struct LegendRow {
  std::string name;
  std::size_t series = SIZE_MAX;  // SIZE_MAX: all together
  const Figures* up = nullptr;    // null: only words
  const Figures* down = nullptr;  // null: a picture of one half
};

// A column of figures.
struct LegendColumn {
  std::string title;
  double Figures::*figure = nullptr;
  bool down = false;
  double right = 0;  // its right edge, from the left of its block
  double point = 0;  // where decimals begin: all figures of the column have their points below each other
};

// What a legend is measured in: pixels or characters.
struct LegendMeasure {
  double row = 1, swatch = 2;  // height of a row; what comes before a name, with the room behind it
  double name_least = 5;       // a name alone is cut to no less
  double name_easy = 16;       // and beside figures
  double gap = 1, half_gap = 1, block_gap = 2;
  std::string_view up_mark, down_mark;  // of the titles of both halves
  std::function<double(std::string_view)> width;
};

// Rows in blocks side by side, filled one after the other.
struct LegendGrid {
  std::vector<LegendRow> rows;
  std::vector<LegendColumn> columns;  // none: names alone
  std::size_t blocks = 1, rows_each = 0;
  double name_width = 0, block_width = 0;
  double height = 0;

  [[nodiscard]] double left_of(std::size_t row) const { return static_cast<double>(row / rows_each) * block_width; }
  // In rows, from the top of the legend.
  [[nodiscard]] std::size_t line_of(std::size_t row) const { return row % rows_each + (columns.empty() ? 0 : 1); }
};
// As many figures as fit into `width` x `height` with a name for every series; names alone where none do. Where not
// even names do, one row says how many are left out.
[[nodiscard]] LegendGrid legend_grid(const Chart& chart, const LegendMeasure& measure, double width, double height);

// How many names have room there.
[[nodiscard]] std::size_t names_in(const LegendMeasure& measure, double width, double height);

// "bit/s, totals in bytes": what the numbers beside the axis and in the legend are; of times nothing, as they say it
// themselves.
[[nodiscard]] std::string units_text(const Chart& chart, bool legend);

struct Layout {
  Box plot;
  double legend_top = 0;
  LegendGrid legend;
};
[[nodiscard]] Layout laid_out(const Chart& chart, const Look& look, const ValueScale& scale);

inline constexpr double kMargin = 16, kTitleSize = 17, kTextSize = 12, kRowHeight = 17, kSwatch = 11;
// Of title, subtitle and units; of a low picture the title alone.
inline constexpr double kHeadWhole = 72, kHeadLow = 40, kLowBelow = 240;

void draw_legend(const Chart& chart, const Look& look, const Layout& layout, Canvas& canvas);

}  // namespace argus
