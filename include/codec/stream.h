// Streams of frames: what a writer says one after the other, and how a reader finds its way through, also past damage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/stream.h"
#include "codec/block.h"
#include "codec/frame.h"
#include "flow/ledger.h"
#include "flow/source.h"

namespace argus {

inline constexpr std::uint64_t kHeaderEvery = 256;  // frames after which the header is repeated

// Makes the frames of one stream. Bytes are appended to `out`; where they go, and the random id, come from outside.
class StreamWriter {
 public:
  explicit StreamWriter(std::uint64_t stream) : stream_(stream) {}
  // The first thing of a stream.
  void begin(const StreamHeader& header, std::vector<std::byte>& out);
  // A batch of at most kRowsAFrame rows and kRawMax raw bytes.
  void flows(const Batch& batch, std::vector<std::byte>& out);
  void ledger(const std::vector<LedgerEntry>& entries, std::vector<std::byte>& out);
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
    std::uint64_t offset = 0;         // of the head in the input
    std::vector<std::byte> directory;
  };
  // The next frame of a known type, or nothing at the end. Errc::foreign for a newer format; Errc::io as the input has it.
  [[nodiscard]] Result<std::optional<Frame>> next();
  // The bytes behind the directory of the frame given last; fewer than it says only where the input ends. Until next().
  [[nodiscard]] Result<Bytes> columns();
  // The frame given last turned out damaged: its rows are lost.
  void damaged(const Error& why);
  // The input's last word, once next() gave nothing.
  [[nodiscard]] const Damage& damage() const { return damage_; }
  [[nodiscard]] std::uint64_t records() const { return good_; }
  [[nodiscard]] const std::string& name() const { return input_.name(); }

 private:
  [[nodiscard]] Result<bool> find_head(FrameHead& head);
  [[nodiscard]] Result<bool> scan(FrameHead& head);
  [[nodiscard]] Result<> leave_frame();
  [[nodiscard]] bool follows(const FrameHead& head);
  [[nodiscard]] Result<> finish();
  void note_loss(const FrameHead& head);
  void say(Errc code, std::string text);

  InputStream input_;
  std::optional<Frame> current_;
  bool scanning_ = false, torn_ = false;
  bool in_stream_ = false, ended_ = false, finished_ = false;
  std::uint64_t stream_ = 0, expected_number_ = 0, expected_record_ = 0;
  std::uint64_t good_ = 0, frames_ = 0, lost_here_ = 0;
  Damage damage_;
};

}  // namespace argus
