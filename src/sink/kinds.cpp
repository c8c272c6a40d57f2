#include "sink/kinds.h"

#include <array>

namespace argus {

namespace {

constexpr std::array<TextKind, kTextKinds> kText = {{
#define TEXT_SINK(name, sink, look, separator, option, suffix, help) \
  {separator, option, suffix, help, SinkLook::look, &sink##_sink},
#include "sink/sinks.def"
}};

constexpr auto kFlags = std::to_array<TextFlag>({
#define TEXT_FLAG(member, look, option, help) {option, help, SinkLook::look, &TextOptions::member},
#include "sink/sinks.def"
});

struct RecordKind {
  std::string_view scheme;
  Result<SinkPtr> (*open)(const std::string& target, FlowFileMode mode);
};
constexpr auto kRecords = std::to_array<RecordKind>({
#define RECORD_SINK(name, scheme) {scheme, &name##_sink},
#include "sink/sinks.def"
});

}  // namespace

std::span<const TextKind, kTextKinds> text_kinds() { return kText; }
std::span<const TextFlag> text_flags() { return kFlags; }

const TextKind* text_kind_of(std::string_view path) {
  for (const TextKind& kind : kText)
    if (!kind.suffix.empty() && path.ends_with(kind.suffix)) return &kind;
  return nullptr;
}

Result<SinkPtr> open_records(const std::string& target, FlowFileMode mode) {
  const RecordKind* chosen = nullptr;
  for (const RecordKind& kind : kRecords)
    if (target.starts_with(kind.scheme) && (chosen == nullptr || kind.scheme.size() > chosen->scheme.size()))
      chosen = &kind;
  return chosen->open(target, mode);  // any begins with no scheme
}

}  // namespace argus
