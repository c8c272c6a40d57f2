#include "query/cut.h"

#include <algorithm>
#include <array>
#include <deque>

#include "base/int128.h"
#include "query/recent_spans.h"
#include "query/shares.h"

namespace argus {

namespace {

constexpr std::size_t kPiecesAtOnce = 16'384;

// A piece of a record that goes over a border.
struct Piece {
  std::uint32_t row = 0;    // of the batch that was cut
  std::uint32_t place = 0;  // of the batch of pieces
  bool first = true;
  Nanos begin = 0, end = 0;                   // of the span
  std::array<std::uint64_t, 2> from{}, to{};  // packets of source and destination before its borders
};

// The first piece of a record takes its place among the whole ones, which stay as they are; the others come later.
struct Pieces {
  std::vector<Piece> firsts, others;
};

enum class Side : std::uint8_t { source = 0, target = 1, none = 2 };

Side side_of(Field field) {
  const Field back = info(field).reverse;
  if (back == field) return Side::none;
  return index_of(field) < index_of(back) ? Side::source : Side::target;
}

Result<> cut_row(const RowTimes& rows, std::uint32_t row, RecentSpans& spans, Pieces& out) {
  if (!rows.timed(row)) return {};
  const Nanos first = rows.stime(row), last = rows.ltime(row);
  ClockSpan span = spans.at(first);
  if (span.holds(last)) return {};
  if (static_cast<u128>(static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first)) /
          static_cast<std::uint64_t>(spans.step().least()) >
      kSpansOfRecordMax)
    return fail(Errc::limit, "a record goes over more than {} steps of time; take {} or longer ones", kSpansOfRecordMax,
                step_word(step_for(last - first, kSpansOfRecordMax)));
  const std::array<Direction, 2> sides = {rows.direction(0, row), rows.direction(1, row)};
  std::array<std::uint64_t, 2> done{};
  for (bool begun = false;; begun = true) {
    Piece piece{row, row, !begun, span.begin, span.end, done, {}};
    const bool ends = span.holds(last);
    for (std::size_t side = 0; side < 2; side++)
      piece.to[side] = ends ? sides[side].packets : sides[side].before(span.end);
    if (!begun) out.firsts.push_back(piece);
    else if (piece.to != piece.from) out.others.push_back(piece);
    if (ends) return {};
    done = piece.to;
    span = spans.at(span.end);
  }
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
class Cutting {
 public:
  Cutting(const RowTimes& records, std::span<const Piece> pieces) : records_(records), pieces_(pieces) {}

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
Column Cutting::shared_out(const Batch& batch, Field field) const {
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
Column Cutting::times_within(const Batch& batch, Field field, bool is_first, Side side) const {
  const auto at = static_cast<std::size_t>(side);
  return changed<Nanos>(batch[field], batch.rows(), pieces_, [&](const Piece& piece, Nanos& time) {
    time = is_first ? std::max(time, piece.begin) : std::min(time, piece.end - 1);
    return side == Side::none || piece.to[at] != piece.from[at];
  });
}

Column Cutting::estimates(const Batch& batch) const {
  const Flat<std::uint8_t> before = flat<std::uint8_t>(batch[Field::estimated], batch.rows());
  std::vector<std::uint8_t> values(before.values.begin(), before.values.end());
  Column::Mask mask(before.mask.begin(), before.mask.end());
  for (const Piece& piece : pieces_) {
    values[piece.place] = 1;
    if (!mask.empty()) mask[piece.place] = 1;
  }
  return Column::flat(std::move(values), std::move(mask));
}

void Cutting::apply(Batch& batch) const {
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

class Cut final : public Stage {
 public:
  Cut(SourcePtr input, ClockStep step) : Stage(std::move(input)), spans_(step) {}

  void give_coded(const CodedWish& wish) override { coded_ = wish; }
  Result<> bind(const Needs& needs, const Resources& resources) override {
    where_ = needs.where;
    Needs below;  // which rows are wanted is asked of the pieces
    FieldSet wanted = stored_inputs(needs.fields);
    if (where_) wanted |= stored_inputs(where_->fields());
    below.fields = cut_inputs(wanted);
    below.when = needs.when;
    if (!where_ && coded_.wanted) input_->give_coded(uncut());
    return input_->bind(below, resources);
  }
  Result<Step> next(Batch& out) override {
    if (ready_.empty()) {
      Batch batch;
      ARGUS_TRY_LET(const Step step, input_->next(batch));
      if (batch.coded()) {
        out = std::move(batch);
        return step;
      }
      out = Batch();
      if (step != Step::rows || batch.rows() == 0) return step;
      ARGUS_TRY_LET(std::vector<Batch> pieces, cut_batch(batch, spans_));
      for (Batch& piece : pieces) ready_.push_back(std::move(piece));
    }
    out = filtered(ready_.front(), where_.get());
    ready_.pop_front();
    return Step::rows;
  }

 private:
  // Frames that lie within a span are passed on as they are.
  CodedWish uncut() const {
    CodedWish out = coded_;
    out.wanted = [wanted = coded_.wanted, step = spans_.step()](const FrameStats& stats, std::size_t rows) {
      return wanted(stats, rows) && within_span(stats, Field::stime, Field::ltime, step);
    };
    return out;
  }

  ClockSpans spans_;
  CodedWish coded_;
  WherePtr where_;
  std::deque<Batch> ready_;
};

// The pieces beside the first, as batches of at most so many: one record may have a million.
void take_others(const Batch& batch, const RowTimes& rows, std::vector<Piece>& others, std::vector<Batch>& out) {
  std::vector<std::uint32_t> which;
  for (std::size_t from = 0; from < others.size(); from += kBatchRowsMax) {
    const std::span pieces = std::span(others).subspan(from, std::min(kBatchRowsMax, others.size() - from));
    which.clear();
    for (Piece& piece : pieces) {
      piece.place = static_cast<std::uint32_t>(which.size());
      which.push_back(piece.row);
    }
    out.push_back(gathered(batch, which));
    Cutting(rows, pieces).apply(out.back());
  }
  others.clear();
}

}  // namespace

Result<std::vector<Batch>> cut_batch(const Batch& batch, ClockSpans& spans) {
  RecentSpans recent(spans);
  const RowTimes rows(batch);
  std::vector<Batch> out{batch};
  Pieces pieces;
  for (std::uint32_t row = 0; row < batch.rows(); row++) {
    ARGUS_TRY(cut_row(rows, row, recent, pieces));
    if (pieces.others.size() >= kPiecesAtOnce) take_others(batch, rows, pieces.others, out);
  }
  if (!pieces.firsts.empty()) Cutting(rows, pieces.firsts).apply(out.front());
  take_others(batch, rows, pieces.others, out);
  return out;
}

SourcePtr cut(SourcePtr input, ClockStep step) { return std::make_unique<Cut>(std::move(input), step); }

}  // namespace argus
