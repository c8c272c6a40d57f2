#include "query/bins.h"

#include <deque>
#include <utility>

#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/where.h"
#include "query/cluster.h"
#include "query/clusterer.h"
#include "query/cut.h"
#include "query/live_bins.h"
#include "query/recent_spans.h"
#include "query/sort.h"

namespace argus {

namespace {

// The beginning of a row's bin travels as the first key in the place of ftime, which has no meaning in a bin.
constexpr Field kBin = Field::ftime;

KeyWords with_bin(const KeyWords& given) {
  KeyWords out = given;
  if (out.keys.empty()) {
    out.keys = default_keys(given.rmon);
    std::erase(out.keys, Key{kBin});
  }
  out.rmon = false;  // has been seen to, before records were cut
  out.keys.insert(out.keys.begin(), Key{kBin});
  return out;
}

// Marks rows with the beginning of the bin of their stime.
class BinMarker final : public Stage {
 public:
  BinMarker(SourcePtr input, ClockStep step) : Stage(std::move(input)), spans_(step) {}

  Result<> bind(const Needs& needs, const Resources& resources) override {
    Needs below = needs;
    below.fields.add(Field::stime);
    below.fields.remove(kBin);
    return input_->bind(below, resources);
  }
  Result<Step> next(Batch& out) override {
    ARGUS_TRY_LET(const Step step, input_->next(out));
    const Flat<Nanos> stime = flat<Nanos>(out[Field::stime], out.rows());
    RecentSpans recent(spans_);
    std::vector<Nanos> bins(out.rows());
    for (std::size_t row = 0; row < out.rows(); row++)
      if (stime.has(row)) bins[row] = recent.at(stime.values[row]).begin;
    out.set(kBin, Column::flat(std::move(bins), Column::Mask(stime.mask.begin(), stime.mask.end())));
    return step;
  }
  std::vector<SourcePtr> split(std::size_t n) override {
    std::vector<SourcePtr> out;
    for (SourcePtr& part : input_->split(n)) out.push_back(std::make_unique<BinMarker>(std::move(part), spans_.step()));
    return out;
  }

 private:
  ClockSpans spans_;
};

// Clustered rows, whose bins are in order, as they are shown.
class BinStage final : public Stage {
 public:
  BinStage(SourcePtr input, const BinOptions& options)
      : Stage(std::move(input)), options_(options), spans_(options.step) {
    header_ = input_->header();
    header_.columns = bin_columns(options_.key);
  }

  Result<> bind(const Needs& needs, const Resources& resources) override {
    where_ = needs.where;
    Needs below;  // which rows are wanted is asked of the finished ones
    below.fields = needs.fields | FieldSet{kBin, Field::stime, Field::ltime};
    if (where_) below.fields |= where_->fields();
    below.when = when_ = needs.when;
    return input_->bind(below, resources);
  }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override;

 private:
  [[nodiscard]] Batch finished(Batch merged);
  [[nodiscard]] Result<> fill(const Batch& merged);
  [[nodiscard]] Result<> fill_until(Nanos bin);
  [[nodiscard]] Result<> fill_from_start(Nanos bin);
  [[nodiscard]] Result<> fill_to_end();
  void take_empty();

  BinOptions options_;
  ClockSpans spans_;
  WherePtr where_;
  TimeSpan when_;
  StreamHeader header_;
  std::deque<Batch> ready_;
  bool ended_ = false;
  std::optional<ClockSpan> last_;  // bin that came last, with zero
  std::vector<ClockSpan> empty_;
  std::uint64_t empty_bins_ = 0;
};

Batch BinStage::finished(Batch merged) {
  if (options_.hard) {
    ColumnBuilder<Nanos> begins, ends;
    const Column& bins = merged[kBin];
    for (std::size_t row = 0; row < merged.rows(); row++) {
      if (!bins.has(row)) {
        begins.add_absent(), ends.add_absent();
        continue;
      }
      const ClockSpan& span = spans_.at(bins.at<Nanos>(row));
      begins.add(span.begin), ends.add(span.end);
    }
    merged.set(Field::stime, begins.finish());
    merged.set(Field::ltime, ends.finish());
  }
  merged.set(kBin, Column());
  return filtered(merged, where_.get());
}

void BinStage::take_empty() {
  if (empty_.empty()) return;
  Batch out(empty_.size());
  ColumnBuilder<Nanos> begins, ends;
  for (const ClockSpan& span : empty_) begins.add(span.begin), ends.add(span.end);
  out.set(Field::stime, begins.finish());
  out.set(Field::ltime, ends.finish());
  for (const Field field : {Field::trans, Field::spkts, Field::dpkts, Field::sbytes, Field::dbytes})
    out.set(field, Column::constant<std::uint64_t>(0));
  ready_.push_back(filtered(out, where_.get()));
  empty_.clear();
}

Result<> BinStage::fill_until(Nanos bin) {
  for (ClockSpan span = spans_.at(last_->end); span.begin < bin; span = spans_.at(span.end)) {
    if (++empty_bins_ > kEmptyBinsMax)
      return fail(Errc::limit,
                  "zero: there are more than {} bins without records between the first and the last; use -M {} or "
                  "longer, or a shorter -t",
                  kEmptyBinsMax, step_word(step_for(bin - last_->end, kEmptyBinsMax / 2)));
    empty_.push_back(span);
    if (empty_.size() == kBatchRowsMax) take_empty();
  }
  return {};
}

// The bins of the range asked for that lie before this one.
Result<> BinStage::fill_from_start(Nanos bin) {
  if (when_.begin == INT64_MIN) return {};
  const Nanos start = spans_.at(when_.begin).begin;
  if (start >= bin) return {};
  last_ = ClockSpan{start, start};
  return fill_until(bin);
}

// Those behind the last one.
Result<> BinStage::fill_to_end() {
  if (when_.end == INT64_MAX) return {};
  if (last_) return fill_until(when_.end);
  return fill_from_start(when_.end);
}

// Rows of a bin stay together; what lies between two bins comes between them.
Result<> BinStage::fill(const Batch& merged) {
  const Flat<Nanos> bins = flat<Nanos>(merged[kBin], merged.rows());
  std::vector<std::uint32_t> rows;
  const auto take_rows = [&] {
    if (!rows.empty()) ready_.push_back(finished(gathered(merged, rows)));
    rows.clear();
  };
  for (std::uint32_t row = 0; row < merged.rows(); row++) {
    if (bins.has(row) && (!last_ || last_->begin != bins.values[row])) {
      if (!last_) ARGUS_TRY(fill_from_start(bins.values[row]));
      else if (last_->end != bins.values[row]) {
        take_rows();
        ARGUS_TRY(fill_until(bins.values[row]));
      }
      take_empty();
      last_ = spans_.at(bins.values[row]);
    }
    rows.push_back(row);
  }
  take_rows();
  return {};
}

Result<Step> BinStage::next(Batch& out) {
  while (ready_.empty()) {
    Batch merged;
    ARGUS_TRY_LET(const Step step, input_->next(merged));
    if (step == Step::end && options_.zero && !std::exchange(ended_, true)) {
      ARGUS_TRY(fill_to_end());
      take_empty();
      continue;
    }
    if (step != Step::rows) return step;
    if (options_.zero) ARGUS_TRY(fill(merged));
    else ready_.push_back(finished(std::move(merged)));
  }
  out = std::move(ready_.front());
  ready_.pop_front();
  return Step::rows;
}

}  // namespace

SourcePtr binned(SourcePtr input, BinOptions options) {
  options.key.rmon |= options.rmon;
  if (options.key.rmon) input = doubled(std::move(input));
  if (!options.nomodify) input = cut(std::move(input), options.step);
  const bool live = options.live && input->header().live;
  if (options.key.none && (live || options.loose)) return input;
  SourcePtr marked = std::make_unique<BinMarker>(std::move(input), options.step);
  if (options.key.none) return std::make_unique<BinStage>(sorted(std::move(marked), {{kBin}}, std::nullopt), options);
  if (live) {
    SourcePtr bins = live_bins(std::move(marked), options, with_bin(options.key), kBin);
    options.zero = false;  // has been seen to
    return std::make_unique<BinStage>(std::move(bins), options);
  }
  ClusterOptions in_bins;
  in_bins.key = with_bin(options.key);
  return std::make_unique<BinStage>(clustered(std::move(marked), in_bins), options);
}

Result<> check_bin_key(const KeyWords& key) {
  for (const Key& one : key.keys)
    if (one.field == kBin)
      return fail(Errc::usage, "'{}' is not a key of bins; argus cluster -m {} groups by it", info(kBin).name,
                  info(kBin).name);
  return {};
}

std::vector<std::string> bin_columns(const KeyWords& key) {
  std::vector<std::string> out = cluster_columns(key);
  if (out.empty()) return out;
  std::erase(out, "stime");
  out.insert(out.begin(), "stime");
  return out;
}

}  // namespace argus
