#include "source/flow_file.h"

#include <algorithm>

#include "base/text.h"
#include "codec/frame.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/where.h"
#include "source/kinds.h"
#include "source/open_source.h"

namespace argus {

namespace {

constexpr std::size_t kRefusalBytes = 1000;  // of a sensor's reason that are shown

// A sensor's words, each line made safe.
std::string safe_lines(std::string_view text) {
  std::string out;
  for (const std::string_view line : split_words(text.substr(0, kRefusalBytes), "\n")) {
    if (!out.empty()) out += "\n  ";
    append_escaped(line, out);
  }
  return out;
}

}  // namespace

Result<> FlowFile::start() {
  ARGUS_TRY_LET(waiting_, reader_.next());
  if (waiting_ && static_cast<FrameType>(waiting_->head.type) == FrameType::header) {
    auto header = decode_header(waiting_->directory);
    has_header_ = static_cast<bool>(header);
    if (header) header_ = *std::move(header);
    else reader_.damaged(header.error());
    waiting_.reset();
  } else if (!waiting_) {
    done_ = true;
  }
  if (header_.refused.empty()) return {};
  return fail(Errc::unsupported, "{}: {}", reader_.name(), safe_lines(header_.refused));
}

Result<> FlowFile::bind(const Needs& needs, const Resources& resources) {
  needs_ = needs;
  needs_.fields = stored_inputs(needs.fields);
  if (needs_.where) where_fields_ = stored_inputs(needs_.where->fields());
  stop_ = resources.stop;
  return {};
}

// All rows of a frame as they are, every check of it made.
Result<Batch> FlowFile::raw_rows(const StreamReader::Frame& frame, const BlockDirectory& directory, BlockReader& reader,
                                 Bytes columns) {
  ARGUS_TRY(ColumnChecksums(directory, columns).verify(frame.head.stream));
  Batch batch(frame.head.rows);
  ARGUS_TRY(reader.read(raw_.columns, batch));
  ARGUS_TRY_LET(const Bytes whole, reader_.whole());
  batch.set_raw_frame(std::make_shared<const RawFrame>(RawFrame{SharedBytes({whole.begin(), whole.end()})}));
  return batch;
}

// The wanted rows of a frame: the predicate's columns first, the others only where a row matched.
Result<Batch> FlowFile::rows_of(const StreamReader::Frame& frame, const BlockDirectory& directory) {
  ARGUS_TRY_LET(const Bytes columns, reader_.columns());
  if (columns.size() != frame.head.columns()) return fail(Errc::corrupt, "cut short");
  BlockReader reader(directory, columns, frame.head);
  Batch batch(frame.head.rows);
  const Verdict verdict = needs_.where ? needs_.where->judge(directory) : Verdict::all;
  if (verdict == Verdict::all) {
    if (raw_.wanted && raw_.wanted(directory, batch.rows())) return raw_rows(frame, directory, reader, columns);
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
  if (!rows && rows.error().code == Errc::corrupt && reader_.mend()) rows = rows_of(frame, *directory);
  if (!rows && rows.error().code != Errc::corrupt) return std::move(rows.error());
  if (!rows) return reader_.damaged(rows.error()), false;
  out = *std::move(rows);
  return out.rows() != 0;
}

void FlowFile::take_ledger(const StreamReader::Frame& frame) {
  auto entries = decode_ledger(frame.directory);
  if (!entries) return reader_.damaged(entries.error());
  for (LedgerEntry& entry : *entries)
    if ((entry.begin == 0 && entry.end == 0) || needs_.when.overlaps(entry.begin, entry.end))
      journal_.add(std::move(entry));
}

Result<Step> FlowFile::next(Batch& out) {
  out = Batch();
  while (!done_ && !stopped()) {
    before_ = damage();
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
        take_ledger(*frame);
        if (header_.live && !journal_.empty()) return Step::rows;  // none, but something to say
        break;
      }
      default: break;
    }
  }
  cut_ = stopped();
  return Step::end;
}

FlowFile::Extent FlowFile::damage() const {
  if (cut_) return before_;
  const Damage& now = reader_.damage();
  return {now.records, now.bytes, now.frames, now.said.size()};
}

std::vector<Error> FlowFile::problems() const {
  std::vector<Error> out = reader_.damage().said;
  out.resize(damage().said);
  return out;
}

void FlowFile::drain(Journal& out) {
  for (const LedgerEntry& entry : journal_.drain()) out.add(entry);
  const Extent now = damage();
  out.add({reader_.name(), 0, 0, LedgerItem::records_lost, now.records - told_.records});
  out.add({reader_.name(), 0, 0, LedgerItem::bytes_skipped, now.bytes - told_.bytes});
  out.add({reader_.name(), 0, 0, LedgerItem::frames_damaged, now.frames - told_.frames});
  told_ = now;
}

// The marker, or most of it: a file whose first bytes were hit is still read.
bool recognise_flow_file(Bytes head) {
  if (head.size() < kFrameMarker.size()) return false;
  std::size_t agree = 0;
  for (std::size_t i = 0; i < kFrameMarker.size(); i++)
    agree += head[i] == static_cast<std::byte>(kFrameMarker[i]) ? 1u : 0u;
  return agree >= kFrameMarker.size() / 2 + 1;
}

Result<OpenedKind> open_flow_file(InputStream input, const SourceOptions&) {
  auto file = std::make_unique<FlowFile>(std::move(input));
  ARGUS_TRY(file->start());
  return opened_kind(std::move(file));
}

}  // namespace argus
