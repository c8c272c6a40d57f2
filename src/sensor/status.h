// What a sensor says of itself: a line on the terminal each second, or in the log each minute, and to the service
// manager; and at the end a summary.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "archive/live_file.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/live_source.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "relay/serve.h"
#include "sensor/notify.h"

namespace argus {

struct SensorParts {
  std::string reads;                         // of the source, in words
  const CountingSource* counting = nullptr;  // or none: its counts are not known
  std::vector<const LiveFileSink*> files;    // or none
  const Server* server = nullptr;            // or none
};

// Where flows go, as a sensor says when it begins: "adds to /var/log/argus/argus.out", with the whole path.
[[nodiscard]] std::string writing_text(const std::string& path, const LiveFileCounts& file);

// A sink without output of its own: whatever passes makes it look at the clock.
class StatusSink final : public RowSink {
 public:
  // on_turn: called with every batch and tick. `parts` must outlive it, and may change.
  StatusSink(const SensorParts& parts, bool quiet, std::function<Result<>()> on_turn);

  FieldSet fields() const override { return {}; }
  Result<> begin(const StreamHeader& header) override;
  Result<> write(const Batch& batch) override;
  Result<> tick() override { return turn(); }
  Result<> finish() override;

  // What USR1 asks for: the line, in the log, now.
  void tell() const;
  [[nodiscard]] const Notifier& notifier() const { return notifier_; }

 private:
  [[nodiscard]] Result<> turn();
  [[nodiscard]] LiveCounts counts() const;
  [[nodiscard]] std::string line() const;
  void summary() const;

  const SensorParts& parts_;
  Notifier notifier_;
  bool quiet_, terminal_;
  std::function<Result<>()> on_turn_;
  std::chrono::steady_clock::time_point started_, next_line_, next_watchdog_;
  std::uint64_t records_ = 0;
  struct Rate {
    std::chrono::steady_clock::time_point at;
    std::uint64_t packets = 0, bytes = 0;
    double packets_a_second = 0, bits_a_second = 0;
  } rate_;
};

}  // namespace argus
