// Kinds of input (sources.def), each recognised by its first bytes and opened from a stream.
#pragma once

#include <atomic>
#include <memory>
#include <type_traits>
#include <utility>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "base/stream.h"
#include "flow/progress.h"
#include "flow/source.h"
#include "source/inspect.h"
#include "source/open_source.h"

namespace argus {

// A source that can go on with another input of its kind as if the two were one: captures that follow each other.
class Continuable {
 public:
  virtual ~Continuable() = default;
  // Its input is read to the end, and nothing more will come but by go_on() or conclude().
  [[nodiscard]] virtual bool exhausted() const = 0;
  // It ends early where `stop`, which outlives it and may be null, is set.
  [[nodiscard]] virtual Result<> go_on(InputStream next, const std::atomic<bool>* stop) = 0;
  // No further input: what is held back comes now.
  virtual void conclude() = 0;
};

// An input that was opened, and what else it can do: the source itself, or null.
struct OpenedKind {
  SourcePtr source;
  Continuable* continues = nullptr;
};
// Of a source that is maybe a Continuable.
template <class Kind>
[[nodiscard]] OpenedKind opened_kind(std::unique_ptr<Kind> source) {
  OpenedKind out;
  if constexpr (std::is_base_of_v<Continuable, Kind>) out.continues = source.get();
  out.source = std::move(source);
  return out;
}

// An input that is asked what is in it. `place`: another descriptor of a file; not open for others.
struct InspectedInput {
  InputStream stream;
  const File& place;
};
// How far a file was read, as it is on disk, and all that it has; zeros where `place` is not open.
[[nodiscard]] Progress progress_of(const File& place);

// A capture of datagrams of exporters, as the flows that these tell.
[[nodiscard]] Result<OpenedKind> open_collected_capture(InputStream input, const SourceOptions& options);

#define SOURCE(name, ...)                                                                        \
  [[nodiscard]] bool recognise_##name(Bytes head);                                               \
  [[nodiscard]] Result<OpenedKind> open_##name(InputStream input, const SourceOptions& options); \
  [[nodiscard]] Result<> inspect_##name(InspectedInput input, const InspectOptions& options, InputFacts& facts);
#include "source/sources.def"

}  // namespace argus
