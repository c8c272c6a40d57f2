#include "sink/flow_file.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <numeric>
#include <optional>

#include "codec/stream.h"

namespace argus {

namespace {

std::uint64_t random_stream_id() {
  std::uint64_t id = 0;
  // Without randomness two streams could be taken for one; the clock's address bits are a poor but different choice.
  if (::getrandom(&id, sizeof id, 0) != static_cast<ssize_t>(sizeof id))
    id = reinterpret_cast<std::uintptr_t>(&id) ^ static_cast<std::uint64_t>(::getpid());
  return id;
}

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
    if (batch.rows() + held_rows_ > kRowsAFrame) ARGUS_TRY(flush());
    if (batch.rows() >= kRowsAFrame) return write_pieces(batch);
    held_.push_back(batch);
    held_rows_ += batch.rows();
    return {};
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
    if (held_.empty()) return {};
    const Batch all = concatenated(held_);
    held_.clear();
    held_rows_ = 0;
    return write_pieces(all);
  }
  Result<> write_pieces(const Batch& batch) {
    if (batch.rows() <= kRowsAFrame && raw_bound(batch) <= kRawAFrame) {
      std::vector<std::byte> bytes;
      writer_.flows(batch, bytes);
      return put(bytes);
    }
    const std::size_t piece = std::min(kRowsAFrame, (batch.rows() + 1) / 2);
    for (std::size_t at = 0; at < batch.rows(); at += piece) {
      std::vector<std::uint32_t> rows(std::min(piece, batch.rows() - at));
      std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(at));
      ARGUS_TRY(write_pieces(gathered(batch, rows)));
    }
    return {};
  }

  File out_;
  std::optional<Replacement> whole_;
  StreamWriter writer_;
  std::optional<std::uint64_t> end_;  // of the last whole frame, where it can be gone back to
  std::vector<Batch> held_;
  std::size_t held_rows_ = 0;
};

Result<SinkPtr> appending_sink(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
  if (fd < 0) return fail(Errc::io, "{}: {}", path, system_reason(errno));
  File file(fd, path);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(fd, F_SETLK, &lock) != 0) return fail(Errc::io, "{}: another argus is writing to it", path);
  std::array<std::byte, kFrameHeadSize> head;
  ARGUS_TRY_LET(const std::size_t n, file.read_at(head.data(), head.size(), 0));
  FrameHead first;
  if (n != 0 && parse_head(Bytes(head).first(n), first) != HeadFault::none)
    return fail(Errc::foreign, "{}: exists and is not a flow file; nothing was added to it", path);
  struct stat info {};
  if (::fstat(fd, &info) != 0) return fail(Errc::io, "{}: {}", path, system_reason(errno));
  return SinkPtr(std::make_unique<FlowSink>(std::move(file), static_cast<std::uint64_t>(info.st_size)));
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
