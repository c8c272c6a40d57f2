#include "query/sort.h"

#include <algorithm>

#include "base/text.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/parts.h"
#include "flow/where.h"
#include "query/run_merge.h"
#include "query/sorted_run.h"

namespace argus {

namespace {

class SortStage final : public Stage {
 public:
  SortStage(SourcePtr input, std::vector<SortKey> keys, std::optional<std::uint64_t> first)
      : Stage(std::move(input)), keys_(std::move(keys)), first_(first) {}

  Result<> bind(const Needs& needs, const Resources& resources) override {
    Needs below = needs;
    below.fields = stored_inputs(needs.fields);
    const std::uint64_t makers = std::min<std::uint64_t>(resources.threads, resources.memory_max / kMakerBytesLeast);
    threads_ = static_cast<std::size_t>(std::max<std::uint64_t>(makers, 1));
    plan_ = sort_plan(keys_, first_, resources.memory_max / threads_);
    if (first_) {  // which rows are the first does not depend on who asks for some of them
      where_ = needs.where;
      below.where = plan_.hopeful;
      if (where_) below.fields |= stored_inputs(where_->fields());
    }
    for (const SortKey& key : keys_) below.fields |= stored_inputs({key.field});
    return input_->bind(below, resources);
  }

  Result<Step> next(Batch& out) override {
    if (makers_.empty()) ARGUS_TRY(pull_all_parts());
    while (!merge_) {
      Batch batch;
      ARGUS_TRY_LET(const Step step, input_->next(batch));
      if (step == Step::tick) return step;
      if (step == Step::end) ARGUS_TRY(settle());
      else ARGUS_TRY(makers_[0].add(batch, {UINT64_MAX, ++single_}));  // behind all that parts gave
    }
    const std::uint64_t left = first_.value_or(UINT64_MAX) - given_;
    ARGUS_TRY_LET(const Batch rows, merge_->rows(static_cast<std::size_t>(std::min(kRowsAtOnce, left))));
    if (rows.rows() == 0) return Step::end;
    given_ += rows.rows();
    out = filtered(rows, where_.get());
    return Step::rows;
  }

 private:
  static constexpr std::uint64_t kRowsAtOnce = 16'384;  // a frame of a flow file: whoever writes one copies nothing
  static constexpr std::uint64_t kMakerBytesLeast = 32u << 20;

  // Each thread makes runs of what it pulls.
  Result<> pull_all_parts() {
    while (makers_.size() < threads_) makers_.emplace_back(plan_);
    const auto take = [&](std::size_t worker, const Batch& batch) {
      return makers_[worker].add(batch, batch.ordinal());
    };
    ARGUS_TRY(pull_parts(*input_, threads_, take));
    return {};
  }

  // No more rows will come.
  Result<> settle() {
    std::vector<SortedRun> runs;
    std::vector<std::size_t> maker_of;
    for (RunMaker& maker : makers_) {
      ARGUS_TRY(maker.finish());
      for (SortedRun& run : maker.runs()) {
        runs.push_back(std::move(run));
        maker_of.push_back(static_cast<std::size_t>(&maker - makers_.data()));
      }
    }
    merge_.emplace(std::move(runs), plan_.words);
    if (makers_.size() == 1) return {};
    const std::vector<std::vector<std::uint32_t>> numbers = batch_numbers();
    for (std::size_t i = 0; i < maker_of.size(); i++) merge_->number_batches(i, numbers[maker_of[i]]);
    return {};
  }

  // Of each maker's batches among all, in the order of the input.
  [[nodiscard]] std::vector<std::vector<std::uint32_t>> batch_numbers() const {
    struct Place {
      Ordinal from;
      std::size_t maker = 0, number = 0;
      auto operator<=>(const Place&) const = default;
    };
    std::vector<Place> all;
    std::vector<std::vector<std::uint32_t>> out;
    for (std::size_t i = 0; i < makers_.size(); i++) {
      out.emplace_back(makers_[i].batches().size());
      for (const Ordinal& from : makers_[i].batches()) all.push_back({from, i, all.size()});
    }
    std::sort(all.begin(), all.end());
    std::vector<std::uint32_t> rank(all.size());
    for (std::size_t i = 0; i < all.size(); i++) rank[all[i].number] = static_cast<std::uint32_t>(i);
    auto at = rank.begin();
    for (auto& numbers : out)
      for (std::uint32_t& number : numbers) number = *at++;
    return out;
  }

  std::vector<SortKey> keys_;
  std::optional<std::uint64_t> first_;
  WherePtr where_;
  std::size_t threads_ = 1;
  SortPlan plan_;
  std::vector<RunMaker> makers_;  // one a thread
  std::optional<RunMerge> merge_;
  std::uint64_t single_ = 0, given_ = 0;
};

class LimitStage final : public Stage {
 public:
  LimitStage(SourcePtr input, std::uint64_t begin, std::uint64_t end)
      : Stage(std::move(input)), begin_(begin), end_(end) {}

  Result<> bind(const Needs& needs, const Resources& resources) override {
    where_ = needs.where;
    Needs below = needs;
    below.where = nullptr;  // rows are counted before anybody chooses among them
    below.fields = stored_inputs(needs.fields);
    if (where_) below.fields |= stored_inputs(where_->fields());
    return input_->bind(below, resources);
  }

  Result<Step> next(Batch& out) override {
    if (at_ >= end_) return Step::end;
    Batch batch;
    ARGUS_TRY_LET(const Step step, input_->next(batch));
    if (step != Step::rows) return step;
    const std::uint64_t first = at_, last = at_ + batch.rows();
    at_ = last;
    const std::uint64_t from = std::clamp(begin_, first, last), to = std::clamp(end_, from, last);
    if (from != first || to != last) {
      std::vector<std::uint32_t> rows;
      for (std::uint64_t i = from; i < to; i++) rows.push_back(static_cast<std::uint32_t>(i - first));
      batch = gathered(batch, rows);
    }
    out = filtered(batch, where_.get());
    return Step::rows;
  }

 private:
  std::uint64_t begin_, end_, at_ = 0;
  WherePtr where_;
};

}  // namespace

Result<std::vector<SortKey>> parse_sort_keys(const std::vector<std::string>& words) {
  std::vector<SortKey> out;
  for (const std::string& list : words) {
    for (const std::string_view word : split_words(list, ", \t\r\n")) {
      const bool turned = word[0] == '-', plain = word[0] == '+';
      const std::string_view name = word.substr(turned || plain ? 1 : 0);
      const auto field = find_field(name);
      if (!field) {
        if (name.find('/') != std::string_view::npos)
          return fail(Errc::usage, "'{}': sort orders by whole fields; only cluster cuts keys", escaped(name));
        return no_field(name);
      }
      const bool seen = std::any_of(out.begin(), out.end(), [&](const SortKey& key) { return key.field == *field; });
      if (!seen) out.push_back({*field, info(info(*field).format).falling != turned});
    }
  }
  if (out.empty()) out.push_back({Field::stime, false});
  return out;
}

SourcePtr sorted(SourcePtr input, std::vector<SortKey> keys, std::optional<std::uint64_t> first, bool reverse_all) {
  if (keys.empty()) keys.push_back({Field::stime, false});
  if (reverse_all)
    for (SortKey& key : keys) key.descending = !key.descending;
  return std::make_unique<SortStage>(std::move(input), std::move(keys), first);
}

SourcePtr limited(SourcePtr input, std::uint64_t begin, std::uint64_t end) {
  return std::make_unique<LimitStage>(std::move(input), begin, end);
}

}  // namespace argus
