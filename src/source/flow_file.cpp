#include "source/flow_file.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "codec/block_reader.h"
#include "flow/selected_rows.h"
#include "flow/where.h"
#include "source/kinds.h"
#include "source/open_source.h"
#include "source/skip_reason.h"

namespace argus {

namespace {

constexpr std::size_t kRefusalBytes = 1000;  // of a sensor's reason that are shown

// A sensor's words, each line made safe; those below the first are the hint.
Error refused_by(std::string_view text) {
  Error out{Errc::unsupported, {}, {}};
  bool first = true;
  for (const std::string_view line : split_words(text.substr(0, kRefusalBytes), "\n")) {
    if (!out.hint.empty()) out.hint += '\n';
    if (!first) out.hint += "  ";
    append_escaped(line, std::exchange(first, false) ? out.text : out.hint);
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
    else reader_.damaged(*waiting_, header.error());
    waiting_.reset();
  } else if (!waiting_) {
    done_ = true;
  }
  if (header_.refused.empty()) return {};
  return while_doing(reader_.name(), refused_by(header_.refused));
}

Result<> FlowFile::bind(const Needs& needs, const Resources& resources) {
  needs_ = needs;
  needs_.fields = stored_inputs(needs.fields);
  if (needs_.where) where_fields_ = stored_inputs(needs_.where->fields());
  stop_ = resources.stop;
  return {};
}

// The wanted rows of a frame: the predicate's columns first, the others only where a row matched.
Result<Batch> FlowFile::rows_of(const StreamFrame& frame, const BlockDirectory& directory) const {
  const Bytes columns = frame.columns();
  BlockReader reader(directory, columns, frame.head);
  Batch batch(frame.head.rows);
  batch.set_ordinal({0, frame.number});
  const Verdict verdict = needs_.where ? needs_.where->judge(directory) : Verdict::all;
  if (verdict == Verdict::all) {
    if (!raw_.wanted || !raw_.wanted(directory, batch.rows())) {
      ARGUS_TRY(reader.read(needs_.fields, batch));
      return batch;
    }
    ARGUS_TRY(ColumnChecksums(directory, columns).verify(frame.head.stream));
    ARGUS_TRY(reader.read(raw_.columns, batch));
    batch.set_raw_frame(std::make_shared<const RawFrame>(RawFrame{frame.bytes}));
    return batch;
  }
  ARGUS_TRY(reader.read(where_fields_, batch));
  const std::vector<std::uint32_t> rows = selected_rows(batch, *needs_.where);
  if (rows.empty()) return Batch();
  ARGUS_TRY(reader.read(needs_.fields, batch));
  return rows.size() == batch.rows() ? batch : gathered(batch, rows);
}

// False when the frame has nothing to give: damaged, or no row wanted. `apart`, where it is not null, gets the frame
// when it can be worked on while others are read.
Result<bool> FlowFile::flows(StreamFrame frame, Batch& out, std::optional<FlowFrame>* apart) {
  auto directory = BlockDirectory::parse(frame.directory, frame.head);
  if (!directory) return reader_.damaged(frame, directory.error()), false;
  if (needs_.where && needs_.where->judge(*directory) == Verdict::none) {
    if (counts_skipped_) note_skipped(*directory);
    return false;
  }
  const bool settled = apart != nullptr && reader_.is_settled();
  const auto read = reader_.read(frame);
  if (read) note_times(*directory);
  if (read && settled) {
    apart->emplace(FlowFrame{std::move(frame), *std::move(directory)});
    return true;
  }
  auto rows = read ? rows_of(frame, *directory) : Result<Batch>(read.error());
  if (read && !rows && rows.error().code == Errc::corrupt && reader_.mend(frame)) rows = rows_of(frame, *directory);
  if (!rows && rows.error().code != Errc::corrupt) return std::move(rows.error());
  if (!rows) return reader_.damaged(frame, rows.error()), false;
  note_read(frame.head, rows->rows());
  out = *std::move(rows);
  if (in_parts_ && out.rows() != 0) note_given(frame.number);
  return out.rows() != 0;
}

void FlowFile::note_skipped(const BlockDirectory& directory) {
  switch (skip_reason(*needs_.where, directory)) {
    case SkipReason::time: counts_.skipped_by_time++; break;
    case SkipReason::range: counts_.skipped_by_range++; break;
    case SkipReason::membership: counts_.skipped_by_membership++; break;
  }
}

void FlowFile::note_times(const BlockDirectory& directory) {
  const auto first = directory.range(Field::stime), last = directory.range(Field::ltime);
  if (first && last && first->any && last->any) times_.widen(value_of_image(first->least), value_of_image(last->most));
}

void FlowFile::note_read(const FrameHead& head, std::size_t kept) {
  counts_.frames_read++;
  counts_.rows_read += head.rows;
  counts_.rows_kept += kept;
}

void FlowFile::take_ledger(const StreamFrame& frame) {
  auto entries = decode_ledger(frame.directory);
  if (!entries) return reader_.damaged(frame, entries.error());
  for (LedgerEntry& entry : *entries) {
    const bool wanted = (entry.begin == 0 && entry.end == 0) || needs_.when.overlaps(entry.begin, entry.end);
    if (wanted && in_parts_) entries_.emplace_back(frame.number, std::move(entry));
    else if (wanted) journal_.add(std::move(entry));
  }
}

Result<Step> FlowFile::next(Batch& out) {
  if (broken_) return *std::exchange(broken_, std::nullopt);
  return walk(out, nullptr);
}

Result<Step> FlowFile::walk(Batch& out, std::optional<FlowFrame>* apart) {
  out = Batch();
  while (!done_ && !stopped()) {
    reader_.mark();
    std::optional<StreamFrame> frame = std::exchange(waiting_, std::nullopt);
    if (!frame) {
      ARGUS_TRY_LET(frame, reader_.next());
    }
    if (!frame) {
      done_ = true;
      break;
    }
    switch (static_cast<FrameType>(frame->head.type)) {
      case FrameType::flows: {
        ARGUS_TRY_LET(const bool some, flows(*std::move(frame), out, apart));
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

// The frame in which the input was cut is no damage.
std::vector<Error> FlowFile::problems() const {
  return (cut_ ? reader_.log().damage_before_mark() : reader_.log().damage()).said;
}

void FlowFile::drain(Journal& out) {
  for (const LedgerEntry& entry : journal_.drain()) out.add(entry);
  if (in_parts_) return drain_parts(out);
  const DamageLog::Lost& now = cut_ ? reader_.log().lost_before_mark() : reader_.log().lost();
  out.add({name_, 0, 0, LedgerItem::records_lost, now.records - told_.records});
  out.add({name_, 0, 0, LedgerItem::bytes_skipped, now.bytes - told_.bytes});
  out.add({name_, 0, 0, LedgerItem::frames_damaged, now.frames - told_.frames});
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

Result<OpenedKind> open_flow_file(InputStream input, const SourceOptions& options) {
  auto file = std::make_unique<FlowFile>(std::move(input));
  if (options.count_skipped) file->count_skipped();
  ARGUS_TRY(file->start());
  return opened_kind(std::move(file));
}

}  // namespace argus
