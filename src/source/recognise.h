// An input as it is opened: what kind it is (sources.def), and how it is waited for.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "base/stream.h"
#include "base/time.h"
#include "source/feed.h"
#include "source/inspect.h"
#include "source/kinds.h"
#include "source/open_source.h"

namespace argus {

struct SourceKind;  // a line of sources.def

// Of an input that is waited for. Whoever writes into a pipe mostly hears the same Ctrl-C and ends by itself: all that
// it says then is read, for a moment.
struct InputEnding {
  static constexpr Nanos kPatience = kSecond;
  const std::atomic<bool>* asked = nullptr;  // to end; may be null
  StopFlag given_up = std::make_shared<std::atomic<bool>>(false);
  std::optional<Nanos> asked_at;

  [[nodiscard]] bool is_due();
};
using EndingPtr = std::shared_ptr<InputEnding>;

struct OpenedInput {
  InputStream stream;
  const SourceKind* kind;
  EndingPtr ending;  // of an input that is waited for
  File place;        // of a file: another descriptor, which tells how far it was read
};

// Opens it, waits until it says something and looks at its first bytes; "-" is standard input. Errc::foreign where it
// is of no kind, Errc::interrupted where it says nothing until it is stopped.
[[nodiscard]] Result<OpenedInput> recognise(const std::string& path, const SourceOptions& options);

struct OpenedSource {
  OpenedKind opened;
  const SourceKind* kind;
  EndingPtr ending;  // of what is waited for here, and not on a thread
};

[[nodiscard]] Result<OpenedSource> open_kind(OpenedInput opened, const SourceOptions& options);
[[nodiscard]] Result<InputFacts> inspect_kind(OpenedInput opened, const InspectOptions& options);

}  // namespace argus
