#include "source/feed.h"

#include <algorithm>
#include <utility>

#include "base/thread.h"
#include "source/rhythm.h"

namespace argus {

namespace {

constexpr std::size_t kItemsMax = 8;          // between the threads and the reader, up to a frame each
constexpr Nanos kSettle = 20 * kMillisecond;  // rows wait so long for more before they are made visible
constexpr Nanos kGiveUp = kSecond;            // the most that a stopped reader waits for its threads' last words
constexpr std::size_t kProblemsMax = 64;      // a hostile sensor may have no end of them

}  // namespace

FeedWriter::FeedWriter(StopFlag stop) : channel_(kItemsMax), stop_(std::move(stop)) {}

bool FeedWriter::push(FeedItem item) { return item.empty() || channel_.push(std::move(item)); }

class Feed final : public Source {
 public:
  Feed(FeedOptions options, std::vector<Feeder> feeders)
      : options_(std::move(options)), feeders_(std::move(feeders)), running_(feeders_.size()), outlet_(options_.stop) {
    options_.header.live = true;
  }
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;
  ~Feed() override {
    *options_.stop = true;
    outlet_.channel_.close();
    for (std::thread& thread : threads_) thread.join();
  }

  void accept_raw_frames(const RawFrameRequest& request) override {
    if (options_.accept_raw_frames) options_.accept_raw_frames(request);
  }
  Result<> bind(const Needs& needs, const Resources& resources) override {
    needs_ = needs;
    stop_ = resources.stop;
    return {};
  }
  const StreamHeader& header() const override { return options_.header; }
  Result<Step> next(Batch& out) override;
  void drain(Journal& out) override {
    for (LedgerEntry& entry : journal_.drain()) out.add(std::move(entry));
  }
  std::vector<Error> problems() const override { return options_.problems; }

 private:
  [[nodiscard]] Result<> start();
  bool take(FeedItem item, Batch& out);
  Result<Step> finish() const;
  Step tick(Nanos now) {
    fresh_ = false;
    tick_due_ = now + kTickEvery;
    return Step::tick;
  }

  FeedOptions options_;
  std::vector<Feeder> feeders_;
  std::atomic<std::size_t> running_;
  FeedWriter outlet_;
  std::vector<std::thread> threads_;
  Needs needs_;
  const std::atomic<bool>* stop_ = nullptr;
  Nanos tick_due_ = 0;
  std::optional<Nanos> stopped_at_;
  bool fresh_ = false;  // rows were given since the last tick
  Journal journal_;
  std::vector<Error> refusals_;
};

Result<> Feed::start() {
  tick_due_ = steady_now() + kTickEvery;
  for (const Feeder& feeder : feeders_) {
    auto thread = start_thread("input", [this, &feeder] {
      feeder(needs_, outlet_);
      if (--running_ == 0) outlet_.channel_.close();
    });
    if (!thread) return std::move(thread.error());
    threads_.push_back(*std::move(thread));
  }
  return {};
}

// True when it has rows.
bool Feed::take(FeedItem item, Batch& out) {
  if (item.notice && options_.notify) options_.notify(*item.notice);
  for (LedgerEntry& entry : item.ledger) journal_.add(std::move(entry));
  if (item.refusal) {
    refusals_.push_back(*item.refusal);
    item.problems.push_back(*std::move(item.refusal));
  }
  for (Error& problem : item.problems)
    if (options_.problems.size() < kProblemsMax) options_.problems.push_back(std::move(problem));
  out = std::move(item.rows);
  return out.rows() != 0;
}

Result<Step> Feed::finish() const {
  if (!feeders_.empty() && refusals_.size() == feeders_.size()) return refusals_.front();
  return Step::end;
}

Result<Step> Feed::next(Batch& out) {
  out = Batch();
  if (threads_.empty()) ARGUS_TRY(start());
  for (;;) {
    const Nanos now = steady_now();
    if (!stopped_at_ && stop_ != nullptr && *stop_) {
      stopped_at_ = now;
      *options_.stop = true;
    }
    if (stopped_at_ && now - *stopped_at_ > kGiveUp) return Step::end;
    if (!stopped_at_ && now >= tick_due_) return tick(now);
    const Nanos wait = fresh_ || stopped_at_ ? kSettle : kStopSeen;
    auto item = outlet_.channel_.pop(std::min(wait, stopped_at_ ? wait : tick_due_ - now));
    if (item) {
      const bool ledger = !item->ledger.empty();
      if (take(*std::move(item), out)) fresh_ = true;
      else if (!ledger) continue;
      return Step::rows;
    }
    if (outlet_.channel_.finished()) return finish();
    if (fresh_ && !stopped_at_) return tick(steady_now());
  }
}

SourcePtr feed_source(FeedOptions options, std::vector<Feeder> feeders) {
  return std::make_unique<Feed>(std::move(options), std::move(feeders));
}

SourcePtr in_background(SourcePtr input, StopFlag stop) {
  FeedOptions options;
  options.header = input->header();
  options.stop = std::move(stop);
  const std::shared_ptr<Source> source = std::move(input);
  options.accept_raw_frames = [source](const RawFrameRequest& request) { source->accept_raw_frames(request); };
  const auto pull = [source](const Needs& needs, FeedWriter& out) {
    std::size_t told = 0;
    const auto tell = [&](FeedItem item, bool last) {
      Journal journal;
      source->drain(journal);
      item.ledger = journal.drain();
      // What a stopped reader did not get is no damage.
      for (const std::vector<Error> all = source->problems(); told < all.size() && !(last && out.stopped()); told++)
        item.problems.push_back(all[told]);
      return out.push(std::move(item));
    };
    Resources resources;
    resources.stop = &out.stop();
    auto bound = source->bind(needs, resources);
    if (!bound)
      return (void)out.push({.rows = {}, .ledger = {}, .problems = {}, .refusal = bound.error(), .notice = {}});
    for (;;) {
      FeedItem item;
      auto step = source->next(item.rows);
      if (!step) item.problems.push_back(std::move(step.error()));
      const bool last = !step || *step == Step::end;
      if (!tell(std::move(item), last) || last) return;
    }
  };
  std::vector<Feeder> feeders;
  feeders.emplace_back(pull);
  return feed_source(std::move(options), std::move(feeders));
}

}  // namespace argus
