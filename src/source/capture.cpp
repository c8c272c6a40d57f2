// Captures as flows: frames, decoded, metered.
#include <algorithm>
#include <array>
#include <optional>

#include "base/bytes.h"
#include "base/count_text.h"
#include "base/result.h"
#include "base/stream.h"
#include "base/time.h"
#include "capture/capture_file.h"
#include "capture/open_capture.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/events.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/progress.h"
#include "flow/source.h"
#include "flow/where.h"
#include "meter/meter.h"
#include "meter/wire_names.h"
#include "packet/decode.h"
#include "packet/link_name.h"
#include "packet/packet.h"
#include "source/fields_metered.h"
#include "source/kinds.h"
#include "source/open_source.h"
#include "source/packet_account.h"

namespace argus {

namespace {

// a capture that begins this much before the last one ended is not its continuation
constexpr Nanos kOtherTraffic = kHour;
constexpr Nanos kOverlap = kSecond;  // less is the reordering of any capture

// "12 packets before it are good"
std::string good_before(std::uint64_t packets) {
  return count_text(packets, "packet") + " before it " + (packets == 1 ? "is" : "are") + " good";
}

class CaptureSource final : public Source, public MeasuredSource, public Continuable {
 public:
  CaptureSource(CaptureFilePtr file, std::string name, Meter meter, const SourceOptions& options)
      : file_(std::move(file)),
        name_(std::move(name)),
        meter_(std::move(meter)),
        options_(options.meter),
        account_(options.meter.sensor) {
    header_.sensor = options.meter.sensor;
  }

  Result<> bind(const Needs& needs, const Resources& resources) override {
    needs_ = needs;
    stop_ = resources.stop;
    if (meters_names(options_, needs)) names_.emplace(options_.hash_key);
    return meters_details(options_.fields, needs) ? meter_.begin_details() : Result<>();
  }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override;
  void drain(Journal& out) override;
  std::vector<Error> problems() const override { return problems_; }

  bool exhausted() const override { return !file_ && !concluded_; }
  const MeasuredSource* measured() const override { return this; }
  Progress progress() const override {
    return {.cut = cut_, .packets = frames_ + (file_ ? file_->frames() : 0), .read = counts_, .times = times_};
  }
  Result<> go_on(InputStream next, const std::atomic<bool>* stop) override {
    name_ = next.name();
    ARGUS_TRY_LET(file_, open_capture_file(std::move(next)));
    fresh_ = true;
    stop_ = stop;
    return {};
  }
  void conclude() override {
    concluded_ = true;
    meter_.finish(Cause::flush);
  }

 private:
  void read_some();
  void begin_file(Nanos first);
  void end_file(const Error* error);
  [[nodiscard]] bool stopped() const { return stop_ != nullptr && *stop_; }
  void deliver(Batch& out) {
    Batch made = meter_.take();
    if (names_) names_->fill(made);
    out = filtered(made, needs_.where.get());
    counts_.rows_read += made.rows(), counts_.rows_kept += out.rows();
    const Flat<Nanos> first = flat<Nanos>(made[Field::stime], made.rows());
    const Flat<Nanos> last = flat<Nanos>(made[Field::ltime], made.rows());
    for (std::size_t row = 0; row < made.rows(); row++)
      if (first.has(row) && last.has(row)) times_.widen(first.values[row], last.values[row]);
    out.set_ordinal({0, ++batches_});
  }

  CaptureFilePtr file_;
  std::string name_;
  StreamHeader header_;
  Meter meter_;
  MeterOptions options_;
  std::optional<WireNames> names_;
  Needs needs_;
  const std::atomic<bool>* stop_ = nullptr;
  bool concluded_ = false, fresh_ = true, cut_ = false;
  std::uint64_t frames_ = 0;  // of the files before this one
  std::uint64_t batches_ = 0;
  ReadCounts counts_;
  TimesRead times_;
  std::array<Packet, kPacketsAtOnce> packets_;
  PacketAccount account_;
  Nanos newest_ = INT64_MIN;
  std::vector<Error> problems_;
};

Result<Step> CaptureSource::next(Batch& out) {
  out = Batch();
  for (;;) {
    if (meter_.waiting() >= kRowsAtOnce || (concluded_ && meter_.waiting() != 0)) {
      deliver(out);
      return Step::rows;
    }
    if (concluded_) return Step::end;
    if (!file_) return Step::rows;  // exhausted: the owner says how it goes on
    if (stopped()) end_file(nullptr);
    else read_some();
  }
}

void CaptureSource::read_some() {
  std::size_t n = 0;
  while (n < packets_.size()) {
    Frame frame;
    auto more = file_->next(frame);
    if (!more || !*more) {
      meter_.add(std::span(packets_).first(n));
      return end_file(more ? nullptr : &more.error());
    }
    if (fresh_) {
      begin_file(frame.time);
    }
    newest_ = std::max(newest_, frame.time);
    const DecodeStatus status = decode(frame, packets_[n], options_.tunnels);
    account_.frame(status, frame);
    if (status != DecodeStatus::ok) continue;
    if (names_) names_->observe(frame, packets_[n]);
    n++;
  }
  meter_.add(packets_);
}

// Of the first packet. Files are metered one after the other; those that overlap have packets out of order.
void CaptureSource::begin_file(Nanos first) {
  fresh_ = false;
  if (newest_ == INT64_MIN || first >= newest_ - kOverlap) return;
  if (first < newest_ - kOtherTraffic) return meter_.finish(Cause::flush);
  problems_.push_back(fail(Errc::harmless,
                           "{}: begins {:.1f} s before the end of the files before it, and files are metered one after "
                           "the other; name them in the order of time, and merge those that overlap first",
                           name_, static_cast<double>(newest_ - first) / static_cast<double>(kSecond)));
}

void CaptureSource::end_file(const Error* error) {
  if (error != nullptr) {
    Error where = while_doing(name_, *error);
    if (error->code == Errc::corrupt) where = with_outcome(std::move(where), good_before(file_->frames()));
    problems_.push_back(std::move(where));
  } else if (stopped()) {
    cut_ = true;  // where it stops is no damage
  } else if (file_->cut_short()) {
    account_.add(LedgerItem::capture_cut, 1);
    problems_.push_back(
        fail(Errc::corrupt, "{}: ends in the middle of a packet; {}", name_, good_before(file_->frames())));
  }
  for (const auto& [link, packets] : account_.unknown_links()) {
    const bool known = is_known(static_cast<LinkType>(link));
    problems_.push_back(fail(Errc::unsupported, "{}: {}link type {} {} not decoded; {} left out", name_,
                             known ? "some kinds of frames of " : "", link_text(link), known ? "are" : "is",
                             count_text(packets, "packet")));
  }
  frames_ += file_->frames();
  file_.reset();
}

void CaptureSource::drain(Journal& out) {
  account_.meter(meter_.counts());
  account_.drain(needs_.when, out);
}

}  // namespace

bool recognise_capture(Bytes head) { return looks_like_capture(head); }

Result<OpenedKind> open_capture(InputStream input, const SourceOptions& options) {
  if (options.collect) return open_collected_capture(std::move(input), options);
  std::string name = input.name();
  ARGUS_TRY_LET(CaptureFilePtr file, open_capture_file(std::move(input)));
  ARGUS_TRY_LET(Meter meter, Meter::create(options.meter));
  return opened_kind(std::make_unique<CaptureSource>(std::move(file), std::move(name), std::move(meter), options));
}

}  // namespace argus
