// Widths of letters, so that a layout does not depend on what draws it.
#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "draw/canvas.h"

namespace argus {

namespace {

// Hundredths of an em of ' ' to '~' in DejaVu Sans; Verdana, where it is missing, is as wide.
constexpr std::array<std::uint8_t, 95> kWidths = {
    32, 40, 46, 84, 64, 95, 78, 28, 39,  39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 34, 34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 78, 75, 30, 30, 66, 56, 86, 75, 79,
    60, 79, 70, 64, 61, 73, 68, 99, 68,  61, 68, 39, 34, 39, 84, 50, 50, 61, 64, 55, 64, 62, 35, 64,
    63, 28, 28, 58, 28, 97, 63, 61, 64,  64, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84};
constexpr double kUnknown = 64, kWide = 100, kBolder = 1.12;
constexpr std::string_view kEllipsis = "\xe2\x80\xa6";

// The letters of escaped text, which is UTF-8 without faults.
std::vector<std::string_view> letters_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    std::size_t size = 1;
    while (size < text.size() && (static_cast<std::uint8_t>(text[size]) & 0xc0) == 0x80) size++;
    out.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return out;
}

double width_of_letter(std::string_view letter) {
  const auto first = static_cast<std::uint8_t>(letter[0]);
  if (letter.size() > 1) return first >= 0xe3 ? kWide : kUnknown;
  return first >= 0x20 && first < 0x7f ? kWidths[first - 0x20u] : kUnknown;
}

double width_of(const std::vector<std::string_view>& letters, double size) {
  double out = 0;
  for (const std::string_view letter : letters) out += width_of_letter(letter);
  return out * size / 100;
}

}  // namespace

double text_width(std::string_view text, double size, bool bold) {
  const std::string safe = escaped(text);
  return width_of(letters_of(safe), size) * (bold ? kBolder : 1);
}

std::string fitted_text(std::string_view text, double size, double most) {
  constexpr std::size_t kBytesMost = 4096;  // no label is longer, whatever a record says
  const std::string safe = escaped(text.substr(0, kBytesMost));
  const auto letters = letters_of(safe);
  if (width_of(letters, size) <= most) return safe;
  const double room = most - width_of({kEllipsis}, size);
  std::size_t head = 0, tail = 0;  // letters kept; the head gets the first of each pair
  for (double used = 0; head + tail < letters.size();) {
    const bool front = head <= tail * 2;  // two thirds from the front: names differ there, addresses behind
    const double width = width_of({front ? letters[head] : letters[letters.size() - 1 - tail]}, size);
    if (used + width > room) break;
    used += width;
    (front ? head : tail)++;
  }
  std::string out;
  for (std::size_t i = 0; i < head; i++) out += letters[i];
  out += kEllipsis;
  for (std::size_t i = letters.size() - tail; i < letters.size(); i++) out += letters[i];
  return out;
}

}  // namespace argus
