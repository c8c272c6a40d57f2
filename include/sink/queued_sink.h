// The two sides of a queue: the sink that fills it, and the writer that takes what waits, driven by a thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "sink/framer.h"
#include "sink/record_queue.h"

namespace argus {

struct WriterMoment {
  Nanos wall = 0;                // for names
  Nanos steady = 0;              // for waiting
  std::uint32_t reopenings = 0;  // asked for so far
};

// Writes what waits in its queue, one step at a time. Has neither a thread nor a clock.
class QueueWriter {
 public:
  virtual ~QueueWriter() = default;
  [[nodiscard]] virtual RecordQueue& queue() = 0;
  virtual void begin(const StreamHeader& header) = 0;          // once, before the first step
  virtual void step(const WriterMoment& now) = 0;              // whatever is due at this moment
  [[nodiscard]] virtual bool refused() const = 0;              // what was given last was not taken
  [[nodiscard]] virtual bool is_behind() const = 0;            // another step has work to do
  [[nodiscard]] virtual bool done() const = 0;                 // nothing waits any more
  [[nodiscard]] virtual bool closed() const { return false; }  // nobody reads any more; any thread
  // Errc::io when records are left over, which are lost.
  [[nodiscard]] virtual Result<> finish() = 0;
  [[nodiscard]] virtual std::string place() const = 0;  // where it writes, in words; any thread
};

// What belongs to the sink's owner, and may be gone before a thread that does not come back.
class OwnerLink {
 public:
  OwnerLink(std::function<void(const std::string&)> warn, const std::atomic<std::uint32_t>* reopen)
      : warn_(std::move(warn)), reopen_(reopen) {}
  void say(const std::string& text);
  [[nodiscard]] std::uint32_t reopenings();  // as long as there is an owner
  void leave();

 private:
  std::mutex mutex_;
  bool left_ = false;
  std::function<void(const std::string&)> warn_;
  const std::atomic<std::uint32_t>* reopen_;
};

struct QueuedSinkOptions {
  FieldSet fields = FieldSet::all_stored();
  std::string purpose;                    // of the thread: "the flow file"
  std::string silent;                     // what does not answer, where a call does not come back: "the disk"
  Nanos step_every = 200 * kMillisecond;  // at least, also where nothing comes
  Nanos finish_most = 3 * kSecond;        // for a place that refuses, at the end
  Nanos answer_most = 4 * kSecond;        // for one that does not answer
};

// Never makes its caller wait for the writer. The thread runs from begin() to finish(); without finish() the destructor
// does that. finish() gives the writer's result, or Errc::io where it does not answer: the thread goes on then, and
// owns all that it needs.
class QueuedSink final : public RowSink {
 public:
  QueuedSink(std::shared_ptr<QueueWriter> writer, std::shared_ptr<OwnerLink> owner, QueuedSinkOptions options);
  ~QueuedSink() override;

  FieldSet fields() const override { return options_.fields; }
  Result<> begin(const StreamHeader& header) override;
  Result<> write(const Batch& batch) override;
  Result<> ledger(const std::vector<LedgerEntry>& entries) override;
  Result<> tick() override { return flush(); }
  Result<> finish() override { return end(); }
  [[nodiscard]] Result<> flush();  // what waits for others to fill a frame goes to the queue
  void wake();                     // the writer has something to do

 private:
  struct Shared;
  [[nodiscard]] Result<> put(const Batch& batch);
  [[nodiscard]] Result<> end();

  QueuedSinkOptions options_;
  std::shared_ptr<Shared> shared_;  // with the thread, which outlives the sink where a place does not answer
  std::thread thread_;
  Framer framer_;
  Nanos held_since_ = 0;
  bool finished_ = false;
};

}  // namespace argus
