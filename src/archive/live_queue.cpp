#include "archive/live_queue.h"

#include <algorithm>

#include "codec/block.h"
#include "flow/column.h"
#include "flow/each_value.h"
#include "flow/field.h"

namespace argus {

namespace {

constexpr std::size_t kPieceBytes = 512;  // of a piece itself

void widen(LivePiece& piece, const Column& times, std::size_t rows) {
  each_value<std::int64_t>(times, rows, [&piece](std::size_t, Nanos time) {
    piece.first = piece.first == 0 ? time : std::min(piece.first, time);
    piece.last = std::max(piece.last, time);
  });
}

}  // namespace

LivePiece piece_of(const Batch& batch) {
  LivePiece out;
  out.rows = batch.rows();
  out.bytes = kPieceBytes + raw_bound(batch);
  widen(out, batch[Field::stime], batch.rows());
  widen(out, batch[Field::ltime], batch.rows());
  out.batch = batch;
  return out;
}

LivePiece piece_of(std::vector<LedgerEntry> entries) {
  LivePiece out;
  out.bytes = kPieceBytes + entries.size() * sizeof(LedgerEntry);
  out.ledger = std::move(entries);
  return out;
}

void LiveQueue::name_sensor(std::string sensor) {
  const std::lock_guard lock(mutex_);
  sensor_ = std::move(sensor);
}

void LiveQueue::add(const Batch& batch) {
  LivePiece piece = piece_of(batch);
  std::uint64_t stream = 0;
  bool crowded = false;
  {
    const std::lock_guard lock(mutex_);
    stream = stream_;
    crowded = uncoded_bytes_ + piece.bytes > bytes_max_ / 2;
  }
  if (crowded) {
    CodedBatch coded = StreamWriter(stream).coded(batch);
    const std::lock_guard lock(mutex_);
    if (stream == stream_) {  // else another file was begun meanwhile
      piece.bytes = kPieceBytes + coded.block.size();
      piece.batch = {};
      piece.coded = std::move(coded);
    }
    return push_locked(std::move(piece));
  }
  push(std::move(piece));
}

void LiveQueue::push(LivePiece piece) {
  const std::lock_guard lock(mutex_);
  push_locked(std::move(piece));
}

void LiveQueue::push_locked(LivePiece piece) {
  piece.number = next_++;
  enter(piece);
  pieces_.push_back(std::move(piece));
  drop_beyond();
}

void LiveQueue::enter(const LivePiece& piece) {
  bytes_ += piece.bytes;
  if (!piece.coded) uncoded_bytes_ += piece.bytes;
}

void LiveQueue::leave(const LivePiece& piece) {
  bytes_ -= piece.bytes;
  if (!piece.coded) uncoded_bytes_ -= piece.bytes;
}

std::optional<LivePiece> LiveQueue::take() {
  const std::lock_guard lock(mutex_);
  if (pieces_.empty()) return {};
  LivePiece out = std::move(pieces_.front());
  pieces_.pop_front();
  leave(out);
  return out;
}

void LiveQueue::give_back(LivePiece piece) {
  const std::lock_guard lock(mutex_);
  enter(piece);
  pieces_.push_front(std::move(piece));
  drop_beyond();
}

std::optional<LiveQueue::Uncoded> LiveQueue::first_uncoded() const {
  const std::lock_guard lock(mutex_);
  for (const LivePiece& piece : pieces_)
    if (piece.rows != 0 && !piece.coded) return Uncoded{piece.number, piece.batch};
  return {};
}

void LiveQueue::set_coded(std::uint64_t number, CodedBatch coded) {
  const std::lock_guard lock(mutex_);
  const auto at = std::lower_bound(pieces_.begin(), pieces_.end(), number,
                                   [](const LivePiece& piece, std::uint64_t n) { return piece.number < n; });
  if (at == pieces_.end() || at->number != number) return;
  leave(*at);
  at->bytes = kPieceBytes + coded.block.size();
  at->batch = {};
  at->coded = std::move(coded);
  enter(*at);
}

std::uint64_t LiveQueue::begin_stream(std::uint64_t fresh) {
  const std::lock_guard lock(mutex_);
  const bool some_coded =
      std::any_of(pieces_.begin(), pieces_.end(), [](const LivePiece& piece) { return piece.coded.has_value(); });
  if (!some_coded) stream_ = fresh;
  return stream_;
}

std::vector<LedgerEntry> LiveQueue::take_owed() {
  const std::lock_guard lock(mutex_);
  return std::exchange(owed_, {});
}

void LiveQueue::owe(const std::vector<LedgerEntry>& entries) {
  const std::lock_guard lock(mutex_);
  for (const LedgerEntry& entry : entries) owe_one(entry);
}

bool LiveQueue::empty() const {
  const std::lock_guard lock(mutex_);
  return pieces_.empty() && owed_.empty();
}

std::uint64_t LiveQueue::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

std::uint64_t LiveQueue::lose_all() {
  const std::lock_guard lock(mutex_);
  const std::uint64_t before = lost_;
  while (!pieces_.empty()) drop_oldest();
  return lost_ - before;
}

void LiveQueue::drop_beyond() {
  // One piece may be larger than the whole; it is all there is then.
  while (bytes_ > bytes_max_ && pieces_.size() > 1) drop_oldest();
}

void LiveQueue::drop_oldest() {
  const LivePiece piece = std::move(pieces_.front());
  pieces_.pop_front();
  leave(piece);
  lost_ += piece.rows;
  if (piece.rows != 0) owe_one({sensor_, piece.first, piece.last, LedgerItem::records_unwritten, piece.rows});
  for (const LedgerEntry& entry : piece.ledger) owe_one(entry);
}

// Entries are sums, so that what is owed stays small however long a disk is full.
void LiveQueue::owe_one(const LedgerEntry& entry) {
  for (LedgerEntry& known : owed_)
    if (known.item == entry.item && known.sensor == entry.sensor) {
      known.begin = std::min(known.begin, entry.begin);
      known.end = std::max(known.end, entry.end);
      known.count += entry.count;
      return;
    }
  owed_.push_back(entry);
}

}  // namespace argus
