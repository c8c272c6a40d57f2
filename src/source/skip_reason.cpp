#include "source/skip_reason.h"

#include "flow/field.h"

namespace argus {

namespace {

// What is known of a frame but for who is in it.
class RangesOnly final : public FrameStats {
 public:
  explicit RangesOnly(const FrameStats& all) : all_(all) {}
  std::optional<Range> range(Field field) const override { return all_.range(field); }
  bool same(Field field) const override { return all_.same(field); }

 private:
  const FrameStats& all_;
};

class TimesOnly final : public FrameStats {
 public:
  explicit TimesOnly(const FrameStats& all) : all_(all) {}
  std::optional<Range> range(Field field) const override {
    return info(field).format == Format::time ? all_.range(field) : std::nullopt;
  }

 private:
  const FrameStats& all_;
};

}  // namespace

SkipReason skip_reason(const Where& where, const FrameStats& stats) {
  if (where.judge(TimesOnly(stats)) == Verdict::none) return SkipReason::time;
  return where.judge(RangesOnly(stats)) == Verdict::none ? SkipReason::range : SkipReason::membership;
}

}  // namespace argus
