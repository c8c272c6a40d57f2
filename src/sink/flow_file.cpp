#include "sink/flow_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>

#include "codec/stream.h"
#include "sink/flow_place.h"
#include "sink/framer.h"

namespace argus {

namespace {

class FlowSink final : public Sink {
 public:
  explicit FlowSink(File out) : out_(std::move(out)), writer_(random_stream_id()) {}
  explicit FlowSink(Replacement whole) : whole_(std::move(whole)), writer_(random_stream_id()) {}
  // Goes on behind the first `end` bytes of a file that is its own.
  FlowSink(File out, std::uint64_t end) : out_(std::move(out)), writer_(random_stream_id()), end_(end) {}

  FieldSet fields() const override { return FieldSet::all_stored(); }
  Result<> begin(const StreamHeader& header) override {
    std::vector<std::byte> bytes;
    writer_.begin(header, bytes);
    return put(bytes);
  }
  Result<> write(const Batch& batch) override {
    return framer_.add(batch, [this](const Batch& piece) { return put_flows(piece); });
  }
  Result<> ledger(const std::vector<LedgerEntry>& entries) override {
    ARGUS_TRY(flush());
    std::vector<std::byte> bytes;
    writer_.ledger(entries, bytes);
    return put(bytes);
  }
  Result<> tick() override { return flush(); }
  Result<> finish() override {
    ARGUS_TRY(flush());
    std::vector<std::byte> bytes;
    writer_.end(bytes);
    ARGUS_TRY(put(bytes));
    return whole_ ? whole_->commit() : out_.close();
  }

 private:
  // A frame that a full disk cut is taken back from a file that others will read, and append to.
  Result<> put(Bytes bytes) {
    auto done = (whole_ ? whole_->file() : out_).write(bytes);
    if (!end_) return done;
    // Where that fails too, a torn frame stays, which readers pass over.
    if (!done) (void)!::ftruncate(out_.fd(), static_cast<off_t>(*end_));
    else *end_ += bytes.size();
    return done;
  }
  Result<> flush() {
    return framer_.flush([this](const Batch& piece) { return put_flows(piece); });
  }
  Result<> put_flows(const Batch& batch) {
    std::vector<std::byte> bytes;
    writer_.flows(batch, bytes);
    return put(bytes);
  }

  File out_;
  std::optional<Replacement> whole_;
  StreamWriter writer_;
  std::optional<std::uint64_t> end_;  // of the last whole frame, where it can be gone back to
  Framer framer_;
};

Result<SinkPtr> appending_sink(const std::string& path) {
  ARGUS_TRY_LET(FileEnd out, open_to_append(path));
  return SinkPtr(std::make_unique<FlowSink>(std::move(out.file), out.end));
}

}  // namespace

Result<SinkPtr> flow_file_sink(const std::string& path, FlowFileMode mode) {
  struct stat info {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) {
    // Devices and named pipes are written as they are.
    const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return fail(Errc::io, "{}: {}", path, system_reason(errno));
    return SinkPtr(std::make_unique<FlowSink>(File(fd, path)));
  }
  if (mode == FlowFileMode::append) return appending_sink(path);
  ARGUS_TRY_LET(Replacement whole, Replacement::create(path));
  return SinkPtr(std::make_unique<FlowSink>(std::move(whole)));
}

SinkPtr flow_stream_sink(File out) { return std::make_unique<FlowSink>(std::move(out)); }

}  // namespace argus
