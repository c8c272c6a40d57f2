#include "draw/cairo.h"

#include <dlfcn.h>

namespace argus {

namespace {

struct Loaded {
  CairoCalls calls;
  std::string trouble;
};

template <class Call>
void find(void* library, const char* name, Call& call, std::string& trouble) {
  call = reinterpret_cast<Call>(::dlsym(library, name));
  if (call == nullptr && trouble.empty()) trouble = fmt::format("libcairo.so.2 has no {}", name);
}

Loaded load() {
  Loaded out;
  void* library = ::dlopen("libcairo.so.2", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    out.trouble = "PNG needs the library libcairo.so.2: apt install libcairo2, or write .svg instead";
    return out;
  }
  CairoCalls& c = out.calls;
  find(library, "cairo_image_surface_create", c.image_surface_create, out.trouble);
  find(library, "cairo_surface_status", c.surface_status, out.trouble);
  find(library, "cairo_surface_destroy", c.surface_destroy, out.trouble);
  find(library, "cairo_surface_write_to_png_stream", c.surface_write_to_png_stream, out.trouble);
  find(library, "cairo_create", c.create, out.trouble);
  find(library, "cairo_destroy", c.destroy, out.trouble);
  find(library, "cairo_status", c.status, out.trouble);
  find(library, "cairo_scale", c.scale, out.trouble);
  find(library, "cairo_save", c.save, out.trouble);
  find(library, "cairo_restore", c.restore, out.trouble);
  find(library, "cairo_set_source_rgba", c.set_source_rgba, out.trouble);
  find(library, "cairo_move_to", c.move_to, out.trouble);
  find(library, "cairo_line_to", c.line_to, out.trouble);
  find(library, "cairo_close_path", c.close_path, out.trouble);
  find(library, "cairo_rectangle", c.rectangle, out.trouble);
  find(library, "cairo_clip", c.clip, out.trouble);
  find(library, "cairo_fill", c.fill, out.trouble);
  find(library, "cairo_stroke", c.stroke, out.trouble);
  find(library, "cairo_set_line_width", c.set_line_width, out.trouble);
  find(library, "cairo_set_line_join", c.set_line_join, out.trouble);
  find(library, "cairo_select_font_face", c.select_font_face, out.trouble);
  find(library, "cairo_set_font_size", c.set_font_size, out.trouble);
  find(library, "cairo_text_extents", c.text_extents, out.trouble);
  find(library, "cairo_show_text", c.show_text, out.trouble);
  find(library, "cairo_debug_reset_static_data", c.reset_static_data, out.trouble);
  if (void* fonts = ::dlopen("libfontconfig.so.1", RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD))
    c.forget_fonts = reinterpret_cast<void (*)()>(::dlsym(fonts, "FcFini"));
  return out;
}

}  // namespace

void forget_pictures(const CairoCalls& calls) {
  calls.reset_static_data();
  if (calls.forget_fonts != nullptr) calls.forget_fonts();
}

Result<const CairoCalls*> cairo_calls() {
  static const Loaded kLoaded = load();
  if (!kLoaded.trouble.empty()) return fail(Errc::unsupported, "{}", kLoaded.trouble);
  return &kLoaded.calls;
}

}  // namespace argus
