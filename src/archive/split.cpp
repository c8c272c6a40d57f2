// Two ways to choose a file: by what a record is (RoutedSink), or by those before it (SeriesSink).
#include "archive/split.h"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "archive/grouped_rows.h"
#include "archive/split_files.h"
#include "codec/block.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "sink/flow_sink.h"

namespace argus {

namespace {

constexpr std::size_t kManyGroups = 64;             // of a batch: its rows wait for others
constexpr std::size_t kHeldBytesMost = 128u << 20;  // bytes that wait for full frames
constexpr std::size_t kBatchBytes = 16 * 1024;      // of a held batch beside its rows
constexpr std::size_t kRowBytes = 400;
constexpr Nanos kLookAtTimeEvery = kSecond;

// What makes names.
TextStyle name_style() {
  TextStyle out;
  out.names = Names::proto;
  return out;
}

class RoutedSink final : public SplitSink {
 public:
  RoutedSink(SplitOptions options, SplitFiles files) : options_(std::move(options)), files_(std::move(files)) {
    if (!options_.now) options_.now = wall_now;
    if (options_.step) spans_.emplace(*options_.step);
    for (const Field field : options_.names.fields()) {
      printers_.emplace_back(field, name_style());
      grouped_by_ |= FieldSet{field} | printers_.back().also_reads();
    }
  }

  FieldSet fields() const override { return FieldSet::all_stored() | grouped_by_; }
  // Frames of which every record goes to the same file.
  std::optional<RawFrameRequest> raw_frame_request() const override {
    FieldSet alike;
    for (const Field field : grouped_by_.list()) alike |= stored_inputs({field});
    FieldSet columns = alike;
    if (options_.step) columns.add(Field::stime);
    return RawFrameRequest{columns, [alike, step = options_.step](const FrameStats& stats, std::size_t rows) {
                             if (rows < kCopiedRows) return false;
                             const std::vector<Field> fields = alike.list();
                             return (!step || within_span(stats, Field::stime, Field::stime, *step)) &&
                                    std::all_of(fields.begin(), fields.end(), [&](Field f) { return stats.same(f); });
                           }};
  }
  Result<> begin(const StreamHeader& header) override {
    live_ = header.live;
    files_.begin(header);
    if (options_.step || !options_.names.fields().empty()) return {};
    // The only file is there even without records, and is refused before any is read.
    ARGUS_TRY_LET(last_, files_.output(options_.names.names({}, {})));
    auto opened = files_.open(*last_);
    return opened ? Result<>() : Result<>(std::move(opened.error()));
  }
  Result<> write(const Batch& batch) override {
    const RowGroups groups = batch.raw_frame() ? RowGroups{} : groups_of(batch);
    if (groups.count <= kManyGroups) {
      ARGUS_TRY(take_waiting());
      ARGUS_TRY(take(batch, groups));
    } else {
      if (waiting_rows_ + batch.rows() > kBatchRowsMax) ARGUS_TRY(take_waiting());
      waiting_.push_back(batch);
      waiting_rows_ += batch.rows();
    }
    return live_ && options_.now() - looked_ >= kLookAtTimeEvery ? tick() : Result<>();
  }
  // To the file that was written to last: what a ledger counts is of all files, and must be there once.
  Result<> ledger(const std::vector<LedgerEntry>& entries) override {
    entries_.insert(entries_.end(), entries.begin(), entries.end());
    return last_ != nullptr && entries_.size() >= kEntriesHeld ? put_ledger() : Result<>();
  }
  Result<> tick() override {
    looked_ = options_.now();
    ARGUS_TRY(flush());
    // A file that is closed is not opened again for it.
    if (last_ != nullptr && last_->sink) ARGUS_TRY(put_ledger());
    for (SplitFiles::Output* out : files_.open_ones())
      if (out->ends <= looked_) ARGUS_TRY(files_.close(*out));
    return {};
  }
  Result<> finish() override {
    ARGUS_TRY(flush());
    ARGUS_TRY(put_ledger());
    return options_.interrupted && options_.interrupted() ? files_.close_new() : files_.close_all();
  }
  SplitCounts counts() const override { return files_.counts(records_); }

 private:
  static constexpr std::size_t kEntriesHeld = 1024;

  RowGroups groups_of(const Batch& batch) {
    RowGroups out;
    if (spans_) out.divide(batch[Field::stime], batch.rows(), *spans_);
    for (const Field field : grouped_by_.list()) out.divide(column_of(batch, field), batch.rows());
    return out;
  }
  Result<SplitFiles::Output*> output_of(const Batch& batch, std::uint32_t row) {
    std::optional<ClockSpan> span;
    if (const Column& stime = batch[Field::stime]; spans_ && stime.has(row)) span = spans_->at(stime.at<Nanos>(row));
    std::vector<std::string> values;
    for (FieldPrinter& printer : printers_) printer.append(row, values.emplace_back());
    const std::optional<Nanos> time = span ? std::optional(span->begin) : std::nullopt;
    ARGUS_TRY_LET(SplitFiles::Output* const out, files_.output(options_.names.names(time, values)));
    const Nanos ends = span ? span->end : INT64_MAX;
    out->ends = out->ends == INT64_MAX ? ends : std::max(out->ends, ends);
    return out;
  }
  Result<> take(const Batch& batch, const RowGroups& groups) {
    for (FieldPrinter& printer : printers_) printer.start(batch);
    if (groups.count == 1) return hold(batch, 0, batch);
    for (const auto& rows : groups.rows(batch.rows())) ARGUS_TRY(hold(batch, rows.front(), gathered(batch, rows)));
    return {};
  }
  Result<> hold(const Batch& batch, std::uint32_t row, Batch rows) {
    ARGUS_TRY_LET(SplitFiles::Output* const out, output_of(batch, row));
    const std::size_t n = rows.rows();
    if (!std::exchange(out->listed, true)) holding_.push_back(out);
    out->held.push_back(std::move(rows));
    out->held_rows += n;
    held_bytes_ += kBatchBytes + n * kRowBytes;
    last_ = out;
    if (out->held_rows >= kRowsAFrame) return put(*out);
    return held_bytes_ > kHeldBytesMost ? put_held() : Result<>();
  }
  Result<> take_waiting() {
    if (waiting_.empty()) return {};
    const Batch all = concatenated(std::exchange(waiting_, {}));
    waiting_rows_ = 0;
    return take(all, groups_of(all));
  }
  Result<> put(SplitFiles::Output& out) {
    if (out.held.empty()) return {};
    ARGUS_TRY_LET(FlowSink* const sink, files_.open(out));
    for (const Batch& batch : out.held) ARGUS_TRY(sink->write(batch));
    ARGUS_TRY(sink->tick());
    held_bytes_ -= out.held.size() * kBatchBytes + out.held_rows * kRowBytes;
    records_ += out.held_rows;
    out.held.clear();
    out.held_rows = 0;
    return {};
  }
  Result<> put_held() {
    for (SplitFiles::Output* out : std::exchange(holding_, {})) {
      out->listed = false;
      ARGUS_TRY(put(*out));
    }
    return {};
  }
  Result<> flush() {
    ARGUS_TRY(take_waiting());
    return put_held();
  }
  Result<> put_ledger() {
    if (entries_.empty() || last_ == nullptr) return {};
    ARGUS_TRY_LET(FlowSink* const sink, files_.open(*last_));
    return sink->ledger(std::exchange(entries_, {}));
  }

  SplitOptions options_;
  SplitFiles files_;
  std::optional<ClockSpans> spans_;
  std::vector<FieldPrinter> printers_;
  FieldSet grouped_by_;
  bool live_ = false;
  Nanos looked_ = 0;
  std::vector<Batch> waiting_;
  std::size_t waiting_rows_ = 0, held_bytes_ = 0;
  std::vector<SplitFiles::Output*> holding_;
  SplitFiles::Output* last_ = nullptr;
  std::vector<LedgerEntry> entries_;
  std::uint64_t records_ = 0;
};

class SeriesSink final : public SplitSink {
 public:
  SeriesSink(SplitOptions options, SplitFiles files) : options_(std::move(options)), files_(std::move(files)) {}

  FieldSet fields() const override {
    const WherePtr& begins = options_.series.begins;
    return begins ? FieldSet::all_stored() | begins->fields() : FieldSet::all_stored();
  }
  Result<> begin(const StreamHeader& header) override {
    files_.begin(header);
    return {};
  }
  Result<> write(const Batch& batch) override {
    std::vector<std::uint8_t> begins;
    if (options_.series.begins) {
      begins.assign(batch.rows(), 1);
      options_.series.begins->select(batch, begins);
    }
    for (std::size_t at = 0; at < batch.rows();) {
      if (is_full() || (at < begins.size() && begins[at] != 0 && rows_ != 0)) ARGUS_TRY(next_file());
      const std::size_t to = end_of_piece(batch, begins, at);
      ARGUS_TRY(put(batch, at, to));
      at = to;
    }
    return {};
  }
  Result<> ledger(const std::vector<LedgerEntry>& entries) override {
    entries_.insert(entries_.end(), entries.begin(), entries.end());
    return {};
  }
  Result<> tick() override {
    if (current_ == nullptr) return {};
    ARGUS_TRY_LET(FlowSink* const sink, files_.open(*current_));
    if (!entries_.empty()) ARGUS_TRY(sink->ledger(std::exchange(entries_, {})));
    return sink->tick();
  }
  Result<> finish() override {
    ARGUS_TRY(tick());
    return options_.interrupted && options_.interrupted() ? files_.close_new() : files_.close_all();
  }
  SplitCounts counts() const override { return files_.counts(records_); }

 private:
  bool is_full() const {
    const FileSeries& series = options_.series;
    if (current_ == nullptr) return true;
    return (series.count != 0 && rows_ >= series.count) ||
           (series.size != 0 && current_->sink && current_->sink->bytes() >= series.size);
  }
  // Rows from `at` on that go to the present file before anything has to be looked at.
  std::size_t end_of_piece(const Batch& batch, const std::vector<std::uint8_t>& begins, std::size_t at) const {
    const FileSeries& series = options_.series;
    std::size_t to = batch.rows();
    if (series.count != 0) to = at + static_cast<std::size_t>(std::min<std::uint64_t>(to - at, series.count - rows_));
    // Frames that are small beside the file, so that it ends near its size.
    if (series.size != 0) to = std::min(to, at + std::clamp<std::size_t>(series.size / 256, 16, kRowsAFrame));
    if (!begins.empty())
      to = static_cast<std::size_t>(std::find(begins.begin() + static_cast<std::ptrdiff_t>(at) + 1, begins.end(), 1) -
                                    begins.begin());
    return to;
  }
  Result<> put(const Batch& batch, std::size_t from, std::size_t to) {
    ARGUS_TRY_LET(FlowSink* const sink, files_.open(*current_));
    rows_ += to - from;
    records_ += to - from;
    if (from == 0 && to == batch.rows()) {
      ARGUS_TRY(sink->write(batch));
    } else {
      std::vector<std::uint32_t> rows(to - from);
      std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(from));
      ARGUS_TRY(sink->write(gathered(batch, rows)));
    }
    return options_.series.size != 0 ? sink->tick() : Result<>();
  }
  Result<> next_file() {
    if (current_ != nullptr) {
      ARGUS_TRY(tick());
      ARGUS_TRY(files_.close(*current_));
    }
    std::vector<std::string> names = options_.names.names({}, {});
    names.back() += series_letters(number_++, options_.series.letters);
    ARGUS_TRY_LET(current_, files_.output(std::move(names)));
    rows_ = 0;
    return {};
  }

  SplitOptions options_;
  SplitFiles files_;
  SplitFiles::Output* current_ = nullptr;
  std::uint64_t number_ = 0, rows_ = 0, records_ = 0;
  std::vector<LedgerEntry> entries_;
};

}  // namespace

std::string existing_text(const SplitCounts& counts) {
  std::string out;
  if (counts.replaced != 0) out += fmt::format("; {} replaced", counts.replaced);
  if (counts.appended != 0) out += fmt::format("; {} appended to", counts.appended);
  return out;
}

Result<std::unique_ptr<SplitSink>> split_sink(SplitOptions options) {
  ARGUS_TRY_LET(SplitFiles files, SplitFiles::create(options));
  if (options.series.any()) {
    assert(!options.names.has_time() && options.names.fields().empty());
    return std::unique_ptr<SplitSink>(std::make_unique<SeriesSink>(std::move(options), std::move(files)));
  }
  return std::unique_ptr<SplitSink>(std::make_unique<RoutedSink>(std::move(options), std::move(files)));
}

}  // namespace argus
