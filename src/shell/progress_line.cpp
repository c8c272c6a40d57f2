#include "shell/progress_line.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/count_text.h"
#include "base/log.h"
#include "base/result.h"
#include "base/text.h"
#include "flow/batch.h"
#include "flow/format.h"

namespace argus {

namespace {

std::string human(double value) {
  std::string out;
  append_human(std::floor(value), out);
  return out;
}

// What came, which of the inputs may not know.
class Watched final : public Stage {
 public:
  Watched(SourcePtr input, ProgressLinePtr line) : Stage(std::move(input)), line_(std::move(line)) {}

  void accept_raw_frames(const RawFrameRequest& request) override { input_->accept_raw_frames(request); }
  Result<Step> next(Batch& out) override {
    auto step = input_->next(out);
    if (!step || *step == Step::end) {
      line_->hide();
    } else if (line_->is_due()) {
      const MeasuredSource* measured = input_->measured();
      Progress now = measured != nullptr ? measured->progress() : Progress{};
      if (now.records == 0) now.records = came_;
      line_->show(now);
    }
    if (step && *step == Step::rows) came_ += out.rows();
    return step;
  }
  // Parts are read on threads of their own, where nothing is shown.
  std::vector<SourcePtr> split(std::size_t n) override { return input_->split(n); }

 private:
  ProgressLinePtr line_;
  std::uint64_t came_ = 0;
};

class Answering final : public Stage {
 public:
  Answering(SourcePtr input, ProgressLinePtr line) : Stage(std::move(input)), line_(std::move(line)) {}
  Result<Step> next(Batch& out) override {
    auto step = input_->next(out);
    if (step && *step == Step::rows && out.rows() != 0) line_->hide();
    return step;
  }

 private:
  ProgressLinePtr line_;
};

}  // namespace

std::string progress_text(const Progress& progress, double elapsed) {
  std::vector<std::string> parts;
  const double done =
      progress.bytes_whole == 0
          ? 0
          : std::min(1.0, static_cast<double>(progress.bytes) / static_cast<double>(progress.bytes_whole));
  if (progress.bytes_whole != 0) parts.push_back(fmt::format("{:.0f} %", std::floor(100 * done)));
  const bool packets = progress.packets != 0;
  const std::uint64_t number = packets ? progress.packets : progress.records;
  const auto count = static_cast<double>(number);
  parts.push_back(human(count) + ' ' + noun_of(number, packets ? "packet" : "record"));
  if (elapsed > 0) parts.push_back(human(count / elapsed) + "/s");
  if (done > 0.01 && done < 1) {
    const double left = elapsed * (1 - done) / done;  // seconds
    parts.push_back(left < 100 ? fmt::format("{:.0f} s left", left) : fmt::format("{:.0f} min left", left / 60));
  }
  return joined(parts, ", ");
}

void ProgressLine::show(const Progress& progress) {
  const auto now = std::chrono::steady_clock::now();
  shown_ = true;
  due_ = now + kBetween;
  log_transient(progress_text(progress, std::chrono::duration<double>(now - began_).count()));
}

void ProgressLine::hide() {
  over_ = true;
  if (std::exchange(shown_, false)) log_transient({});
}

SourcePtr watched(SourcePtr input, ProgressLinePtr line) {
  return std::make_unique<Watched>(std::move(input), std::move(line));
}

SourcePtr answering(SourcePtr rows, ProgressLinePtr line) {
  return std::make_unique<Answering>(std::move(rows), std::move(line));
}

}  // namespace argus
