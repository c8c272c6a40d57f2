// A chart on a canvas: grid, gaps, areas or lines, marks, axes, legend.
#include <algorithm>
#include <cmath>

#include "base/time.h"
#include "draw/canvas.h"
#include "draw/chart.h"
#include "draw/layout.h"
#include "draw/palette.h"
#include "draw/picture.h"
#include "draw/scale.h"
#include "draw/svg.h"

namespace argus {

namespace {

constexpr double kPaler = 0.5;     // towards the paper, of what is known in part only
constexpr double kTickEvery = 96;  // pixels, about, between two marks of the time axis

// Where a line of one pixel fills whole pixels.
double crisp(double at) { return std::floor(at) + 0.5; }

class Plot {
 public:
  Plot(const Chart& chart, const Look& look, Canvas& canvas)
      : chart_(chart),
        look_(look),
        canvas_(canvas),
        theme_(theme_of(look.dark)),
        scale_(chart),
        layout_(laid_out(chart, look, scale_)),
        colours_(colours_of(chart.series, look.palette, look.dark)) {}

  void draw() {
    canvas_.box({0, 0, static_cast<double>(look_.width), static_cast<double>(look_.height)}, theme_.paper);
    draw_head();
    draw_grid();
    draw_gaps();
    if (chart_.stacked) draw_stack();
    else draw_lines();
    if (!chart_.stacked) draw_partial();
    draw_axes();
    draw_losses();
    if (!chart_.nothing.empty()) draw_nothing();
    draw_legend(chart_, look_, layout_, canvas_);
  }

 private:
  [[nodiscard]] double x_of(Nanos time) const {
    const auto from = chart_.bins.front().begin, to = chart_.bins.back().end;
    return box().x + box().width * static_cast<double>(time - from) / static_cast<double>(to - from);
  }
  [[nodiscard]] double y_of(double value, bool down = false) const {
    return box().y + box().height * (1 - scale_.place(value, down));
  }
  [[nodiscard]] const Box& box() const { return layout_.plot; }
  [[nodiscard]] double x_left(std::size_t bin) const { return x_of(chart_.bins[bin].begin); }
  [[nodiscard]] double x_right(std::size_t bin) const { return x_of(chart_.bins[bin].end); }
  [[nodiscard]] bool state(std::size_t bin, BinState bit) const {
    return bin < chart_.states.size() && (chart_.states[bin] & bit) != 0;
  }

  void draw_head();
  void draw_grid();
  void draw_clock();
  void draw_gaps();
  void draw_stack();
  void draw_band(const std::vector<double>& inner, const std::vector<double>& outer, bool down,
                 const SeriesColours& colour);
  void draw_lines();
  void draw_line(const std::vector<double>& values, bool down, Colour colour);
  void draw_partial();
  void draw_axes();
  void draw_losses();
  void draw_nothing();
  [[nodiscard]] std::string up_label() const { return "\xe2\x96\xb2 " + chart_.up_label; }
  [[nodiscard]] std::string down_label() const { return "\xe2\x96\xbc " + chart_.down_label; }
  // Below the picture; in a low one, which has a single line above it, of both halves.
  [[nodiscard]] std::string foot_label() const { return is_low() ? up_label() + "  " + down_label() : down_label(); }
  [[nodiscard]] bool is_low() const { return box().y < kHeadWhole; }
  [[nodiscard]] std::string group_title(const Series& series) const;

  const Chart& chart_;
  const Look& look_;
  Canvas& canvas_;
  Theme theme_;
  ValueScale scale_;
  Layout layout_;
  std::vector<SeriesColours> colours_;
};

void Plot::draw_head() {
  const double width = look_.width - 2 * kMargin;
  const std::string units = units_text(chart_, !layout_.legend.columns.empty());
  const std::string title = is_low() && !units.empty() ? chart_.title + ", " + units : chart_.title;
  canvas_.text({kMargin, 26}, fitted_text(title, kTitleSize * 1.12, width),
               {kTitleSize, theme_.ink, Anchor::start, true});
  if (is_low()) return;
  canvas_.text({kMargin, 45}, fitted_text(chart_.subtitle, kTextSize, width),
               {kTextSize, theme_.muted, Anchor::start, false});
  const double room = width - (chart_.mirrored ? text_width(up_label(), kTextSize) + 16 : 0);
  canvas_.text({kMargin, box().y - 8}, fitted_text(units, kTextSize, room),
               {kTextSize, theme_.muted, Anchor::start, false});
}

void Plot::draw_grid() {
  canvas_.begin_group("grid", "");
  const double zero = y_of(0);
  for (double last = INFINITY; const Tick& tick : scale_.ticks()) {  // upwards; in low pictures not all have room
    const double y = y_of(tick.value), level = crisp(y);
    const std::vector<Point> line = {{box().x, level}, {box().x + box().width, level}};
    if (tick.value != 0) canvas_.line(line, theme_.grid, 1);
    if (last - y < kTextSize || (tick.value != 0 && std::abs(y - zero) < kTextSize)) continue;
    last = y;
    canvas_.text({box().x - 8, y + kTextSize * 0.36}, tick.text, {kTextSize, theme_.muted, Anchor::end, false});
  }
  if (!chart_.bins.empty()) draw_clock();
  canvas_.end_group();
}

void Plot::draw_clock() {
  const double right = box().x + box().width, foot = box().y + box().height;
  const auto most = static_cast<std::size_t>(std::max(2.0, box().width / kTickEvery));
  const auto put = [&](const std::string& text, double x, double y, double least, bool strong) {
    const double half = text_width(text, kTextSize) / 2;
    const double at = std::max(std::min(x, right - half), least + half);
    canvas_.text({at, y}, text, {kTextSize, strong ? theme_.ink : theme_.muted, Anchor::middle, false});
    return at + half;
  };
  // Days share their line with the name of the lower half.
  double clock_free = 0, days_free = box().x;
  const double days_end = right - (chart_.mirrored ? text_width(foot_label(), kTextSize) + 8 : 0);
  for (const TimeTick& tick : time_ticks(chart_.bins.front().begin, chart_.bins.back().end, most)) {
    const double x = x_of(tick.time), level = crisp(x);
    const std::vector<Point> line = {{level, box().y}, {level, foot + 4}};
    canvas_.line(line, tick.strong ? theme_.hatch : theme_.grid, 1);
    const double half = text_width(tick.text, kTextSize) / 2;
    if (std::min(x, right - half) - half >= clock_free)
      clock_free = put(tick.text, x, foot + 17, kMargin / 2, false) + 8;
    const double day = text_width(tick.day, kTextSize);
    const double left = std::max(x - day / 2, box().x);
    if (!tick.day.empty() && left >= days_free && left + day <= days_end)
      days_free = put(tick.day, x, foot + 32, box().x, true) + 8;
  }
}

// Runs of bins of which nothing is known.
void Plot::draw_gaps() {
  for (std::size_t bin = 0; bin < chart_.bins.size(); bin++) {
    if (!state(bin, kBinGap)) continue;
    std::size_t end = bin + 1;
    while (end < chart_.bins.size() && state(end, kBinGap)) end++;
    canvas_.hatched({x_left(bin), box().y, x_right(end - 1) - x_left(bin), box().height}, theme_.hatch);
    bin = end;
  }
}

std::string Plot::group_title(const Series& series) const {
  const auto amount = [&](double value) {
    const std::string text = amount_text(value, chart_.unit);
    return says_unit(chart_.unit) || chart_.unit.empty() ? text : text + " " + chart_.unit;
  };
  const auto half = [&](const Figures& figures) {
    std::string out;
    if (!chart_.total_unit.empty())
      out = fmt::format("total {} {}, ", amount_text(figures.total, chart_.unit), chart_.total_unit);
    return out + "average " + amount(figures.average) + ", maximum " + amount(figures.most);
  };
  std::string out = series.name + ": ";
  if (!chart_.mirrored) return out + half(series.up.figures);
  return out + chart_.up_label + ": " + half(series.up.figures) + "; " + chart_.down_label + ": " +
         half(series.down.figures);
}

// Steps: what is between the outlines `inner` and `outer`, each run of bins by itself.
void Plot::draw_band(const std::vector<double>& inner, const std::vector<double>& outer, bool down,
                     const SeriesColours& colour) {
  for (std::size_t from = 0; from < outer.size(); from++) {
    if (!(outer[from] > inner[from])) continue;
    std::size_t to = from;
    const bool partial = state(from, kBinPartial);
    while (to < outer.size() && outer[to] > inner[to] && state(to, kBinPartial) == partial) to++;
    std::vector<Point> outline, foot;
    for (std::size_t bin = from; bin < to; bin++) {
      for (const double x : {x_left(bin), x_right(bin)}) {
        outline.push_back({x, y_of(outer[bin], down)});
        foot.push_back({x, y_of(inner[bin], down)});
      }
    }
    std::vector<Point> polygon = outline;
    polygon.insert(polygon.end(), foot.rbegin(), foot.rend());
    const Colour full = down ? colour.down : colour.up;
    canvas_.area(polygon, partial ? mixed(full, theme_.paper, kPaler) : full, 1);
    if (colour.outlined) canvas_.line(outline, theme_.outline, 0.75);
    from = to - 1;
  }
}

void Plot::draw_stack() {
  std::vector<std::vector<std::vector<double>>> edges(2);  // of each half: outlines from the axis outwards
  for (const bool down : {false, true}) {
    auto& sums = edges[down ? 1 : 0];
    sums.emplace_back(chart_.bins.size(), 0.0);
    for (const auto& trace : drawn_values(chart_, down)) {
      sums.push_back(sums.back());
      for (std::size_t bin = 0; bin < trace.size(); bin++)
        if (trace[bin] > 0) sums.back()[bin] += trace[bin];
    }
  }
  for (std::size_t i = 0; i < chart_.series.size(); i++) {
    canvas_.begin_group(fmt::format("series-{}", i + 1), group_title(chart_.series[i]));
    for (const bool down : {false, true}) {
      const auto& sums = edges[down ? 1 : 0];
      if (down && !chart_.mirrored) continue;
      draw_band(sums[i], sums[i + 1], down, colours_[i]);
      if (i == 0) continue;
      // A thin line of paper between neighbours tells them apart in grey print too.
      std::vector<Point> border;
      const auto flush = [&] {
        canvas_.line(border, theme_.paper, 0.6);
        border.clear();
      };
      for (std::size_t bin = 0; bin < chart_.bins.size(); bin++) {
        const double thinner = std::min(sums[i + 1][bin] - sums[i][bin], sums[i][bin] - sums[i - 1][bin]);
        if (std::abs(y_of(thinner) - y_of(0)) < 1.5) {
          flush();
          continue;
        }
        border.push_back({x_left(bin), y_of(sums[i][bin], down)});
        border.push_back({x_right(bin), y_of(sums[i][bin], down)});
      }
      flush();
    }
    canvas_.end_group();
  }
}

// From middle to middle; a bin with nothing on either side is a short level line.
void Plot::draw_line(const std::vector<double>& values, bool down, Colour colour) {
  constexpr double kShortest = 3;
  for (std::size_t from = 0; from < values.size(); from++) {
    if (std::isnan(values[from])) continue;
    std::vector<Point> points;
    std::size_t to = from;
    for (; to < values.size() && !std::isnan(values[to]); to++)
      points.push_back({(x_left(to) + x_right(to)) / 2, y_of(values[to], down)});
    if (points.size() == 1) {
      const double half = std::max(x_right(from) - x_left(from), kShortest) / 2;
      points = {{points[0].x - half, points[0].y}, {points[0].x + half, points[0].y}};
    }
    canvas_.line(points, colour, 1.5);
    from = to;
  }
}

void Plot::draw_lines() {
  const auto up = drawn_values(chart_, false), down = drawn_values(chart_, true);
  for (std::size_t i = chart_.series.size(); i-- > 0;) {  // the largest above the others
    canvas_.begin_group(fmt::format("series-{}", i + 1), group_title(chart_.series[i]));
    if (colours_[i].outlined) draw_line(up[i], false, theme_.outline);
    draw_line(up[i], false, colours_[i].up);
    if (chart_.mirrored) draw_line(down[i], true, colours_[i].down);
    canvas_.end_group();
  }
}

// Lines of bins of which only a part is known are paler.
void Plot::draw_partial() {
  for (std::size_t bin = 0; bin < chart_.bins.size(); bin++)
    if (state(bin, kBinPartial) && !state(bin, kBinGap))
      canvas_.box({x_left(bin), box().y, x_right(bin) - x_left(bin), box().height}, theme_.paper, kPaler);
}

void Plot::draw_axes() {
  // A logarithmic axis has no zero: its foot is a line as the others are, but for its ink.
  const double width = chart_.logarithmic ? 1 : 2, right = box().x + box().width;
  const double y = chart_.logarithmic ? crisp(y_of(0)) : std::round(y_of(0));
  const std::vector<Point> axis = {{box().x, y}, {right, y}};
  canvas_.line(axis, theme_.ink, width);
  if (!chart_.mirrored) return;
  const double foot = box().y + box().height;
  if (!is_low()) canvas_.text({right, box().y - 8}, up_label(), {kTextSize, theme_.muted, Anchor::end, false});
  canvas_.text({right, foot + 32}, fitted_text(foot_label(), kTextSize, look_.width - 2 * kMargin),
               {kTextSize, theme_.muted, Anchor::end, false});
}

void Plot::draw_losses() {
  canvas_.begin_group("losses", "packets or records were lost here");
  const double foot = box().y + box().height;
  for (std::size_t bin = 0; bin < chart_.bins.size(); bin++)
    if (state(bin, kBinLoss))
      canvas_.box({x_left(bin), foot, std::max(x_right(bin) - x_left(bin), 2.0), 5}, theme_.alarm);
  canvas_.end_group();
}

void Plot::draw_nothing() {
  const Point middle{box().x + box().width / 2, box().y + box().height / 2};
  const std::string text = fitted_text(chart_.nothing, 13, box().width - 20);
  const double half = text_width(text, 13) / 2 + 10;
  canvas_.box({middle.x - half, middle.y - 26, 2 * half, 34}, theme_.paper, 0.9);
  canvas_.text({middle.x, middle.y - 5}, text, {13, theme_.muted, Anchor::middle, false});
}

}  // namespace

void draw_chart(const Chart& chart, const Look& look, Canvas& canvas) { Plot(chart, look, canvas).draw(); }

std::string svg_picture(const Chart& chart, const Look& look) {
  SvgCanvas canvas(look.width, look.height, look.scale, chart.title, chart.subtitle, theme_of(look.dark).hatch);
  draw_chart(chart, look, canvas);
  return std::move(canvas).finish();
}

}  // namespace argus
