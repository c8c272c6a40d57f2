// Records in the formats of other programs, as formats.def lists them.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "export/outlet.h"
#include "flow/field.h"
#include "flow/sink.h"

namespace argus {

struct ExportOptions {
  std::vector<Field> columns = {};  // of formats that write fields under their own names; empty: every stored one
  // A sentence about what the format cannot hold, at the end.
  std::function<void(const std::string&)> say = {};
};

struct ExportFormat {
  std::string_view name, help;
  enum class Kind : std::uint8_t { text, bytes };
  enum class Names : std::uint8_t { own, theirs };
  Kind kind;
  Names names;
  SinkPtr (*open)(OutletPtr out, const ExportOptions& options);
};
[[nodiscard]] std::span<const ExportFormat> export_formats();
[[nodiscard]] const ExportFormat* find_export_format(std::string_view name);  // null: there is none

// Each as a sink. What write() is given goes out at once, or an error says why not and it was not taken. A record that
// the format cannot hold is left out and counted.
#define EXPORT_FORMAT(name, kind, names, id, help) \
  [[nodiscard]] SinkPtr id##_export(OutletPtr out, const ExportOptions& options);
#include "export/formats.def"

}  // namespace argus
