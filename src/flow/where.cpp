#include "flow/where.h"

#include <algorithm>

#include "flow/selected_rows.h"

namespace argus {

namespace {

class Conjunction final : public Where {
 public:
  Conjunction(WherePtr a, WherePtr b) : a_(std::move(a)), b_(std::move(b)) {}
  FieldSet fields() const override { return a_->fields() | b_->fields(); }
  Verdict judge(const FrameStats& stats) const override { return std::min(a_->judge(stats), b_->judge(stats)); }
  void select(const Batch& batch, std::span<std::uint8_t> keep) const override {
    a_->select(batch, keep);
    b_->select(batch, keep);
  }

 private:
  WherePtr a_, b_;
};

}  // namespace

WherePtr both(WherePtr a, WherePtr b) {
  if (!a) return b;
  if (!b) return a;
  return std::make_shared<Conjunction>(std::move(a), std::move(b));
}

Batch filtered(const Batch& batch, const Where* where) {
  if (where == nullptr || batch.rows() == 0) return batch;
  const std::vector<std::uint32_t> rows = selected_rows(batch, *where);
  if (rows.size() == batch.rows()) return batch;
  return gathered(batch, rows);
}

bool within_span(const FrameStats& stats, Field first, Field last, ClockStep step) {
  const auto begin = stats.range(first), end = stats.range(last);
  if (!begin || !end || !begin->any || begin->absent) return false;
  const ClockSpan span = span_at(value_of_image(begin->least), step);
  return span.holds(value_of_image(begin->most)) && (!end->any || span.holds(value_of_image(end->most)));
}

u128 ordered_image(std::int64_t value) { return static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63); }

std::int64_t value_of_image(u128 image) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(image) ^ (std::uint64_t{1} << 63));
}

u128 ordered_image(const Address& value) {
  u128 out = 0;
  for (const std::uint8_t byte : value.bytes) out = out << 8 | byte;
  return out;
}

}  // namespace argus
