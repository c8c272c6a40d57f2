// Pictures as SVG 1.1 text: real letters, no script, nothing from elsewhere.
#pragma once

#include <string>

#include "draw/canvas.h"

namespace argus {

class SvgCanvas final : public Canvas {
 public:
  // `width` and `height` are what one unit square is stretched to by `scale`; `title` and `description` are for those
  // who do not see it.
  SvgCanvas(double width, double height, double scale, std::string_view title, std::string_view description,
            Colour hatch);

  void begin_group(std::string_view id, std::string_view title) override;
  void end_group() override;
  void area(std::span<const Point> points, Colour colour, double opacity) override;
  void line(std::span<const Point> points, Colour colour, double width) override;
  void box(const Box& box, Colour colour, double opacity) override;
  void hatched(const Box& box, Colour colour) override;
  void text(Point at, std::string_view text, const Lettering& lettering) override;

  [[nodiscard]] std::string finish() &&;

 private:
  std::string out_;
};

// Text between tags or quotes: escaped for people (base/text.h), then for XML.
void append_xml(std::string_view text, std::string& out);

}  // namespace argus
