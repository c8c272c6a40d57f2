#include "store/live_table.h"

#include <algorithm>
#include <numeric>

#include "flow/column.h"
#include "flow/type.h"
#include "query/clusterer.h"
#include "query/packed.h"
#include "query/shares.h"
#include "store/rate_windows.h"

namespace argus {

namespace {

// Fields that the table itself asks of its records.
const FieldSet kOwn = {Field::stime, Field::ltime, Field::spkts, Field::dpkts, Field::sbytes, Field::dbytes};

std::int64_t second_of(Nanos time) { return time / kSecond - (time % kSecond < 0 ? 1 : 0); }

std::uint64_t of_ends(std::uint64_t source, std::uint64_t target, Ends ends) {
  return ends == Ends::both ? source + target : ends == Ends::src ? source : target;
}

KeyWords with_rmon(KeyWords key, bool rmon) {
  key.rmon |= rmon;
  return key;
}

}  // namespace

struct LiveTable::State {
  explicit State(const LiveTableOptions& wanted)
      : options(wanted),
        rmon(wanted.rmon || wanted.key.rmon),
        clusterer(with_rmon(wanted.key, wanted.rmon), stored_inputs(wanted.fields) | kOwn) {}

  void add_oriented(const Batch& batch);
  void follow(const Batch& batch, std::span<const std::uint32_t> group_of);
  void spread(const RowTimes& times, std::size_t row, std::uint32_t group, const Traffic& all);
  void shrink();

  LiveTableOptions options;
  bool rmon;
  Clusterer clusterer;
  RateWindows rates;
  std::vector<Nanos> last;  // packet of a group
  Nanos now = INT64_MIN;
  bool counted = true;  // what is added is part of the total
  Traffic total;
  std::uint64_t records = 0;
  Left left;
};

void LiveTable::State::add_oriented(const Batch& batch) {
  clusterer.add(batch, [this](const Batch& rows, std::span<const std::uint32_t> group_of) { follow(rows, group_of); });
}

void LiveTable::State::follow(const Batch& batch, std::span<const std::uint32_t> group_of) {
  last.resize(clusterer.groups(), INT64_MIN);
  const RowTimes times(batch);
  const std::size_t rows = batch.rows();
  const auto spkts = flat<std::uint64_t>(batch[Field::spkts], rows),
             dpkts = flat<std::uint64_t>(batch[Field::dpkts], rows);
  const auto sbytes = flat<std::uint64_t>(batch[Field::sbytes], rows),
             dbytes = flat<std::uint64_t>(batch[Field::dbytes], rows);
  for (std::size_t i = 0; i < rows; i++) {
    if (!times.timed(i)) continue;
    const std::uint32_t group = group_of[i];
    const Nanos end = times.ltime(i);
    last[group] = std::max(last[group], end);
    if (!rates.started() || second_of(end) < rates.oldest()) continue;
    spread(times, i, group, {spkts.values[i], dpkts.values[i], sbytes.values[i], dbytes.values[i]});
  }
}

// Into the seconds in which it went through.
void LiveTable::State::spread(const RowTimes& times, std::size_t row, std::uint32_t group, const Traffic& all) {
  const std::int64_t first = second_of(times.stime(row)), end = second_of(times.ltime(row));
  if (first == end) return rates.add(group, end, all, counted);
  const std::array<RecordSide, 2> sides = {times.direction(0, row), times.direction(1, row)};
  const std::array<std::uint64_t, 2> bytes = {all.sbytes, all.dbytes};
  std::array<std::uint64_t, 2> packets_done{}, bytes_done{};
  const std::int64_t begin = std::max(first, rates.oldest());
  const auto until = [&](std::size_t side, Nanos border, std::uint64_t& packets, std::uint64_t& volume) {
    packets = sides[side].before(border);
    volume = packets == 0 ? 0 : share_of(bytes[side], packets, sides[side].packets);
  };
  if (begin > first)
    for (std::size_t side = 0; side < 2; side++) until(side, begin * kSecond, packets_done[side], bytes_done[side]);
  for (std::int64_t second = begin; second <= end; second++) {
    std::array<std::uint64_t, 2> packets{}, volume{};
    for (std::size_t side = 0; side < 2; side++) {
      if (second == end || second >= rates.second()) packets[side] = sides[side].packets, volume[side] = bytes[side];
      else until(side, (second + 1) * kSecond, packets[side], volume[side]);
    }
    const Traffic piece = {packets[0] - packets_done[0], packets[1] - packets_done[1], volume[0] - bytes_done[0],
                           volume[1] - bytes_done[1]};
    if (!piece.none()) rates.add(group, second, piece, counted);
    if (second >= rates.second()) return;  // the rest of it as well
    packets_done = packets, bytes_done = volume;
  }
}

// Down to three quarters of the limit: idle groups go first, among them those with the fewest packets.
void LiveTable::State::shrink() {
  const std::size_t groups = clusterer.groups();
  if (groups <= options.groups_max) return;
  struct Weight {
    bool moves;
    std::uint64_t packets, bytes;
  };
  constexpr Nanos kIdle = static_cast<Nanos>(kRateSeconds.back()) * kSecond;
  const Nanos since = now < INT64_MIN + kIdle ? INT64_MIN : now - kIdle;
  std::vector<Weight> weights(groups);
  std::vector<std::uint32_t> order(groups);
  std::iota(order.begin(), order.end(), 0u);
  const FieldSet counters = {Field::spkts, Field::dpkts, Field::sbytes, Field::dbytes};
  for (std::size_t at = 0; at < groups; at += kBatchRowsMax) {
    const auto some = std::span(order).subspan(at, std::min(kBatchRowsMax, groups - at));
    const Batch batch = clusterer.records(some, counters);
    const auto of = [&](Field field) { return flat<std::uint64_t>(batch[field], batch.rows()); };
    const auto spkts = of(Field::spkts), dpkts = of(Field::dpkts), sbytes = of(Field::sbytes),
               dbytes = of(Field::dbytes);
    for (std::size_t i = 0; i < some.size(); i++)
      weights[at + i] = {last[some[i]] > since, spkts.values[i] + dpkts.values[i], sbytes.values[i] + dbytes.values[i]};
  }
  const std::size_t stay = options.groups_max - options.groups_max / 4;
  std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(stay), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) {
                     if (weights[a].moves != weights[b].moves) return weights[a].moves;
                     return weights[a].packets > weights[b].packets;
                   });
  for (const std::uint32_t group : std::span(order).subspan(stay)) {
    left.groups++;
    left.packets += weights[group].packets;
    left.bytes += weights[group].bytes;
  }
  order.resize(stay);
  std::sort(order.begin(), order.end());
  clusterer.keep(order);
  rates.renumber(order, groups);
  std::vector<Nanos> times(order.size());
  for (std::size_t i = 0; i < order.size(); i++) times[i] = last[order[i]];
  last = std::move(times);
}

LiveTable::LiveTable(const LiveTableOptions& options) : state_(std::make_unique<State>(options)) {}
LiveTable::~LiveTable() = default;
LiveTable::LiveTable(LiveTable&&) noexcept = default;
LiveTable& LiveTable::operator=(LiveTable&&) noexcept = default;

FieldSet LiveTable::needs() const {
  FieldSet out = state_->clusterer.needs() | kOwn;
  if (state_->rmon)
    for (const Field field : out.list()) out.add(info(field).reverse);
  return out;
}

void LiveTable::add(const Batch& batch) {
  const auto sum = [&](Field field) {
    const auto column = flat<std::uint64_t>(batch[field], batch.rows());
    return std::accumulate(column.values.begin(), column.values.end(), std::uint64_t{0});
  };
  state_->total += {sum(Field::spkts), sum(Field::dpkts), sum(Field::sbytes), sum(Field::dbytes)};
  state_->records += batch.rows();
  state_->add_oriented(batch);
  if (state_->rmon) {
    state_->counted = false;
    state_->add_oriented(reversed(batch));
    state_->counted = true;
  }
  state_->shrink();
}

void LiveTable::advance(Nanos now) {
  if (now <= state_->now) return;
  state_->now = now;
  state_->rates.advance(second_of(now));
}

Nanos LiveTable::now() const { return state_->now; }
std::size_t LiveTable::groups() const { return state_->clusterer.groups(); }
std::size_t LiveTable::bytes() const {
  return state_->clusterer.bytes() + state_->rates.bytes() + state_->last.capacity() * sizeof(Nanos);
}
const LiveTable::Left& LiveTable::left() const { return state_->left; }
Traffic LiveTable::total() const { return state_->total; }
std::uint64_t LiveTable::records() const { return state_->records; }

std::vector<std::uint32_t> LiveTable::ordered(const LiveOrder& by, Nanos idle, std::size_t first) const {
  std::vector<std::uint32_t> groups;
  for (std::uint32_t i = 0; i < state_->clusterer.groups(); i++)
    if (idle == 0 || state_->now < INT64_MIN + idle || state_->last[i] > state_->now - idle) groups.push_back(i);
  const bool rate = by.by != LiveOrder::By::field;
  KeyPacker packer({{rate ? Type::u64 : info(by.field).type, by.descending, false}});
  std::vector<std::uint64_t> keys;
  const FieldSet wanted = stored_inputs({by.field}) | FieldSet{by.field};
  for (std::size_t at = 0; at < groups.size(); at += kBatchRowsMax) {
    const auto some = std::span(groups).subspan(at, std::min(kBatchRowsMax, groups.size() - at));
    Column column;
    if (rate) {
      std::vector<std::uint64_t> values;
      values.reserve(some.size());
      for (const std::uint32_t group : some) {
        const Traffic& t = state_->rates.within(group, by.window);
        values.push_back(by.by == LiveOrder::By::bits ? of_ends(t.sbytes, t.dbytes, by.ends)
                                                      : of_ends(t.spkts, t.dpkts, by.ends));
      }
      column = Column::flat<std::uint64_t>(std::move(values));
    } else {
      column = column_of(state_->clusterer.records(some, wanted), by.field);
    }
    packer.pack(std::span(&column, 1), some.size(), keys);
  }
  std::vector<std::uint32_t> order = order_of(packer.ordered(std::move(keys)), packer.words(), groups.size());
  if (order.size() > first) order.resize(first);
  for (std::uint32_t& one : order) one = groups[one];
  return order;
}

double LiveTable::sum_of(Field counter) const {
  const FieldSet wanted = stored_inputs({counter}) | FieldSet{counter};
  std::vector<std::uint32_t> groups(state_->clusterer.groups());
  std::iota(groups.begin(), groups.end(), 0u);
  double out = 0;
  for (std::size_t at = 0; at < groups.size(); at += kBatchRowsMax) {
    const auto some = std::span(groups).subspan(at, std::min(kBatchRowsMax, groups.size() - at));
    const Column column = column_of(state_->clusterer.records(some, wanted), counter);
    const auto values = flat<std::uint64_t>(column, some.size());
    for (const std::uint64_t value : values.values) out += static_cast<double>(value);
  }
  return out;
}

Batch LiveTable::rows(std::span<const std::uint32_t> groups) const {
  FieldSet all = FieldSet::all_stored();
  for (const Key& key : state_->options.key.keys) all.add(key.field);
  return state_->clusterer.records(groups, all);
}

Traffic LiveTable::within(std::uint32_t group, std::size_t window) const { return state_->rates.within(group, window); }
Traffic LiveTable::total_within(std::size_t window) const { return state_->rates.total_within(window); }
std::vector<Traffic> LiveTable::history(std::uint32_t group) const { return state_->rates.history(group); }
std::vector<Traffic> LiveTable::total_history() const { return state_->rates.total_history(); }

}  // namespace argus
