#include "collect/paired.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/hash.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/where.h"

namespace argus {

namespace {

constexpr std::size_t kRowsAtOnce = 16'384;  // of a batch that is given

using BatchPtr = std::shared_ptr<const Batch>;
struct Place {
  BatchPtr batch;  // null: nothing
  std::uint32_t row = 0;
};
// A record of one direction, and the one of the other where there is one.
struct Pair {
  Place first, second;
};

struct EndsKey {
  Address src, dst, exporter;
  std::uint32_t ports = 0;
  std::uint16_t proto = 0;
  friend bool operator==(const EndsKey&, const EndsKey&) = default;
  [[nodiscard]] EndsKey reverse() const { return {dst, src, exporter, ports << 16 | ports >> 16, proto}; }
};
struct EndsHash {
  HashKey key;
  std::size_t operator()(const EndsKey& of) const {
    const std::uint64_t ends =
        mix(of.src.high() ^ key.k0, of.src.low() ^ key.k1) ^ mix(of.dst.high() ^ key.k1, of.dst.low() ^ key.k2);
    return mix(ends ^ of.exporter.low(), (std::uint64_t{of.ports} << 16 | of.proto) ^ key.k3);
  }
};

// What two values of a field become; the second is that of the reversed record.
template <class T>
T joined(Field field, const T& a, const T& b) {
  if (field == Field::ftime) return std::min(a, b);
  if (field == Field::trans) return std::max(a, b);  // one flow
  switch (info(field).merge) {
    case Merge::min: return std::min(a, b);
    case Merge::max: return std::max(a, b);
    case Merge::or_:
      if constexpr (std::is_unsigned_v<T>) return static_cast<T>(a | b);
      return a;
    case Merge::sum:
      if constexpr (std::is_unsigned_v<T>) return a > static_cast<T>(~b) ? static_cast<T>(~T{}) : static_cast<T>(a + b);
      return a;
    default: return a;
  }
}

template <class T>
Column joined_column(const std::vector<Pair>& pairs, Field field) {
  const auto value = [](const Place& place, Field of) -> const T* {
    if (!place.batch || !(*place.batch)[of].has(place.row)) return nullptr;
    return &(*place.batch)[of].at<T>(place.row);
  };
  ColumnBuilder<T> out;
  out.reserve(pairs.size());
  for (const Pair& pair : pairs) {
    const T* const a = value(pair.first, field);
    const T* const b = value(pair.second, info(field).reverse);
    if (a != nullptr && b != nullptr) out.add(joined<T>(field, *a, *b));
    else if (a != nullptr || b != nullptr) out.add(a != nullptr ? *a : *b);
    else out.add_absent();
  }
  return out.finish();
}

Batch batch_of(const std::vector<Pair>& pairs) {
  Batch out(pairs.size());
  for (const FieldInfo& field : all_fields())
    if (is_stored(field.field))
      out.set(field.field, with_type(field.type, [&]<class T>() { return joined_column<T>(pairs, field.field); }));
  return out;
}

class PairStage final : public Stage {
 public:
  PairStage(SourcePtr input, Nanos window, std::size_t most)
      : Stage(std::move(input)), window_(window), most_(most), waiting_(16, EndsHash{random_hash_key()}) {}

  // The other half of a record that is wanted may be one that is not.
  Result<> bind(const Needs& needs, const Resources& resources) override {
    where_ = needs.where;
    Needs below;
    below.fields = FieldSet::all_stored();
    below.when = needs.when;
    return input_->bind(below, resources);
  }
  Result<Step> next(Batch& out) override;
  void drain(Journal& out) override {
    input_->drain(out);
    out.add({header().sensor, 0, 0, LedgerItem::uniflows_unpaired, std::exchange(unpaired_, 0)});
  }

 private:
  struct Waiting {
    EndsKey key;
    Place place;
    Nanos begun = 0;  // of the record
    Nanos came = 0;   // on the machine's clock
  };
  void take(const Batch& batch);
  [[nodiscard]] bool join(const EndsKey& key, const Place& place, Nanos begun);
  void hold_less(const BatchPtr& batch, std::size_t first);
  void release();
  void release_first();
  void give(Batch& out) {
    const std::size_t count = std::min(done_.size(), kRowsAtOnce);
    const std::vector<Pair> pairs(done_.begin(), done_.begin() + static_cast<std::ptrdiff_t>(count));
    done_.erase(done_.begin(), done_.begin() + static_cast<std::ptrdiff_t>(count));
    out = filtered(batch_of(pairs), where_.get());
  }

  const Nanos window_;
  const std::size_t most_;
  WherePtr where_;
  std::deque<Waiting> order_;  // as they came; those without a batch have been joined
  std::uint64_t left_ = 0;     // of the front of order_, all that went
  std::unordered_multimap<EndsKey, std::uint64_t, EndsHash> waiting_;  // numbers in order_ since the beginning
  std::deque<Pair> done_;
  Nanos newest_ = INT64_MIN;
  std::uint64_t unpaired_ = 0;
  bool ended_ = false;
};

// The one that began first is the source.
bool PairStage::join(const EndsKey& key, const Place& place, Nanos begun) {
  const auto [first, last] = waiting_.equal_range(key.reverse());
  for (auto at = first; at != last; ++at) {
    Waiting& other = order_[static_cast<std::size_t>(at->second - left_)];
    if (std::max(other.begun, begun) - std::min(other.begun, begun) > window_) continue;
    Place before = std::exchange(other.place, {});
    if (begun < other.begun) done_.push_back({place, std::move(before)});
    else done_.push_back({std::move(before), place});
    waiting_.erase(at);
    return true;
  }
  return false;
}

// Of a batch, of which few records wait, only those are held.
void PairStage::hold_less(const BatchPtr& batch, std::size_t first) {
  std::vector<std::uint32_t> rows;
  for (std::size_t i = first; i < order_.size(); i++)
    if (order_[i].place.batch) rows.push_back(order_[i].place.row);
  if (rows.size() > batch->rows() / 2) return;
  const auto small = std::make_shared<const Batch>(gathered(*batch, rows));
  std::uint32_t row = 0;
  for (std::size_t i = first; i < order_.size(); i++)
    if (order_[i].place.batch) order_[i].place = {small, row++};
}

void PairStage::take(const Batch& made) {
  const Nanos now = steady_now();
  const std::size_t before = order_.size();
  const auto batch = std::make_shared<const Batch>(made);
  const std::size_t rows = made.rows();
  const auto saddr = flat<Address>(made[Field::saddr], rows), daddr = flat<Address>(made[Field::daddr], rows);
  const auto exporter = flat<Address>(made[Field::exporter], rows);
  const auto sport = flat<std::uint16_t>(made[Field::sport], rows),
             dport = flat<std::uint16_t>(made[Field::dport], rows);
  const auto proto = flat<std::uint16_t>(made[Field::proto], rows);
  const auto stime = flat<Nanos>(made[Field::stime], rows);
  const auto dpkts = flat<std::uint64_t>(made[Field::dpkts], rows);
  const auto dbytes = flat<std::uint64_t>(made[Field::dbytes], rows);
  for (std::uint32_t row = 0; row < rows; row++) {
    const Place place{batch, row};
    const bool one_way = dpkts.values[row] == 0 && dbytes.values[row] == 0;  // absent is 0 here
    if (!one_way || !saddr.has(row) || !daddr.has(row) || !stime.has(row)) {
      done_.push_back({place, {}});
      continue;
    }
    const std::uint32_t ports = std::uint32_t{sport.values[row]} << 16 | dport.values[row];
    const EndsKey key{saddr.values[row], daddr.values[row], exporter.values[row], ports, proto.values[row]};
    newest_ = std::max(newest_, stime.values[row]);
    if (join(key, place, stime.values[row])) continue;
    // Its other half may be further down in the same batch.
    order_.push_back({key, place, stime.values[row], now});
    waiting_.emplace(key, left_ + order_.size() - 1);
  }
  hold_less(batch, before);
}

void PairStage::release_first() {
  const Waiting& first = order_.front();
  if (first.place.batch) {
    const auto [begin, end] = waiting_.equal_range(first.key);
    waiting_.erase(std::find_if(begin, end, [&](const auto& one) { return one.second == left_; }));
    done_.push_back({first.place, {}});
  }
  order_.pop_front();
  left_++;
}

// Those that have waited long enough.
void PairStage::release() {
  const Nanos came_before = header().live ? steady_now() - window_ : INT64_MIN;
  const auto is_due = [&](const Waiting& first) {
    return !first.place.batch || ended_ || first.begun < newest_ - window_ || first.came < came_before;
  };
  while (!order_.empty() && is_due(order_.front())) release_first();
  for (; waiting_.size() > most_; release_first()) unpaired_ += order_.front().place.batch ? 1u : 0u;
}

Result<Step> PairStage::next(Batch& out) {
  out = Batch();
  for (;;) {
    if (done_.size() >= kRowsAtOnce || (ended_ && !done_.empty())) {
      give(out);
      return Step::rows;
    }
    if (ended_) return Step::end;
    Batch made;
    ARGUS_TRY_LET(const Step step, input_->next(made));
    if (step == Step::rows) take(made);
    ended_ = step == Step::end;
    release();
    // Live records are seen as they are done.
    if (step == Step::tick && done_.empty()) return Step::tick;
    if (step == Step::tick || (step == Step::rows && header().live && !done_.empty())) {
      give(out);
      return Step::rows;
    }
  }
}

}  // namespace

SourcePtr paired(SourcePtr input, Nanos window, std::size_t most) {
  return std::make_unique<PairStage>(std::move(input), window, most);
}

}  // namespace argus
