// Pictures as PNG (ISO/IEC 15948): pixels and their compression by cairo, notes by us.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "base/result.h"
#include "base/text.h"
#include "draw/cairo.h"
#include "draw/canvas.h"
#include "draw/chart.h"
#include "draw/picture.h"

namespace argus {

namespace {

constexpr int kRgb24 = 1, kJoinRound = 1, kNormal = 0, kBold = 1;
constexpr std::size_t kHead = 8 + 25;    // signature and IHDR: notes come behind them
constexpr std::size_t kNoteMost = 4096;  // bytes of a note

class PixelCanvas final : public Canvas {
 public:
  PixelCanvas(const CairoCalls& calls, Cairo* to) : c_(calls), to_(to) { c_.set_line_join(to_, kJoinRound); }

  void begin_group(std::string_view, std::string_view) override {}
  void end_group() override {}
  void area(std::span<const Point> points, Colour colour, double opacity) override {
    if (points.size() < 3) return;
    trace(points);
    c_.close_path(to_);
    paint(colour, opacity);
    c_.fill(to_);
  }
  void line(std::span<const Point> points, Colour colour, double width) override {
    if (points.size() < 2) return;
    trace(points);
    paint(colour, 1);
    c_.set_line_width(to_, width);
    c_.stroke(to_);
  }
  void box(const Box& box, Colour colour, double opacity) override {
    c_.rectangle(to_, box.x, box.y, box.width, box.height);
    paint(colour, opacity);
    c_.fill(to_);
  }
  void hatched(const Box& box, Colour colour) override {
    constexpr double kEvery = 6;
    c_.save(to_);
    c_.rectangle(to_, box.x, box.y, box.width, box.height);
    c_.clip(to_);
    const double right = box.x + box.width, foot = box.y + box.height;
    for (double at = std::floor((box.x + box.y) / kEvery) * kEvery; at <= right + foot; at += kEvery) {
      c_.move_to(to_, at - box.y, box.y);
      c_.line_to(to_, at - foot, foot);
    }
    paint(colour, 1);
    c_.set_line_width(to_, 1);
    c_.stroke(to_);
    c_.restore(to_);
  }
  void text(Point at, std::string_view text, const Lettering& lettering) override {
    const std::string safe = escaped(text);
    c_.select_font_face(to_, std::string(kFontFamily).c_str(), 0, lettering.bold ? kBold : kNormal);
    c_.set_font_size(to_, lettering.size);
    if (lettering.anchor != Anchor::start) {
      CairoExtents extents{};
      c_.text_extents(to_, safe.c_str(), &extents);
      at.x -= extents.x_advance * (lettering.anchor == Anchor::middle ? 0.5 : 1);
    }
    paint(lettering.colour, 1);
    c_.move_to(to_, at.x, at.y);
    c_.show_text(to_, safe.c_str());
  }

 private:
  void trace(std::span<const Point> points) {
    for (std::size_t i = 0; i < points.size(); i++)
      i == 0 ? c_.move_to(to_, points[i].x, points[i].y) : c_.line_to(to_, points[i].x, points[i].y);
  }
  void paint(Colour colour, double opacity) {
    c_.set_source_rgba(to_, colour.red / 255.0, colour.green / 255.0, colour.blue / 255.0, opacity);
  }
  const CairoCalls& c_;
  Cairo* to_;
};

// CRC-32 of ISO 3309, as PNG has it.
std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char byte : bytes) {
    crc ^= static_cast<std::uint8_t>(byte);
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
  }
  return ~crc;
}

void append_be32(std::uint32_t value, std::string& out) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

std::string chunk(std::string_view type, std::string_view body) {
  const std::string typed = std::string(type) + std::string(body);
  std::string out;
  append_be32(static_cast<std::uint32_t>(body.size()), out);
  out += typed;
  append_be32(crc32(typed), out);
  return out;
}

std::string latin1(std::string_view text) {
  std::string out;
  for (const char c : escaped(text.substr(0, kNoteMost))) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x80) out += c;
    else if ((byte & 0xc0) == 0xc0) out += '?';  // one for each character
  }
  return out;
}

int append_bytes(void* closure, const unsigned char* bytes, unsigned size) {
  static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(bytes), size);
  return 0;
}

// PNG without notes.
Result<std::string> pixels_of(const CairoCalls& calls, const Chart& chart, const Look& look) {
  const auto pixels = [&](int side) { return static_cast<int>(std::lround(side * look.scale)); };
  const std::unique_ptr<CairoSurface, void (*)(CairoSurface*)> surface(
      calls.image_surface_create(kRgb24, pixels(look.width), pixels(look.height)), calls.surface_destroy);
  const std::unique_ptr<Cairo, void (*)(Cairo*)> to(calls.create(surface.get()), calls.destroy);
  calls.scale(to.get(), look.scale, look.scale);
  PixelCanvas canvas(calls, to.get());
  draw_chart(chart, look, canvas);
  std::string png;
  const int drawn = calls.status(to.get());
  const int written = drawn == 0 ? calls.surface_write_to_png_stream(surface.get(), append_bytes, &png) : drawn;
  if (written != 0 || png.size() < kHead)
    return fail(Errc::limit, "cairo could not draw {} x {} pixels", pixels(look.width), pixels(look.height));
  return png;
}

}  // namespace

Result<> png_ready() {
  ARGUS_TRY(cairo_calls());
  return {};
}

Result<std::string> png_picture(const Chart& chart, const Look& look, const PictureNotes& notes) {
  ARGUS_TRY_LET(const CairoCalls* calls, cairo_calls());
  auto png = pixels_of(*calls, chart, look);
  forget_pictures(*calls);
  if (!png) return png;
  std::string chunks;
  for (const auto& [keyword, text] : notes) chunks += chunk("tEXt", keyword + std::string(1, '\0') + latin1(text));
  return png->insert(kHead, chunks);
}

}  // namespace argus
