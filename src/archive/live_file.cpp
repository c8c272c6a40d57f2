// The sink at the caller's side, and the thread that drives the writer.
#include "archive/live_file.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "archive/live_output.h"
#include "archive/live_queue.h"
#include "archive/live_writer.h"
#include "base/thread.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "sink/framer.h"

namespace argus {

namespace {

constexpr auto kStepEvery = std::chrono::milliseconds(200);
constexpr auto kFinishMost = std::chrono::seconds(3);  // for a disk that refuses
constexpr auto kAnswerMost = std::chrono::seconds(4);  // for one that does not answer
constexpr Nanos kHeldMost = kSecond;

LiveMoment moment(const std::atomic<std::uint32_t>* reopen) {
  return {wall_now(), steady_now(), reopen != nullptr ? reopen->load() : 0};
}

// Shared with the thread, which outlives the sink where a disk does not answer.
struct Shared {
  std::unique_ptr<LiveWriter> writer;
  std::mutex mutex;
  std::condition_variable changed;
  bool pushed = false, ending = false, finished = false;
  Result<> result;
  // What belongs to the caller may be gone once the sink is.
  std::mutex outside;
  bool abandoned = false;
  const std::atomic<std::uint32_t>* reopen = nullptr;
  std::uint32_t heard = 0;                  // of reopenings
  std::optional<std::uint32_t> last_words;  // the same once it ends
  std::function<void(const std::string&)> warn;

  void say(const std::string& text) {
    const std::lock_guard lock(outside);
    if (!abandoned && warn) warn(text);
  }
  LiveMoment now() {
    const std::lock_guard lock(outside);
    LiveMoment out = moment(abandoned ? nullptr : reopen);
    // What is left belongs into the open file, whatever is asked for while it ends.
    if (last_words) out.reopenings = *last_words;
    else heard = out.reopenings;
    return out;
  }
};

void run(const std::shared_ptr<Shared>& shared) {
  std::unique_lock lock(shared->mutex);
  while (!shared->ending) {
    shared->pushed = false;
    lock.unlock();
    shared->writer->step(shared->now());
    lock.lock();
    // A disk that refused is tried again in its own time, whatever comes meanwhile.
    const bool refused = shared->writer->refused();
    if (shared->writer->is_behind()) continue;
    shared->changed.wait_for(lock, kStepEvery, [&] { return shared->ending || (shared->pushed && !refused); });
  }
  lock.unlock();
  shared->last_words = shared->heard;
  const auto until = std::chrono::steady_clock::now() + kFinishMost;
  for (;;) {
    shared->writer->step(shared->now());
    if (shared->writer->done() || std::chrono::steady_clock::now() >= until) break;
    if (shared->writer->refused()) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  auto result = shared->writer->finish();
  lock.lock();
  shared->result = std::move(result);
  shared->finished = true;
  shared->changed.notify_all();
}

class ThreadedSink final : public LiveFileSink {
 public:
  explicit ThreadedSink(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  ~ThreadedSink() override {
    if (!finished_) (void)end();
  }

  FieldSet fields() const override { return FieldSet::all_stored(); }
  Result<> begin(const StreamHeader& header) override {
    shared_->writer->begin(header);
    ARGUS_TRY_LET(thread_, start_thread("the flow file", [shared = shared_] { run(shared); }));
    return {};
  }
  Result<> write(const Batch& batch) override {
    if (framer_.held_rows() == 0) held_since_ = steady_now();
    ARGUS_TRY(framer_.add(batch, [this](const Batch& piece) { return put(piece); }));
    return steady_now() - held_since_ >= kHeldMost ? flush() : Result<>();
  }
  Result<> ledger(const std::vector<LedgerEntry>& entries) override {
    ARGUS_TRY(flush());
    if (entries.empty()) return {};
    shared_->writer->queue().push(piece_of(entries));
    return wake();
  }
  Result<> tick() override { return flush(); }
  Result<> finish() override { return end(); }
  LiveFileCounts counts() const override { return shared_->writer->counts(); }
  Result<> change(const std::string& path, const Rotation& rotation) override {
    ARGUS_TRY(flush());
    ARGUS_TRY(shared_->writer->change(path, rotation));
    return wake();
  }

 private:
  Result<> put(const Batch& batch) {
    shared_->writer->queue().add(batch);
    return wake();
  }
  Result<> wake() {
    const std::lock_guard lock(shared_->mutex);
    shared_->pushed = true;
    shared_->changed.notify_all();
    return {};
  }
  Result<> flush() {
    return framer_.flush([this](const Batch& piece) { return put(piece); });
  }
  Result<> end() {
    finished_ = true;
    if (!thread_.joinable()) return shared_->writer->finish();
    (void)flush();
    std::unique_lock lock(shared_->mutex);
    shared_->ending = true;
    shared_->changed.notify_all();
    if (shared_->changed.wait_for(lock, kAnswerMost, [this] { return shared_->finished; })) {
      thread_.join();
      return std::move(shared_->result);
    }
    lock.unlock();
    const std::lock_guard outside(shared_->outside);
    shared_->abandoned = true;
    thread_.detach();
    const LiveFileCounts counts = shared_->writer->counts();
    return fail(Errc::io, "{}: the disk does not answer; what was given to it last may be lost", counts.path);
  }

  std::shared_ptr<Shared> shared_;
  std::thread thread_;
  Framer framer_;
  Nanos held_since_ = 0;
  bool finished_ = false;
};

}  // namespace

Result<std::unique_ptr<LiveFileSink>> live_file_sink(const LiveFileOptions& options) {
  const auto shared = std::make_shared<Shared>();
  shared->reopen = options.reopen;
  shared->warn = options.warn;
  LiveFileOptions own = options;
  own.reopen = nullptr;
  Shared* const at = shared.get();  // owns the writer, which would keep it for ever
  own.warn = [at](const std::string& text) { at->say(text); };
  ARGUS_TRY_LET(shared->writer, LiveWriter::open(own, DiskCalls::real(), moment(options.reopen)));
  return std::unique_ptr<LiveFileSink>(std::make_unique<ThreadedSink>(shared));
}

}  // namespace argus
