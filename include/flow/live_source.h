// What a live source may offer beside its rows. Each is found by an accessor of Source, null where a source has none.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"

namespace argus {

// Sums since the beginning; what a source does not know is 0.
struct LiveCounts {
  std::uint64_t packets = 0, bytes = 0;  // seen; bytes on the wire
  std::uint64_t kernel_dropped = 0, interface_dropped = 0;
  std::uint64_t undecoded = 0;  // packets that are no flow, for all reasons
  std::uint64_t flows = 0;      // live
};

class CountingSource {
 public:
  virtual ~CountingSource() = default;
  [[nodiscard]] virtual LiveCounts counts() const = 0;  // on the thread that calls next()
};

// Who gets ticks (meter/meter.h) beside the records.
struct TickTaker {
  std::function<bool()> wanted;                // asked some times a second; without anybody there are no ticks
  std::function<Result<>(const Batch&)> take;  // once a second as long as there were any; its error ends the source
};

class TickingSource {
 public:
  virtual ~TickingSource() = default;
  virtual void give_ticks_to(TickTaker taker) = 0;  // before the first next()
};

// A setting by the name that people know it by, with a value that compares.
struct SourceSetting {
  std::string_view name;  // "kernel-filter"; lives as long as the program
  std::variant<bool, std::uint64_t, std::string, std::vector<std::string>> value;
  friend bool operator==(const SourceSetting&, const SourceSetting&) = default;
};
using SourceSettings = std::vector<SourceSetting>;

class ReloadableSource {
 public:
  virtual ~ReloadableSource() = default;
  // It can be taken over while the source runs; what cannot holds from the next start.
  [[nodiscard]] virtual bool may_change(const SourceSetting& now) const = 0;
  // Takes over those of `now` that may change, on the thread that calls next(). After an error nothing has changed.
  [[nodiscard]] virtual Result<> change(const SourceSettings& now) = 0;
};

}  // namespace argus
