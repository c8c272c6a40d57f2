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
  std::uint32_t row = 0, place = 0;  // in the batch, and among the pieces of it
  bool first = true;
  Nanos begin = 0, end = 0;                   // of the span
  std::array<std::uint64_t, 2> from{}, to{};  // packets of source and destination before its borders
};

// The pieces of a batch: whole records, of which nothing needs to be known, and among them those that were cut.
struct Pieces {
  std::vector<std::uint32_t> rows;  // of the batch, in order; one that was cut as often as it has pieces
  std::vector<Piece> cut;

  void clear() { rows.clear(), cut.clear(); }
};

enum class Side : std::uint8_t { source = 0, target = 1, none = 2 };

Side side_of(Field field) {
  const Field back = info(field).reverse;
  if (back == field) return Side::none;
  return index_of(field) < index_of(back) ? Side::source : Side::target;
}

Result<> cut_row(const RowTimes& rows, std::uint32_t row, RecentSpans& spans, Pieces& out) {
  if (!rows.timed(row)) {
    out.rows.push_back(row);
    return {};
  }
  const Nanos first = rows.stime(row), last = rows.ltime(row);
  ClockSpan span = spans.at(first);
  if (span.holds(last)) {
    out.rows.push_back(row);
    return {};
  }
  if (static_cast<u128>(static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first)) /
          static_cast<std::uint64_t>(spans.step().least()) >
      kSpansOfRecordMax)
    return fail(Errc::limit, "a record goes over more than {} steps of time; take longer ones", kSpansOfRecordMax);
  const std::array<Direction, 2> sides = {rows.direction(0, row), rows.direction(1, row)};
  std::array<std::uint64_t, 2> done{};
  for (bool begun = false;; begun = true) {
    Piece piece{row, static_cast<std::uint32_t>(out.rows.size()), !begun, span.begin, span.end, done, {}};
    const bool ends = span.holds(last);
    for (std::size_t side = 0; side < 2; side++)
      piece.to[side] = ends ? sides[side].packets : sides[side].before(span.end);
    if (!begun || piece.to != piece.from) {
      out.rows.push_back(row);
      out.cut.push_back(piece);
    }
    if (ends) return {};
    done = piece.to;
    span = spans.at(span.end);
  }
}

// A column of pieces, as it is for whole records: change(piece, value) makes the others', or says that there is none.
template <class T, class Change>
Column changed(const Column& whole, const Pieces& pieces, Change&& change) {
  if (whole.absent()) return whole;
  const Flat<T> before = flat<T>(whole, pieces.rows.size());
  std::vector<T> values(before.values.begin(), before.values.end());
  Column::Mask mask(before.mask.begin(), before.mask.end());
  bool same = true;
  for (const Piece& piece : pieces.cut) {
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

// Sums that follow the packets of a direction; all of it in the first piece where there are none.
template <class T>
Column shared_out(const Column& whole, const RowTimes& rows, const Pieces& pieces, Side side) {
  const auto at = static_cast<std::size_t>(side);
  return changed<T>(whole, pieces, [&](const Piece& piece, T& value) {
    const std::uint64_t packets = side == Side::none ? 0 : rows.direction(at, piece.row).packets;
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
Column times_within(const Column& whole, const Pieces& pieces, bool is_first, Side side) {
  const auto at = static_cast<std::size_t>(side);
  return changed<Nanos>(whole, pieces, [&](const Piece& piece, Nanos& time) {
    time = is_first ? std::max(time, piece.begin) : std::min(time, piece.end - 1);
    return side == Side::none || piece.to[at] != piece.from[at];
  });
}

Column estimates(const Column& whole, const Pieces& pieces) {
  const Flat<std::uint8_t> before = flat<std::uint8_t>(whole, pieces.rows.size());
  std::vector<std::uint8_t> values(before.values.begin(), before.values.end());
  Column::Mask mask(before.mask.begin(), before.mask.end());
  for (const Piece& piece : pieces.cut) {
    values[piece.place] = 1;
    if (!mask.empty()) mask[piece.place] = 1;
  }
  return Column::flat(std::move(values), std::move(mask));
}

Batch of_pieces(const Batch& batch, const RowTimes& rows, const Pieces& pieces) {
  Batch out = gathered(batch, pieces.rows);
  if (pieces.cut.empty()) return out;
  for (const Field field : present_fields(batch).list()) {
    if (!is_stored(field) || info(field).merge != Merge::sum) continue;
    out.set(field, with_type(info(field).type, [&]<class T>() -> Column {
              if constexpr (std::is_unsigned_v<T> || std::is_same_v<T, u128>)
                return shared_out<T>(out[field], rows, pieces, side_of(field));
              else return out[field];
            }));
  }
  out.set(Field::stime, times_within(out[Field::stime], pieces, true, Side::none));
  out.set(Field::ltime, times_within(out[Field::ltime], pieces, false, Side::none));
  for (std::size_t side = 0; side < 2; side++) {
    out.set(kFirstOf[side], times_within(out[kFirstOf[side]], pieces, true, static_cast<Side>(side)));
    out.set(kLastOf[side], times_within(out[kLastOf[side]], pieces, false, static_cast<Side>(side)));
  }
  out.set(Field::estimated, estimates(out[Field::estimated], pieces));
  return out;
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

// As batches, each of which may have only so many rows: one record may have a million pieces.
void take_pieces(const Batch& batch, const RowTimes& rows, const Pieces& pieces, std::vector<Batch>& out) {
  if (pieces.rows.size() <= kBatchRowsMax) {
    out.push_back(of_pieces(batch, rows, pieces));
    return;
  }
  auto next = pieces.cut.begin();
  for (std::size_t at = 0; at < pieces.rows.size(); at += kBatchRowsMax) {
    const std::size_t end = std::min(at + kBatchRowsMax, pieces.rows.size());
    Pieces part;
    part.rows.assign(pieces.rows.begin() + static_cast<std::ptrdiff_t>(at),
                     pieces.rows.begin() + static_cast<std::ptrdiff_t>(end));
    for (; next != pieces.cut.end() && next->place < end; ++next) {
      part.cut.push_back(*next);
      part.cut.back().place -= static_cast<std::uint32_t>(at);
    }
    out.push_back(of_pieces(batch, rows, part));
  }
}

}  // namespace

Result<std::vector<Batch>> cut_batch(const Batch& batch, ClockSpans& spans) {
  RecentSpans recent(spans);
  const RowTimes rows(batch);
  std::vector<Batch> out;
  Pieces pieces;
  pieces.rows.reserve(std::min(batch.rows() + kPiecesAtOnce, kBatchRowsMax));
  bool any_cut = false;
  for (std::uint32_t row = 0; row < batch.rows(); row++) {
    ARGUS_TRY(cut_row(rows, row, recent, pieces));
    any_cut = any_cut || !pieces.cut.empty();
    if (!any_cut || pieces.rows.size() < kPiecesAtOnce) continue;
    take_pieces(batch, rows, pieces, out);
    pieces.clear();
  }
  if (!any_cut) return std::vector<Batch>{batch};
  if (!pieces.rows.empty()) take_pieces(batch, rows, pieces, out);
  return out;
}

SourcePtr cut(SourcePtr input, ClockStep step) { return std::make_unique<Cut>(std::move(input), step); }

}  // namespace argus
