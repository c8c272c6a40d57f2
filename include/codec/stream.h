// Streams of frames: what a writer says one after the other, and how a reader finds its way through, also past damage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"
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
  // One frame in two steps, for frames of which some may be given up before they are written.
  [[nodiscard]] CodedBatch coded(const Batch& batch) const;
  void flows(const CodedBatch& batch, std::vector<std::byte>& out) { copy_flows(batch.head, batch.block, out); }
  [[nodiscard]] std::uint64_t stream() const { return stream_; }
  // The same frame (head checked, `payload` all behind it) as flows() of another writer of this stream made it, with
  // the numbers that it has here.
  void copy_flows(FrameHead head, Bytes payload, std::vector<std::byte>& out);
  // A frame of any stream, of which every check was found to hold. Errc::corrupt for one that is none.
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

// What a reader met that was not as it should be.
struct Damage {
  std::uint64_t records = 0, bytes = 0, frames = 0;  // lost, skipped, damaged
  std::vector<Error> said;                           // sentences, the first kDamageSaid of them
  std::uint64_t unsaid = 0;
};
inline constexpr std::size_t kDamageSaid = 8;

// Walks the frames of an input. Every frame it gives has a checked head and directory.
class StreamReader {
 public:
  explicit StreamReader(InputStream input) : input_(std::move(input)) {}

  struct Frame {
    FrameHead head;
    std::uint64_t offset = 0;  // of the head in the input
    std::vector<std::byte> directory;
  };
  // The next frame of a known type, or nothing at the end. Errc::foreign for a newer format; Errc::io as the input
  // has it.
  [[nodiscard]] Result<std::optional<Frame>> next();
  // All bytes of the frame given last; fewer than it says only where the input ends. Until next().
  [[nodiscard]] Result<Bytes> whole();
  // Those of its columns; Errc::corrupt where the input ends in the frame.
  [[nodiscard]] Result<Bytes> columns();
  // Its columns turned out damaged: whether they could be made again, and are what columns() gives from here on.
  [[nodiscard]] bool mend();
  // The frame given last turned out damaged: its rows are lost. Once a frame.
  void damaged(const Error& why);
  // So far; the input's last word once next() gave nothing.
  [[nodiscard]] const Damage& damage() const { return damage_; }
  [[nodiscard]] std::uint64_t records() const { return good_; }
  [[nodiscard]] const std::string& name() const { return input_.name(); }
  // The stream met last was closed well.
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  struct Current {
    FrameHead head;
    std::uint64_t offset = 0;
    bool lost = false;         // told and counted
    bool head_mended = false;  // the input's head is another in one byte
  };
  enum class Order : std::uint8_t { follows, repeats };

  [[nodiscard]] Result<Bytes> look(std::size_t n);
  [[nodiscard]] HeadFault head_at(Bytes bytes, FrameHead& head) const;
  [[nodiscard]] Result<bool> find_head(FrameHead& head);
  [[nodiscard]] Result<bool> scan(FrameHead& head);
  [[nodiscard]] Result<bool> believe(FrameHead& head);
  [[nodiscard]] Result<> pass(std::uint64_t n);
  [[nodiscard]] bool continues(const FrameHead& head) const;
  [[nodiscard]] Order take_number(const FrameHead& head);
  [[nodiscard]] bool is_held(Bytes bytes) const;
  [[nodiscard]] Result<> leave_frame();
  void leave_cut_frame(Bytes bytes);
  void lose_frame(std::string text);
  void tell_mended();
  [[nodiscard]] Result<> finish();
  void end_inside(std::string text);
  void say(Errc code, std::string text);

  InputStream input_;
  std::optional<Current> current_;
  std::vector<std::byte> mended_;  // all of the current frame, as it was before the damage; else nothing
  bool scanning_ = false;          // the next head is searched for
  bool unknown_loss_ = false;      // something was lost of which no frame number has told yet
  bool torn_ = false;              // the input ended, or was found to end, inside a frame
  bool in_stream_ = false, ended_ = false, finished_ = false;
  std::uint64_t uncounted_ = 0;  // next bytes that belong to a frame, damaged or not, and are not counted as skipped
  std::uint64_t stream_ = 0, expected_number_ = 0, expected_record_ = 0;
  std::uint64_t absent_until_ = 0;             // no head of stream_ begins between here and there
  std::uint64_t alike_ = 0, alike_until_ = 0;  // all heads between here and there are of that stream, one there is not
  std::uint64_t good_ = 0;
  Damage damage_;
};

}  // namespace argus
