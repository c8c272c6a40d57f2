#include "top/top.h"

#include <algorithm>
#include <array>
#include <csignal>

#include "draw/screen.h"
#include "top/dialog.h"
#include "top/frame.h"
#include "top/screen.h"

namespace argus {

namespace {

constexpr std::array<Nanos, 7> kPaces = {100 * kMillisecond, 200 * kMillisecond, 500 * kMillisecond, kSecond,
                                         2 * kSecond,        5 * kSecond,        10 * kSecond};
constexpr Nanos kWorkMost = 40 * kMillisecond;  // between two looks at the keys
constexpr Nanos kKeyWait = 50 * kMillisecond;   // in which nothing that came is taken
constexpr Nanos kDrawGap = 30 * kMillisecond;   // at least, between what two keys do to the screen
constexpr Nanos kCostShare = 5;                 // putting rows in order takes at most one part in so many of the time
constexpr Nanos kQuickAnswer = 300 * kMillisecond;
constexpr std::size_t kHeldRows = 2000;

// What the program does at TERM, which is to set io.stop, and that however often they come: the terminal is given back
// before the process ends.
void end_by_signals() {
  struct sigaction ending {};
  ::sigaction(SIGTERM, nullptr, &ending);
  ending.sa_flags = 0;
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) ::sigaction(number, &ending, nullptr);
}

// Rows of a picture that is held.
TopPicture part_of(const TopPicture& whole, std::size_t first, std::size_t rows) {
  TopPicture out = whole;
  const std::size_t from = std::min(first - std::min(first, whole.first), whole.rows.size());
  const std::size_t count = std::min(rows, whole.rows.size() - from);
  std::vector<std::uint32_t> which(count);
  for (std::size_t i = 0; i < count; i++) which[i] = static_cast<std::uint32_t>(from + i);
  out.batch = gathered(whole.batch, which);
  const auto begin = static_cast<std::ptrdiff_t>(from), end = static_cast<std::ptrdiff_t>(from + count);
  out.rows.assign(whole.rows.begin() + begin, whole.rows.begin() + end);
  out.groups.assign(whole.groups.begin() + begin, whole.groups.begin() + end);
  out.first = whole.first + from;
  return out;
}

}  // namespace

TopScreen::TopScreen(const TopOptions& options, TopPlan plan, Screen& screen, TopReader& reader)
    : options_(options),
      look_(std::move(plan.look)),
      ask_(plan.ask),
      key_text_(std::move(plan.key_text)),
      default_columns_(default_top_columns(plan.ask.key, options.live || options.speed > 0)),
      screen_(screen),
      reader_(reader),
      model_(std::move(plan.ask), options.memory_max, options.live),
      pace_(pace_for(options.every != 0 ? options.every : 500 * kMillisecond)),
      idle_(options.idle) {}

std::size_t TopScreen::pace_for(Nanos wanted) {
  std::size_t out = 0;
  while (out + 1 < kPaces.size() && kPaces[out] < wanted) out++;
  return out;
}

Nanos TopScreen::every() const { return std::max(kPaces[pace_], kCostShare * cost_); }

bool TopScreen::work() {
  const Nanos until = steady_now() + kWorkMost;
  bool more = true;
  while (more && steady_now() < until) {
    more = false;
    if (auto update = reader_.take(0)) {
      const bool tells = !update->notices.empty() || !update->problems.empty() || update->end;
      model_.take(*update, steady_now());
      changed_ |= tells, stale_ |= tells;
      more = true;
    }
    more |= model_.make_some();
  }
  model_.pass(steady_now());
  return more;
}

void TopScreen::draw(bool fresh) {
  const ScreenSize size = screen_.size();
  const std::size_t rows = top_rows(look_, dialog_, size);
  const Nanos begin = steady_now();
  if (held_) {
    const std::size_t most = held_->rows.size();
    first_ = std::min(first_, most > rows ? most - rows : 0);
    picture_ = part_of(*held_, first_, rows);
  } else {
    picture_ = model_.picture(look_, idle_, first_, rows, fresh);
    if (const std::size_t most = picture_.listed > rows ? picture_.listed - rows : 0; first_ > most) {
      first_ = most;
      picture_ = model_.picture(look_, idle_, first_, rows, false);
    }
    if (fresh) cost_ = steady_now() - begin;
  }
  if (options_.name_hosts) options_.name_hosts(picture_.batch);
  chosen_ = std::min(chosen_, picture_.rows.empty() ? 0 : picture_.rows.size() - 1);
  if (!said_.empty() && begin - said_at_ < kSaidFor) picture_.said = said_;
  refresh_row();
  TopHeading heading;
  heading.source = options_.source, heading.ticks = options_.ticks, heading.sensors = options_.sensors;
  heading.key = key_text_, heading.filter = filter_text_, heading.read_filter = options_.read_filter;
  heading.clock = options_.live ? (held_ ? held_clock_ : wall_now()) : picture_.now;
  heading.opening = reader_.opening();
  if (held_) {
    heading.paused = true;
    heading.paused_for = begin - held_at_;
    heading.behind = model_.records() - std::min(model_.records(), held_records_);
  }
  screen_.show(draw_top(picture_, look_, heading, dialog_, chosen_, size));
  drawn_at_ = steady_now();
  changed_ = false;
  if (fresh) stale_ = false;
}

void TopScreen::hold_picture() {
  if (held_) {
    held_.reset();
  } else {
    held_ = model_.picture(look_, idle_, 0, kHeldRows, true);
    held_at_ = steady_now(), held_clock_ = wall_now(), held_records_ = model_.records();
  }
}

// The row that is open goes on counting, as long as it can be told from the others.
void TopScreen::refresh_row() {
  if (dialog_.kind != TopDialog::Kind::row || held_) return;
  if (auto row = model_.one(dialog_.group, dialog_.row.made)) dialog_.row = *std::move(row);
}

Result<> TopScreen::run(const std::atomic<bool>& stop) {
  while (!stop && !quit_) {
    const bool busy = work();
    if (options_.ends_with_input && model_.ended()) return {};
    if (model_.ended()) ARGUS_TRY(reader_.await_open(0));
    const Nanos now = steady_now();
    if (filter_due_ && now >= *filter_due_) {
      filter_due_.reset();
      if (auto done = take_filter(filter_wanted_); !done) dialog_.fault = done.error().text;
    }
    const bool due = now - drawn_at_ >= every();
    if (due || (changed_ && now - drawn_at_ >= kDrawGap)) draw(due || stale_);
    const Nanos next = drawn_at_ + (changed_ ? kDrawGap : every()) - steady_now();
    ARGUS_TRY_LET(std::optional<KeyPress> key, screen_.key(busy ? 0 : std::clamp<Nanos>(next, 0, kKeyWait)));
    while (key && !quit_) {
      press(*key);
      changed_ = true;
      ARGUS_TRY_LET(key, screen_.key(0));
    }
  }
  return {};
}

Result<TopRun> run_top(Io& io, SourcePtr source, const TopOptions& options, TopPlan plan) {
  TopReader reader(std::move(source), {FieldSet::all_stored(), nullptr, options.span}, options.notices,
                   reader_options(options));
  end_by_signals();
  ARGUS_TRY(reader.await_open(kQuickAnswer));  // whoever answers at once is not waited for on a screen
  ARGUS_TRY_LET(std::unique_ptr<Screen> screen, open_screen({options.colour, options.ascii, options.mouse}));
  TopScreen top(options, std::move(plan), *screen, reader);
  auto done = top.run(*io.stop);
  screen.reset();
  if (!done && done.error().code != Errc::closed) return std::move(done.error());
  if (!done) return TopRun();  // the terminal is gone: nobody to tell
  return TopRun{top.model().read()};
}

}  // namespace argus
