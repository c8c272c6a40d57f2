// Kinds of input (sources.def), each recognised by its first bytes and opened from a stream.
#pragma once

#include <atomic>

#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"
#include "flow/progress.h"
#include "flow/source.h"
#include "source/open_source.h"

namespace argus {

#define SOURCE(name, text)                         \
  [[nodiscard]] bool recognise_##name(Bytes head); \
  [[nodiscard]] Result<SourcePtr> open_##name(InputStream input, const SourceOptions& options);
#include "source/sources.def"

// A source that can go on with another input of its kind as if the two were one: captures that follow each other.
class Continuable : public Source, public Measured {
 public:
  // Its input is read to the end, and nothing more will come but by go_on() or conclude().
  [[nodiscard]] virtual bool exhausted() const = 0;
  // It ends early where `stop`, which outlives it and may be null, is set.
  [[nodiscard]] virtual Result<> go_on(InputStream next, const std::atomic<bool>* stop) = 0;
  // No further input: what is held back comes now.
  virtual void conclude() = 0;
};

}  // namespace argus
