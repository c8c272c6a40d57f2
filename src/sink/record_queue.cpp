#include "sink/record_queue.h"

#include <algorithm>

#include "codec/block.h"
#include "flow/column.h"
#include "flow/each_value.h"
#include "flow/field.h"

namespace argus {

namespace {

constexpr std::size_t kFrameBytes = 512;  // of a piece itself

void widen(QueuedFrame& piece, const Column& times, std::size_t rows) {
  each_value<std::int64_t>(times, rows, [&piece](std::size_t, Nanos time) {
    piece.first = piece.first == 0 ? time : std::min(piece.first, time);
    piece.last = std::max(piece.last, time);
  });
}

}  // namespace

QueuedFrame queued(const Batch& batch) {
  QueuedFrame out;
  out.rows = batch.rows();
  out.bytes = kFrameBytes + raw_bound(batch);
  widen(out, batch[Field::stime], batch.rows());
  widen(out, batch[Field::ltime], batch.rows());
  out.batch = batch;
  return out;
}

QueuedFrame queued(std::vector<LedgerEntry> entries) {
  QueuedFrame out;
  out.bytes = kFrameBytes + entries.size() * sizeof(LedgerEntry);
  out.ledger = std::move(entries);
  return out;
}

void RecordQueue::name_sensor(std::string sensor) {
  const std::lock_guard lock(mutex_);
  sensor_ = std::move(sensor);
}

void RecordQueue::add(const Batch& batch) {
  QueuedFrame piece = queued(batch);
  if (form_ == Form::batches) piece.bytes = kFrameBytes + bytes_of(batch);
  std::uint64_t stream = 0;
  bool crowded = false;
  {
    const std::lock_guard lock(mutex_);
    stream = stream_;
    crowded = form_ == Form::coded && uncoded_bytes_ + piece.bytes > bytes_max_ / 2;
  }
  if (crowded) {
    CodedBatch coded = StreamWriter(stream).coded(batch);
    const std::lock_guard lock(mutex_);
    if (stream == stream_) {  // else another file was begun meanwhile
      piece.bytes = kFrameBytes + coded.block.size();
      piece.batch = {};
      piece.coded = std::move(coded);
    }
    return push_locked(std::move(piece));
  }
  push(std::move(piece));
}

void RecordQueue::push(QueuedFrame piece) {
  const std::lock_guard lock(mutex_);
  push_locked(std::move(piece));
}

void RecordQueue::push_locked(QueuedFrame piece) {
  piece.number = next_++;
  enter(piece);
  pieces_.push_back(std::move(piece));
  drop_beyond();
}

void RecordQueue::enter(const QueuedFrame& piece) {
  bytes_ += piece.bytes;
  if (!piece.coded) uncoded_bytes_ += piece.bytes;
}

void RecordQueue::leave(const QueuedFrame& piece) {
  bytes_ -= piece.bytes;
  if (!piece.coded) uncoded_bytes_ -= piece.bytes;
}

std::optional<QueuedFrame> RecordQueue::take() {
  const std::lock_guard lock(mutex_);
  if (pieces_.empty()) return {};
  QueuedFrame out = std::move(pieces_.front());
  pieces_.pop_front();
  leave(out);
  return out;
}

void RecordQueue::give_back(QueuedFrame piece) {
  const std::lock_guard lock(mutex_);
  enter(piece);
  pieces_.push_front(std::move(piece));
  drop_beyond();
}

std::optional<RecordQueue::Uncoded> RecordQueue::first_uncoded() const {
  const std::lock_guard lock(mutex_);
  for (const QueuedFrame& piece : pieces_)
    if (piece.rows != 0 && !piece.coded) return Uncoded{piece.number, piece.batch};
  return {};
}

void RecordQueue::set_coded(std::uint64_t number, CodedBatch coded) {
  const std::lock_guard lock(mutex_);
  const auto at = std::lower_bound(pieces_.begin(), pieces_.end(), number,
                                   [](const QueuedFrame& piece, std::uint64_t n) { return piece.number < n; });
  if (at == pieces_.end() || at->number != number) return;
  leave(*at);
  at->bytes = kFrameBytes + coded.block.size();
  at->batch = {};
  at->coded = std::move(coded);
  enter(*at);
}

std::uint64_t RecordQueue::begin_stream(std::uint64_t fresh) {
  const std::lock_guard lock(mutex_);
  const bool some_coded =
      std::any_of(pieces_.begin(), pieces_.end(), [](const QueuedFrame& piece) { return piece.coded.has_value(); });
  if (!some_coded) stream_ = fresh;
  return stream_;
}

std::vector<LedgerEntry> RecordQueue::take_owed() {
  const std::lock_guard lock(mutex_);
  return std::exchange(owed_, {});
}

void RecordQueue::owe(const std::vector<LedgerEntry>& entries) {
  const std::lock_guard lock(mutex_);
  for (const LedgerEntry& entry : entries) owe_one(entry);
}

bool RecordQueue::empty() const {
  const std::lock_guard lock(mutex_);
  return pieces_.empty() && owed_.empty();
}

std::uint64_t RecordQueue::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

std::uint64_t RecordQueue::lose_all() {
  const std::lock_guard lock(mutex_);
  const std::uint64_t before = lost_;
  while (!pieces_.empty()) drop_oldest();
  return lost_ - before;
}

void RecordQueue::drop_beyond() {
  // One piece may be larger than the whole; it is all there is then.
  while (bytes_ > bytes_max_ && pieces_.size() > 1) drop_oldest();
}

void RecordQueue::drop_oldest() {
  const QueuedFrame piece = std::move(pieces_.front());
  pieces_.pop_front();
  leave(piece);
  lost_ += piece.rows;
  if (piece.rows != 0) owe_one({sensor_, piece.first, piece.last, LedgerItem::records_unwritten, piece.rows});
  for (const LedgerEntry& entry : piece.ledger) owe_one(entry);
}

// Entries are sums, so that what is owed stays small however long a disk is full.
void RecordQueue::owe_one(const LedgerEntry& entry) {
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
