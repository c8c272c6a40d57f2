#include "query/cut.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/int128.h"
#include "base/time.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/where.h"
#include "query/recent_spans.h"
#include "query/shares.h"

namespace argus {

namespace {

constexpr std::size_t kPiecesAtOnce = 16'384;  // rows of a batch of pieces

// A piece of a record that goes over a border.
struct Piece {
  std::uint32_t row = 0;    // of the batch that was cut
  std::uint32_t place = 0;  // of the batch of pieces
  bool first = true, last = false;
  Nanos begin = 0, end = 0;                   // of the span
  std::array<std::uint64_t, 2> from{}, to{};  // packets of source and destination before its borders
};

enum class Side : std::uint8_t { src = 0, dst = 1, none = 2 };

Side side_of(Field field) {
  const Field back = info(field).reverse;
  if (back == field) return Side::none;
  return index_of(field) < index_of(back) ? Side::src : Side::dst;
}

// The piece of a row in a span, where packets before it are `from`.
Piece piece_in(const RowTimes& rows, std::uint32_t row, const ClockSpan& span,
               const std::array<std::uint64_t, 2>& from) {
  const Nanos last = rows.ltime(row);
  Piece out{row, row, false, last < span.end || span.end == INT64_MAX, span.begin, span.end, from, {}};
  for (std::size_t side = 0; side < 2; side++) {
    const RecordSide direction = rows.direction(side, row);
    out.to[side] = out.last ? direction.packets : direction.before(span.end);
  }
  return out;
}

// The first piece of a row that goes over a border; nothing for others.
Result<std::optional<Piece>> first_piece(const RowTimes& rows, std::uint32_t row, RecentSpans& spans) {
  if (!rows.timed(row)) return std::optional<Piece>();
  const Nanos first = rows.stime(row), last = rows.ltime(row);
  const ClockSpan span = spans.at(first);
  if (span.holds(last)) return std::optional<Piece>();
  const std::uint64_t length = static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first);
  if (length / static_cast<std::uint64_t>(spans.step().least()) > kSpansOfRecordMax)
    return fail(Errc::limit, "a record spans more than {} time steps; use steps of {} or longer", kSpansOfRecordMax,
                step_word(step_for(static_cast<Nanos>(std::min<std::uint64_t>(length, INT64_MAX)), kSpansOfRecordMax)));
  Piece out = piece_in(rows, row, span, {});
  out.first = true;
  return std::optional(out);
}

// How many pieces a row can have: the first, and others where there is a packet.
std::uint64_t pieces_at_most(const RowTimes& rows, std::uint32_t row, ClockStep step) {
  const std::uint64_t length =
      static_cast<std::uint64_t>(rows.ltime(row)) - static_cast<std::uint64_t>(rows.stime(row));
  const std::uint64_t borders = length / static_cast<std::uint64_t>(step.least()) + 1;
  std::uint64_t others = 0;
  for (std::size_t side = 0; side < 2; side++) others += std::min(borders, rows.direction(side, row).packets);
  return 1 + std::min(borders, others);
}

// The next piece of the row in which there is a packet, so that a long record of few packets takes few steps; nothing
// where none is left.
std::optional<Piece> piece_after(const RowTimes& rows, const Piece& before, RecentSpans& spans) {
  std::optional<Nanos> next;
  for (std::size_t side = 0; side < 2; side++) {
    const RecordSide direction = rows.direction(side, before.row);
    if (before.to[side] >= direction.packets) continue;
    const Nanos time = direction.time_of(before.to[side]);
    next = next ? std::min(*next, time) : time;
  }
  if (!next) return std::nullopt;
  return piece_in(rows, before.row, spans.at(*next), before.to);
}

// A column in which records gave way to pieces: change(piece, value) makes a piece's value of the record's, or says
// that there is none.
template <class T, class Change>
Column changed(const Column& whole, std::size_t rows, std::span<const Piece> pieces, Change&& change) {
  if (whole.absent()) return whole;
  const Flat<T> before = flat<T>(whole, rows);
  std::vector<T> values(before.values.begin(), before.values.end());
  Column::Mask mask(before.mask.begin(), before.mask.end());
  bool same = true;
  for (const Piece& piece : pieces) {
    const std::size_t i = piece.place;
    if (!before.has(i)) continue;
    const T was = values[i];
    const bool stays = change(piece, values[i]);
    same = same && stays && values[i] == was;
    if (stays) continue;
    if (mask.empty()) mask.assign(values.size(), 1);
    mask[i] = 0;
    values[i] = T{};
  }
  if (same) return whole;
  return Column::flat(std::move(values), std::move(mask));
}

// A batch, some of whose rows are pieces of the records that they are of.
class BatchCutter {
 public:
  BatchCutter(const RowTimes& records, std::span<const Piece> pieces) : records_(records), pieces_(pieces) {}

  void apply(Batch& batch) const;

 private:
  template <class T>
  [[nodiscard]] Column shared_out(const Batch& batch, Field field) const;
  [[nodiscard]] Column times_within(const Batch& batch, Field field, bool is_first, Side side) const;
  [[nodiscard]] Column estimates(const Batch& batch) const;

  const RowTimes& records_;
  std::span<const Piece> pieces_;
};

// Sums that follow the packets of a direction; all of it in the first piece where there are none.
template <class T>
Column BatchCutter::shared_out(const Batch& batch, Field field) const {
  const Side side = side_of(field);
  const auto at = static_cast<std::size_t>(side);
  return changed<T>(batch[field], batch.rows(), pieces_, [&](const Piece& piece, T& value) {
    const std::uint64_t packets = side == Side::none ? 0 : records_.direction(at, piece.row).packets;
    const auto until = [&](std::uint64_t n) {
      return static_cast<T>(n == packets ? static_cast<u128>(value)
                                         : static_cast<u128>(value) / packets * n +
                                               static_cast<u128>(value) % packets * n / packets);
    };
    if (packets == 0) value = piece.first ? value : T{};
    else value = static_cast<T>(until(piece.to[at]) - until(piece.from[at]));
    return true;
  });
}

// Times within the span; a direction without packets in a piece has none.
Column BatchCutter::times_within(const Batch& batch, Field field, bool is_first, Side side) const {
  const auto at = static_cast<std::size_t>(side);
  return changed<Nanos>(batch[field], batch.rows(), pieces_, [&](const Piece& piece, Nanos& time) {
    time = is_first ? std::max(time, piece.begin) : std::min(time, piece.end - 1);
    return side == Side::none || piece.to[at] != piece.from[at];
  });
}

Column BatchCutter::estimates(const Batch& batch) const {
  const Flat<std::uint8_t> before = flat<std::uint8_t>(batch[Field::estimated], batch.rows());
  std::vector<std::uint8_t> values(before.values.begin(), before.values.end());
  Column::Mask mask(before.mask.begin(), before.mask.end());
  for (const Piece& piece : pieces_) {
    values[piece.place] = 1;
    if (!mask.empty()) mask[piece.place] = 1;
  }
  return Column::flat(std::move(values), std::move(mask));
}

void BatchCutter::apply(Batch& batch) const {
  for (const Field field : present_fields(batch).list()) {
    if (!is_stored(field) || info(field).merge != Merge::sum) continue;
    with_type(info(field).type, [&]<class T>() {
      if constexpr (std::is_unsigned_v<T> || std::is_same_v<T, u128>) batch.set(field, shared_out<T>(batch, field));
    });
  }
  batch.set(Field::stime, times_within(batch, Field::stime, true, Side::none));
  batch.set(Field::ltime, times_within(batch, Field::ltime, false, Side::none));
  for (std::size_t side = 0; side < 2; side++) {
    const Field first = kFirstOf[side], last = kLastOf[side];
    batch.set(first, times_within(batch, first, true, static_cast<Side>(side)));
    batch.set(last, times_within(batch, last, false, static_cast<Side>(side)));
  }
  batch.set(Field::estimated, estimates(batch));
}

// What cutting reads beside the fields that are wanted.
FieldSet cut_inputs(const FieldSet& fields) {
  return fields | FieldSet{Field::stime,  Field::ltime,  Field::spkts,  Field::dpkts,    Field::sstime,
                           Field::dstime, Field::sltime, Field::dltime, Field::estimated};
}

// Of those that cut rows, what they ask of their input. `is_uncut` tells of a frame that nothing of it is cut: it is
// passed on as it is.
class CuttingStage : public Stage {
 public:
  using IsUncut = std::function<bool(const FrameStats&)>;
  // `where` of one that is bound.
  CuttingStage(SourcePtr input, IsUncut is_uncut, WherePtr where = nullptr)
      : Stage(std::move(input)), where_(std::move(where)), is_uncut_(std::move(is_uncut)) {}

  void accept_raw_frames(const RawFrameRequest& request) override { raw_ = request; }
  Result<> bind(const Needs& needs, const Resources& resources) override {
    where_ = needs.where;
    Needs below;  // which rows are wanted is asked of the pieces
    FieldSet wanted = stored_inputs(needs.fields);
    if (where_) wanted |= stored_inputs(where_->fields());
    below.fields = cut_inputs(wanted);
    below.when = needs.when;
    if (!where_ && raw_.wanted) {
      RawFrameRequest uncut = raw_;
      uncut.wanted = [wanted = raw_.wanted, is_uncut = is_uncut_](const FrameStats& stats, std::size_t rows) {
        return wanted(stats, rows) && is_uncut(stats);
      };
      input_->accept_raw_frames(uncut);
    }
    return input_->bind(below, resources);
  }

 protected:
  WherePtr where_;

 private:
  IsUncut is_uncut_;
  RawFrameRequest raw_;
};

class Cut final : public CuttingStage {
 public:
  // `where` and `stop` of one that is bound.
  Cut(SourcePtr input, ClockStep step, std::shared_ptr<CutCounts> counts, WherePtr where = nullptr,
      const std::atomic<bool>* stop = nullptr)
      : CuttingStage(
            std::move(input),
            [step](const FrameStats& stats) { return within_span(stats, Field::stime, Field::ltime, step); },
            std::move(where)),
        spans_(step),
        counts_(std::move(counts)),
        stop_(stop) {}

  Result<> bind(const Needs& needs, const Resources& resources) override {
    stop_ = resources.stop;
    return CuttingStage::bind(needs, resources);
  }
  Result<Step> next(Batch& out) override {
    // Whoever interrupts gets what lies near, and does not wait for a million pieces of one record.
    const bool waits = stop_ == nullptr || !*stop_ || ++after_stop_ <= kBatchesAfterStop;
    if (pieces_ && waits) {
      ARGUS_TRY_LET(const bool some, pieces_->next(spans_, out));
      if (some) {
        if (counts_) counts_->pieces += out.rows();
        out = filtered(out, where_.get());
        return Step::rows;
      }
    }
    pieces_.reset();
    Batch batch;
    ARGUS_TRY_LET(const Step step, input_->next(batch));
    if (batch.raw_frame() || step != Step::rows || batch.rows() == 0) {
      out = std::move(batch);
      return step;
    }
    pieces_.emplace(std::move(batch));
    ARGUS_TRY(pieces_->next(spans_, out));
    if (counts_) counts_->records += pieces_->records_cut(), counts_->pieces += pieces_->records_cut();
    out = filtered(out, where_.get());
    return Step::rows;
  }
  std::vector<SourcePtr> split(std::size_t n) override {
    std::vector<SourcePtr> out;
    if (counts_) return out;  // one thread counts
    for (SourcePtr& part : input_->split(n))
      out.push_back(std::make_unique<Cut>(std::move(part), spans_.step(), nullptr, where_, stop_));
    return out;
  }

 private:
  static constexpr unsigned kBatchesAfterStop = 4;

  ClockSpans spans_;
  std::shared_ptr<CutCounts> counts_;
  const std::atomic<bool>* stop_ = nullptr;
  unsigned after_stop_ = 0;
  std::optional<BatchPieces> pieces_;
};

// What of these rows lies within the span.
Batch within(const Batch& batch, const TimeSpan& span) {
  const RowTimes rows(batch);
  std::vector<Piece> pieces;
  std::vector<std::uint32_t> kept;
  for (std::uint32_t row = 0; row < batch.rows(); row++) {
    const bool timed = rows.timed(row);
    if (timed && !span.overlaps(rows.stime(row), rows.ltime(row))) continue;
    if (timed && (rows.stime(row) < span.begin || rows.ltime(row) >= span.end)) {
      Piece piece{row, static_cast<std::uint32_t>(kept.size())};
      piece.first = rows.stime(row) >= span.begin, piece.last = rows.ltime(row) < span.end;
      piece.begin = span.begin, piece.end = span.end;
      for (std::size_t side = 0; side < 2; side++) {
        const RecordSide direction = rows.direction(side, row);
        piece.from[side] = piece.first ? 0 : direction.before(span.begin);
        piece.to[side] = piece.last ? direction.packets : direction.before(span.end);
      }
      if (!piece.first && piece.from == piece.to) continue;
      pieces.push_back(piece);
    }
    kept.push_back(row);
  }
  if (kept.size() == batch.rows() && pieces.empty()) return batch;
  Batch out = gathered(batch, kept);
  if (!pieces.empty()) BatchCutter(rows, pieces).apply(out);
  return out;
}

bool lies_within(const FrameStats& stats, const TimeSpan& span) {
  const auto first = stats.range(Field::stime), last = stats.range(Field::ltime);
  return first && last && first->any && last->any && !first->absent && !last->absent &&
         value_of_image(first->least) >= span.begin && value_of_image(last->most) < span.end &&
         value_of_image(first->most) < span.end;
}

class CutTo final : public CuttingStage {
 public:
  CutTo(SourcePtr input, TimeSpan span, WherePtr where = nullptr)
      : CuttingStage(
            std::move(input), [span](const FrameStats& stats) { return lies_within(stats, span); }, std::move(where)),
        span_(span) {}

  Result<Step> next(Batch& out) override {
    ARGUS_TRY_LET(const Step step, input_->next(out));
    if (step != Step::rows || out.raw_frame() || out.rows() == 0) return step;
    out = filtered(within(out, span_), where_.get());
    return step;
  }
  std::vector<SourcePtr> split(std::size_t n) override {
    std::vector<SourcePtr> out;
    for (SourcePtr& part : input_->split(n)) out.push_back(std::make_unique<CutTo>(std::move(part), span_, where_));
    return out;
  }

 private:
  TimeSpan span_;
};

}  // namespace

struct BatchPieces::State {
  explicit State(Batch given) : batch(std::move(given)), rows(batch) {}
  [[nodiscard]] Result<Batch> firsts_in_place(ClockSpans& spans);
  [[nodiscard]] Result<Batch> others(ClockSpans& spans);

  Batch batch;
  RowTimes rows;
  bool begun = false;
  std::vector<Piece> firsts;
  std::size_t at = 0;           // of the record among `firsts` whose pieces come next
  std::optional<Piece> before;  // the piece of it that came last
};

// The batch, in which the first piece of a record takes its place and whole records stay as they are.
Result<Batch> BatchPieces::State::firsts_in_place(ClockSpans& spans) {
  RecentSpans recent(spans);
  std::uint64_t pieces = 0;
  for (std::uint32_t row = 0; row < batch.rows(); row++) {
    ARGUS_TRY_LET(const std::optional<Piece> piece, first_piece(rows, row, recent));
    if (!piece) continue;
    firsts.push_back(*piece);
    pieces += pieces_at_most(rows, row, spans.step());
  }
  // Said before they are made.
  if (pieces > kPiecesOfBatchMax)
    return fail(Errc::limit, "{} records would become up to {} pieces, more than {}; use longer time steps",
                firsts.size(), pieces, kPiecesOfBatchMax);
  Batch out = batch;
  if (!firsts.empty()) BatchCutter(rows, firsts).apply(out);
  return out;
}

// The next pieces beside the first ones; no rows at the end.
Result<Batch> BatchPieces::State::others(ClockSpans& spans) {
  RecentSpans recent(spans);
  std::vector<Piece> some;
  std::vector<std::uint32_t> which;
  while (at < firsts.size() && some.size() < kPiecesAtOnce) {
    before = piece_after(rows, before ? *before : firsts[at], recent);
    if (!before) {
      at++;
      continue;
    }
    some.push_back(*before);
    some.back().place = static_cast<std::uint32_t>(which.size());
    which.push_back(before->row);
  }
  if (some.empty()) return Batch();
  Batch out = gathered(batch, which);
  BatchCutter(rows, some).apply(out);
  return out;
}

BatchPieces::BatchPieces(Batch batch) : state_(std::make_unique<State>(std::move(batch))) {}
BatchPieces::BatchPieces(BatchPieces&&) noexcept = default;
BatchPieces& BatchPieces::operator=(BatchPieces&&) noexcept = default;
BatchPieces::~BatchPieces() = default;

std::size_t BatchPieces::records_cut() const { return state_->firsts.size(); }

Result<bool> BatchPieces::next(ClockSpans& spans, Batch& out) {
  if (!std::exchange(state_->begun, true)) {
    ARGUS_TRY_LET(out, state_->firsts_in_place(spans));
    return true;
  }
  ARGUS_TRY_LET(out, state_->others(spans));
  return out.rows() != 0;
}

SourcePtr cut_to(SourcePtr input, TimeSpan span) { return std::make_unique<CutTo>(std::move(input), span); }

SourcePtr cut(SourcePtr input, ClockStep step, std::shared_ptr<CutCounts> counts) {
  return std::make_unique<Cut>(std::move(input), step, std::move(counts));
}

}  // namespace argus
