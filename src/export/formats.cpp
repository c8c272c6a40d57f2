#include "export/formats.h"

#include <algorithm>
#include <array>

namespace argus {

namespace {

constexpr auto kFormats = std::to_array<ExportFormat>({
#define EXPORT_FORMAT(name, kind, names, id, help) \
  {name, help, ExportFormat::Kind::kind, ExportFormat::Names::names, &id##_export},
#include "export/formats.def"
});

}  // namespace

std::span<const ExportFormat> export_formats() { return kFormats; }

const ExportFormat* find_export_format(std::string_view name) {
  const auto* found =
      std::find_if(kFormats.begin(), kFormats.end(), [&](const ExportFormat& format) { return format.name == name; });
  return found == kFormats.end() ? nullptr : found;
}

}  // namespace argus
