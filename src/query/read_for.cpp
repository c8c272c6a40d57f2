#include "query/read_for.h"

#include <chrono>

#include "base/result.h"
#include "flow/batch.h"

namespace argus {

namespace {

class ReadFor final : public Stage {
 public:
  ReadFor(SourcePtr input, Nanos duration) : Stage(std::move(input)), duration_(duration) {}

  void accept_raw_frames(const RawFrameRequest& request) override { input_->accept_raw_frames(request); }
  Result<> bind(const Needs& needs, const Resources& resources) override {
    outer_stop_ = resources.stop;
    Resources below = resources;
    below.stop = &stop_;
    return input_->bind(needs, below);
  }

  Result<Step> next(Batch& out) override {
    look_at_clock();
    return input_->next(out);
  }
  std::vector<SourcePtr> split(std::size_t n) override {
    look_at_clock();
    std::vector<SourcePtr> out;
    for (SourcePtr& part : input_->split(n)) out.push_back(std::make_unique<Part>(std::move(part), *this));
    return out;
  }

 private:
  class Part final : public Stage {
   public:
    Part(SourcePtr input, ReadFor& all) : Stage(std::move(input)), all_(all) {}
    Result<Step> next(Batch& out) override {
      all_.look_at_clock();
      return input_->next(out);
    }

   private:
    ReadFor& all_;
  };

  // The first look begins the time, before there are parts.
  void look_at_clock() {
    const auto now = std::chrono::steady_clock::now();
    if (!end_) end_ = now + duration_;
    if (now >= *end_ || (outer_stop_ != nullptr && *outer_stop_)) stop_ = true;
  }

  std::chrono::nanoseconds duration_;
  std::optional<std::chrono::steady_clock::time_point> end_;
  std::atomic<bool> stop_ = false;
  const std::atomic<bool>* outer_stop_ = nullptr;
};

}  // namespace

SourcePtr read_for(SourcePtr input, Nanos duration) { return std::make_unique<ReadFor>(std::move(input), duration); }

}  // namespace argus
