#include "top/reader.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/channel.h"
#include "base/thread.h"
#include "flow/column.h"
#include "flow/field.h"
#include "sink/record_queue.h"

namespace argus {

namespace {

constexpr std::size_t kUpdatesMax = 32;        // between the threads, up to a frame each
constexpr std::size_t kNoticesMax = 256;       // that wait for the next update
constexpr Nanos kGiveUp = 2 * kSecond;         // the most that the end waits for the thread
constexpr Nanos kLook = 20 * kMillisecond;     // how often a thread that waits looks whether to stop
constexpr Nanos kPlayed = 200 * kMillisecond;  // of a file's time that is given at once, played as it happened
constexpr double kPlayedMost = 1e18;           // ns, which is 31 years, that a row is waited for

// Of times of which nobody says that they are sane.
double between(Nanos from, Nanos to) { return static_cast<double>(to) - static_cast<double>(from); }

bool says_nothing(const TopUpdate& update) {
  return update.rows.rows() == 0 && update.ledger.empty() && update.problems.empty() && update.notices.empty() &&
         update.missed == 0 && !update.instead && !update.end;
}

}  // namespace

class TopNotices {
 public:
  Channel<Notice> channel{kNoticesMax};
};

std::shared_ptr<TopNotices> make_notices() { return std::make_shared<TopNotices>(); }

void notify(TopNotices& notices, const Notice& notice) {
  Notice own = notice;
  (void)notices.channel.try_push(own);
}

struct TopReader::Shared {
  Shared(SourcePtr from, Needs wanted, std::shared_ptr<TopNotices> words, const TopReaderOptions& chosen)
      : source(std::move(from)),
        needs(std::move(wanted)),
        notices(std::move(words)),
        options(chosen),
        live((!source || source->header().live) && !chosen.waits),
        backlog(chosen.memory_max, RecordQueue::Form::batches),
        opened(source != nullptr),
        channel(kUpdatesMax) {}

  void run();
  [[nodiscard]] Result<> begin();
  void end_with(Error why);
  // False: the end, or nobody reads any more.
  [[nodiscard]] bool step();
  void look(TopUpdate& update, bool last);
  [[nodiscard]] Result<Step> read_instead(TopUpdate& update);
  void gather(TopUpdate& update);
  [[nodiscard]] bool give(TopUpdate update);
  [[nodiscard]] bool give_waiting();
  [[nodiscard]] bool play(TopUpdate update);

  SourcePtr source;
  Needs needs;
  std::shared_ptr<TopNotices> notices;
  TopReaderOptions options;
  bool live;
  RecordQueue backlog;  // of live rows that found no room
  TopUpdate later;      // words of updates that found no room
  Journal told;         // and their ledger
  std::uint64_t missed_told = 0;
  std::size_t problems_told = 0;
  std::optional<Nanos> played_from, began;  // of a file as it happened: its first time, and when that was given
  std::atomic<bool> opened;                 // or known never to be
  std::optional<Error> unopened;            // why not; once it is opened
  std::optional<Progress> progress;         // once it is done
  std::atomic<bool> stop = false, done = false, instead_wanted = false;
  Channel<TopUpdate> channel;
};

Result<> TopReader::Shared::begin() {
  if (!source) {
    ARGUS_TRY_LET(source, options.open(stop));
    opened = true;
  }
  Resources resources;
  resources.stop = &stop;
  return source->bind(needs, resources);
}

// Nothing comes but this.
void TopReader::Shared::end_with(Error why) {
  if (!source) unopened = why;
  opened = true;
  TopUpdate update;
  update.problems.push_back(std::move(why));
  update.end = true;
  channel.push(std::move(update));
  done = true;
}

void TopReader::Shared::run() {
  if (auto begun = begin(); !begun) return end_with(std::move(begun.error()));
  while (step()) continue;
  if (const MeasuredSource* measured = source->measured()) progress = measured->progress();
  source.reset();
  done = true;
}

void TopReader::Shared::look(TopUpdate& update, bool last) {
  Journal journal;
  source->drain(journal);
  update.ledger = journal.drain();
  const std::vector<Error> all = source->problems();
  for (; problems_told < all.size(); problems_told++) update.problems.push_back(all[problems_told]);
  while (auto notice = notices->channel.pop(0)) update.notices.push_back(*std::move(notice));
  update.end = last;
}

// Opened before the first is given up.
Result<Step> TopReader::Shared::read_instead(TopUpdate& update) {
  ARGUS_TRY_LET(SourcePtr other, std::exchange(options.instead, {})(stop));
  Resources resources;
  resources.stop = &stop;
  ARGUS_TRY(other->bind(needs, resources));
  source = std::move(other);
  update.instead = true;
  problems_told = 0;
  return Step::tick;
}

bool TopReader::Shared::step() {
  TopUpdate update;
  if (instead_wanted.exchange(false) && options.instead) {
    if (const auto done = read_instead(update); !done) update.notices.push_back({"records: " + done.error().text});
  }
  Result<Step> step = Step::tick;
  if (!update.instead) step = source->next(update.rows);
  if (!step && step.error().code == Errc::unsupported && options.instead && !stop) step = read_instead(update);
  const bool last = !step || *step == Step::end;
  if (!step) update.problems.push_back(std::move(step.error()));
  look(update, last);
  if (last && stop) return false;
  if (options.speed > 0 && !live) {
    if (!play(std::move(update))) return false;
  } else if (!give(std::move(update))) {
    return false;
  }
  return !last && !stop;
}

// Notices and the ledger of updates until one finds room, as few as they can be.
void TopReader::Shared::gather(TopUpdate& update) {
  for (const LedgerEntry& entry : update.ledger) told.sum(entry);
  const auto move_some = [](auto& from, auto& to) {
    for (auto& one : from)
      if (to.size() < kNoticesMax) to.push_back(std::move(one));
  };
  move_some(update.problems, later.problems);
  move_some(update.notices, later.notices);
  later.instead |= update.instead;
  later.end |= update.end;
}

// Live rows that find no room wait in the backlog.
bool TopReader::Shared::give(TopUpdate update) {
  if (!live) return channel.push(std::move(update));
  gather(update);
  for (; !stop; std::this_thread::sleep_for(std::chrono::nanoseconds(kLook))) {
    if (give_waiting()) {
      TopUpdate out = later;
      out.rows = update.rows;
      out.ledger = told.entries();
      out.missed = backlog.lost() - missed_told;
      const std::uint64_t missed = out.missed;
      if (says_nothing(out)) return true;
      if (channel.try_push(out)) {
        later = {}, told = {};
        missed_told += missed;
        return true;
      }
    }
    if (update.end) continue;
    if (update.rows.rows() != 0) backlog.add(update.rows);
    return true;
  }
  return false;
}

// True when nothing waits any more.
bool TopReader::Shared::give_waiting() {
  while (auto oldest = backlog.take()) {
    TopUpdate update;
    update.rows = oldest->batch;
    if (channel.try_push(update)) continue;
    backlog.give_back(*std::move(oldest));
    return false;
  }
  return true;
}

// A file as it happened: rows by their last packet, each update when its time has come.
bool TopReader::Shared::play(TopUpdate update) {
  const Batch rows = std::exchange(update.rows, {});
  const auto ltime = flat<Nanos>(rows[Field::ltime], rows.rows());
  std::vector<std::uint32_t> order(rows.rows());
  for (std::uint32_t i = 0; i < order.size(); i++) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return ltime.values[a] < ltime.values[b]; });
  for (std::size_t at = 0; at < order.size();) {
    const Nanos begin = ltime.values[order[at]];
    std::size_t end = at + 1;
    while (end < order.size() && between(begin, ltime.values[order[end]]) < static_cast<double>(kPlayed)) end++;
    if (!played_from) played_from = begin, began = steady_now();
    const double due = std::min(between(*played_from, begin) / options.speed, kPlayedMost);
    for (const Nanos at_last = *began + static_cast<Nanos>(due); !stop && steady_now() < at_last;)
      std::this_thread::sleep_for(std::chrono::nanoseconds(std::min(kLook, at_last - steady_now())));
    TopUpdate some;
    some.rows = gathered(rows, std::span(order).subspan(at, end - at));
    if (stop || !channel.push(std::move(some))) return false;
    at = end;
  }
  return channel.push(std::move(update));
}

TopReader::TopReader(SourcePtr source, Needs needs, std::shared_ptr<TopNotices> notices,
                     const TopReaderOptions& options)
    : shared_(std::make_shared<Shared>(std::move(source), std::move(needs), std::move(notices), options)) {
  auto thread = start_thread("reading", [shared = shared_] { shared->run(); });
  if (thread) thread_ = *std::move(thread);
  else shared_->end_with(std::move(thread.error()));
}

std::optional<Progress> TopReader::stop() {
  shared_->stop = true;
  shared_->channel.close();
  for (Nanos waited = 0; !shared_->done && waited < kGiveUp; waited += kLook)
    std::this_thread::sleep_for(std::chrono::nanoseconds(kLook));
  return shared_->done ? shared_->progress : std::nullopt;
}

TopReader::~TopReader() {
  (void)stop();
  if (!thread_.joinable()) return;
  if (shared_->done) thread_.join();
  else thread_.detach();  // it holds all that it was given
}

Result<> TopReader::await_open(Nanos most) const {
  for (Nanos waited = 0; opening() && waited < most; waited += kLook)
    std::this_thread::sleep_for(std::chrono::nanoseconds(kLook));
  if (!opening() && shared_->unopened) return *shared_->unopened;
  return {};
}

bool TopReader::opening() const { return !shared_->opened; }

void TopReader::read_instead() { shared_->instead_wanted = true; }

std::optional<TopUpdate> TopReader::take(Nanos wait) { return shared_->channel.pop(wait); }

}  // namespace argus
