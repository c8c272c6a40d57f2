// Kinds of output, as sinks.def lists them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "flow/sink.h"
#include "sink/flow_file.h"
#include "sink/text.h"

namespace argus {

enum class SinkLook : std::uint8_t { table, separated, json };

struct TextKind {
  std::string_view separator;             // that it always has, or ""
  std::string_view option, suffix, help;  // "--csv", ".csv" or ""
  SinkLook look;
  SinkPtr (*open)(File& out, TextOptions options);  // text.h
};
inline constexpr std::size_t kTextKinds = 0
#define TEXT_SINK(...) +1
#include "sink/sinks.def"
    ;
[[nodiscard]] std::span<const TextKind, kTextKinds> text_kinds();  // the last: what is printed by default
// By the end of a file's name; null: no kind of text has such names.
[[nodiscard]] const TextKind* text_kind_of(std::string_view path);

struct TextFlag {
  std::string_view option, help;  // "--csv-safe"
  SinkLook look;                  // of the kinds that take it
  bool TextOptions::*member;
};
[[nodiscard]] std::span<const TextFlag> text_flags();

#define RECORD_SINK(name, scheme) \
  [[nodiscard]] Result<SinkPtr> name##_sink(const std::string& target, FlowFileMode mode);
#include "sink/sinks.def"

// Where records are written by name (-w): a file, or what a kind of output with a scheme makes of the target.
[[nodiscard]] Result<SinkPtr> open_records(const std::string& target, FlowFileMode mode);

}  // namespace argus
