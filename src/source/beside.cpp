// Two live sources as one.
#include <algorithm>
#include <memory>
#include <optional>
#include <thread>

#include "base/channel.h"
#include "base/result.h"
#include "base/thread.h"
#include "flow/batch.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "source/collect.h"
#include "source/feed.h"

namespace argus {

namespace {

constexpr std::size_t kItemsMost = 32;  // between the threads, up to a frame each

class BesideSource final : public Stage {
 public:
  BesideSource(SourcePtr main, SourcePtr beside)
      : Stage(std::move(main)), beside_(std::move(beside)), from_beside_(kItemsMost) {}
  BesideSource(const BesideSource&) = delete;
  BesideSource& operator=(const BesideSource&) = delete;
  ~BesideSource() override {
    end_ = true;
    from_beside_.close();
    if (thread_.joinable()) thread_.join();
  }

  Result<> bind(const Needs& needs, const Resources& resources) override {
    Resources own = resources;
    own.stop = &end_;
    ARGUS_TRY(beside_->bind(needs, own));
    return input_->bind(needs, resources);
  }
  Result<Step> next(Batch& out) override;
  void drain(Journal& out) override {
    input_->drain(out);
    for (LedgerEntry& entry : journal_.drain()) out.add(std::move(entry));
  }
  std::vector<Error> problems() const override {
    std::vector<Error> out = input_->problems();
    out.insert(out.end(), problems_.begin(), problems_.end());
    return out;
  }

 private:
  void read();
  // True where it has rows.
  bool take(FeedItem item, Batch& out);

  SourcePtr beside_;  // of the thread, once that runs
  std::atomic<bool> end_ = false;
  Channel<FeedItem> from_beside_;
  std::thread thread_;
  bool main_ended_ = false;
  Journal journal_;
  std::vector<Error> problems_;
};

void BesideSource::read() {
  for (;;) {
    FeedItem item;
    auto step = beside_->next(item.rows);
    if (!step) item.problems.push_back(std::move(step.error()));
    Journal journal;
    beside_->drain(journal);
    item.ledger = journal.drain();
    const bool last = item.problems.size() != 0 || *step == Step::end;
    if (!item.empty() && !from_beside_.push(std::move(item))) return;
    if (last) break;
  }
  from_beside_.close();
}

bool BesideSource::take(FeedItem item, Batch& out) {
  for (LedgerEntry& entry : item.ledger) journal_.add(std::move(entry));
  for (Error& problem : item.problems) problems_.push_back(std::move(problem));
  out = std::move(item.rows);
  return out.rows() != 0;
}

Result<Step> BesideSource::next(Batch& out) {
  if (!thread_.joinable()) {
    ARGUS_TRY_LET(thread_, start_thread("collecting", [this] { read(); }));
  }
  for (;;) {
    while (auto item = from_beside_.pop(main_ended_ ? kStopSeen : 0))
      if (take(*std::move(item), out)) return Step::rows;
    if (main_ended_) {
      if (from_beside_.finished()) return Step::end;
      return Step::tick;
    }
    ARGUS_TRY_LET(const Step step, input_->next(out));
    if (step != Step::end) return step;
    main_ended_ = end_ = true;
  }
}

}  // namespace

SourcePtr read_beside(SourcePtr main, SourcePtr beside) {
  return std::make_unique<BesideSource>(std::move(main), std::move(beside));
}

}  // namespace argus
