// Streams of frames: what a writer says one after the other, and how a reader finds its way through, also past damage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"
#include "codec/damage.h"
#include "codec/frame.h"
#include "flow/batch.h"
#include "flow/ledger.h"
#include "flow/source.h"

namespace argus {

inline constexpr std::uint64_t kHeaderEvery = 256;  // frames after which the header is repeated

// A batch coded for one stream, by StreamWriter::coded; it gets its place in the stream when it is written.
struct CodedBatch {
  FrameHead head;
  std::vector<std::byte> block;
};

// Makes the frames of one stream. Bytes are appended to `out`; where they go, and the random id, come from outside.
class StreamWriter {
 public:
  explicit StreamWriter(std::uint64_t stream) : stream_(stream) {}
  // The first thing of a stream.
  void begin(const StreamHeader& header, std::vector<std::byte>& out);
  // A batch of at most kRowsAFrame rows and kRawAFrame raw bytes (raw_bound). A stream begins with small frames, so
  // that of a file that is cut most of what stood before the cut is left.
  void flows(const Batch& batch, std::vector<std::byte>& out);
  // The same in two halves. The first, on any thread: the batches that flows() makes frames of, where `records` stand
  // before them in the stream, and a frame without its place.
  [[nodiscard]] static std::vector<Batch> frame_batches(const Batch& batch, std::uint64_t records);
  [[nodiscard]] std::vector<std::byte> loose_frame(const Batch& batch) const;
  // A frame of any stream, of which every checksum was verified, as one of this stream. Errc::corrupt for one that is
  // none.
  [[nodiscard]] Result<std::vector<std::byte>> loose_frame(const RawFrame& rows) const;
  // The second, in the order of the stream: gives a loose frame its place. `before` gets what is to stand before it.
  void place(std::vector<std::byte>& frame, std::vector<std::byte>& before);
  // One frame in two steps, for frames of which some may be given up before they are written.
  [[nodiscard]] CodedBatch coded(const Batch& batch) const;
  void flows(const CodedBatch& batch, std::vector<std::byte>& out) { copy_flows(batch.head, batch.block, out); }
  [[nodiscard]] std::uint64_t stream() const { return stream_; }
  // The same frame (head checked, `payload` all behind it) as flows() of another writer of this stream made it, with
  // the numbers that it has here.
  void copy_flows(FrameHead head, Bytes payload, std::vector<std::byte>& out);
  // loose_frame() and place() of a frame of any stream.
  [[nodiscard]] Result<> copy_flows(const RawFrame& rows, std::vector<std::byte>& out);
  void ledger(const std::vector<LedgerEntry>& entries, std::vector<std::byte>& out);
  // A ledger without entries: nothing to say, but still there. Sensors send one each second.
  void heartbeat(std::vector<std::byte>& out);
  void end(std::vector<std::byte>& out);

 private:
  void frame(FrameType type, Bytes directory, std::vector<std::byte>& out);

  std::uint64_t stream_;
  std::uint64_t number_ = 0, records_ = 0;
  std::vector<std::byte> header_;
};

[[nodiscard]] std::vector<std::byte> encode_header(const StreamHeader& header);
[[nodiscard]] Result<StreamHeader> decode_header(Bytes bytes);
[[nodiscard]] std::vector<std::byte> encode_ledger(const std::vector<LedgerEntry>& entries);
[[nodiscard]] Result<std::vector<LedgerEntry>> decode_ledger(Bytes bytes);

// A frame that was read. Once it has its bytes, whoever holds it can work on it, on any thread, while others are read.
struct StreamFrame {
  FrameHead head;
  std::uint64_t offset = 0;          // of the head in the input
  std::uint64_t number = 0;          // among all that its reader met, from 1: what damage is told by
  std::vector<std::byte> directory;  // was checked
  SharedBytes bytes;                 // all of it, head and directory as well; by StreamReader::read()

  [[nodiscard]] Bytes columns() const { return bytes.view().subspan(kFrameHeadSize + head.directory, head.columns()); }
  // Its columns turned out damaged: whether they could be made again, and stand in its bytes.
  [[nodiscard]] bool mend();
};

// Walks the frames of an input. Every frame it gives has a checked head and directory. Of an input that is read little
// (InputStream::read_little) it reads no more than these, as long as nothing is damaged.
class StreamReader {
 public:
  explicit StreamReader(InputStream input) : input_(std::move(input)), log_(input_.name()) {}

  // The next frame of a known type, or nothing at the end. Errc::foreign for a newer format; Errc::io as the input
  // has it.
  [[nodiscard]] Result<std::optional<StreamFrame>> next();
  // Of the frame given last, until next():
  // The rest of its bytes. Errc::corrupt where the input ends in the frame.
  [[nodiscard]] Result<> read(StreamFrame& frame);
  // What stands behind it shows that its length is right, and nothing of it was mended yet: all that can be found out
  // about it without its rows is known. A live input is waited for.
  [[nodiscard]] bool is_settled();
  // StreamFrame::mend(), where its length is known to be right, so that no byte is worked on for many frames that claim
  // it.
  [[nodiscard]] bool mend(StreamFrame& frame);

  // Of any frame that it gave, at any time, once:
  // It turned out damaged: its rows are lost.
  void damaged(const StreamFrame& frame, const Error& why);
  // It was settled, and StreamFrame::mend() made it whole.
  void mended(const StreamFrame& frame);

  // So far; the input's last word once next() gave nothing.
  [[nodiscard]] Damage damage() const { return log_.damage(); }
  // What is met from here on can be left out of it.
  void mark() { log_.mark(met_); }
  [[nodiscard]] const DamageLog& log() const { return log_; }
  [[nodiscard]] std::uint64_t records() const { return log_.good(); }
  [[nodiscard]] const std::string& name() const { return input_.name(); }
  [[nodiscard]] std::uint64_t offset() const { return input_.offset(); }  // in the input, without its compression
  // The stream met last was closed well.
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  struct Current {
    FrameHead head;
    std::uint64_t offset = 0;
    bool lost = false;                 // told and counted
    bool head_mended = false;          // the input's head is another in one byte
    bool mended = false;               // that, or something else of it
    std::optional<SharedBytes> bytes;  // all of it as it was before the damage, where that is another
  };
  enum class Order : std::uint8_t { follows, repeats };

  [[nodiscard]] Result<Bytes> look(std::size_t n);
  [[nodiscard]] bool lacks_repair(Bytes bytes) const;
  [[nodiscard]] HeadFault head_at(Bytes bytes, FrameHead& head) const;
  [[nodiscard]] Result<bool> find_head(FrameHead& head);
  [[nodiscard]] Result<bool> scan(FrameHead& head);
  [[nodiscard]] Result<bool> believe(FrameHead& head);
  [[nodiscard]] Result<> pass(std::uint64_t n);
  [[nodiscard]] bool continues(const FrameHead& head) const;
  [[nodiscard]] Order take_number(const FrameHead& head);
  [[nodiscard]] bool is_held(Bytes bytes) const;
  [[nodiscard]] bool is_held_unread();
  [[nodiscard]] bool may_stand_behind(Bytes bytes) const;
  [[nodiscard]] Result<> leave_frame();
  void leave_cut_frame(Bytes bytes);
  [[nodiscard]] bool mend_directory();
  void lose_frame(std::string_view text);
  void tell_mended();
  [[nodiscard]] Result<> finish();
  void end_inside(std::string text);
  [[nodiscard]] DamageLog::Place place() const { return {met_, true}; }
  void say(Errc code, std::string text) { log_.say(place(), code, std::move(text)); }
  void say_count(Errc code, std::string text, std::string which) {
    log_.say_count(place(), code, std::move(text), std::move(which));
  }
  void say_good(Errc code, std::string text, std::string which) {
    log_.say_good(place(), code, std::move(text), std::move(which));
  }

  InputStream input_;
  std::optional<Current> current_;
  DamageLog log_;
  std::uint64_t met_ = 0;      // frames
  bool scanning_ = false;      // the next head is searched for
  bool unknown_loss_ = false;  // something was lost of which no frame number has told yet
  bool torn_ = false;          // the input ended, or was found to end, inside a frame
  bool in_stream_ = false, ended_ = false, finished_ = false;
  std::uint64_t uncounted_ = 0;  // next bytes that belong to a frame, damaged or not, and are not counted as skipped
  std::uint64_t stream_ = 0, expected_number_ = 0, expected_record_ = 0;
  std::uint64_t absent_until_ = 0;             // no head of stream_ begins between here and there
  std::uint64_t alike_ = 0, alike_until_ = 0;  // all heads between here and there are of that stream, one there is not
};

}  // namespace argus
