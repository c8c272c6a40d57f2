#include "query/cluster.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/pages.h"
#include "base/pool.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/parts.h"
#include "flow/where.h"
#include "query/clusterer.h"
#include "query/memory.h"
#include "query/spilled_groups.h"

namespace argus {

namespace {

class Cluster final : public Stage {
 public:
  Cluster(SourcePtr input, ClusterOptions options) : Stage(std::move(input)), options_(std::move(options)) {
    header_ = input_->header();
    header_.columns = cluster_columns(options_.key, options_.shown);
  }

  Result<> bind(const Needs& needs, const Resources& resources) override {
    where_ = needs.where;
    resources_ = resources;
    wanted_ = stored_inputs(needs.fields);
    if (where_) wanted_ |= stored_inputs(where_->fields());
    clusterer_.emplace(options_.key, wanted_);
    Needs below;  // which rows are wanted is asked of the merged ones
    below.fields = clusterer_->needs();
    below.when = needs.when;
    return input_->bind(below, resources);
  }
  const StreamHeader& header() const override { return header_; }

  Result<Step> next(Batch& out) override {
    if (!std::exchange(begun_, true)) ARGUS_TRY(add_parts());
    while (!ended_) {
      Batch batch;
      ARGUS_TRY_LET(const Step step, input_->next(batch));
      if (step == Step::tick) return step;
      ended_ = step == Step::end;
      if (ended_) break;
      ARGUS_TRY(add(batch));
    }
    ARGUS_TRY_LET(const Batch merged, next_merged());
    if (merged.rows() == 0) return Step::end;
    out = filtered(merged, where_.get());
    return Step::rows;
  }

 private:
  // What a worker merged by itself, and whether that is worth while: where most records have a key of their own, it
  // would only be done twice.
  struct Partial {
    Clusterer clusterer;
    std::size_t rows = 0;
    bool merges = true;
  };

  Result<> add(const Batch& batch) {
    clusterer_->add(batch);
    return keep_ceiling();
  }
  Result<> keep_ceiling() {
    const std::uint64_t bytes = clusterer_->bytes(), most = resources_.memory_max;
    if (!clusterer_->has_only_records()) return check_memory(clusterer_->groups(), bytes, most);
    if (bytes <= most - most / 8) return give_back_what_growth_left(bytes), Result<>();  // the rest is for reading back
    bytes_before_ = 0;
    if (!spilled_) spilled_.emplace(options_.key, wanted_, resources_.memory_max);
    return spilled_->add(*clusterer_);
  }
  // All columns of groups grow at the same time, out of pieces of the heap that nobody needs for long.
  void give_back_what_growth_left(std::uint64_t bytes) {
    constexpr std::uint64_t kLittle = 32u << 20;
    if (bytes < kLittle || bytes < bytes_before_ + bytes_before_ / 2) return;
    shrink_heap();
    bytes_before_ = bytes;
  }
  Result<Batch> next_merged() {
    if (!spilled_) return clusterer_->next();
    if (!std::exchange(all_spilled_, true)) ARGUS_TRY(spilled_->add(*clusterer_));
    return spilled_->next();
  }
  Result<> add(Partial& partial) {
    partial.merges = partial.clusterer.groups() * 2 < partial.rows;
    partial.rows = 0;
    clusterer_->take_over(partial.clusterer);
    return keep_ceiling();
  }
  Result<> add_parts() {
    std::vector<Partial> partial;
    while (partial.size() < resources_.threads) partial.push_back({Clusterer(options_.key, wanted_)});
    const std::uint64_t partial_max = partial_bytes(resources_);
    Guarded<Cluster*> whole(this);
    const auto take = [&](std::size_t worker, const Batch& batch) -> Result<> {
      Partial& own = partial[worker];
      if (!own.merges) return whole.use([&](Cluster* all) { return all->add(batch); });
      own.clusterer.add(batch);
      own.rows += batch.rows();
      if (own.clusterer.bytes() < partial_max) return {};
      return whole.use([&](Cluster* all) { return all->add(own); });
    };
    ARGUS_TRY(pull_parts(*input_, resources_.threads, take));
    for (Partial& own : partial) ARGUS_TRY(add(own));
    return {};
  }

  ClusterOptions options_;
  FieldSet wanted_;  // stored fields of its records
  std::optional<Clusterer> clusterer_;
  std::uint64_t bytes_before_ = 0;        // of its groups, when the heap was last shrunk
  std::optional<SpilledGroups> spilled_;  // where memory has no room for all groups
  Resources resources_;
  WherePtr where_;
  StreamHeader header_;
  bool begun_ = false, ended_ = false, all_spilled_ = false;
};

}  // namespace

SourcePtr clustered(SourcePtr input, ClusterOptions options) {
  options.key.rmon |= options.rmon;
  if (options.key.rmon) input = doubled(std::move(input));
  if (options.key.none) return input;
  return std::make_unique<Cluster>(std::move(input), std::move(options));
}

std::vector<std::string> cluster_columns(const KeyWords& key, const std::vector<Field>& shown) {
  std::vector<Key> keys = key.keys;
  if (keys.empty() && key.rmon && !key.none) keys = default_keys(true);
  std::vector<std::string> out;
  if (keys.empty()) return out;  // flows, shown as flows are
  const auto add = [&](Field field) {
    const std::string name(info(field).name);
    for (const std::string& known : out)
      if (known == name) return;
    out.push_back(name);
  };
  for (const Key& one : keys) add(one.field);
  for (const Field field : shown) add(field);
  for (const Field field : {Field::trans, Field::spkts, Field::dpkts, Field::sbytes, Field::dbytes}) add(field);
  return out;
}

}  // namespace argus
