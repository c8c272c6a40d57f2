#include "draw/braille.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string_view>

namespace argus {

namespace {

// Dots of a cell by place: two columns of four (Unicode 15, chapter 21.1).
constexpr std::array<std::array<std::uint8_t, 4>, 2> kDot = {{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}};
constexpr std::uint8_t kUpper = 0x01 | 0x02 | 0x08 | 0x10, kLower = static_cast<std::uint8_t>(~kUpper);
constexpr std::string_view kAsciiHeights = " .:-=+*#";
constexpr int kEighths = 8;

// A character of the basic plane above U+07FF.
void append_wide(std::uint32_t code, std::string& out) {
  out += static_cast<char>(0xe0 | code >> 12);
  out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
  out += static_cast<char>(0x80 | (code & 0x3f));
}

int popcount(std::uint8_t bits) {
  int out = 0;
  for (; bits != 0; bits &= static_cast<std::uint8_t>(bits - 1)) out++;
  return out;
}

double top_of(std::span<const double> values, double top) {
  if (top > 0) return top;
  for (const double value : values)
    if (value > top) top = value;  // never true for NaN
  return top > 0 ? top : 1;
}

// 0 for nothing, 1 to `steps` for more than nothing.
int height_of(double value, double top, int steps) {
  if (!(value > 0)) return 0;
  return std::clamp(static_cast<int>(std::lround(std::min(value / top, 1.0) * steps)), 1, steps);
}

std::span<const double> last_of(std::span<const double> values, int most) {
  const auto count = static_cast<std::size_t>(std::max(most, 0));
  return values.size() > count ? values.last(count) : values;
}

}  // namespace

BrailleCanvas::BrailleCanvas(int columns, int rows)
    : columns_(std::clamp(columns, 1, kCellsMax)), rows_(std::clamp(rows, 1, kCellsMax)) {
  dots_.resize(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_));
  inks_.resize(dots_.size());
}

void BrailleCanvas::set(int x, int y, std::uint8_t ink) {
  if (x < 0 || y < 0 || x >= width() || y >= height()) return;
  const std::size_t cell = index(x / 2, y / 4);
  dots_[cell] |= kDot[static_cast<std::size_t>(x % 2)][static_cast<std::size_t>(y % 4)];
  inks_[cell] = ink;
}

void BrailleCanvas::run(int x, int from, int to, std::uint8_t ink) {
  if (from > to) std::swap(from, to);
  for (int y = std::max(from, 0); y <= std::min(to, height() - 1); y++) set(x, y, ink);
}

void BrailleCanvas::line(int x0, int y0, int x1, int y1, std::uint8_t ink) {
  const int steps = std::max({std::abs(x1 - x0), std::abs(y1 - y0), 1});
  for (int i = 0; i <= steps; i++) {
    const double part = static_cast<double>(i) / steps;
    set(x0 + static_cast<int>(std::lround((x1 - x0) * part)), y0 + static_cast<int>(std::lround((y1 - y0) * part)),
        ink);
  }
}

void BrailleCanvas::append_cell(int column, int row, Dots as, std::string& out) const {
  const std::uint8_t lit = dots(column, row);
  if (as == Dots::braille) append_wide(0x2800u + lit, out);
  else if (lit == 0) out += ' ';
  else if ((lit & kUpper) == 0) out += '.';
  else if ((lit & kLower) == 0) out += '\'';
  else out += popcount(lit) >= 6 ? '#' : ':';
}

std::string BrailleCanvas::text(int row, Dots as) const {
  std::string out;
  for (int column = 0; column < columns_; column++) append_cell(column, row, as, out);
  return out;
}

std::string sparkline(std::span<const double> values, int columns, double top, Dots as) {
  const auto shown = last_of(values, columns);
  const double most = top_of(shown, top);
  std::string out(static_cast<std::size_t>(std::max(columns, 0)) - shown.size(), ' ');
  for (const double value : shown) {
    if (std::isnan(value)) out += ' ';
    else if (as == Dots::ascii) out += kAsciiHeights[static_cast<std::size_t>(height_of(value, most, kEighths - 1))];
    else if (value <= 0) append_wide(0x2581, out);
    else append_wide(0x2580u + static_cast<std::uint32_t>(height_of(value, most, kEighths)), out);
  }
  return out;
}

std::string braille_sparkline(std::span<const double> values, int columns, double top) {
  if (columns < 1) return {};
  BrailleCanvas canvas(columns, 1);
  const auto shown = last_of(values, canvas.width());
  const double most = top_of(shown, top);
  int x = canvas.width() - static_cast<int>(shown.size());
  for (const double value : shown) {
    if (value >= 0) canvas.run(x, canvas.height() - std::max(height_of(value, most, 4), 1), canvas.height() - 1);
    x++;
  }
  return canvas.text(0);
}

std::string bar(double part, int columns, Dots as) {
  if (columns < 1) return {};
  const double full = std::isnan(part) ? 0 : std::clamp(part, 0.0, 1.0);
  const int eighths = height_of(full, 1, columns * kEighths);
  std::string out;
  for (int column = 0; column < columns; column++) {
    const int here = std::clamp(eighths - column * kEighths, 0, kEighths);
    if (as == Dots::ascii) out += here >= kEighths / 2 || (column == 0 && here > 0) ? '#' : ' ';
    else if (here == 0) out += ' ';
    else
      append_wide(0x2590u - static_cast<std::uint32_t>(here), out);  // from the left: U+2588 full to U+258F an eighth
  }
  return out;
}

}  // namespace argus
