#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/core.h>

#include "draw/canvas.h"
#include "draw/chart.h"
#include "draw/layout.h"
#include "draw/palette.h"
#include "draw/picture.h"
#include "draw/scale.h"

namespace argus {

namespace {

constexpr double kNameLeast = 90, kNameMost = 420, kSwatchRoom = kSwatch + 8;

std::size_t halves_of(const Chart& chart) { return chart.mirrored ? 2 : 1; }

double figures_width(const Chart& chart, std::size_t columns) {
  const auto halves = static_cast<double>(halves_of(chart));
  return halves * static_cast<double>(columns) * kFigureWidth + (halves - 1) * kHalfGap;
}

double legend_height(const Layout& layout, const Chart& chart) {
  if (layout.rows.empty()) return 0;
  const double head = (chart.mirrored ? 2 : 1) * kRowHeight;
  return head + static_cast<double>(layout.rows.size()) * kRowHeight + 8;
}

std::string units_text(const Chart& chart) {
  if (chart.total_unit.empty()) return chart.unit.empty() ? "" : "in " + chart.unit;
  return "totals in " + chart.total_unit + ", all else in " + chart.unit;
}

}  // namespace

void shorten_legend(const Chart& chart, std::size_t most, std::vector<LegendRow>& rows) {
  if (rows.size() <= most) return;
  const auto named = std::find_if(rows.begin(), rows.end(), [&](const LegendRow& row) {
    return row.series == SIZE_MAX || chart.series[row.series].other;
  });
  const auto names = static_cast<std::size_t>(named - rows.begin()), rest = rows.size() - names;
  const std::size_t kept = most > rest + 1 ? most - rest - 1 : 0;
  if (kept >= names) return;
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(kept), named);
  rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(kept), {fmt::format("and {} more", names - kept)});
}

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

std::vector<LegendColumn> legend_columns(const Chart& chart, std::size_t most) {
  struct Ranked {
    LegendColumn column;
    int rank;  // 0 goes last
  };
  std::vector<Ranked> all = {
      {{"average", &Figures::average}, 2}, {{"p95", &Figures::p95}, 3}, {{"maximum", &Figures::most}, 0}};
  if (!chart.total_unit.empty()) all.insert(all.begin(), {{"total", &Figures::total}, 1});
  while (all.size() > most)
    all.erase(
        std::max_element(all.begin(), all.end(), [](const Ranked& a, const Ranked& b) { return a.rank < b.rank; }));
  std::vector<LegendColumn> out;
  for (const Ranked& one : all) out.push_back(one.column);
  return out;
}

Layout laid_out(const Chart& chart, const Look& look, const ValueScale& scale) {
  Layout out;
  const double width = look.width - 2 * kMargin;
  if (look.legend) out.rows = legend_rows(chart);
  double widest = 0;
  for (const LegendRow& row : out.rows) widest = std::max(widest, text_width(row.name, kTextSize));
  const double wanted = std::clamp(widest + 12, kNameLeast, kNameMost);
  std::size_t columns = 4;
  while (columns > 1 && kSwatchRoom + std::min(wanted, 180.0) + figures_width(chart, columns) > width) columns--;
  out.columns = legend_columns(chart, columns);
  out.name_width = std::clamp(width - kSwatchRoom - figures_width(chart, out.columns.size()), 20.0, wanted);
  double left = 0;
  for (const Tick& tick : scale.ticks()) left = std::max(left, text_width(tick.text, kTextSize));
  const double head = look.height < 240 ? 44 : 72, axis = 44;
  out.plot.x = kMargin + std::max(left, 24.0) + 8;
  out.plot.y = head;
  out.plot.width = look.width - kMargin - out.plot.x;
  // A legend takes no more than a good half of the picture: the smallest of its series are left out.
  const double room = look.height - head - axis;
  const double over = legend_height(out, chart) - room / 1.8;
  if (over > 0 && !out.rows.empty()) {
    const auto dropped = static_cast<std::size_t>(std::ceil(over / kRowHeight));
    shorten_legend(chart, out.rows.size() > dropped ? out.rows.size() - dropped : 1, out.rows);
  }
  if (legend_height(out, chart) > room / 1.5) out.rows.clear();
  out.plot.height = room - legend_height(out, chart);
  out.legend_top = out.plot.y + out.plot.height + axis;
  return out;
}

void draw_legend(const Chart& chart, const Look& look, const Layout& layout, Canvas& canvas) {
  if (layout.rows.empty()) return;
  const Theme theme = theme_of(look.dark);
  const auto colours = colours_of(chart.series, look.palette, look.dark);
  const double names = kMargin + kSwatchRoom, figures = names + layout.name_width;
  const auto half_at = [&](std::size_t half) {
    return figures + static_cast<double>(half) * (static_cast<double>(layout.columns.size()) * kFigureWidth + kHalfGap);
  };
  canvas.begin_group("legend", "");
  double y = layout.legend_top + 10;
  const std::string units = units_text(chart);
  const double table = half_at(halves_of(chart)) - kHalfGap;
  if (look.width - kMargin - table > text_width(units, kTextSize) + kHalfGap)
    canvas.text({look.width - kMargin, y}, units, {kTextSize, theme.muted, Anchor::end, false});
  const Lettering quiet{kTextSize, theme.muted, Anchor::end};
  if (chart.mirrored) {
    for (std::size_t half = 0; half < 2; half++) {
      const double right = half_at(half) + static_cast<double>(layout.columns.size()) * kFigureWidth;
      const std::string& label = half == 0 ? chart.up_label : chart.down_label;
      const double room = static_cast<double>(layout.columns.size()) * kFigureWidth + kHalfGap / 2;
      canvas.text({right, y}, fitted_text((half == 0 ? "\xe2\x96\xb2 " : "\xe2\x96\xbc ") + label, kTextSize, room),
                  {kTextSize, theme.muted, Anchor::end, false});
    }
    y += kRowHeight;
  }
  for (std::size_t half = 0; half < halves_of(chart); half++)
    for (std::size_t i = 0; i < layout.columns.size(); i++)
      canvas.text({half_at(half) + static_cast<double>(i + 1) * kFigureWidth, y}, layout.columns[i].title, quiet);
  for (const LegendRow& row : layout.rows) {
    y += kRowHeight;
    if (row.series != SIZE_MAX) {
      const SeriesColours& colour = colours[row.series];
      const double top = y - kSwatch + 2, half = chart.mirrored ? kSwatch / 2 : kSwatch;
      if (colour.outlined) canvas.box({kMargin - 1, top - 1, kSwatch + 2, kSwatch + 2}, theme.outline);
      canvas.box({kMargin, top, kSwatch, half}, colour.up);
      if (chart.mirrored) canvas.box({kMargin, top + half, kSwatch, kSwatch - half}, colour.down);
    }
    canvas.text({names, y}, fitted_text(row.name, kTextSize, layout.name_width - 8),
                {kTextSize, row.up != nullptr ? theme.ink : theme.muted, Anchor::start, false});
    if (row.up == nullptr) continue;
    for (std::size_t half = 0; half < halves_of(chart); half++)
      for (std::size_t i = 0; i < layout.columns.size(); i++) {
        const Figures& of = half == 0 ? *row.up : *row.down;
        const double figure = of.*layout.columns[i].figure;
        canvas.text({half_at(half) + static_cast<double>(i + 1) * kFigureWidth, y}, amount_text(figure, chart.unit),
                    {kTextSize, figure == 0 ? theme.muted : theme.ink, Anchor::end, false});
      }
  }
  canvas.end_group();
}

}  // namespace argus
