// Several models side by side, each with its own filter and its own groups.
#include <deque>

#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/source.h"
#include "flow/where.h"
#include "query/cluster.h"
#include "query/clusterer.h"
#include "query/memory.h"
#include "query/reverse.h"
#include "query/rules.h"

namespace argus {

namespace {

constexpr std::size_t kRowsBetweenEndings = 16'384;  // live: how many rows may come before ended groups are looked for

class ByRules final : public Stage {
 public:
  ByRules(SourcePtr input, RuleSet rules, bool rmon) : Stage(std::move(input)), rules_(std::move(rules.rules)) {
    header_ = input_->header();
    header_.columns.clear();
    Rule rest;
    for (Rule& rule : rules_)
      if (rule.key.keys.empty()) rule.key.rmon |= rmon;  // its default key; the input is doubled already
    rest.key.rmon = rmon;
    rules_.push_back(std::move(rest));
    doubled_ = rmon;
  }

  Result<> bind(const Needs& needs, const Resources& resources) override {
    where_ = needs.where;
    resources_ = resources;
    FieldSet wanted = stored_inputs(needs.fields);
    if (where_) wanted |= stored_inputs(where_->fields());
    Needs below;
    below.when = needs.when;
    for (const Rule& rule : rules_) {
      Part& part = parts_.emplace_back();
      FieldSet fields = wanted;
      if (!rule.key.none) {
        part.clusterer.emplace(rule.key, wanted, GroupLimits{rule.status, rule.idle});
        fields = part.clusterer->needs();
      }
      part.doubles = rule.key.rmon && !doubled_;
      if (part.doubles) fields = with_reverses(fields);
      if (rule.filter) fields |= stored_inputs(rule.filter->fields());
      below.fields |= fields;
    }
    below.fields.add(Field::stime);
    return input_->bind(below, resources);
  }
  const StreamHeader& header() const override { return header_; }

  Result<Step> next(Batch& out) override {
    while (!ended_) {
      if (take_ready(out)) return Step::rows;
      Batch batch;
      ARGUS_TRY_LET(const Step step, input_->next(batch));
      ended_ = step == Step::end;
      if (step == Step::rows) {
        share_out(batch);
        ARGUS_TRY(check_memory());
      }
      if (header_.live && (step == Step::tick || rows_since_ >= kRowsBetweenEndings)) collect_finished();
      if (step == Step::tick) return take_ready(out) ? Step::rows : step;
    }
    if (take_ready(out)) return Step::rows;
    for (; part_ < parts_.size(); part_++) {
      if (!parts_[part_].clusterer) continue;
      const Batch merged = parts_[part_].clusterer->next();
      if (merged.rows() == 0) {
        parts_[part_].clusterer.reset();
        continue;
      }
      out = filtered(merged, where_.get());
      return Step::rows;
    }
    return Step::end;
  }

 private:
  struct Part {
    std::optional<Clusterer> clusterer;  // none: records pass through
    bool doubles = false;                // its model counts every record from both ends
  };

  bool take_ready(Batch& out) {
    if (ready_.empty()) return false;
    out = filtered(ready_.front(), where_.get());
    ready_.pop_front();
    return true;
  }

  void share_out(const Batch& batch) {
    follow_time(batch);
    rows_since_ += batch.rows();
    Batch rest = batch;
    for (std::size_t i = 0; rest.rows() != 0; i++) {  // the last rule takes all
      const Rule& rule = rules_[i];
      if (!rule.grep.empty()) continue;
      std::vector<std::uint8_t> keep(rest.rows(), 1);
      if (rule.filter) rule.filter->select(rest, keep);
      std::vector<std::uint32_t> taken, left;
      for (std::uint32_t row = 0; row < keep.size(); row++) (keep[row] != 0 ? taken : left).push_back(row);
      if (taken.empty()) continue;
      give(parts_[i], left.empty() ? rest : gathered(rest, taken));
      if (!rule.cont) rest = left.empty() ? Batch() : gathered(rest, left);
    }
  }

  void give(Part& part, const Batch& batch) {
    const auto hand = [&](const Batch& rows) {
      if (part.clusterer) part.clusterer->add(rows);
      else ready_.push_back(rows);
    };
    hand(batch);
    if (part.doubles) hand(reversed(batch));
  }

  // The time that the records have reached, as far as rows tell.
  void follow_time(const Batch& batch) {
    const Column& stime = batch[Field::stime];
    for (std::size_t i = 0; i < batch.rows(); i++)
      if (stime.has(i)) reached_ = std::max(reached_, stime.at<Nanos>(i));
  }

  void collect_finished() {
    rows_since_ = 0;
    for (std::size_t i = 0; i < rules_.size(); i++) {
      if (!parts_[i].clusterer || (rules_[i].status == 0 && rules_[i].idle == 0)) continue;
      for (Batch& batch : parts_[i].clusterer->finished(reached_)) ready_.push_back(std::move(batch));
    }
  }

  Result<> check_memory() const {
    std::size_t groups = 0, bytes = 0;
    for (const Part& part : parts_) {
      if (!part.clusterer) continue;
      groups += part.clusterer->groups();
      bytes += part.clusterer->bytes();
    }
    return argus::check_memory(groups, bytes, resources_.memory_max);
  }

  std::vector<Rule> rules_;
  std::vector<Part> parts_;
  Resources resources_;
  WherePtr where_;
  StreamHeader header_;
  std::deque<Batch> ready_;
  Nanos reached_ = INT64_MIN;
  std::size_t rows_since_ = 0, part_ = 0;
  bool doubled_ = false, ended_ = false;
};

}  // namespace

SourcePtr clustered_by(SourcePtr input, RuleSet rules, bool rmon) {
  if (rmon) input = doubled(std::move(input));
  return std::make_unique<ByRules>(std::move(input), std::move(rules), rmon);
}

}  // namespace argus
