// Flow records from a stream of frames: a file, a pipe, a connection, compressed or not.
#pragma once

#include <atomic>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"
#include "codec/block_reader.h"
#include "codec/directory.h"
#include "codec/stream.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/progress.h"
#include "flow/source.h"

namespace argus {

class FlowFile final : public Source, public Measured {
 public:
  explicit FlowFile(InputStream input) : reader_(std::move(input)) {}

  // Reads up to the first header, so that its facts are known. Errc::unsupported with a sensor's reason when that is a
  // refusal.
  [[nodiscard]] Result<> start();
  // start() met a header.
  [[nodiscard]] bool has_header() const { return has_header_; }
  // The stream was closed well by its writer.
  [[nodiscard]] bool ended() const { return reader_.ended(); }

  void accept_raw_frames(const RawFrameRequest& request) override { raw_ = request; }
  Result<> bind(const Needs& needs, const Resources& resources) override;
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override;
  void drain(Journal& out) override;
  std::vector<Error> problems() const override;
  Progress progress() const override { return {cut_, 0, 0, 0, reader_.records(), done_}; }

 private:
  [[nodiscard]] Result<bool> flows(const StreamReader::Frame& frame, Batch& out);
  [[nodiscard]] Result<Batch> rows_of(const StreamReader::Frame& frame, const BlockDirectory& directory);
  [[nodiscard]] Result<Batch> raw_rows(const StreamReader::Frame& frame, const BlockDirectory& directory,
                                       BlockReader& reader, Bytes columns);
  void take_ledger(const StreamReader::Frame& frame);
  [[nodiscard]] bool stopped() const { return stop_ != nullptr && *stop_; }

  StreamReader reader_;
  std::optional<StreamReader::Frame> waiting_;
  StreamHeader header_;
  Needs needs_;
  FieldSet where_fields_;
  RawFrameRequest raw_;
  const std::atomic<bool>* stop_ = nullptr;
  bool done_ = false, has_header_ = false, cut_ = false;
  Journal journal_;
  // Numbers of the damage: told so far, and before the frame in which the input was cut, which is no damage.
  struct Extent {
    std::uint64_t records = 0, bytes = 0, frames = 0;
    std::size_t said = 0;
  };
  [[nodiscard]] Extent damage() const;
  Extent told_, before_;
};

}  // namespace argus
