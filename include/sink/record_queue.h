// Frames on their way to a place that may be slow or full, or to a reader that may not look. Bounded: what is too much
// is taken from the oldest, and counted so that no record is ever both written and counted, or neither.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "codec/stream.h"
#include "flow/batch.h"
#include "flow/ledger.h"

namespace argus {

// Records of one frame, or ledger entries.
struct QueuedFrame {
  std::uint64_t number = 0;  // in the order of coming; given by the queue
  std::size_t rows = 0, bytes = 0;
  Nanos first = 0, last = 0;        // the times that its records speak of
  Batch batch;                      // until it is coded
  std::optional<CodedBatch> coded;  // a fraction of the size
  std::vector<LedgerEntry> ledger;
};
[[nodiscard]] QueuedFrame queued(const Batch& batch);
[[nodiscard]] QueuedFrame queued(std::vector<LedgerEntry> entries);

// Any thread.
class RecordQueue {
 public:
  // coded: what waits may be coded meanwhile, since the writer can do with frames as they are coded; else it gets
  // batches.
  enum class Form : std::uint8_t { batches, coded };
  explicit RecordQueue(std::size_t bytes_max, Form form = Form::coded) : bytes_max_(bytes_max), form_(form) {}
  void name_sensor(std::string sensor);  // for the entries about what was lost

  // A frame's rows. Where many batches wait it is coded by the caller: that takes its time, not the disk's, and what
  // comes in a burst is then lost only to a disk that is slow.
  void add(const Batch& batch);
  void push(QueuedFrame piece);
  [[nodiscard]] std::optional<QueuedFrame> take();  // the oldest
  void give_back(QueuedFrame piece);                // what take() gave, and could not be written
  // What waits as a batch, to be coded meanwhile; the piece stays in its place, and may be gone when it is coded.
  struct Uncoded {
    std::uint64_t number;
    Batch batch;
  };
  [[nodiscard]] std::optional<Uncoded> first_uncoded() const;
  void set_coded(std::uint64_t number, CodedBatch coded);
  // Frames are coded for this stream from here on, unless some wait that are coded for the one before; that stays then.
  [[nodiscard]] std::uint64_t begin_stream(std::uint64_t fresh);

  // Entries that must be written before the oldest piece: about lost records, and of ledgers that had to go.
  [[nodiscard]] std::vector<LedgerEntry> take_owed();
  void owe(const std::vector<LedgerEntry>& entries);

  [[nodiscard]] bool empty() const;          // nothing waits and nothing is owed
  [[nodiscard]] std::uint64_t lost() const;  // records
  std::uint64_t lose_all();                  // records that waited; they are lost

 private:
  void push_locked(QueuedFrame piece);
  void enter(const QueuedFrame& piece);
  void leave(const QueuedFrame& piece);
  void drop_oldest();
  void drop_beyond();
  void owe_one(const LedgerEntry& entry);

  mutable std::mutex mutex_;
  std::deque<QueuedFrame> pieces_;
  std::size_t bytes_ = 0, bytes_max_;
  Form form_;
  std::size_t uncoded_bytes_ = 0;  // of bytes_
  std::uint64_t stream_ = 0, next_ = 0, lost_ = 0;
  std::string sensor_;
  std::vector<LedgerEntry> owed_;
};

}  // namespace argus
