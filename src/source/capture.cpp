// Captures as flows: frames, decoded, metered.
#include <algorithm>
#include <array>
#include <map>

#include "meter/meter.h"
#include "packet/capture_file.h"
#include "packet/decode.h"
#include "source/kinds.h"

namespace argus {

namespace {

constexpr std::size_t kPacketsAtOnce = 256;
constexpr std::size_t kRowsAtOnce = 16'384;
// a capture that begins this much before the last one ended is not its continuation
constexpr Nanos kOtherTraffic = kHour;

LedgerItem item_of(DecodeStatus status) {
  switch (status) {
    case DecodeStatus::too_short: return LedgerItem::too_short;
    case DecodeStatus::malformed: return LedgerItem::malformed;
    case DecodeStatus::bad_link: return LedgerItem::bad_link;
    case DecodeStatus::too_deep: return LedgerItem::too_deep;
    case DecodeStatus::ok: break;
  }
  return LedgerItem::metered;
}

class CaptureSource final : public Continuable {
 public:
  CaptureSource(CaptureFilePtr file, std::string name, const SourceOptions& options)
      : file_(std::move(file)), name_(std::move(name)), sensor_(options.meter.sensor), meter_(options.meter) {
    header_.sensor = sensor_;
  }

  Result<> bind(const Needs& needs, const Resources& resources) override {
    needs_ = needs;
    stop_ = resources.stop;
    return {};
  }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override;
  void drain(Journal& out) override;
  std::vector<Error> troubles() const override;

  bool exhausted() const override { return !file_ && !concluded_; }
  Result<> go_on(InputStream next) override {
    name_ = next.name();
    ARGUS_TRY_LET(file_, open_capture(std::move(next)));
    fresh_ = true;
    return {};
  }
  void conclude() override {
    concluded_ = true;
    meter_.finish(Cause::flush);
  }

 private:
  void read_some();
  void end_file(const Error* error);
  void account(DecodeStatus status, const Frame& frame);
  void deliver(Batch& out) { out = filtered(meter_.take(), needs_.where.get()); }

  CaptureFilePtr file_;
  std::string name_, sensor_;
  StreamHeader header_;
  Meter meter_;
  Needs needs_;
  const std::atomic<bool>* stop_ = nullptr;
  bool concluded_ = false, fresh_ = true;
  std::array<Packet, kPacketsAtOnce> packets_;
  std::map<LedgerItem, std::uint64_t> counts_;
  MeterCounts told_;                           // of the meter, already in the journal
  Nanos begin_ = INT64_MAX, end_ = INT64_MIN;  // of what counts_ speaks of
  Nanos newest_ = INT64_MIN;
  std::map<std::uint16_t, std::uint64_t> unknown_links_;
  std::vector<Error> troubles_;
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
    if (stop_ != nullptr && *stop_) end_file(nullptr);
    else read_some();
  }
}

void CaptureSource::account(DecodeStatus status, const Frame& frame) {
  counts_[LedgerItem::received]++;
  counts_[item_of(status)]++;
  begin_ = std::min(begin_, frame.time);
  end_ = std::max(end_, frame.time);
  if (status == DecodeStatus::bad_link) unknown_links_[static_cast<std::uint16_t>(frame.link)]++;
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
      if (newest_ != INT64_MIN && frame.time < newest_ - kOtherTraffic) meter_.finish(Cause::flush);
      fresh_ = false;
    }
    newest_ = std::max(newest_, frame.time);
    const DecodeStatus status = decode(frame, packets_[n]);
    account(status, frame);
    if (status == DecodeStatus::ok) n++;
  }
  meter_.add(packets_);
}

void CaptureSource::end_file(const Error* error) {
  if (error != nullptr) {
    troubles_.push_back(while_doing(name_, *error));
  } else if (file_->cut_short()) {
    counts_[LedgerItem::capture_cut]++;
    troubles_.push_back(fail(Errc::corrupt, "{}: ends in the middle of a packet; {} packets before it are good", name_,
                             file_->frames()));
  }
  for (const auto& [link, packets] : unknown_links_)
    troubles_.push_back(
        fail(Errc::unsupported, "{}: link type {} is not known; {} packets left out", name_, link, packets));
  unknown_links_.clear();
  file_.reset();
}

void CaptureSource::drain(Journal& out) {
  const MeterCounts& now = meter_.counts();
  counts_[LedgerItem::evicted] += now.evicted - told_.evicted;
  counts_[LedgerItem::time_back] += now.time_back - told_.time_back;
  told_ = now;
  const bool known = begin_ <= end_;
  for (const auto& [item, count] : counts_)
    if (!known || needs_.when.overlaps(begin_, end_))
      out.add({sensor_, known ? begin_ : 0, known ? end_ : 0, item, count});
  counts_.clear();
  begin_ = INT64_MAX, end_ = INT64_MIN;
}

std::vector<Error> CaptureSource::troubles() const { return troubles_; }

}  // namespace

bool recognise_capture(Bytes head) { return looks_like_capture(head); }

Result<SourcePtr> open_capture(InputStream input, const SourceOptions& options) {
  std::string name = input.name();
  ARGUS_TRY_LET(CaptureFilePtr file, open_capture(std::move(input)));
  return SourcePtr(std::make_unique<CaptureSource>(std::move(file), std::move(name), options));
}

}  // namespace argus
