#include "source/imported.h"

#include <atomic>
#include <cstdint>
#include <utility>

#include "base/count_text.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/progress.h"
#include "flow/source.h"
#include "flow/where.h"

namespace argus {

namespace {

void widen(const Batch& batch, TimesRead& times) {
  const Flat<Nanos> first = flat<Nanos>(batch[Field::stime], batch.rows());
  const Flat<Nanos> last = flat<Nanos>(batch[Field::ltime], batch.rows());
  for (std::size_t row = 0; row < batch.rows(); row++)
    if (first.has(row) && last.has(row)) times.widen(first.values[row], last.values[row]);
}

// "user data (12 records), jitter (3)"
std::string unheld_text(const ImportFacts& facts) {
  std::string out;
  for (const auto& [what, records] : facts.unheld)
    out += out.empty() ? fmt::format("{} ({})", what, count_text(records, "record"))
                       : fmt::format(", {} ({})", what, records);
  return out;
}

class Imported final : public Source, public MeasuredSource {
 public:
  Imported(RecordReaderPtr reader, std::string name) : reader_(std::move(reader)), name_(std::move(name)) {}

  Result<> bind(const Needs& needs, const Resources& resources) override {
    needs_ = needs;
    stop_ = resources.stop;
    FieldSet wanted = needs.fields | FieldSet{Field::stime, Field::ltime};
    if (needs.where) wanted |= needs.where->fields();
    reader_->want(stored_inputs(wanted));
    return {};
  }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override {
    out = Batch();
    Batch made;
    for (;;) {
      if (stop_ != nullptr && *stop_) return cut_ = true, Step::end;
      ARGUS_TRY_LET(const bool more, reader_->next(made));
      if (!more) return Step::end;
      out = filtered(made, needs_.where.get());
      counts_.rows_read += made.rows(), counts_.rows_kept += out.rows();
      widen(made, times_);
      if (out.rows() == 0) continue;
      out.set_ordinal({0, ++batches_});
      return Step::rows;
    }
  }
  void drain(Journal& out) override {
    Journal met;
    reader_->drain(met);
    for (LedgerEntry& entry : met.drain())
      if (needs_.when.overlaps(entry.begin, entry.end)) out.add(std::move(entry));
    const ImportFacts& facts = reader_->facts();
    out.add({name_, 0, 0, LedgerItem::records_lost, facts.lost - std::exchange(lost_told_, facts.lost)});
    out.add({name_, 0, 0, LedgerItem::bytes_skipped, facts.skipped - std::exchange(skipped_told_, facts.skipped)});
  }
  std::vector<Error> problems() const override {
    const ImportFacts& facts = reader_->facts();
    std::vector<Error> out = facts.problems;
    if (!facts.unheld.empty())
      out.push_back(
          fail(Errc::harmless, "{}: {}; of no field and left out: {}", name_, facts.form, unheld_text(facts)));
    return out;
  }
  const MeasuredSource* measured() const override { return this; }
  Progress progress() const override {
    return {.cut = cut_, .records = reader_->facts().records, .read = counts_, .times = times_};
  }

 private:
  RecordReaderPtr reader_;
  std::string name_;
  StreamHeader header_;
  Needs needs_;
  const std::atomic<bool>* stop_ = nullptr;
  bool cut_ = false;
  std::uint64_t batches_ = 0, lost_told_ = 0, skipped_told_ = 0;
  ReadCounts counts_;
  TimesRead times_;
};

}  // namespace

OpenedKind imported(RecordReaderPtr reader, std::string name) {
  return opened_kind(std::make_unique<Imported>(std::move(reader), std::move(name)));
}

Result<> inspect_imported(RecordReader& reader, const File& place, const InspectOptions& options, InputFacts& facts) {
  reader.want({Field::stime, Field::ltime, Field::srcid});
  Batch batch;
  for (;;) {
    if (options.stop != nullptr && *options.stop)
      return fail(Errc::interrupted, "{}: interrupted after {}", facts.name,
                  count_text(reader.facts().records, "record"));
    Progress progress = progress_of(place);
    progress.records = reader.facts().records;
    if (options.told) options.told(progress);
    const auto more = reader.next(batch);
    if (!more && more.error().code != Errc::corrupt) return while_doing(facts.name, more.error());
    if (!more) facts.problems.push_back(while_doing(facts.name, more.error()));
    if (!more || !*more) break;
    widen(batch, facts.times);
    const Column& sensors = batch[Field::srcid];
    for (std::size_t row = 0; row < batch.rows(); row++)
      if (sensors.has(row)) facts.flows.sensors.insert(sensors.at<std::string>(row));
    Journal met;
    reader.drain(met);
    for (const LedgerEntry& entry : met.entries()) facts.flows.ledger.sum(entry);
  }
  const ImportFacts& found = reader.facts();
  facts.foreign.form = found.form;
  facts.foreign.unheld = unheld_text(found);
  facts.records = found.records;
  facts.lost.records = found.lost;
  facts.lost.bytes = found.skipped;
  facts.problems.insert(facts.problems.end(), found.problems.begin(), found.problems.end());
  return {};
}

}  // namespace argus
