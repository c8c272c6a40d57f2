// The live file as a sink: its writer behind a queue.
#include "archive/live_file.h"

#include <utility>
#include <vector>

#include "archive/live_output.h"
#include "archive/live_writer.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "sink/queued_sink.h"

namespace argus {

namespace {

QueuedSinkOptions queued_options() {
  QueuedSinkOptions out;
  out.purpose = "the flow file";
  out.silent = "the disk";
  return out;
}

class ArchiveSink final : public LiveFileSink {
 public:
  ArchiveSink(const std::shared_ptr<LiveWriter>& writer, std::shared_ptr<OwnerLink> owner)
      : writer_(writer), queued_(writer, std::move(owner), queued_options()) {}

  FieldSet fields() const override { return queued_.fields(); }
  Result<> begin(const StreamHeader& header) override { return queued_.begin(header); }
  Result<> write(const Batch& batch) override { return queued_.write(batch); }
  Result<> ledger(const std::vector<LedgerEntry>& entries) override { return queued_.ledger(entries); }
  Result<> tick() override { return queued_.tick(); }
  Result<> finish() override { return queued_.finish(); }
  LiveFileCounts counts() const override { return writer_->counts(); }
  Result<> change(const std::string& path, const Rotation& rotation) override {
    ARGUS_TRY(queued_.flush());
    ARGUS_TRY(writer_->change(path, rotation));
    queued_.wake();
    return {};
  }

 private:
  std::shared_ptr<LiveWriter> writer_;
  QueuedSink queued_;
};

}  // namespace

Result<std::unique_ptr<LiveFileSink>> live_file_sink(const LiveFileOptions& options) {
  const auto owner = std::make_shared<OwnerLink>(options.warn, options.reopen);
  LiveFileOptions own = options;
  own.reopen = nullptr;
  own.warn = [owner](const std::string& text) { owner->say(text); };
  const WriterMoment now{wall_now(), steady_now(), owner->reopenings()};
  ARGUS_TRY_LET(std::unique_ptr<LiveWriter> writer, LiveWriter::open(own, DiskCalls::real(), now));
  return std::unique_ptr<LiveFileSink>(std::make_unique<ArchiveSink>(std::move(writer), owner));
}

}  // namespace argus
