#include "draw/cells.h"

#include <algorithm>

#include "base/text.h"

namespace argus {

namespace {

// The longest beginning of the text that takes at most `width` columns.
std::string_view beginning(std::string_view text, std::size_t width) {
  std::size_t used = 0, at = 0;
  while (at < text.size()) {
    const std::size_t size = std::min(utf8_size(text[at]), text.size() - at);
    const std::size_t wide = screen_width(text.substr(at, size));
    if (used + wide > width) break;
    used += wide, at += size;
  }
  return text.substr(0, at);
}

}  // namespace

std::size_t width_of(const Line& line) {
  std::size_t out = 0;
  for (const Cells& cells : line) out += screen_width(cells.text);
  return out;
}

std::string text_of(const Line& line) {
  std::string out;
  for (const Cells& cells : line) out += cells.text;
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string fitted(std::string_view text, std::size_t width, bool right, std::string_view mark) {
  std::size_t own = screen_width(text);
  std::string out;
  if (own > width) {
    const std::size_t marked = screen_width(mark);
    if (marked < width) out = std::string(beginning(text, width - marked)) + std::string(mark);
    else out = beginning(text, width);
    own = screen_width(out);
  } else {
    out = text;
  }
  out.insert(right ? 0 : out.size(), width - own, ' ');
  return out;
}

Line cut_line(const Line& line, std::size_t width) {
  Line out;
  for (const Cells& cells : line) {
    const std::size_t own = screen_width(cells.text);
    if (own <= width) {
      out.push_back(cells);
      width -= own;
      continue;
    }
    out.push_back({std::string(beginning(cells.text, width)), cells.ink});
    break;
  }
  return out;
}

Line rest_of_line(const Line& line, std::size_t width) {
  Line out;
  for (const Cells& cells : line) {
    const std::size_t own = screen_width(cells.text);
    if (own > width) out.push_back({cells.text.substr(beginning(cells.text, width).size()), cells.ink});
    width -= std::min(width, own);
  }
  return out;
}

void pad_line(Line& line, std::size_t width, Ink ink) {
  const std::size_t own = width_of(line);
  if (own < width) line.push_back({std::string(width - own, ' '), ink});
}

}  // namespace argus
