// The sink at the caller's side, and the thread that drives the writer.
#include "sink/queued_sink.h"

#include <chrono>
#include <condition_variable>
#include <optional>
#include <utility>

#include "base/thread.h"

namespace argus {

namespace {

constexpr auto kTryAtEnd = std::chrono::milliseconds(100);
constexpr Nanos kHeldMost = kSecond;

}  // namespace

void OwnerLink::say(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (!left_ && warn_) warn_(text);
}

std::uint32_t OwnerLink::reopenings() {
  const std::lock_guard lock(mutex_);
  return !left_ && reopen_ != nullptr ? reopen_->load() : 0;
}

void OwnerLink::leave() {
  const std::lock_guard lock(mutex_);
  left_ = true;
}

struct QueuedSink::Shared {
  std::shared_ptr<QueueWriter> writer;
  std::shared_ptr<OwnerLink> owner;
  Nanos step_every = 0, finish_most = 0;
  std::mutex mutex;
  std::condition_variable changed;
  bool pushed = false, ending = false, finished = false;
  Result<> result;
  std::uint32_t heard = 0;  // of reopenings

  [[nodiscard]] WriterMoment now() {
    heard = owner->reopenings();
    return {wall_now(), steady_now(), heard};
  }
  // What is left belongs into the open file, whatever is asked for while it ends.
  [[nodiscard]] WriterMoment last_now() const { return {wall_now(), steady_now(), heard}; }
  void run();
};

void QueuedSink::Shared::run() {
  std::unique_lock lock(mutex);
  while (!ending) {
    pushed = false;
    lock.unlock();
    writer->step(now());
    lock.lock();
    // A place that refused is tried again in its own time, whatever comes meanwhile.
    const bool refused = writer->refused();
    if (writer->is_behind()) continue;
    changed.wait_for(lock, std::chrono::nanoseconds(step_every), [&] { return ending || (pushed && !refused); });
  }
  lock.unlock();
  const Nanos until = steady_now() + finish_most;
  for (;;) {
    writer->step(last_now());
    if (writer->done() || steady_now() >= until) break;
    if (writer->refused()) std::this_thread::sleep_for(kTryAtEnd);
  }
  auto last = writer->finish();
  lock.lock();
  result = std::move(last);
  finished = true;
  changed.notify_all();
}

QueuedSink::QueuedSink(std::shared_ptr<QueueWriter> writer, std::shared_ptr<OwnerLink> owner, QueuedSinkOptions options)
    : options_(std::move(options)), shared_(std::make_shared<Shared>()) {
  shared_->writer = std::move(writer);
  shared_->owner = std::move(owner);
  shared_->step_every = options_.step_every;
  shared_->finish_most = options_.finish_most;
}

QueuedSink::~QueuedSink() {
  if (!finished_) (void)end();
}

Result<> QueuedSink::begin(const StreamHeader& header) {
  shared_->writer->begin(header);
  ARGUS_TRY_LET(thread_, start_thread(options_.purpose, [shared = shared_] { shared->run(); }));
  return {};
}

Result<> QueuedSink::write(const Batch& batch) {
  if (shared_->writer->closed()) return fail(Errc::closed, "{}: the reader has left", shared_->writer->place());
  if (framer_.held_rows() == 0) held_since_ = steady_now();
  ARGUS_TRY(framer_.add(batch, [this](const Batch& piece) { return put(piece); }));
  return steady_now() - held_since_ >= kHeldMost ? flush() : Result<>();
}

Result<> QueuedSink::ledger(const std::vector<LedgerEntry>& entries) {
  ARGUS_TRY(flush());
  if (entries.empty()) return {};
  shared_->writer->queue().push(queued(entries));
  wake();
  return {};
}

Result<> QueuedSink::put(const Batch& batch) {
  shared_->writer->queue().add(batch);
  wake();
  return {};
}

Result<> QueuedSink::flush() {
  return framer_.flush([this](const Batch& piece) { return put(piece); });
}

void QueuedSink::wake() {
  const std::lock_guard lock(shared_->mutex);
  shared_->pushed = true;
  shared_->changed.notify_all();
}

Result<> QueuedSink::end() {
  finished_ = true;
  if (!thread_.joinable()) return shared_->writer->finish();
  (void)flush();
  std::unique_lock lock(shared_->mutex);
  shared_->ending = true;
  shared_->changed.notify_all();
  const auto answer_most = std::chrono::nanoseconds(options_.answer_most);
  if (shared_->changed.wait_for(lock, answer_most, [this] { return shared_->finished; })) {
    thread_.join();
    return std::move(shared_->result);
  }
  lock.unlock();
  shared_->owner->leave();
  thread_.detach();
  return fail(Errc::io, "{}: {} does not respond; the last records given to it may be lost", shared_->writer->place(),
              options_.silent);
}

}  // namespace argus
