// A surface that pictures are drawn on: SVG, or pixels.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace argus {

struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;
  friend bool operator==(const Colour&, const Colour&) = default;
};

struct Point {
  double x = 0, y = 0;
};

struct Box {
  double x = 0, y = 0, width = 0, height = 0;
};

enum class Anchor : std::uint8_t { start, middle, end };

struct Lettering {
  double size = 11;  // pixels of an em
  Colour colour;
  Anchor anchor = Anchor::start;
  bool bold = false;
};

// Units are pixels of a picture at scale 1, from the upper left corner. What is drawn later lies above.
class Canvas {
 public:
  virtual ~Canvas() = default;
  // What belongs together, and what is shown where the mouse rests on it. `id` is ours, `title` is anything.
  virtual void begin_group(std::string_view id, std::string_view title) = 0;
  virtual void end_group() = 0;
  // A closed polygon.
  virtual void area(std::span<const Point> points, Colour colour, double opacity = 1) = 0;
  virtual void line(std::span<const Point> points, Colour colour, double width) = 0;
  virtual void box(const Box& box, Colour colour, double opacity = 1) = 0;
  virtual void hatched(const Box& box, Colour colour) = 0;  // oblique lines
  // On its base line. Control bytes and their like are escaped, here and nowhere before.
  virtual void text(Point at, std::string_view text, const Lettering& lettering) = 0;
};

// About how wide a text is, in pixels, with the letters that all pictures use. Escaped as Canvas::text does it.
[[nodiscard]] double text_width(std::string_view text, double size, bool bold = false);
// The text escaped, and cut in its middle with an ellipsis where it is wider than `most`.
[[nodiscard]] std::string fitted_text(std::string_view text, double size, double most);

inline constexpr std::string_view kFontFamily = "DejaVu Sans";

}  // namespace argus
