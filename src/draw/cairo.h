// The cairo library as far as pictures need it, looked for when the first picture is made: a build needs nothing of it,
// and a machine without it can do everything else. The declarations are those of cairo 1.10 and later, whose binary
// interface does not change.
#pragma once

#include "base/result.h"

namespace argus {

struct CairoSurface;  // cairo_surface_t
struct Cairo;         // cairo_t

struct CairoExtents {
  double x_bearing, y_bearing, width, height, x_advance, y_advance;
};

using CairoWrite = int (*)(void* closure, const unsigned char* bytes, unsigned size);

struct CairoCalls {
  CairoSurface* (*image_surface_create)(int format, int width, int height) = nullptr;
  int (*surface_status)(CairoSurface*) = nullptr;
  void (*surface_destroy)(CairoSurface*) = nullptr;
  int (*surface_write_to_png_stream)(CairoSurface*, CairoWrite, void* closure) = nullptr;
  Cairo* (*create)(CairoSurface*) = nullptr;
  void (*destroy)(Cairo*) = nullptr;
  int (*status)(Cairo*) = nullptr;
  void (*scale)(Cairo*, double, double) = nullptr;
  void (*save)(Cairo*) = nullptr;
  void (*restore)(Cairo*) = nullptr;
  void (*set_source_rgba)(Cairo*, double, double, double, double) = nullptr;
  void (*move_to)(Cairo*, double, double) = nullptr;
  void (*line_to)(Cairo*, double, double) = nullptr;
  void (*close_path)(Cairo*) = nullptr;
  void (*rectangle)(Cairo*, double, double, double, double) = nullptr;
  void (*clip)(Cairo*) = nullptr;
  void (*fill)(Cairo*) = nullptr;
  void (*stroke)(Cairo*) = nullptr;
  void (*set_line_width)(Cairo*, double) = nullptr;
  void (*set_line_join)(Cairo*, int) = nullptr;
  void (*select_font_face)(Cairo*, const char*, int slant, int weight) = nullptr;
  void (*set_font_size)(Cairo*, double) = nullptr;
  void (*text_extents)(Cairo*, const char*, CairoExtents*) = nullptr;
  void (*reset_static_data)() = nullptr;
  void (*forget_fonts)() = nullptr;  // of fontconfig; null where cairo finds fonts in another way
  void (*show_text)(Cairo*, const char*) = nullptr;
};

// Gives back what is kept for the next picture. Nothing of cairo may be alive.
void forget_pictures(const CairoCalls& calls);

// Errc::unsupported with the package to install when it is not there. Lives as long as the process.
[[nodiscard]] Result<const CairoCalls*> cairo_calls();

}  // namespace argus
