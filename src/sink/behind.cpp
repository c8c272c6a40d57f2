#include "sink/behind.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/count_text.h"
#include "base/result.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "sink/outage.h"
#include "sink/queued_sink.h"
#include "sink/record_queue.h"

namespace argus {

namespace {

constexpr Nanos kStepEvery = 200 * kMillisecond;
constexpr std::size_t kWrittenAStep = 16;

class SinkWriter final : public QueueWriter {
 public:
  SinkWriter(SinkPtr sink, const BehindOptions& options, std::shared_ptr<OwnerLink> owner)
      : sink_(std::move(sink)),
        name_(options.name),
        queue_(options.queue_bytes, RecordQueue::Form::batches),
        outage_(options.try_every, [owner = std::move(owner)](const std::string& text) { owner->say(text); }) {}

  RecordQueue& queue() override { return queue_; }
  void begin(const StreamHeader& header) override {
    header_ = header;
    queue_.name_sensor(header.sensor);
  }
  void step(const WriterMoment& now) override {
    if (!closed_ && outage_.may_try(now.steady)) write_waiting(now.steady);
    if (closed_) (void)queue_.lose_all();
  }
  bool refused() const override { return outage_.refused(); }
  bool is_behind() const override { return !closed_ && !outage_.refused() && !queue_.empty(); }
  bool done() const override { return closed_ || (!outage_.refused() && queue_.empty()); }
  bool closed() const override { return closed_; }
  std::string place() const override { return name_; }
  Result<> finish() override;

 private:
  void write_waiting(Nanos steady);
  [[nodiscard]] Result<> begin_once();
  [[nodiscard]] Result<bool> write_one();
  [[nodiscard]] Result<> write_owed();

  SinkPtr sink_;
  std::string name_;
  RecordQueue queue_;
  Outage outage_;
  StreamHeader header_;
  bool begun_ = false;
  bool held_ = false;  // rows were given since the last tick
  std::atomic<bool> closed_ = false;
};

Result<> SinkWriter::begin_once() {
  if (begun_) return {};
  ARGUS_TRY(sink_->begin(header_));
  begun_ = true;
  return {};
}

Result<> SinkWriter::write_owed() {
  const std::vector<LedgerEntry> owed = queue_.take_owed();
  if (owed.empty()) return {};
  auto done = sink_->ledger(owed);
  if (!done) queue_.owe(owed);
  return done;
}

// What is owed, or the oldest of what waits. False when nothing does.
Result<bool> SinkWriter::write_one() {
  ARGUS_TRY(write_owed());
  auto frame = queue_.take();
  if (!frame) return false;
  auto done = frame->rows == 0 ? sink_->ledger(frame->ledger) : sink_->write(frame->batch);
  if (!done) {
    queue_.give_back(*std::move(frame));
    return std::move(done.error());
  }
  held_ = true;
  return true;
}

void SinkWriter::write_waiting(Nanos steady) {
  const auto work = [&]() -> Result<> {
    ARGUS_TRY(begin_once());
    for (std::size_t n = 0; n < kWrittenAStep; n++) {
      ARGUS_TRY_LET(const bool more, write_one());
      outage_.recover(name_, queue_.empty(), queue_.lost());
      if (more) continue;
      return std::exchange(held_, false) ? sink_->tick() : Result<>();
    }
    return {};
  };
  const auto done = work();
  if (done) return;
  if (done.error().code == Errc::closed) closed_ = true;
  else outage_.refuse(done.error(), steady, queue_.lost());
}

Result<> SinkWriter::finish() {
  if (closed_) return {};
  const std::uint64_t left = queue_.lose_all();
  // A few bytes may still be taken where rows are not.
  if (begun_) (void)write_owed();
  auto done = begun_ ? sink_->finish() : Result<>();
  if (left != 0)
    return fail(Errc::io, "{}; {} lost", outage_.reason().empty() ? name_ : outage_.reason(), count_is(left, "record"));
  if (!begun_ && !outage_.reason().empty()) return fail(Errc::io, "{}", outage_.reason());
  return done;
}

}  // namespace

SinkPtr behind(SinkPtr sink, const BehindOptions& options) {
  QueuedSinkOptions queued;
  queued.fields = sink->fields();
  queued.purpose = queued.silent = options.name;
  queued.step_every = std::min(options.try_every, kStepEvery);
  queued.finish_most = options.finish_most;
  queued.answer_most = options.answer_most;
  const auto owner = std::make_shared<OwnerLink>(options.warn, nullptr);
  auto writer = std::make_shared<SinkWriter>(std::move(sink), options, owner);
  return std::make_unique<QueuedSink>(std::move(writer), owner, std::move(queued));
}

}  // namespace argus
