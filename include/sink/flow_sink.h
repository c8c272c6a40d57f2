// Flow records into one descriptor, whoever opened it.
#pragma once

#include <poll.h>
#include <unistd.h>

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "base/sync.h"
#include "codec/block.h"
#include "codec/stream.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "flow/where.h"
#include "sink/flow_place.h"
#include "sink/framer.h"

namespace argus {

// Frames of fewer rows are not copied as they are: several of them make a better one.
inline constexpr std::size_t kCopiedRows = kRowsAFrame / 4;

class FlowSink final : public Sink {
 public:
  explicit FlowSink(File out) : out_(std::move(out)), writer_(random_stream_id()) {}
  explicit FlowSink(Replacement whole) : whole_(std::move(whole)), writer_(random_stream_id()) {}
  // Goes on behind the first `end` bytes of a file that is its own. `syncs`: finish() sees to it that file and name are
  // on the disk.
  FlowSink(File out, std::uint64_t end, bool syncs)
      : out_(std::move(out)), writer_(random_stream_id()), end_(end), syncs_(syncs) {}

  FieldSet fields() const override { return FieldSet::all_stored(); }
  std::optional<RawFrameRequest> raw_frame_request() const override {
    return RawFrameRequest{{}, [](const FrameStats&, std::size_t rows) { return rows >= kCopiedRows; }};
  }
  Result<> begin(const StreamHeader& header) override {
    std::vector<std::byte> bytes;
    writer_.begin(header, bytes);
    return write_out(bytes);
  }
  std::vector<Batch> arrange(const Batch& batch) override {
    std::vector<Batch> out;
    const auto take = [&](const Batch& piece) { return divide(piece, out); };
    if (!batch.raw_frame()) {
      (void)framer_.add(batch, take);
    } else {
      (void)framer_.flush(take);
      arranged_ += batch.rows();
      out.push_back(batch);
    }
    return out;
  }
  std::vector<Batch> arrange_rest() override {
    std::vector<Batch> out;
    (void)framer_.flush([&](const Batch& piece) { return divide(piece, out); });
    return out;
  }
  Result<> encode(const Batch& batch, const TakeEncoded& take) const override {
    Encoded out;
    if (!batch.raw_frame()) {
      out.frame = writer_.loose_frame(batch);
    } else {
      ARGUS_TRY_LET(out.frame, writer_.loose_frame(*batch.raw_frame()));
    }
    return take(std::move(out));
  }
  Result<> append(Encoded rows) override {
    std::vector<std::byte> before;
    writer_.place(rows.frame, before);
    if (before.empty()) return write_out(rows.frame);
    before.insert(before.end(), rows.frame.begin(), rows.frame.end());
    return write_out(before);
  }
  Result<> ledger(const std::vector<LedgerEntry>& entries) override {
    ARGUS_TRY(flush());
    return append_ledger(entries);
  }
  Result<> append_ledger(const std::vector<LedgerEntry>& entries) override {
    std::vector<std::byte> bytes;
    writer_.ledger(entries, bytes);
    return write_out(bytes);
  }
  Result<> tick() override {
    ARGUS_TRY(flush());
    // Where nothing is written for long, a reader that left would not be noticed.
    pollfd left{out_.is_open() ? out_.fd() : -1, 0, 0};
    if (::poll(&left, 1, 0) > 0 && (left.revents & POLLERR) != 0) return fail(Errc::closed, "the reader has left");
    return {};
  }
  Result<> finish() override {
    ARGUS_TRY(flush());
    std::vector<std::byte> bytes;
    writer_.end(bytes);
    ARGUS_TRY(write_out(bytes));
    if (whole_) {
      // A sensor may have begun to write to what is there.
      if (const auto there = open_read(whole_->file().path())) ARGUS_TRY(check_unlocked(*there));
      return whole_->commit();
    }
    if (syncs_) ARGUS_TRY(sync_file(out_));
    ARGUS_TRY(out_.close());
    return syncs_ ? sync_folder_of(out_.path()) : Result<>();
  }

  // Of a file that it goes on in: bytes to the end of the last whole frame.
  [[nodiscard]] std::uint64_t bytes() const { return end_.value_or(0); }

 private:
  // A frame that a full disk cut is taken back from a file that others will read, and append to.
  Result<> write_out(Bytes bytes) {
    auto done = (whole_ ? whole_->file() : out_).write(bytes);
    if (!end_) return done;
    // Where that fails too, a torn frame stays, which readers pass over.
    if (!done) (void)!::ftruncate(out_.fd(), static_cast<off_t>(*end_));
    else *end_ += bytes.size();
    return done;
  }
  // A batch that fits a frame into those that become frames here.
  Result<> divide(const Batch& batch, std::vector<Batch>& out) {
    for (Batch& rows : StreamWriter::frame_batches(batch, arranged_)) {
      arranged_ += rows.rows();
      out.push_back(std::move(rows));
    }
    return {};
  }
  Result<> flush() {
    for (const Batch& rows : arrange_rest()) ARGUS_TRY(put(rows));
    return {};
  }

  File out_;
  std::optional<Replacement> whole_;
  StreamWriter writer_;
  std::optional<std::uint64_t> end_;  // of the last whole frame, where it can be gone back to
  bool syncs_ = false;
  Framer framer_;
  std::uint64_t arranged_ = 0;  // records
};

}  // namespace argus
