#include "top/model.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "flow/column.h"

namespace argus {

namespace {

constexpr Nanos kAhead = kHour;       // a live record further ahead of this machine's clock does not move the time
constexpr Nanos kLate = 2 * kSecond;  // live records come so much later, before silence is silence
constexpr std::size_t kProblemsMax = 64;

LiveTableOptions table_options(const TopAsk& ask) {
  return {ask.key, ask.rmon, ask.fields | ScanDetector::fields(), ask.groups_max};
}

Nanos extreme(const Batch& batch, Field field, bool latest) {
  const auto column = flat<Nanos>(batch[field], batch.rows());
  Nanos out = latest ? INT64_MIN : INT64_MAX;
  for (std::size_t i = 0; i < batch.rows(); i++)
    if (column.has(i)) out = latest ? std::max(out, column.values[i]) : std::min(out, column.values[i]);
  return out;
}

std::uint64_t value_at(const Column& column, std::size_t row) {
  return column.has(row) ? column.at<std::uint64_t>(row) : 0;
}

}  // namespace

TopModel::TopModel(TopAsk ask, std::uint64_t memory_max, bool live)
    : ask_(std::move(ask)), live_(live), store_(memory_max), table_(table_options(ask_)) {}

void TopModel::take(const TopUpdate& update, Nanos steady) {
  steady_ = steady;
  missed_ += update.missed;
  if (update.instead && !instead_) {
    instead_ = true;
    if (records_ != 0) zero();  // records tell what ticks told once more
  }
  for (const LedgerEntry& entry : update.ledger) journal_.sum(entry);
  for (const Error& problem : update.problems) {
    if (problems_.size() >= kProblemsMax) break;
    // Its own stop is none.
    if (problem.code != Errc::interrupted) problems_.push_back(problem);
    said_ = escaped(problem.text), said_at_ = steady;
  }
  for (const Notice& notice : update.notices) take(notice);
  if (update.rows.rows() != 0) {
    Nanos newest = extreme(update.rows, Field::ltime, true);
    if (live_) newest = std::min(newest, wall_now() + kAhead);
    if (newest > newest_) newest_ = newest, newest_at_ = steady;
    since_ = std::min(since_, extreme(update.rows, Field::stime, false));
    table_.advance(newest_);
    records_ += update.rows.rows();
    store_.add(update.rows);
    scans_.add(update.rows);
    add(update.rows);
  }
  if (update.end) {
    ended_ = true;
    // The last second of what has an end is over.
    if (newest_ != INT64_MIN && newest_ < INT64_MAX - kSecond) table_.advance(newest_ + kSecond);
  }
}

// A sensor that cannot be reached is named in the first line until it can.
void TopModel::take(const Notice& notice) {
  said_ = escaped(notice.text), said_at_ = steady_;
  switch (notice.about) {
    case Notice::About::sensor_away: away_[notice.sensor] = said_; break;
    case Notice::About::sensor_back: away_.erase(notice.sensor); break;
    case Notice::About::anything: break;
  }
}

void TopModel::pass(Nanos steady) {
  steady_ = steady;
  if (!live_ || ended_ || newest_ == INT64_MIN) return;
  const Nanos silent = steady - newest_at_ - kLate;
  if (silent > 0 && newest_ < INT64_MAX - silent) table_.advance(newest_ + silent);
}

void TopModel::add(const Batch& batch) { table_.add(filtered(batch, ask_.where.get())); }

void TopModel::ask(TopAsk ask) {
  ask_ = std::move(ask);
  const Nanos now = table_.now();
  table_ = LiveTable(table_options(ask_));
  table_.advance(now);
  made_++;
  again_ = store_.scan();
  again_rows_ = std::max<std::uint64_t>(store_.rows(), 1), again_done_ = 0;
  (void)again_->bind({}, {});
}

bool TopModel::make_some() {
  if (!again_) return false;
  Batch batch;
  auto step = again_->next(batch);
  if (!step || *step == Step::end) {
    again_.reset();
    return true;
  }
  again_done_ += batch.rows();
  add(batch);
  return true;
}

void TopModel::zero() {
  store_.clear();
  scans_.clear();
  since_ = INT64_MAX;
  records_ = 0;
  ask(ask_);
}

std::vector<std::string> TopModel::losses() const {
  std::array<std::uint64_t, 32> sums{};
  for (const LedgerEntry& entry : journal_.entries())
    if (static_cast<std::size_t>(entry.item) < sums.size()) sums[static_cast<std::size_t>(entry.item)] += entry.count;
  const auto of = [&](LedgerItem item) { return sums[static_cast<std::size_t>(item)]; };
  std::vector<std::string> out;
  const auto tell = [&](std::uint64_t count, std::string_view before, std::string_view after) {
    if (count != 0) out.push_back(fmt::format("{}{}{}", before, spaced(count), after));
  };
  const std::uint64_t drops = of(LedgerItem::kernel_dropped) + of(LedgerItem::interface_dropped);
  if (drops != 0)
    out.push_back(
        fmt::format("drops {} ({:.2g} %)", spaced(drops),
                    100.0 * static_cast<double>(drops) / static_cast<double>(drops + of(LedgerItem::received))));
  tell(of(LedgerItem::sensor_silent), "gaps ", " s");
  tell(of(LedgerItem::records_skipped) + missed_, "missed ", " records");
  tell(of(LedgerItem::records_lost), "damaged ", " records");
  tell(of(LedgerItem::evicted), "cut short ", " flows");
  tell(of(LedgerItem::too_short) + of(LedgerItem::malformed) + of(LedgerItem::bad_link) + of(LedgerItem::too_deep),
       "not understood ", " packets");
  tell(of(LedgerItem::clock_stepped) + of(LedgerItem::time_back), "clock steps ", "");
  tell(of(LedgerItem::capture_cut), "cut captures ", "");
  tell(table_.left().groups, "small rows let go ", "");
  return out;
}

void TopModel::fill(TopPicture& picture) const {
  picture.batch = table_.rows(picture.groups);
  const Batch& batch = picture.batch;
  for (std::size_t i = 0; i < picture.groups.size(); i++) {
    TopRow row;
    for (std::size_t w = 0; w < kRateSeconds.size(); w++) row.rates[w] = table_.within(picture.groups[i], w);
    row.total = {value_at(batch[Field::spkts], i), value_at(batch[Field::dpkts], i), value_at(batch[Field::sbytes], i),
                 value_at(batch[Field::dbytes], i)};
    row.history = table_.history(picture.groups[i]);
    row.mark = mark_of(batch, i, scans_);
    picture.rows.push_back(std::move(row));
  }
  picture.now = table_.now() == INT64_MIN ? 0 : ended_ ? newest_ : table_.now();  // the last second of an end is over
  const double whole = since_ > picture.now ? 0 : static_cast<double>(picture.now / kSecond - since_ / kSecond);
  for (std::size_t w = 0; w < kRateSeconds.size(); w++)
    picture.seconds[w] = std::clamp(whole, 1.0, static_cast<double>(kRateSeconds[w]));
  picture.made = made_ + table_.left().groups;
}

TopPicture TopModel::picture(const TopLook& look, Nanos idle, std::size_t first, std::size_t rows, bool fresh) {
  TopPicture out;
  const std::size_t groups = table_.groups();
  const std::uint64_t made = made_ + table_.left().groups;
  if (fresh || made != order_made_) {
    order_ = table_.ordered(look.order, idle, groups);
    order_made_ = made;
    const bool counter = look.order.by == LiveOrder::By::field && is_counter(look.order.field);
    order_total_ = counter ? table_.sum_of(look.order.field) : 0;
  }
  const std::vector<std::uint32_t>& order = order_;
  out.listed = order.size();
  out.idle = groups - std::min(groups, order.size());
  out.first = std::min(first, out.listed == 0 ? 0 : out.listed - 1);
  const std::size_t count = std::min({rows, out.listed - out.first, kBatchRowsMax});
  out.groups.assign(order.begin() + static_cast<std::ptrdiff_t>(out.first),
                    order.begin() + static_cast<std::ptrdiff_t>(out.first + count));
  fill(out);
  for (std::size_t w = 0; w < kRateSeconds.size(); w++) out.total_rates[w] = table_.total_within(w);
  out.total = table_.total();
  out.sorted_total = order_total_;
  out.history = table_.total_history();
  out.since = since_ == INT64_MAX ? 0 : since_;
  out.records = records_;
  out.live = live_, out.ended = ended_, out.instead = instead_;
  if (again_) out.anew = static_cast<unsigned>(std::min<std::uint64_t>(99, 100 * again_done_ / again_rows_));
  out.losses = losses();
  for (const auto& [sensor, text] : away_) out.away.push_back(text);
  if (!said_.empty() && steady_ - said_at_ < kSaidFor) out.said = said_;
  return out;
}

std::optional<TopPicture> TopModel::one(std::uint32_t group, std::uint64_t made) const {
  if (made != made_ + table_.left().groups || group >= table_.groups()) return std::nullopt;
  TopPicture out;
  out.groups.push_back(group);
  fill(out);
  return out;
}

std::vector<Batch> TopModel::everything(const TopLook& look, Nanos idle) const {
  const std::vector<std::uint32_t> order = table_.ordered(look.order, idle, table_.groups());
  std::vector<Batch> out;
  for (std::size_t at = 0; at < order.size(); at += kBatchRowsMax)
    out.push_back(table_.rows(std::span(order).subspan(at, std::min(kBatchRowsMax, order.size() - at))));
  return out;
}

}  // namespace argus
