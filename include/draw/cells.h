// What a screen shows, as plain values: lines of pieces of text, each with an ink.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace argus {

// What a piece of text is, not how it looks: a terminal without colours shows it in bold, dim or reverse.
enum class Ink : std::uint8_t { plain, strong, dim, heading, chosen, src, dst, good, warning, alarm };

struct Cells {
  std::string text;
  Ink ink = Ink::plain;
};
using Line = std::vector<Cells>;

struct Place {
  int row = 0, column = 0;
};
struct ScreenFrame {
  std::vector<Line> lines;
  std::optional<Place> cursor;  // where somebody types
};

[[nodiscard]] std::size_t width_of(const Line& line);
[[nodiscard]] std::string text_of(const Line& line);  // without inks and trailing blanks

// The text in exactly `width` columns: blanks before or after it; cut, with `mark` as its last column, where it is
// longer.
[[nodiscard]] std::string fitted(std::string_view text, std::size_t width, bool right, std::string_view mark);
// At most `width` columns of a line.
[[nodiscard]] Line cut_line(const Line& line, std::size_t width);
// What comes after the first `width` columns of a line.
[[nodiscard]] Line rest_of_line(const Line& line, std::size_t width);
// The line with blanks up to a width.
void pad_line(Line& line, std::size_t width, Ink ink = Ink::plain);

}  // namespace argus
