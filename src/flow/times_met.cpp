#include "flow/times_met.h"

#include <algorithm>

#include "flow/column.h"
#include "flow/field.h"

namespace argus {

namespace {

class WhereMet final : public Where {
 public:
  WhereMet(WherePtr when, WherePtr filter, std::shared_ptr<TimesMet> met)
      : when_(std::move(when)), filter_(std::move(filter)), met_(std::move(met)) {}

  FieldSet fields() const override {
    const FieldSet times = when_->fields() | FieldSet{Field::stime, Field::ltime};
    return filter_ ? times | filter_->fields() : times;
  }
  Verdict judge(const FrameStats& stats) const override {
    const Verdict in_time = when_->judge(stats);
    const Verdict wanted = filter_ ? filter_->judge(stats) : Verdict::all;
    if (!met_->is_hit()) {
      met_->note(stats);
      // Rows that the filter rules out are never looked at.
      if (in_time == Verdict::all || (in_time == Verdict::some && wanted == Verdict::none)) met_->hit();
    }
    return std::min(in_time, wanted);
  }
  void select(const Batch& batch, std::span<std::uint8_t> keep) const override {
    when_->select(batch, keep);
    if (!met_->is_hit()) {
      met_->note(batch);
      if (std::any_of(keep.begin(), keep.end(), [](std::uint8_t one) { return one != 0; })) met_->hit();
    }
    if (filter_) filter_->select(batch, keep);
  }

 private:
  WherePtr when_, filter_;
  std::shared_ptr<TimesMet> met_;
};

}  // namespace

void TimesMet::widen(Nanos begin, Nanos end) {
  for (Nanos old = begin_.load(std::memory_order_relaxed);
       begin < old && !begin_.compare_exchange_weak(old, begin, std::memory_order_relaxed);) {}
  for (Nanos old = end_.load(std::memory_order_relaxed);
       end > old && !end_.compare_exchange_weak(old, end, std::memory_order_relaxed);) {}
}

void TimesMet::note(const FrameStats& stats) {
  const auto first = stats.range(Field::stime), last = stats.range(Field::ltime);
  if (first && last && first->any && last->any) widen(value_of_image(first->least), value_of_image(last->most));
}

void TimesMet::note(const Batch& batch) {
  const Flat<Nanos> first = flat<Nanos>(batch[Field::stime], batch.rows());
  const Flat<Nanos> last = flat<Nanos>(batch[Field::ltime], batch.rows());
  for (std::size_t row = 0; row < batch.rows(); row++)
    if (first.has(row) && last.has(row)) widen(first.values[row], last.values[row]);
}

std::optional<TimeSpan> TimesMet::missed() const {
  const TimeSpan out{begin_.load(std::memory_order_relaxed), end_.load(std::memory_order_relaxed)};
  if (is_hit() || out.begin > out.end) return std::nullopt;
  return out;
}

WherePtr where_met(WherePtr when, WherePtr filter, std::shared_ptr<TimesMet> met) {
  return std::make_shared<WhereMet>(std::move(when), std::move(filter), std::move(met));
}

}  // namespace argus
