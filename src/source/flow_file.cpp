// Flow records from a stream of frames: a file, a pipe, compressed or not.
#include <algorithm>

#include "codec/stream.h"
#include "source/kinds.h"

namespace argus {

namespace {

class FlowFile final : public Source {
 public:
  explicit FlowFile(InputStream input) : reader_(std::move(input)) {}

  // Reads up to the first header, so that its facts are known.
  Result<> start() {
    ARGUS_TRY_LET(waiting_, reader_.next());
    if (waiting_ && static_cast<FrameType>(waiting_->head.type) == FrameType::header) {
      auto header = decode_header(waiting_->directory);
      if (header) header_ = *std::move(header);
      else reader_.damaged(header.error());
      waiting_.reset();
    } else if (!waiting_) {
      done_ = true;
    }
    return {};
  }

  Result<> bind(const Needs& needs, const Resources& resources) override {
    needs_ = needs;
    needs_.fields = stored_inputs(needs.fields);
    if (needs_.where) where_fields_ = stored_inputs(needs_.where->fields());
    stop_ = resources.stop;
    return {};
  }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override;
  void drain(Journal& out) override;
  std::vector<Error> troubles() const override { return reader_.damage().said; }

 private:
  [[nodiscard]] Result<bool> flows(const StreamReader::Frame& frame, Batch& out);
  [[nodiscard]] Result<Batch> rows_of(const StreamReader::Frame& frame, const BlockDirectory& directory);

  StreamReader reader_;
  std::optional<StreamReader::Frame> waiting_;
  StreamHeader header_;
  Needs needs_;
  FieldSet where_fields_;
  const std::atomic<bool>* stop_ = nullptr;
  bool done_ = false;
  Journal journal_;
  Damage told_;
};

// The wanted rows of a frame: the predicate's columns first, the others only where a row matched.
Result<Batch> FlowFile::rows_of(const StreamReader::Frame& frame, const BlockDirectory& directory) {
  ARGUS_TRY_LET(const Bytes columns, reader_.columns());
  if (columns.size() != frame.head.stored - frame.head.directory) return fail(Errc::corrupt, "cut short");
  BlockReader reader(directory, columns, frame.head);
  Batch batch(frame.head.rows);
  const Verdict verdict = needs_.where ? needs_.where->judge(directory) : Verdict::all;
  if (verdict == Verdict::all) {
    ARGUS_TRY(reader.read(needs_.fields, batch));
    return batch;
  }
  ARGUS_TRY(reader.read(where_fields_, batch));
  std::vector<std::uint8_t> keep(batch.rows(), 1);
  needs_.where->select(batch, keep);
  std::vector<std::uint32_t> rows;
  for (std::size_t i = 0; i < keep.size(); i++)
    if (keep[i] != 0) rows.push_back(static_cast<std::uint32_t>(i));
  if (rows.empty()) return Batch();
  ARGUS_TRY(reader.read(needs_.fields, batch));
  return rows.size() == batch.rows() ? batch : gathered(batch, rows);
}

// False when the frame has nothing to give: damaged, or no row wanted.
Result<bool> FlowFile::flows(const StreamReader::Frame& frame, Batch& out) {
  auto directory = BlockDirectory::parse(frame.directory, frame.head);
  if (!directory) return reader_.damaged(directory.error()), false;
  if (needs_.where && needs_.where->judge(*directory) == Verdict::none) return false;
  auto rows = rows_of(frame, *directory);
  if (!rows && rows.error().code != Errc::corrupt) return std::move(rows.error());
  if (!rows) return reader_.damaged(rows.error()), false;
  out = *std::move(rows);
  return out.rows() != 0;
}

Result<Step> FlowFile::next(Batch& out) {
  out = Batch();
  while (!done_ && (stop_ == nullptr || !*stop_)) {
    std::optional<StreamReader::Frame> frame = std::exchange(waiting_, std::nullopt);
    if (!frame) {
      ARGUS_TRY_LET(frame, reader_.next());
    }
    if (!frame) {
      done_ = true;
      break;
    }
    switch (static_cast<FrameType>(frame->head.type)) {
      case FrameType::flows: {
        ARGUS_TRY_LET(const bool some, flows(*frame, out));
        if (some) return Step::rows;
        break;
      }
      case FrameType::ledger: {
        auto entries = decode_ledger(frame->directory);
        if (!entries) {
          reader_.damaged(entries.error());
          break;
        }
        for (LedgerEntry& entry : *entries)
          if ((entry.begin == 0 && entry.end == 0) || needs_.when.overlaps(entry.begin, entry.end))
            journal_.add(std::move(entry));
        break;
      }
      default: break;
    }
  }
  return Step::end;
}

void FlowFile::drain(Journal& out) {
  for (const LedgerEntry& entry : journal_.drain()) out.add(entry);
  const Damage& now = reader_.damage();
  out.add({reader_.name(), 0, 0, LedgerItem::records_lost, now.records - told_.records});
  out.add({reader_.name(), 0, 0, LedgerItem::bytes_skipped, now.bytes - told_.bytes});
  out.add({reader_.name(), 0, 0, LedgerItem::frames_damaged, now.frames - told_.frames});
  told_.records = now.records, told_.bytes = now.bytes, told_.frames = now.frames;
}

}  // namespace

// The marker, or most of it: a file whose first bytes were hit is still read.
bool recognise_flow_file(Bytes head) {
  if (head.size() < kFrameMarker.size()) return false;
  std::size_t agree = 0;
  for (std::size_t i = 0; i < kFrameMarker.size(); i++)
    agree += head[i] == static_cast<std::byte>(kFrameMarker[i]) ? 1u : 0u;
  return agree >= kFrameMarker.size() / 2 + 1;
}

Result<SourcePtr> open_flow_file(InputStream input, const SourceOptions&) {
  auto file = std::make_unique<FlowFile>(std::move(input));
  ARGUS_TRY(file->start());
  return SourcePtr(std::move(file));
}

}  // namespace argus
