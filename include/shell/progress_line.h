// How far a long run is, on a line of its own at the end of standard error, while somebody waits there for it.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "flow/progress.h"
#include "flow/source.h"

namespace argus {

// "43 %, 2.10M records, 1.80M/s, 3 s left", of what is known. `elapsed`: seconds since the run began.
[[nodiscard]] std::string progress_text(const Progress& progress, double elapsed);

class ProgressLine {
 public:
  // Shown from a second after `began` on.
  explicit ProgressLine(std::chrono::steady_clock::time_point began) : began_(began), due_(began + kWait) {}
  ~ProgressLine() { hide(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // Whether it is time to say something new.
  [[nodiscard]] bool is_due() const { return !over_ && std::chrono::steady_clock::now() >= due_; }
  void show(const Progress& progress);
  // It is gone, and does not come again.
  void hide();

 private:
  static constexpr auto kWait = std::chrono::seconds(1);
  static constexpr auto kBetween = std::chrono::milliseconds(200);
  std::chrono::steady_clock::time_point began_, due_;
  bool shown_ = false, over_ = false;
};
using ProgressLinePtr = std::shared_ptr<ProgressLine>;

// Shows how far `input` is, as it is read; its end hides the line.
[[nodiscard]] SourcePtr watched(SourcePtr input, ProgressLinePtr line);

// Of rows that go to the terminal where the line is: the first of them hides it.
[[nodiscard]] SourcePtr answering(SourcePtr rows, ProgressLinePtr line);

}  // namespace argus
