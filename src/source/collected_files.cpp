#include <algorithm>

#include "base/count_text.h"
#include "base/result.h"
#include "base/stream.h"
#include "base/time.h"
#include "collect/collector.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/progress.h"
#include "flow/source.h"
#include "flow/where.h"
#include "source/datagram_input.h"
#include "source/kinds.h"
#include "source/open_source.h"
#include "source/packet_account.h"

namespace argus {

namespace {

class CollectedFiles final : public Source, public MeasuredSource, public Continuable {
 public:
  CollectedFiles(DatagramOpener open, DatagramInputPtr file, std::string name, const SourceOptions& options)
      : open_(open),
        file_(std::move(file)),
        name_(std::move(name)),
        collector_({.sensor = options.meter.sensor}),
        account_(options.meter.sensor) {
    header_.sensor = options.meter.sensor;
  }

  Result<> bind(const Needs& needs, const Resources& resources) override {
    needs_ = needs;
    stop_ = resources.stop;
    return {};
  }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override;
  void drain(Journal& out) override {
    account_.drain(needs_.when, out);
    collector_.drain(out);
  }
  std::vector<Error> problems() const override { return problems_; }

  bool exhausted() const override { return !file_ && !concluded_; }
  const MeasuredSource* measured() const override { return this; }
  Progress progress() const override {
    return {.cut = cut_, .packets = frames_ + (file_ ? file_->packets() : 0), .read = counts_, .times = times_};
  }
  // Templates of the files before hold on.
  Result<> go_on(InputStream next, const std::atomic<bool>* stop) override {
    name_ = next.name();
    ARGUS_TRY_LET(file_, open_(std::move(next)));
    stop_ = stop;
    return {};
  }
  void conclude() override { concluded_ = true; }

 private:
  void read_some();
  void end_file(const Error* error);
  void deliver(Batch& out);
  [[nodiscard]] bool stopped() const { return stop_ != nullptr && *stop_; }

  DatagramOpener open_;
  DatagramInputPtr file_;
  std::string name_;
  StreamHeader header_;
  Collector collector_;
  Needs needs_;
  const std::atomic<bool>* stop_ = nullptr;
  bool concluded_ = false, cut_ = false;
  std::uint64_t frames_ = 0;  // of the files before this one
  std::uint64_t batches_ = 0;
  ReadCounts counts_;
  TimesRead times_;
  PacketAccount account_;
  std::vector<Error> problems_;
};

Result<Step> CollectedFiles::next(Batch& out) {
  out = Batch();
  for (;;) {
    if (collector_.waiting() >= kRowsAtOnce || (concluded_ && collector_.waiting() != 0)) {
      deliver(out);
      return Step::rows;
    }
    if (concluded_) return Step::end;
    if (!file_) return Step::rows;  // exhausted: the owner says how it goes on
    if (stopped()) end_file(nullptr);
    else read_some();
  }
}

void CollectedFiles::deliver(Batch& out) {
  const Batch made = collector_.take();
  out = filtered(made, needs_.where.get());
  counts_.rows_read += made.rows(), counts_.rows_kept += out.rows();
  const Flat<Nanos> first = flat<Nanos>(made[Field::stime], made.rows());
  const Flat<Nanos> last = flat<Nanos>(made[Field::ltime], made.rows());
  for (std::size_t row = 0; row < made.rows(); row++) times_.widen(first.values[row], last.values[row]);
  out.set_ordinal({0, ++batches_});
}

void CollectedFiles::read_some() {
  for (std::size_t n = 0; n < kPacketsAtOnce; n++) {
    Datagram datagram;
    auto more = file_->next(datagram, account_);
    if (!more || !*more) return end_file(more ? nullptr : &more.error());
    if (!datagram.payload.empty()) collector_.add(datagram);
  }
}

void CollectedFiles::end_file(const Error* error) {
  if (error != nullptr) {
    problems_.push_back(while_doing(name_, *error));
  } else if (stopped()) {
    cut_ = true;  // where it stops is no damage
  } else if (file_->cut_short()) {
    account_.add(LedgerItem::capture_cut, 1);
    problems_.push_back(fail(Errc::corrupt, "{}: ends in the middle of a packet", name_));
  }
  for (const auto& [link, packets] : account_.unknown_links())
    problems_.push_back(fail(Errc::unsupported, "{}: link type {} is not known; {} left out", name_, link,
                             count_text(packets, "packet")));
  frames_ += file_->packets();
  file_.reset();
}

}  // namespace

Result<OpenedKind> open_collected_files(InputStream input, const SourceOptions& options, DatagramOpener open) {
  std::string name = input.name();
  ARGUS_TRY_LET(DatagramInputPtr file, open(std::move(input)));
  return opened_kind(std::make_unique<CollectedFiles>(open, std::move(file), std::move(name), options));
}

}  // namespace argus
