// The stages that count. Each worker has a counter of its own, and adds it to the whole when that has grown to a size
// with which it would leave the cache, and at the end.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/pool.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/parts.h"
#include "flow/source.h"
#include "flow/where.h"
#include "query/count.h"
#include "query/memory.h"

namespace argus {

namespace {

class CountStage final : public Stage {
 public:
  CountStage(SourcePtr input, const CountOptions& options, Counter& counter)
      : Stage(std::move(input)), options_(options), counter_(counter) {}

  Result<> bind(const Needs& needs, const Resources& resources) override {
    resources_ = resources;
    Needs below = needs;
    below.fields |= counter_.needs();
    return input_->bind(below, resources);
  }
  Result<Step> next(Batch& out) override {
    if (!std::exchange(begun_, true)) ARGUS_TRY(count_parts());
    if (ahead_ != 0) {
      out = Batch(static_cast<std::size_t>(std::min<std::uint64_t>(ahead_, kBatchRowsMax)));
      ahead_ -= out.rows();
      return Step::rows;
    }
    Batch batch;
    ARGUS_TRY_LET(const Step step, input_->next(batch));
    if (step == Step::rows) ARGUS_TRY(counter_.add(batch, resources_.memory_max));
    out = Batch(batch.rows());
    return step;
  }

 private:
  Result<> count_parts() {
    std::vector<Counter> partial;
    while (partial.size() < resources_.threads) partial.emplace_back(options_);
    const std::uint64_t partial_max = partial_bytes(resources_);
    Guarded<Counter*> whole(&counter_);
    const auto take = [&](std::size_t worker, const Batch& batch) -> Result<> {
      Counter& own = partial[worker];
      ARGUS_TRY(own.add(batch, UINT64_MAX));
      if (own.bytes() < partial_max) return {};
      const Counter full = std::exchange(own, Counter(options_));
      return whole.use([&](Counter* all) { return all->add(full, resources_.memory_max); });
    };
    ARGUS_TRY(pull_parts(*input_, resources_.threads, take));
    for (const Counter& own : partial) ARGUS_TRY(counter_.add(own, resources_.memory_max));
    ahead_ = counter_.records();
    return {};
  }

  CountOptions options_;
  Counter& counter_;
  Resources resources_;
  bool begun_ = false;
  std::uint64_t ahead_ = 0;  // rows that were counted, and are still to be passed on
};

class SumStage final : public Stage {
 public:
  SumStage(SourcePtr input, Sums& sums, std::uint64_t& rows) : Stage(std::move(input)), sums_(sums), rows_(rows) {}

  Result<> bind(const Needs& needs, const Resources& resources) override {
    where_ = needs.where;
    Needs below = needs;
    below.where = nullptr;  // all are added up, those that nobody wants to see among them
    below.fields = stored_inputs(needs.fields) | stored_inputs(sums_.needs());
    if (where_) below.fields |= stored_inputs(where_->fields());
    return input_->bind(below, resources);
  }
  Result<Step> next(Batch& out) override {
    Batch batch;
    ARGUS_TRY_LET(const Step step, input_->next(batch));
    if (step != Step::rows) return step;
    sums_.add(batch);
    rows_ += batch.rows();
    out = filtered(batch, where_.get());
    return step;
  }

 private:
  Sums& sums_;
  std::uint64_t& rows_;
  WherePtr where_;
};

}  // namespace

SourcePtr summed(SourcePtr input, Sums& sums, std::uint64_t& rows) {
  return std::make_unique<SumStage>(std::move(input), sums, rows);
}

SourcePtr counted(SourcePtr input, const CountOptions& options, Counter& counter) {
  return std::make_unique<CountStage>(std::move(input), options, counter);
}

}  // namespace argus
