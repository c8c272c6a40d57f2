// A chart in characters: braille or ASCII dots, with axes and legend.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/terminal_codes.h"
#include "base/text.h"
#include "base/time.h"
#include "draw/braille.h"
#include "draw/chart.h"
#include "draw/layout.h"
#include "draw/palette.h"
#include "draw/picture.h"
#include "draw/scale.h"

namespace argus {

namespace {

constexpr int kColumnsLeast = 40, kRowsLeast = 10, kRowsMost = 200;
// The palette in the 256 colours of terminals, other last; inks count from 1.
constexpr std::array<int, 8> kSeriesInks = {32, 214, 36, 166, 74, 175, 227, 255};
constexpr int kOtherInk = 242, kAlarmInk = 196, kQuietInk = 244;
constexpr std::array<std::string_view, 8> kMarks = {"#", "o", "x", "+", "*", "=", "%", "~"};

std::size_t letters_in(std::string_view safe) {
  return static_cast<std::size_t>(
      std::count_if(safe.begin(), safe.end(), [](char c) { return (static_cast<std::uint8_t>(c) & 0xc0) != 0x80; }));
}

std::string padded(std::string_view text, std::size_t width, bool right) {
  const std::string safe = escaped(text);
  const std::size_t letters = letters_in(safe);
  const std::string pad(width > letters ? width - letters : 0, ' ');
  return right ? pad + safe : safe + pad;
}

// At most `most` letters, the end of a longer text cut off.
std::string cut(std::string_view text, std::size_t most, bool utf8) {
  const std::string safe = escaped(text);
  std::string out;
  std::size_t letters = 0;
  for (std::size_t i = 0; i < safe.size();) {
    std::size_t size = 1;
    while (i + size < safe.size() && (static_cast<std::uint8_t>(safe[i + size]) & 0xc0) == 0x80) size++;
    if (letters + 1 == most && i + size < safe.size()) return out + (utf8 ? "\xe2\x80\xa6" : "~");
    if (letters++ == most) break;
    const std::string_view letter = std::string_view(safe).substr(i, size);
    if (utf8 || size == 1) out += letter;
    else out += letter == "\xc2\xb5" ? 'u' : letter == "\xe2\x80\x93" ? '-' : '?';
    i += size;
  }
  return out;
}

LegendMeasure measure_of(bool utf8) {
  LegendMeasure out;
  out.up_mark = utf8 ? "\xe2\x96\xb2" : "+", out.down_mark = utf8 ? "\xe2\x96\xbc" : "-";
  out.half_gap = 2, out.block_gap = 3;
  out.width = [](std::string_view text) { return static_cast<double>(letters_in(escaped(text))); };
  return out;
}

// A third of the lines, as a chart in characters is coarse enough.
double legend_lines(const TextLook& look) { return std::max(std::clamp(look.rows, kRowsLeast, kRowsMost) / 3, 3); }

std::size_t columns_of(const TextLook& look) {
  return static_cast<std::size_t>(std::clamp(look.columns, kColumnsLeast, BrailleCanvas::kCellsMax));
}

class TextPicture {
 public:
  TextPicture(const Chart& chart, const TextLook& look)
      : chart_(chart),
        look_(look),
        scale_(chart),
        colours_(colours_of(chart.series, Palette::okabe_ito, true)),
        width_(columns_of(look)) {
    for (const Tick& tick : scale_.ticks()) labels_ = std::max(labels_, cut(tick.text, 20, look_.utf8).size());
    labels_ = std::max<std::size_t>(labels_, 5) + 1;
    if (look.legend)
      legend_ = legend_grid(chart, measure_of(look.utf8), static_cast<double>(width_), legend_lines(look));
    const auto room = static_cast<std::size_t>(std::clamp(look.rows, kRowsLeast, kRowsMost)) - 5;
    const std::size_t legend =
        static_cast<std::size_t>(legend_.height) + (chart.mirrored && !legend_.rows.empty() ? 1 : 0);
    height_ = std::max<std::size_t>(room - std::min(legend, room - 4), 4);
  }

  std::string draw() {
    const std::string unit = units_text(chart_, !legend_.columns.empty());
    line(cut(unit.empty() ? chart_.title : chart_.title + ", " + unit, width_, look_.utf8));
    quiet(cut(chart_.subtitle, width_, look_.utf8));
    BrailleCanvas canvas(static_cast<int>(width_ - labels_ - 1), static_cast<int>(height_));
    if (!chart_.bins.empty()) chart_.stacked ? draw_stack(canvas) : draw_lines(canvas);
    draw_rows(canvas);
    draw_time(canvas);
    if (!chart_.nothing.empty()) line(cut(chart_.nothing, width_, look_.utf8));
    draw_legend();
    return std::move(out_);
  }

 private:
  void line(const std::string& text) { out_ += text, out_ += '\n'; }
  void quiet(const std::string& text) { line(inked(text, kQuietInk)); }
  [[nodiscard]] std::string inked(const std::string& text, int ink) const {
    return look_.colour ? ink_code(ink).append(text).append(kPlainText) : text;
  }
  [[nodiscard]] int ink_of(std::size_t series) const {
    if (series >= colours_.size()) return kQuietInk;
    return chart_.series[series].other ? kOtherInk : kSeriesInks[colours_[series].place % kSeriesInks.size()];
  }
  [[nodiscard]] int y_of(double place, const BrailleCanvas& canvas) const {
    return static_cast<int>(std::lround((1 - place) * (canvas.height() - 1)));
  }
  // The bins that a column of dots shows: at least one.
  [[nodiscard]] std::pair<std::size_t, std::size_t> bins_at(int x, int width) const {
    const std::size_t count = chart_.bins.size();
    const auto from = static_cast<std::size_t>(x) * count / static_cast<std::size_t>(width);
    const auto to = (static_cast<std::size_t>(x) + 1) * count / static_cast<std::size_t>(width);
    return {from, std::max(to, from + 1)};
  }
  void draw_stack(BrailleCanvas& canvas);
  void draw_lines(BrailleCanvas& canvas);
  void draw_rows(const BrailleCanvas& canvas);
  void draw_time(const BrailleCanvas& canvas);
  void draw_legend();
  [[nodiscard]] bool gap_at(int x, int width) const {
    const auto [from, to] = bins_at(x, width);
    return std::all_of(chart_.states.begin() + static_cast<std::ptrdiff_t>(from),
                       chart_.states.begin() + static_cast<std::ptrdiff_t>(to),
                       [](std::uint8_t state) { return (state & kBinGap) != 0; });
  }

  const Chart& chart_;
  const TextLook& look_;
  ValueScale scale_;
  std::vector<SeriesColours> colours_;
  LegendGrid legend_;
  std::size_t width_, labels_ = 0, height_ = 4;
  std::string out_;
};

// A column of dots is as high as the highest of its bins, so that no peak is lost; its parts are those of that bin.
void TextPicture::draw_stack(BrailleCanvas& canvas) {
  const int zero = y_of(scale_.zero(), canvas);
  for (const bool down : {false, true}) {
    const auto values = drawn_values(chart_, down);
    if (values.empty() || values[0].empty()) continue;
    const auto sum_of = [&](std::size_t bin) {
      double sum = 0;
      for (const auto& trace : values)
        if (trace[bin] > 0) sum += trace[bin];
      return sum;
    };
    for (int x = 0; x < canvas.width(); x++) {
      const auto [from, to] = bins_at(x, canvas.width());
      std::size_t highest = from;
      for (std::size_t bin = from; bin < to; bin++)
        if (sum_of(bin) > sum_of(highest)) highest = bin;
      double sum = 0;
      int next = down ? zero + 1 : zero;  // the first dot that is free
      for (std::size_t i = 0; i < values.size(); i++) {
        if (!(values[i][highest] > 0)) continue;
        const bool first = sum == 0;  // anything is seen, if only as a dot
        sum += values[i][highest];
        const int outer = y_of(scale_.place(sum, down), canvas);
        const bool fits = down ? outer >= next : outer <= next;
        if (!fits && !first) continue;
        canvas.run(x, next, fits ? outer : next, static_cast<std::uint8_t>(i + 1));
        next = (fits ? outer : next) + (down ? 1 : -1);
      }
    }
  }
}

void TextPicture::draw_lines(BrailleCanvas& canvas) {
  for (const bool down : {false, true}) {
    const auto values = drawn_values(chart_, down);
    for (std::size_t i = values.size(); i-- > 0;) {
      int last = -1;
      for (int x = 0; x < canvas.width() && !values[i].empty(); x++) {
        const auto [from, to] = bins_at(x, canvas.width());
        double most = kNothing;
        for (std::size_t bin = from; bin < to; bin++)
          if (!std::isnan(values[i][bin]) && !(values[i][bin] <= most)) most = values[i][bin];
        const int y = std::isnan(most) ? -1 : y_of(scale_.place(most, down), canvas);
        if (y >= 0) canvas.line(last < 0 ? x : x - 1, last < 0 ? y : last, x, y, static_cast<std::uint8_t>(i + 1));
        last = y;
      }
    }
  }
}

void TextPicture::draw_rows(const BrailleCanvas& canvas) {
  const int zero = y_of(scale_.zero(), canvas) / 4;
  for (int row = 0; row < canvas.rows(); row++) {
    std::string label;
    bool marked = false;
    for (const Tick& tick : scale_.ticks())
      if (y_of(scale_.place(tick.value), canvas) / 4 == row && (!marked || tick.value == 0))
        label = tick.text, marked = true;
    const bool braille = look_.utf8;
    out_ += inked(padded(cut(label, labels_ - 1, look_.utf8), labels_ - 1, true) + " " +
                      (braille ? (marked ? "\xe2\x94\xa4" : "\xe2\x94\x82") : (marked ? "+" : "|")),
                  kQuietInk);
    int ink = 0;
    for (int column = 0; column < canvas.columns(); column++) {
      const bool blank = canvas.dots(column, row) == 0;
      const bool gap = blank && !chart_.states.empty() && gap_at(column * 2, canvas.width());
      const bool axis = blank && !gap && row == zero;
      const int wanted = blank ? kQuietInk : ink_of(canvas.ink(column, row) - 1u);
      if (look_.colour && wanted != ink) out_ += ink_code(ink = wanted);
      if (gap) out_ += braille ? "\xe2\x95\xb1" : "/";
      else if (axis) out_ += braille ? "\xe2\x94\x80" : "-";
      else if (!braille && !blank && chart_.series.size() > 1)
        out_ += kMarks[(canvas.ink(column, row) - 1u) % kMarks.size()];
      else if (blank) out_ += ' ';
      else canvas.append_cell(column, row, braille ? Dots::braille : Dots::ascii, out_);
    }
    while (out_.ends_with(' ')) out_.pop_back();
    if (look_.colour) out_ += kPlainText;
    out_ += '\n';
  }
}

// Losses, clock and days below the picture.
void TextPicture::draw_time(const BrailleCanvas& canvas) {
  if (chart_.bins.empty()) return;
  const Nanos begin = chart_.bins.front().begin, end = chart_.bins.back().end;
  const auto columns = static_cast<std::size_t>(canvas.columns());
  std::string clock(labels_ + 1 + columns, ' '), days = clock;
  std::size_t clock_free = 0, days_free = 0;
  const auto put = [&](std::string& to, std::size_t at, const std::string& text, std::size_t& free) {
    if (at < free || at + text.size() > to.size()) return;
    to.replace(at, text.size(), text);
    free = at + text.size() + 1;
  };
  for (const TimeTick& tick : time_ticks(begin, end, std::max<std::size_t>(columns / 14, 2))) {
    const auto at = labels_ + 1 +
                    static_cast<std::size_t>(static_cast<double>(columns) * static_cast<double>(tick.time - begin) /
                                             static_cast<double>(end - begin));
    put(clock, at, tick.text, clock_free);
    if (!tick.day.empty()) put(days, at, tick.day, days_free);
  }
  std::string losses(labels_ + 1, ' ');
  bool lossy = false;
  for (int column = 0; column < canvas.columns(); column++) {
    bool lost = false;
    for (const int x : {column * 2, column * 2 + 1}) {
      const auto [from, to] = bins_at(x, canvas.width());
      for (std::size_t bin = from; bin < to; bin++) lost = lost || (chart_.states[bin] & kBinLoss) != 0;
    }
    losses += lost ? '!' : ' ';
    lossy = lossy || lost;
  }
  for (std::string* text : {&losses, &clock, &days}) text->erase(text->find_last_not_of(' ') + 1);
  if (lossy) line(inked(losses, kAlarmInk));
  quiet(clock);
  if (!days.empty()) quiet(days);
}

void TextPicture::draw_legend() {
  if (legend_.rows.empty()) return;
  const auto cells = [](double width) { return static_cast<std::size_t>(width); };
  // Columns of letters up to `to` of the picture's width.
  const auto fill = [](std::string& line, std::size_t to) {
    if (const std::size_t now = letters_in(line); now < to) line.append(to - now, ' ');
  };
  std::vector<std::string> plain(cells(legend_.height)), inked_lines(plain.size());
  const auto put = [&](std::size_t line, std::size_t at, const std::string& text, int ink) {
    const std::size_t before = plain[line].size();
    fill(plain[line], at);
    inked_lines[line] += plain[line].substr(before) + (ink == 0 ? text : inked(text, ink));
    plain[line] += text;
  };
  for (std::size_t block = 0; block < legend_.blocks; block++)
    for (const LegendColumn& column : legend_.columns)
      put(0, cells(static_cast<double>(block) * legend_.block_width + column.right) - letters_in(column.title),
          column.title, kQuietInk);
  for (std::size_t i = 0; i < legend_.rows.size(); i++) {
    const LegendRow& row = legend_.rows[i];
    const std::size_t line = legend_.line_of(i), left = cells(legend_.left_of(i));
    if (row.series != SIZE_MAX)
      put(line, left,
          look_.utf8 ? "\xe2\x96\xa0"
                     : std::string(chart_.series.size() > 1 ? kMarks[row.series % kMarks.size()] : "#"),
          ink_of(row.series));
    put(line, left + 2, cut(row.name, std::max<std::size_t>(cells(legend_.name_width), 1), look_.utf8), 0);
    for (const LegendColumn& column : legend_.columns) {
      const AmountText text = amount_parts((column.down ? *row.down : *row.up).*column.figure, chart_.unit);
      put(line, left + cells(column.point) - text.whole.size(), text.whole + cut(text.rest, 9, look_.utf8), 0);
    }
  }
  for (const std::string& line : inked_lines) this->line(line);
  if (chart_.mirrored) {
    const char* up = look_.utf8 ? "\xe2\x96\xb2 " : "+ ";
    const char* down = look_.utf8 ? "\xe2\x96\xbc " : "- ";
    quiet(cut(up + chart_.up_label + "   " + down + chart_.down_label, width_, look_.utf8));
  }
}

}  // namespace

std::size_t series_named(const TextLook& look) {
  return names_in(measure_of(look.utf8), static_cast<double>(columns_of(look)), legend_lines(look));
}

std::string text_picture(const Chart& chart, const TextLook& look) { return TextPicture(chart, look).draw(); }

}  // namespace argus
