#include "draw/svg.h"

#include <fmt/format.h>

#include <cmath>

#include "base/text.h"

namespace argus {

namespace {

// Hundredths of a pixel are enough, and shortest wins: "12", "12.5", "0.25".
void append_number(double value, std::string& out) {
  auto hundredths = static_cast<std::int64_t>(std::llround(value * 100));
  if (hundredths < 0) out += '-', hundredths = -hundredths;
  out += std::to_string(hundredths / 100);
  const auto part = static_cast<int>(hundredths % 100);
  if (part == 0) return;
  out += '.';
  out += static_cast<char>('0' + part / 10);
  if (part % 10 != 0) out += static_cast<char>('0' + part % 10);
}

std::string number(double value) {
  std::string out;
  append_number(value, out);
  return out;
}

std::string code(Colour colour) { return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue); }

// "M0 0H5V2": a step to the side or up is written as one.
std::string path_of(std::span<const Point> points, bool closed) {
  std::string out;
  Point last;
  for (std::size_t i = 0; i < points.size(); i++) {
    const Point at{std::round(points[i].x * 100) / 100, std::round(points[i].y * 100) / 100};
    if (i == 0) out += 'M', append_number(at.x, out), out += ' ', append_number(at.y, out);
    else if (at.x == last.x && at.y == last.y) continue;
    else if (at.y == last.y) out += 'H', append_number(at.x, out);
    else if (at.x == last.x) out += 'V', append_number(at.y, out);
    else out += 'L', append_number(at.x, out), out += ' ', append_number(at.y, out);
    last = at;
  }
  if (closed) out += 'Z';
  return out;
}

std::string opacity_of(double opacity) {
  return opacity < 1 ? fmt::format(" fill-opacity=\"{}\"", number(opacity)) : std::string();
}

}  // namespace

void append_xml(std::string_view text, std::string& out) {
  const std::string safe = escaped(text);
  for (std::size_t i = 0; i < safe.size(); i++) {
    const std::string_view rest = std::string_view(safe).substr(i);
    switch (safe[i]) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default:
        if (rest.starts_with("\xef\xbf\xbe") || rest.starts_with("\xef\xbf\xbf")) {  // no characters in XML
          out += "\xef\xbf\xbd";
          i += 2;
        } else {
          out += safe[i];
        }
    }
  }
}

SvgCanvas::SvgCanvas(double width, double height, double scale, std::string_view title, std::string_view description,
                     Colour hatch) {
  out_ = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\" role=\"img\" "
      "aria-labelledby=\"title desc\" font-family=\"{}, Verdana, Helvetica, sans-serif\">\n<title id=\"title\">",
      number(width * scale), number(height * scale), number(width), number(height), kFontFamily);
  append_xml(title, out_);
  out_ += "</title>\n<desc id=\"desc\">";
  append_xml(description, out_);
  out_ += fmt::format(
      "</desc>\n<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
      "<path d=\"M-1 1L1 -1M0 6L6 0M5 7L7 5\" stroke=\"{}\" stroke-width=\"1\"/></pattern></defs>\n",
      code(hatch));
}

void SvgCanvas::begin_group(std::string_view id, std::string_view title) {
  out_ += fmt::format("<g id=\"{}\">", id);
  if (!title.empty()) {
    out_ += "<title>";
    append_xml(title, out_);
    out_ += "</title>";
  }
  out_ += '\n';
}

void SvgCanvas::end_group() { out_ += "</g>\n"; }

void SvgCanvas::area(std::span<const Point> points, Colour colour, double opacity) {
  if (points.size() < 3) return;
  out_ += fmt::format("<path d=\"{}\" fill=\"{}\"{}/>\n", path_of(points, true), code(colour), opacity_of(opacity));
}

void SvgCanvas::line(std::span<const Point> points, Colour colour, double width) {
  if (points.size() < 2) return;
  out_ += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\"/>\n",
                      path_of(points, false), code(colour), number(width));
}

void SvgCanvas::box(const Box& box, Colour colour, double opacity) {
  out_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"{}/>\n", number(box.x),
                      number(box.y), number(box.width), number(box.height), code(colour), opacity_of(opacity));
}

void SvgCanvas::hatched(const Box& box, Colour) {
  out_ += fmt::format("<rect class=\"gap\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"url(#hatch)\"/>\n",
                      number(box.x), number(box.y), number(box.width), number(box.height));
}

void SvgCanvas::text(Point at, std::string_view text, const Lettering& lettering) {
  out_ += fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\"", number(at.x), number(at.y),
                      number(lettering.size), code(lettering.colour));
  if (lettering.anchor == Anchor::middle) out_ += " text-anchor=\"middle\"";
  if (lettering.anchor == Anchor::end) out_ += " text-anchor=\"end\"";
  if (lettering.bold) out_ += " font-weight=\"bold\"";
  out_ += '>';
  append_xml(text, out_);
  out_ += "</text>\n";
}

std::string SvgCanvas::finish() && {
  out_ += "</svg>\n";
  return std::move(out_);
}

}  // namespace argus
