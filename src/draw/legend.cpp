#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/core.h>

#include "draw/canvas.h"
#include "draw/chart.h"
#include "draw/layout.h"
#include "draw/palette.h"
#include "draw/picture.h"
#include "draw/scale.h"

namespace argus {

namespace {

constexpr std::size_t kKindsMost = 4;
constexpr double kLegendPart = 0.25;  // of the height of a picture, at most
constexpr double kLegendHead = 8;     // between the axis of time and the first row

const LegendMeasure& pixels() {
  static const LegendMeasure measure = {
      kRowHeight, kSwatch + 7, 44, 130, 10, 8, 24, "\xe2\x96\xb2 ", "\xe2\x96\xbc ", [](std::string_view text) {
        return text_width(text, kTextSize);
      }};
  return measure;
}

// In the order of the series; all together at the end where that says something.
std::vector<LegendRow> legend_rows(const Chart& chart) {
  std::vector<LegendRow> out;
  const auto row = [&](const std::string& name, std::size_t at, const Figures& up, const Figures& down) {
    out.push_back({name, at, &up, chart.mirrored ? &down : nullptr});
  };
  for (std::size_t i = 0; i < chart.series.size(); i++)
    row(chart.series[i].name, i, chart.series[i].up.figures, chart.series[i].down.figures);
  if (chart.stacked && out.size() > 1) row("all", SIZE_MAX, chart.all_up, chart.all_down);
  return out;
}

// Leaves `most` rows at least 1: without the smallest series, in place of which one row says how many they are.
void shorten(std::size_t most, std::vector<LegendRow>& rows) {
  if (rows.size() <= most) return;
  const std::size_t kept = most > 1 ? most - 1 : 0;
  const std::size_t dropped = rows.size() - kept;
  rows.resize(kept);
  rows.push_back({fmt::format("and {} more", dropped)});
}

// The figures that there are, in the order of how they are shown; `most` of them at most, the least needed go first.
struct Kind {
  const char* title;
  double Figures::*figure;
  int rank;  // 0 goes last
};
std::vector<Kind> kinds_of(const Chart& chart, const std::vector<LegendRow>& rows, std::size_t most) {
  std::vector<Kind> out = {{"total", &Figures::total, 1},
                           {"average", &Figures::average, 0},
                           {"p95", &Figures::p95, 3},
                           {"maximum", &Figures::most, 2}};
  std::erase_if(out, [&](const Kind& kind) {
    if (kind.figure == &Figures::total && chart.total_unit.empty()) return true;
    return std::all_of(rows.begin(), rows.end(), [&](const LegendRow& row) {
      return std::isnan(row.up->*kind.figure) && (row.down == nullptr || std::isnan(row.down->*kind.figure));
    });
  });
  while (out.size() > most)
    out.erase(std::max_element(out.begin(), out.end(), [](const Kind& a, const Kind& b) { return a.rank < b.rank; }));
  return out;
}

const Figures& figures_of(const LegendRow& row, bool down) { return down ? *row.down : *row.up; }

// The columns of a block, from the end of its names on. Returns how wide they are together.
double place_columns(const Chart& chart, const LegendMeasure& measure, const std::vector<LegendRow>& rows,
                     const std::vector<Kind>& kinds, std::vector<LegendColumn>& out) {
  double at = 0;
  for (const bool down : {false, true}) {
    if (down && !chart.mirrored) break;
    for (const Kind& kind : kinds) {
      const std::string_view mark = !chart.mirrored ? "" : down ? measure.down_mark : measure.up_mark;
      LegendColumn one;
      one.title = std::string(mark) + kind.title;
      one.figure = kind.figure, one.down = down;
      double whole = 0, rest = 0;
      for (const LegendRow& row : rows) {
        const AmountText text = amount_parts(figures_of(row, down).*kind.figure, chart.unit);
        whole = std::max(whole, measure.width(text.whole));
        rest = std::max(rest, measure.width(text.rest));
      }
      at += (down && &kind == kinds.data() ? measure.half_gap : 0) + measure.gap;
      at += std::max(whole + rest, measure.width(one.title));
      one.right = at, one.point = at - rest;
      out.push_back(std::move(one));
    }
  }
  return at;
}

}  // namespace

LegendGrid legend_grid(const Chart& chart, const LegendMeasure& measure, double width, double height) {
  LegendGrid out;
  out.rows = legend_rows(chart);
  if (out.rows.empty()) return out;
  double widest = 0;
  for (const LegendRow& row : out.rows) widest = std::max(widest, measure.width(row.name));
  const auto lines = static_cast<std::size_t>(std::max(std::floor(height / measure.row), 1.0));
  const auto take = [&](std::size_t kinds, double least) {
    out.columns.clear();
    const double figures =
        kinds == 0 ? 0 : place_columns(chart, measure, out.rows, kinds_of(chart, out.rows, kinds), out.columns);
    const std::size_t free = lines - (kinds == 0 ? 0 : 1);
    if (free == 0) return false;
    out.blocks = (out.rows.size() + free - 1) / free;
    out.rows_each = (out.rows.size() + out.blocks - 1) / out.blocks;
    const double fixed = measure.swatch + figures, gaps = static_cast<double>(out.blocks - 1) * measure.block_gap;
    const double room = (width - gaps) / static_cast<double>(out.blocks) - fixed;
    if (room < least) return false;
    out.name_width = std::floor(std::min(room, widest));
    out.block_width = fixed + out.name_width + measure.block_gap;
    for (LegendColumn& column : out.columns)
      for (double* x : {&column.right, &column.point}) *x += measure.swatch + out.name_width;
    out.height = static_cast<double>(out.rows_each + (kinds == 0 ? 0 : 1)) * measure.row;
    return true;
  };
  for (std::size_t kinds = kKindsMost; kinds > 0; kinds--)  // the last figure is worth a shorter name
    if (take(kinds, std::min(widest, measure.name_easy / (kinds == 1 ? 2 : 1)))) return out;
  if (out.rows.back().series == SIZE_MAX) out.rows.pop_back();  // without figures it says nothing
  if (take(0, std::min(widest, measure.name_least))) return out;
  shorten(names_in(measure, width, height), out.rows);
  if (!take(0, 0)) out.rows.clear(), out.height = 0;
  return out;
}

std::size_t names_in(const LegendMeasure& measure, double width, double height) {
  const double lines = std::floor(height / measure.row);
  const double blocks =
      std::floor((width + measure.block_gap) / (measure.swatch + measure.name_least + measure.block_gap));
  return static_cast<std::size_t>(std::max(lines, 1.0) * std::max(blocks, 1.0));
}

std::size_t series_named(const Look& look) {
  return names_in(pixels(), look.width - 2 * kMargin, look.height * kLegendPart - kLegendHead);
}

std::string units_text(const Chart& chart, bool legend) {
  std::string out = chart.percent ? "%" : says_unit(chart.unit) ? "" : chart.unit;
  if (chart.logarithmic) out += out.empty() ? "logarithmic" : ", logarithmic";
  if (!legend || chart.total_unit.empty() || chart.series.empty()) return out;
  if (chart.percent) return out + ", legend in " + chart.unit + " and " + chart.total_unit;
  return out + ", totals in " + chart.total_unit;
}

Layout laid_out(const Chart& chart, const Look& look, const ValueScale& scale) {
  Layout out;
  const double width = look.width - 2 * kMargin;
  double left = 0;
  for (const Tick& tick : scale.ticks()) left = std::max(left, text_width(tick.text, kTextSize));
  const double head = look.height < kLowBelow ? kHeadLow : kHeadWhole, axis = 42;
  double legend = 0;
  if (look.legend) {
    out.legend = legend_grid(chart, pixels(), width, look.height * kLegendPart - kLegendHead);
    if (!out.legend.rows.empty()) legend = out.legend.height + kLegendHead;
  }
  out.plot.x = kMargin + std::max(left, 24.0) + 8;
  out.plot.y = head;
  out.plot.width = look.width - kMargin - out.plot.x;
  out.plot.height = look.height - head - axis - legend;
  out.legend_top = out.plot.y + out.plot.height + axis + kLegendHead / 2;
  return out;
}

void draw_legend(const Chart& chart, const Look& look, const Layout& layout, Canvas& canvas) {
  const LegendGrid& grid = layout.legend;
  if (grid.rows.empty()) return;
  const Theme theme = theme_of(look.dark);
  const auto colours = colours_of(chart.series, look.palette, look.dark);
  canvas.begin_group("legend", "");
  const double base = layout.legend_top + kRowHeight - 6;  // of the first line of letters
  for (std::size_t block = 0; block < grid.blocks; block++)
    for (const LegendColumn& column : grid.columns)
      canvas.text({kMargin + static_cast<double>(block) * grid.block_width + column.right, base}, column.title,
                  {kTextSize, theme.muted, Anchor::end, false});
  for (std::size_t i = 0; i < grid.rows.size(); i++) {
    const LegendRow& row = grid.rows[i];
    const double left = kMargin + grid.left_of(i), y = base + static_cast<double>(grid.line_of(i)) * kRowHeight;
    if (row.series != SIZE_MAX) {
      const SeriesColours& colour = colours[row.series];
      const double top = std::round(y - kSwatch + 1), half = chart.mirrored ? std::floor(kSwatch / 2) : kSwatch;
      if (colour.outlined) canvas.box({left - 1, top - 1, kSwatch + 2, kSwatch + 2}, theme.outline);
      canvas.box({left, top, kSwatch, half}, colour.up);
      if (chart.mirrored) canvas.box({left, top + half, kSwatch, kSwatch - half}, colour.down);
    }
    canvas.text({left + pixels().swatch, y}, fitted_text(row.name, kTextSize, grid.name_width + 1),
                {kTextSize, row.up != nullptr ? theme.ink : theme.muted, Anchor::start, false});
    for (const LegendColumn& column : grid.columns) {
      const double figure = figures_of(row, column.down).*column.figure;
      const AmountText text = amount_parts(figure, chart.unit);
      const Colour ink = figure == 0 ? theme.muted : theme.ink;
      canvas.text({left + column.point + text_width(text.rest, kTextSize), y}, text.whole + text.rest,
                  {kTextSize, ink, Anchor::end, false});
    }
  }
  canvas.end_group();
}

}  // namespace argus
