// Dots on a terminal: a braille character is two dots wide and four high.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace argus {

// How dots become characters.
enum class Dots : std::uint8_t {
  braille,  // UTF-8, U+2800 to U+28FF
  ascii,    // ' ' '.' '\'' ':' '#', by what of the cell is lit
};

// Dots are counted from the upper left corner; those outside are ignored. Each cell has one ink, a number that means
// what the caller wants it to (a colour): that of the dot set last.
class BrailleCanvas {
 public:
  // In characters; less than 1 is 1, at most kCellsMax each way.
  static constexpr int kCellsMax = 1000;
  BrailleCanvas(int columns, int rows);

  [[nodiscard]] int columns() const { return columns_; }
  [[nodiscard]] int rows() const { return rows_; }
  [[nodiscard]] int width() const { return columns_ * 2; }  // in dots
  [[nodiscard]] int height() const { return rows_ * 4; }

  void set(int x, int y, std::uint8_t ink = 0);
  // All dots of a column from y = `from` to `to`, both included, in either order.
  void run(int x, int from, int to, std::uint8_t ink = 0);
  // A straight line, ends included.
  void line(int x0, int y0, int x1, int y1, std::uint8_t ink = 0);

  // The eight dots of a cell as bits, in the order of Unicode's braille patterns.
  [[nodiscard]] std::uint8_t dots(int column, int row) const { return dots_[index(column, row)]; }
  [[nodiscard]] std::uint8_t ink(int column, int row) const { return inks_[index(column, row)]; }
  // One cell as text, and a whole row: columns() characters.
  void append_cell(int column, int row, Dots as, std::string& out) const;
  [[nodiscard]] std::string text(int row, Dots as = Dots::braille) const;

 private:
  [[nodiscard]] std::size_t index(int column, int row) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(column);
  }
  int columns_, rows_;
  std::vector<std::uint8_t> dots_, inks_;
};

// The last `columns` values, one character each, against `top` (0 or less: the largest of them): eight heights of
// block characters, or " .:-=+*#" in ASCII. Anything above 0 is seen; NaN is a blank, 0 the lowest line. Fewer values
// stand at the right.
[[nodiscard]] std::string sparkline(std::span<const double> values, int columns, double top = 0,
                                    Dots as = Dots::braille);

// A row of braille twice as fine: the last 2 * `columns` values as bars of up to four dots, otherwise the same.
[[nodiscard]] std::string braille_sparkline(std::span<const double> values, int columns, double top = 0);

// A bar of `columns` characters, `part` of it (0 to 1) full: to an eighth of a character, or '#' in ASCII. Padded.
[[nodiscard]] std::string bar(double part, int columns, Dots as = Dots::braille);

}  // namespace argus
