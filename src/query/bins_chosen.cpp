// Bins whose step depends on how long the records go on.
#include <algorithm>
#include <deque>
#include <optional>

#include "base/clock_span.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/buffered_source.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "query/bins.h"

namespace argus {

namespace {

class AutoStepBins final : public Stage {
 public:
  AutoStepBins(SourcePtr input, BinOptions options, std::function<ClockStep(TimeSpan)> choose)
      : Stage(std::move(input)), options_(std::move(options)), choose_(std::move(choose)), header_(input_->header()) {
    header_.columns = bin_columns(options_.key);
  }

  Result<> bind(const Needs& needs, const Resources& resources) override {
    needs_ = needs, resources_ = resources;
    // What bins ask for does not depend on the step.
    auto probe = std::make_unique<BufferedSource>(std::deque<Batch>{});
    const BufferedSource& asked = *probe;
    options_.step = {kDay, 0};
    const SourcePtr trial = binned(std::move(probe), options_);
    ARGUS_TRY(trial->bind(needs, resources));
    Needs below;
    below.fields = asked.needs().fields | FieldSet{Field::stime, Field::ltime};
    below.when = needs.when;
    return input_->bind(below, resources);
  }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override {
    while (!bins_) {
      Batch batch;
      ARGUS_TRY_LET(const Step step, input_->next(batch));
      if (step == Step::tick) return step;
      if (step == Step::rows) {
        ARGUS_TRY(hold(std::move(batch)));
        continue;
      }
      input_->drain(journal_);
      for (const LedgerEntry& entry : journal_.entries())
        if (entry.item == LedgerItem::received && entry.end != 0) take(entry.begin, entry.end);
      if (span_.begin > span_.end) span_ = {0, 0};
      options_.step = choose_(span_);
      bins_ = binned(std::make_unique<BufferedSource>(std::move(held_), input_->header()), options_);
      ARGUS_TRY(bins_->bind(needs_, resources_));
    }
    return bins_->next(out);
  }
  void drain(Journal& out) override {
    for (LedgerEntry& entry : journal_.drain()) out.add(std::move(entry));
    input_->drain(out);
  }

 private:
  void take(Nanos begin, Nanos end) {
    span_.begin = std::min(span_.begin, begin);
    span_.end = std::max(span_.end, end);
  }
  Result<> hold(Batch batch) {
    const Flat<Nanos> stime = flat<Nanos>(batch[Field::stime], batch.rows());
    const Flat<Nanos> ltime = flat<Nanos>(batch[Field::ltime], batch.rows());
    for (std::size_t row = 0; row < batch.rows(); row++) {
      if (stime.has(row) && ltime.has(row)) take(stime.values[row], ltime.values[row]);
    }
    rows_ += batch.rows();
    bytes_ += bytes_of(batch);
    held_.push_back(std::move(batch));
    if (bytes_ <= resources_.memory_max) return {};
    return fail(Errc::limit,
                "without a time step, more than {} records must be held; give one, such as -M 1m, or allow "
                "more with --memory",
                rows_);
  }

  BinOptions options_;
  std::function<ClockStep(TimeSpan)> choose_;
  StreamHeader header_;
  Needs needs_;
  Resources resources_;
  TimeSpan span_{INT64_MAX, INT64_MIN};
  std::deque<Batch> held_;
  Journal journal_;
  std::uint64_t rows_ = 0, bytes_ = 0;
  SourcePtr bins_;
};

}  // namespace

SourcePtr binned(SourcePtr input, BinOptions options, std::function<ClockStep(TimeSpan)> choose) {
  return std::make_unique<AutoStepBins>(std::move(input), std::move(options), std::move(choose));
}

}  // namespace argus
