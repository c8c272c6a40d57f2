// Inputs that are read as one source.
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/ledger.h"
#include "flow/progress.h"
#include "flow/source.h"
#include "source/kinds.h"
#include "source/open_source.h"
#include "source/recognise.h"

namespace argus {

struct InputPath {
  std::string path;
  std::string folder = {};  // that was named in its place
};

// Files of folders that are neither flow files nor captures, which a folder may well have.
class SkippedFiles {
 public:
  void add(const InputPath& input);
  // A sentence for each folder; `code` says what they amount to.
  void say(Errc code, std::vector<Error>& out) const;

 private:
  std::map<std::string, std::vector<std::string>> skipped_;
};

// Inputs one after the other, each opened when its turn comes.
class InputSequence final : public Source, public MeasuredSource {
 public:
  InputSequence(std::vector<InputPath> paths, std::vector<Error> problems, const SourceOptions& options)
      : paths_(std::move(paths)), options_(options), problems_(std::move(problems)) {}

  // Opens the first input that can be used; the error of the first when none can.
  Result<> start() {
    open_next();
    if (!current_) {
      skipped_.say(Errc::foreign, problems_);
      if (problems_.empty()) return fail(Errc::usage, "no input");
      return std::move(problems_.front());
    }
    header_ = current_->header();
    // Flow files after the first may be of other sensors; records name theirs.
    if (paths_.size() > 1 && continues_ == nullptr) header_.sensor.clear();
    return {};
  }

  void accept_raw_frames(const RawFrameRequest& request) override {
    raw_ = request;
    current_->accept_raw_frames(request);
  }
  Result<> bind(const Needs& needs, const Resources& resources) override {
    needs_ = needs;
    resources_ = resources;
    return bind_current();
  }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override;
  std::vector<SourcePtr> split(std::size_t n) override;
  const MeasuredSource* measured() const override { return this; }
  Progress progress() const override;
  void drain(Journal& out) override {
    for (const LedgerEntry& entry : journal_.drain()) out.add(entry);
    if (current_) current_->drain(out);
  }
  std::vector<Error> problems() const override {
    std::vector<Error> out = problems_;
    skipped_.say(Errc::harmless, out);
    if (current_)
      for (const Error& error : current_->problems()) out.push_back(error);
    return out;
  }

 private:
  class Part;

  [[nodiscard]] Result<OpenedInput> open_at();
  void open_next();
  void take(OpenedSource source);
  void not_opened(Error why);
  [[nodiscard]] Result<> bind_current();
  [[nodiscard]] Step end() const {
    if (options_.progress) *options_.progress = progress();
    return Step::end;
  }
  [[nodiscard]] bool stopped() const { return resources_.stop != nullptr && *resources_.stop; }
  [[nodiscard]] const std::atomic<bool>* stop_of(const EndingPtr& ending);
  void join(Continuable& traffic);
  void leave();
  void advance();
  [[nodiscard]] std::optional<Step> pull(Batch& out);
  void divide();
  // For a part: what the present input is divided into, once nobody reads the one before any more; or, of an input that
  // cannot be divided, what it gives.
  [[nodiscard]] bool is_ready() const { return at_work_ == 0 || !parts_.empty(); }
  [[nodiscard]] Step next_apart(Batch& out, SourcePtr& part);
  void leave_part();

  std::vector<InputPath> paths_;
  SkippedFiles skipped_;
  std::size_t at_ = 0;
  std::optional<OpenedInput> looked_at_;  // of paths_[at_], recognised but not taken
  SourceOptions options_;
  SourcePtr current_;
  Continuable* continues_ = nullptr;  // current_, where it is one
  const SourceKind* kind_ = nullptr;  // of it
  File place_;                        // of the input that is read
  EndingPtr ending_;                  // of it, where it is waited for here
  std::vector<EndingPtr> endings_;    // of those before it, to which their sources point
  Progress left_;                     // of the inputs that were left
  StreamHeader header_;
  RawFrameRequest raw_;
  Needs needs_;
  Resources resources_;
  Journal journal_;
  std::vector<Error> problems_;
  std::size_t parts_most_ = 0;    // 0: inputs are read as they are
  std::vector<SourcePtr> parts_;  // of the present input, those that nobody reads yet
  std::size_t at_work_ = 0;       // those that are being read
};

}  // namespace argus
