// Where in a picture things are, and the lines of its legend.
#pragma once

#include <string>
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
// In the order of the series; all together at the end where that says something.
[[nodiscard]] std::vector<LegendRow> legend_rows(const Chart& chart);

// Leaves so many rows, at least 1: without those of the smallest series, in place of which one row says how many they
// are. Other and all together stay.
void shorten_legend(const Chart& chart, std::size_t most, std::vector<LegendRow>& rows);

// A column of figures.
struct LegendColumn {
  const char* title;
  double Figures::*figure;
};
// Those that the chart has, in the order of how they are shown: total, average, p95, maximum. `most` of them at most;
// the least needed go first.
[[nodiscard]] std::vector<LegendColumn> legend_columns(const Chart& chart, std::size_t most);

struct Layout {
  Box plot;
  double legend_top = 0, name_width = 0;
  std::vector<LegendRow> rows;
  std::vector<LegendColumn> columns;  // of each half
};
[[nodiscard]] Layout laid_out(const Chart& chart, const Look& look, const ValueScale& scale);

inline constexpr double kMargin = 16, kTitleSize = 16, kTextSize = 11, kRowHeight = 17, kSwatch = 11, kFigureWidth = 66,
                        kHalfGap = 22;

void draw_legend(const Chart& chart, const Look& look, const Layout& layout, Canvas& canvas);

}  // namespace argus
