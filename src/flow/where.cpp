#include "flow/where.h"

#include <algorithm>

namespace argus {

namespace {

class Both final : public Where {
 public:
  Both(WherePtr a, WherePtr b) : a_(std::move(a)), b_(std::move(b)) {}
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
  return std::make_shared<Both>(std::move(a), std::move(b));
}

Batch filtered(const Batch& batch, const Where* where) {
  if (where == nullptr || batch.rows() == 0) return batch;
  std::vector<std::uint8_t> keep(batch.rows(), 1);
  where->select(batch, keep);
  std::vector<std::uint32_t> rows;
  rows.reserve(batch.rows());
  for (std::size_t i = 0; i < keep.size(); i++)
    if (keep[i] != 0) rows.push_back(static_cast<std::uint32_t>(i));
  if (rows.size() == batch.rows()) return batch;
  return gathered(batch, rows);
}

u128 ordered_image(std::int64_t value) { return static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63); }

u128 ordered_image(const Address& value) {
  u128 out = 0;
  for (const std::uint8_t byte : value.bytes) out = out << 8 | byte;
  return out;
}

}  // namespace argus
