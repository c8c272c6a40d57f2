// Flow records from a stream of frames: a file, a pipe, a connection, compressed or not.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/stream.h"
#include "codec/damage.h"
#include "codec/directory.h"
#include "codec/frame.h"
#include "codec/stream.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/progress.h"
#include "flow/source.h"

namespace argus {

// A frame of rows of which some may be wanted.
struct FlowFrame {
  StreamFrame frame;
  BlockDirectory directory;  // of the frame's
};

class FlowFile final : public Source, public MeasuredSource {
 public:
  // `name` is what the ledger calls it: the input's, unless that has none.
  explicit FlowFile(InputStream input) : reader_(std::move(input)), name_(reader_.name()) {}
  FlowFile(InputStream input, std::string name) : reader_(std::move(input)), name_(std::move(name)) {}

  // Reads up to the first header, so that its facts are known. Errc::unsupported with a sensor's reason when that is a
  // refusal.
  [[nodiscard]] Result<> start();
  // start() met a header.
  [[nodiscard]] bool has_header() const { return has_header_; }
  // Before bind(): progress() tells why frames were skipped.
  void count_skipped() { counts_skipped_ = true; }
  // The stream was closed well by its writer.
  [[nodiscard]] bool ended() const { return reader_.ended(); }

  void accept_raw_frames(const RawFrameRequest& request) override { raw_ = request; }
  Result<> bind(const Needs& needs, const Resources& resources) override;
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override;
  std::vector<SourcePtr> split(std::size_t n) override;
  void drain(Journal& out) override;
  std::vector<Error> problems() const override;
  const MeasuredSource* measured() const override { return this; }
  Progress progress() const override {
    return {.cut = cut_, .records = reader_.records(), .ended = done_, .read = counts_, .times = times_};
  }

 private:
  class Part;

  // What a part found in the frame that it was given.
  struct Outcome {
    StreamFrame frame;
    bool mended = false;
    std::size_t kept = 0;  // rows that were wanted
    std::optional<Error> error;
  };

  [[nodiscard]] Result<Step> walk(Batch& out, std::optional<FlowFrame>* apart);
  [[nodiscard]] Result<bool> flows(StreamFrame frame, Batch& out, std::optional<FlowFrame>* apart);
  // On any thread: the wanted rows of a frame that was read.
  [[nodiscard]] Result<Batch> rows_of(const StreamFrame& frame, const BlockDirectory& directory) const;
  void note_skipped(const BlockDirectory& directory);
  void note_times(const BlockDirectory& directory);
  void note_read(const FrameHead& head, std::size_t kept);
  void take_ledger(const StreamFrame& frame);
  [[nodiscard]] bool stopped() const { return stop_ != nullptr && *stop_; }
  // For a part: tells of its frame before, and walks to the next one that it is to work on, or decodes it where it is.
  [[nodiscard]] Step next_apart(const std::optional<Outcome>& before, Batch& out, std::optional<FlowFrame>& work);
  void take_outcome(const Outcome& outcome);
  void note_given(std::uint64_t frame);
  void drain_parts(Journal& out);

  StreamReader reader_;
  std::string name_;
  std::optional<StreamFrame> waiting_;
  StreamHeader header_;
  Needs needs_;
  FieldSet where_fields_;
  RawFrameRequest raw_;
  const std::atomic<bool>* stop_ = nullptr;
  bool done_ = false, has_header_ = false, cut_ = false, counts_skipped_ = false;
  ReadCounts counts_;
  TimesRead times_;
  std::optional<Error> broken_;  // why parts ended before the input did
  Journal journal_;
  DamageLog::Lost told_;
  // Of parts: what ledgers say and which frames had rows for somebody, so that all is told in the order of frames.
  bool in_parts_ = false;
  std::vector<std::pair<std::uint64_t, LedgerEntry>> entries_;
  std::vector<bool> given_;
};

}  // namespace argus
