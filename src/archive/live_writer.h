// Writes what waits in the queue, one step at a time: opens and closes files when the clock, their size or a signal
// says so, outlives a disk that refuses, syncs, and removes what is not to be kept. Has neither a thread nor a clock.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "archive/file_pattern.h"
#include "archive/live_file.h"
#include "archive/live_output.h"
#include "base/clock_span.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/stream.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "sink/outage.h"
#include "sink/queued_sink.h"
#include "sink/record_queue.h"

namespace argus {

class LiveWriter final : public QueueWriter {
 public:
  // Usage errors; Errc::foreign and Errc::io for files that cannot be added to, as open_to_append has them.
  [[nodiscard]] static Result<std::unique_ptr<LiveWriter>> open(const LiveFileOptions& options, DiskCalls disk,
                                                                const WriterMoment& now);
  LiveWriter(const LiveFileOptions& options, DiskCalls disk);

  RecordQueue& queue() override { return queue_; }
  void begin(const StreamHeader& header) override;
  [[nodiscard]] Result<> change(const std::string& path, const Rotation& rotation);  // any thread
  void step(const WriterMoment& now) override;
  bool refused() const override { return outage_.refused(); }  // the disk did not take what it was given last
  bool is_behind() const override { return !outage_.refused() && !queue_.empty(); }
  bool done() const override { return out_ && !outage_.refused() && queue_.empty(); }
  // Ends the stream and closes the file. Errc::io when records are left over, which are lost, or when a file, this one
  // or one before it, may not be on the disk or has not got its name.
  Result<> finish() override;
  std::string place() const override { return counts().path; }

  [[nodiscard]] LiveFileCounts counts() const;  // any thread

 private:
  // Where files go, and when the next one begins.
  struct Place {
    std::string path;
    Rotation rotation;
    std::optional<FilePattern> pattern;  // of files that follow each other
  };
  [[nodiscard]] static Result<Place> place_of(const std::string& path, const Rotation& rotation);
  [[nodiscard]] static ClockSpan span_of(const Rotation& rotation, Nanos wall);
  [[nodiscard]] Result<LiveOutput> output_at(const Place& place, Nanos wall, NameChoice& names);
  [[nodiscard]] Result<> finish_left(const Place& place, Nanos wall) const;
  void move_to(Place place, const WriterMoment& now);
  void take_change(const WriterMoment& now);
  void begin_file(LiveOutput out, const WriterMoment& now);
  [[nodiscard]] Result<> open_file(const WriterMoment& now);
  void close_file();
  void open_next(const WriterMoment& now);
  void look_after_file(const WriterMoment& now);
  [[nodiscard]] bool is_due(Nanos wall) const;
  void write_waiting(const WriterMoment& now);
  [[nodiscard]] Result<bool> write_one();
  template <class Make>
  [[nodiscard]] Result<> emit(Make&& make);
  [[nodiscard]] Result<> write_ledger(const std::vector<LedgerEntry>& entries);
  void code_waiting();
  void remove_old(const WriterMoment& now);
  void refuse(const Error& why, const WriterMoment& now);
  void warn(const std::string& text) const;

  LiveFileOptions options_;
  DiskCalls disk_;
  RecordQueue queue_;
  Outage outage_;
  Place place_;
  NameChoice names_;
  std::optional<LiveOutput> out_;
  StreamWriter writer_;
  StreamHeader header_;
  bool begun_ = false;  // the stream in out_
  ClockSpan span_;
  std::uint32_t reopenings_ = 0;
  bool ending_ = false;
  bool stays_told_ = false;       // that the file cannot be opened anew
  std::optional<Error> trouble_;  // of a file that may not be whole or under its name, last
  Nanos look_at_ = 0, sync_at_ = 0, sync_say_at_ = 0, remove_at_ = 0;
  std::vector<std::byte> bytes_;
  mutable std::mutex mutex_;  // of what follows
  LiveFileCounts counts_;
  std::uint64_t records_before_ = 0;  // of out_
  std::optional<Place> wanted_;
};

}  // namespace argus
