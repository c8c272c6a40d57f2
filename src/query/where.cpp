#include "query/where.h"

#include <algorithm>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"

namespace argus {

namespace {

class WhereStage final : public Stage {
 public:
  WhereStage(SourcePtr input, WherePtr filter, TimeSpan span)
      : Stage(std::move(input)), filter_(std::move(filter)), span_(span) {}
  void accept_raw_frames(const RawFrameRequest& request) override { input_->accept_raw_frames(request); }
  Result<> bind(const Needs& needs, const Resources& resources) override {
    Needs below = needs;
    below.where = both(filter_, needs.where);
    below.when = {std::max(needs.when.begin, span_.begin), std::min(needs.when.end, span_.end)};
    return input_->bind(below, resources);
  }
  Result<Step> next(Batch& out) override { return input_->next(out); }
  std::vector<SourcePtr> split(std::size_t n) override { return input_->split(n); }

 private:
  WherePtr filter_;
  TimeSpan span_;
};

}  // namespace

SourcePtr where(SourcePtr input, WherePtr filter, TimeSpan span) {
  return std::make_unique<WhereStage>(std::move(input), std::move(filter), span);
}

}  // namespace argus
