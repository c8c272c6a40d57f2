#include "query/live_bins.h"

#include <algorithm>
#include <deque>
#include <map>

#include "base/clock_span.h"
#include "base/count_text.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/each_value.h"
#include "query/clusterer.h"
#include "query/memory.h"

namespace argus {

namespace {

constexpr std::size_t kOpenBinsMax = 100'000;
constexpr Nanos kSilence = kSecond;  // without records, after which time is what the clock says

class LiveBins final : public Stage {
 public:
  LiveBins(SourcePtr input, const BinOptions& options, KeyWords key, Field bin)
      : Stage(std::move(input)), options_(options), key_(std::move(key)), bin_(bin), spans_(options.step) {
    if (!options_.now) options_.now = wall_now;
  }

  Result<> bind(const Needs& needs, const Resources& resources) override {
    resources_ = resources;
    wanted_ = stored_inputs(needs.fields);
    Needs below;
    below.fields = Clusterer(key_, wanted_).needs() | FieldSet{Field::ltime};
    below.when = needs.when;
    return input_->bind(below, resources);
  }
  Result<Step> next(Batch& out) override {
    while (ready_.empty() && !ended_) {
      Batch batch;
      ARGUS_TRY_LET(const Step step, input_->next(batch));
      ended_ = step == Step::end;
      if (step == Step::rows) ARGUS_TRY(add(batch));
      if (ended_) ARGUS_TRY(close_all());
      else ARGUS_TRY(close_passed());
      if (step == Step::tick && ready_.empty()) return step;
    }
    if (ready_.empty()) return Step::end;
    out = std::move(ready_.front());
    ready_.pop_front();
    return Step::rows;
  }
  std::vector<Error> problems() const override {
    std::vector<Error> out = input_->problems();
    if (late_ != 0)
      out.push_back(fail(Errc::harmless,
                         "{} arrived after their bin was printed and appear as extra rows; a longer -B waits for them",
                         count_text(late_, "record")));
    return out;
  }

 private:
  [[nodiscard]] Result<> add(const Batch& batch) {
    if (batch.rows() == 0) return {};
    std::map<Nanos, std::vector<std::uint32_t>> rows_of;
    std::vector<std::uint32_t> untimed;
    const Flat<Nanos> bins = flat<Nanos>(batch[bin_], batch.rows());
    for (std::uint32_t row = 0; row < batch.rows(); row++)
      (bins.has(row) ? rows_of[bins.values[row]] : untimed).push_back(row);
    for (const auto& [bin, rows] : rows_of) {
      if (closed_ && bin < *closed_) late_ += rows.size();
      add_to(open_.try_emplace(bin, key_, wanted_).first->second, batch, rows);
    }
    if (!untimed.empty()) {
      if (!untimed_) untimed_.emplace(key_, wanted_);
      add_to(*untimed_, batch, untimed);
    }
    const Nanos now = options_.now();
    each_value<Nanos>(batch[Field::ltime], batch.rows(),
                      [&](std::size_t, Nanos time) { newest_ = std::max(newest_, std::min(time, now)); });
    heard_ = now;
    std::size_t bytes = untimed_ ? untimed_->bytes() : 0, groups = untimed_ ? untimed_->groups() : 0;
    for (const auto& [bin, clusterer] : open_) bytes += clusterer.bytes(), groups += clusterer.groups();
    if (open_.size() > kOpenBinsMax)
      return fail(Errc::limit, "more than {} bins are open; use longer bins, or a shorter -B", kOpenBinsMax);
    return check_memory(groups, bytes, resources_.memory_max);
  }
  static void add_to(Clusterer& bin, const Batch& batch, const std::vector<std::uint32_t>& rows) {
    bin.add(rows.size() == batch.rows() ? batch : gathered(batch, rows));
  }

  // Bins that end before what is known to be over.
  [[nodiscard]] Result<> close_passed() {
    const Nanos now = options_.now();
    if (!heard_ || (open_.empty() && !options_.zero)) return {};
    const Nanos over = (now - *heard_ >= kSilence || now < *heard_ ? now : newest_) - options_.hold;
    while (!open_.empty() && spans_.at(open_.begin()->first).end <= over) ARGUS_TRY(give_first());
    return closed_ ? give_empty(over) : Result<>();
  }
  [[nodiscard]] Result<> close_all() {
    while (!open_.empty()) ARGUS_TRY(give_first());
    if (untimed_) give(*untimed_);
    return {};
  }
  [[nodiscard]] Result<> give_first() {
    const auto first = open_.begin();
    const ClockSpan span = spans_.at(first->first);
    if (closed_) ARGUS_TRY(give_empty(span.begin));
    give(first->second);
    closed_ = closed_ ? std::max(*closed_, span.end) : span.end;
    open_.erase(first);
    return {};
  }
  void give(Clusterer& bin) {
    for (Batch merged = bin.next(); merged.rows() != 0; merged = bin.next()) ready_.push_back(std::move(merged));
  }
  // Bins without records that end by then.
  [[nodiscard]] Result<> give_empty(Nanos until) {
    if (!options_.zero) return {};
    std::vector<ClockSpan> empty;
    for (ClockSpan span = spans_.at(*closed_); span.end <= until; span = spans_.at(span.end)) {
      if (empty.size() == kBatchRowsMax)
        return fail(Errc::limit, "zero: more than {} bins in a row have no records; use longer bins", kBatchRowsMax);
      empty.push_back(span);
    }
    if (empty.empty()) return {};
    closed_ = empty.back().end;
    Batch rows(empty.size());
    ColumnBuilder<Nanos> begins, ends;
    for (const ClockSpan& span : empty) begins.add(span.begin), ends.add(span.end);
    rows.set(Field::ltime, ends.finish());
    rows.set(Field::stime, begins.finish());
    rows.set(bin_, rows[Field::stime]);
    for (const Field field : {Field::trans, Field::spkts, Field::dpkts, Field::sbytes, Field::dbytes})
      rows.set(field, Column::constant<std::uint64_t>(0));
    ready_.push_back(std::move(rows));
    return {};
  }

  BinOptions options_;
  KeyWords key_;
  Field bin_;
  ClockSpans spans_;
  Resources resources_;
  FieldSet wanted_;
  std::map<Nanos, Clusterer> open_;  // by the beginning of the bin
  std::optional<Clusterer> untimed_;
  std::optional<Nanos> closed_;   // end of the last bin that was given
  std::optional<Nanos> heard_;    // when records came last, by the clock
  Nanos newest_ = INT64_MIN / 2;  // the latest time that a record spoke of, not in the future
  std::uint64_t late_ = 0;
  std::deque<Batch> ready_;
  bool ended_ = false;
};

}  // namespace

SourcePtr live_bins(SourcePtr marked, const BinOptions& options, KeyWords key, Field bin) {
  return std::make_unique<LiveBins>(std::move(marked), options, std::move(key), bin);
}

}  // namespace argus
