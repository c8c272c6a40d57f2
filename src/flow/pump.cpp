#include "flow/pump.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/pool.h"
#include "flow/batch.h"

namespace argus {

namespace {

// Rows into a sink: made into what it appends on several threads, and appended in their order on one. What the ledger
// says between them waits for its turn.
class RowWriter {
 public:
  RowWriter(Sink& sink, std::size_t threads) : sink_(sink), threads_(threads) {}

  Result<> write(const Batch& batch) {
    if (threads_ < 2) return sink_.write(batch);
    return encode(sink_.arrange(batch));
  }
  Result<> ledger(const std::vector<LedgerEntry>& entries) {
    if (threads_ < 2) return sink_.ledger(entries);
    ARGUS_TRY(encode(sink_.arrange_rest()));
    if (waiting_.empty()) return sink_.append_ledger(entries);
    std::vector<LedgerEntry>& last = waiting_.back()->behind;
    last.insert(last.end(), entries.begin(), entries.end());
    return last.size() < kEntriesMost ? Result<>() : settle();
  }
  // Nothing is on its way any more.
  Result<> settle() {
    while (!waiting_.empty()) ARGUS_TRY(append_first());
    return {};
  }

 private:
  static constexpr std::size_t kEntriesMost = 4096;  // that wait behind one batch

  struct Coded {
    std::vector<Encoded> pieces;
    Result<> done;
    Ahead::Ticket ticket;
    std::vector<LedgerEntry> behind;  // before the next rows
  };

  Result<> encode(std::vector<Batch> arranged) {
    if (!ahead_) ahead_.emplace(threads_);
    for (Batch& rows : arranged) {
      auto coded = std::make_shared<Coded>();
      coded->ticket = ahead_->give([this, coded = coded.get(), rows = std::move(rows)] {
        coded->done = sink_.encode(rows, [&](Encoded piece) {
          coded->pieces.push_back(std::move(piece));
          return Result<>();
        });
      });
      waiting_.push_back(std::move(coded));
      if (waiting_.size() > 2 * threads_) ARGUS_TRY(append_first());
    }
    return {};
  }

  Result<> append_first() {
    const std::shared_ptr<Coded> first = std::move(waiting_.front());
    waiting_.pop_front();
    ahead_->finish(first->ticket);
    ARGUS_TRY(std::move(first->done));
    for (Encoded& piece : first->pieces) ARGUS_TRY(sink_.append(std::move(piece)));
    return first->behind.empty() ? Result<>() : sink_.append_ledger(first->behind);
  }

  Sink& sink_;
  std::size_t threads_;
  std::deque<std::shared_ptr<Coded>> waiting_;  // in the order of the rows
  std::optional<Ahead> ahead_;                  // gone before what its tasks write to
};

Result<> pump_ledger(Source& source, RowWriter& rows, Journal& all) {
  Journal fresh;
  source.drain(fresh);
  if (fresh.empty()) return {};
  for (const LedgerEntry& entry : fresh.entries()) all.sum(entry);
  return rows.ledger(fresh.entries());
}

}  // namespace

Result<Pumped> pump(Source& source, Sink& sink, const Needs& needs, const Resources& resources) {
  Pumped done;
  const auto run = [&]() -> Result<> {
    if (const auto raw = sink.raw_frame_request()) source.accept_raw_frames(*raw);
    ARGUS_TRY(source.bind(needs, resources));
    ARGUS_TRY(sink.begin(source.header()));
    RowWriter rows(sink, source.header().live ? 1 : resources.threads);  // live rows wait for nothing
    for (;;) {
      Batch batch;
      ARGUS_TRY_LET(const Step step, source.next(batch));
      ARGUS_TRY(pump_ledger(source, rows, done.journal));
      if (step == Step::end) break;
      if (step == Step::tick) {
        ARGUS_TRY(rows.settle());
        ARGUS_TRY(sink.tick());
      } else if (batch.rows() != 0) {
        done.rows += batch.rows();
        ARGUS_TRY(rows.write(batch));
      }
    }
    ARGUS_TRY(rows.settle());
    return sink.finish();
  };
  auto result = run();
  done.problems = source.problems();
  if (!result && result.error().code != Errc::closed) return std::move(result.error());
  return done;
}

}  // namespace argus
