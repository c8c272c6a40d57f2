#include "query/comparison.h"

#include <iterator>
#include <utility>

#include "flow/column.h"
#include "flow/ledger.h"
#include "query/cluster.h"
#include "query/memory.h"

namespace argus {

namespace {

// Where no row of a group has a counter, as where there is no row.
Column with_zeros(const Column& column, std::size_t rows) {
  const Flat<std::uint64_t> values = flat<std::uint64_t>(column, rows);
  std::vector<std::uint64_t> out(rows, 0);
  for (std::size_t i = 0; i < rows; i++)
    if (values.has(i)) out[i] = values.values[i];
  return Column::flat(std::move(out));
}

class Compared final : public Source {
 public:
  Compared(std::vector<SourcePtr> inputs, Comparison& comparison)
      : inputs_(std::move(inputs)), comparison_(comparison) {
    header_ = inputs_.front()->header();
    for (const SourcePtr& input : inputs_) header_.live |= input->header().live;
  }

  Result<> bind(const Needs& needs, const Resources& resources) override {
    resources_ = resources;
    Needs below = needs;
    below.fields |= comparison_.needs();
    for (const SourcePtr& input : inputs_) ARGUS_TRY(input->bind(below, resources));
    return {};
  }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override {
    while (at_ < inputs_.size()) {
      Batch batch;
      ARGUS_TRY_LET(const Step step, inputs_[at_]->next(batch));
      if (step == Step::tick) return step;
      if (step == Step::end) {
        at_++;
        continue;
      }
      ARGUS_TRY(comparison_.add(at_, batch, resources_.memory_max));
      out = Batch(batch.rows());
      return step;
    }
    return Step::end;
  }
  void drain(Journal& out) override {
    for (const SourcePtr& input : inputs_) input->drain(out);
  }
  std::vector<Error> problems() const override {
    std::vector<Error> out;
    for (const SourcePtr& input : inputs_) {
      std::vector<Error> own = input->problems();
      out.insert(out.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
    }
    return out;
  }

 private:
  std::vector<SourcePtr> inputs_;
  Comparison& comparison_;
  StreamHeader header_;
  Resources resources_;
  std::size_t at_ = 0;
};

}  // namespace

Comparison::Comparison(const KeyWords& key, const FieldSet& shown, const FieldSet& counters, std::size_t sides)
    : counters_(counters), clusterer_(key, shown) {
  for (std::size_t i = 0; i < sides; i++) sides_.push_back({Groups(counters), Sums(counters), {}, 0});
}

Result<> Comparison::add(std::size_t side, const Batch& batch, std::uint64_t memory_max) {
  Side& to = sides_[side];
  clusterer_.add(batch, [&](const Batch& rows, std::span<const std::uint32_t> group_of) {
    to.groups.add(rows, group_of, clusterer_.groups());
    to.total.add(rows);
    to.seen.resize(clusterer_.groups());
    for (const std::uint32_t group : group_of) to.seen[group] = 1;
    to.records += rows.rows();
  });
  return check_memory(clusterer_.groups(), bytes(), memory_max);
}

Batch Comparison::counters(std::size_t side, std::span<const std::uint32_t> groups) const {
  Batch out(groups.size());
  const Batch counted = sides_[side].groups.batch(groups);
  for (const Field field : counters_.list()) out.set(field, with_zeros(counted[field], groups.size()));
  return out;
}

std::size_t Comparison::bytes() const {
  std::size_t out = clusterer_.bytes();
  for (const Side& side : sides_) out += side.groups.bytes() + side.seen.capacity();
  return out;
}

SourcePtr compared(std::vector<SourcePtr> inputs, const KeyWords& key, Comparison& comparison) {
  if (key.rmon)
    for (SourcePtr& input : inputs) input = doubled(std::move(input));
  return std::make_unique<Compared>(std::move(inputs), comparison);
}

}  // namespace argus
