#include "query/tally.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/time.h"
#include "flow/column.h"
#include "flow/type.h"
#include "flow/where.h"
#include "query/grouping.h"
#include "query/packed.h"

namespace argus {

namespace {

constexpr std::uint32_t kGone = ~std::uint32_t{0};

// From old numbers of groups to new ones.
std::vector<std::uint32_t> renumbered(std::span<const std::uint32_t> stay, std::size_t groups) {
  std::vector<std::uint32_t> out(groups, kGone);
  for (std::uint32_t i = 0; i < stay.size(); i++)
    if (stay[i] < groups) out[stay[i]] = i;
  return out;
}

// The different values of a field in each group: a table of pairs of group and value.
class DifferentValues final : public Tally {
 public:
  DifferentValues(Field made, Field of)
      : made_(made), of_(of), packer_({{Type::u32}, {info(of).type}}), known_(packer_.words()) {}

  FieldSet needs() const override { return stored_inputs({of_}); }
  void add(const Batch& batch, std::span<const std::uint32_t> group_of, std::size_t groups) override {
    add_values(column_of(batch, of_), group_of, groups);
  }
  void take_over(const Tally& other, std::span<const std::uint32_t> group_of, std::size_t groups) override {
    const auto& from = static_cast<const DifferentValues&>(other);
    from.each_pair([&](std::span<const std::uint32_t> of_other, const Column& values) {
      std::vector<std::uint32_t> here;
      for (const std::uint32_t group : of_other) here.push_back(group_of[group]);
      add_values(values, here, groups);
    });
  }
  void keep(std::span<const std::uint32_t> stay) override {
    const std::vector<std::uint32_t> place = renumbered(stay, counts_.size());
    DifferentValues left(made_, of_);
    each_pair([&](std::span<const std::uint32_t> groups, const Column& values) {
      std::vector<std::uint32_t> rows, here;
      for (std::uint32_t i = 0; i < groups.size(); i++)
        if (place[groups[i]] != kGone) rows.push_back(i), here.push_back(place[groups[i]]);
      left.add_values(gathered(values, rows), here, stay.size());
    });
    *this = std::move(left);
  }
  void set(std::span<const std::uint32_t> groups, Batch& out) const override {
    ColumnBuilder<std::uint64_t> column;
    for (const std::uint32_t group : groups) {
      if (group < counts_.size() && counts_[group] != 0) column.add(counts_[group]);
      else column.add_absent();
    }
    out.set(made_, column.finish());
  }
  std::size_t bytes() const override {
    return packer_.bytes() + known_.bytes() + counts_.capacity() * sizeof(counts_[0]);
  }

 private:
  void add_values(const Column& values, std::span<const std::uint32_t> group_of, std::size_t groups) {
    counts_.resize(std::max(counts_.size(), groups));
    if (values.absent()) return;
    const std::array<Column, 2> columns = {Column::flat(std::vector<std::uint32_t>(group_of.begin(), group_of.end())),
                                           values};
    std::vector<std::uint64_t> packed, keys;
    packer_.pack(columns, group_of.size(), packed);
    const std::size_t words = packer_.words();
    std::vector<std::uint32_t> there;  // the groups of rows that have a value
    for (std::size_t row = 0; row < group_of.size(); row++) {
      if (!values.has(row)) continue;
      const auto key = packed.begin() + static_cast<std::ptrdiff_t>(row * words);
      keys.insert(keys.end(), key, key + static_cast<std::ptrdiff_t>(words));
      there.push_back(group_of[row]);
    }
    std::vector<std::uint32_t> pair(there.size());
    std::size_t next = known_.size();  // pairs have numbers in the order they come
    known_.find(keys, pair);
    for (std::size_t i = 0; i < pair.size(); i++)
      if (pair[i] == next) counts_[there[i]]++, next++;
  }
  // Calls take(groups, values) with all pairs, a few thousand at once.
  template <class Take>
  void each_pair(const Take& take) const {
    constexpr std::size_t kAtOnce = 4096;
    std::vector<std::uint32_t> which;
    for (std::size_t at = 0; at < known_.size(); at += kAtOnce) {
      which.clear();
      for (std::size_t i = at; i < std::min(at + kAtOnce, known_.size()); i++)
        which.push_back(static_cast<std::uint32_t>(i));
      const Column numbers = packer_.unpacked(0, known_.keys(), which);
      const Flat<std::uint32_t> groups = flat<std::uint32_t>(numbers, which.size());
      take(std::span<const std::uint32_t>(groups.values), packer_.unpacked(1, known_.keys(), which));
    }
  }

  Field made_, of_;
  KeyPacker packer_;
  Grouping known_;
  std::vector<std::uint64_t> counts_;  // a group
};

// When the flows of each group began.
class Intervals final : public Tally {
 public:
  FieldSet needs() const override { return {Field::stime, Field::ftime, Field::trans}; }
  void add(const Batch& batch, std::span<const std::uint32_t> group_of, std::size_t groups) override {
    starts_.resize(std::max(starts_.size(), groups));
    const Column &stime = batch[Field::stime], &ftime = batch[Field::ftime], &trans = batch[Field::trans];
    for (std::size_t row = 0; row < batch.rows(); row++) {
      const std::uint64_t flows = trans.has(row) ? trans.at<std::uint64_t>(row) : 1;
      if (flows == 0 || (!ftime.has(row) && !stime.has(row))) continue;
      Starts& of = starts_[group_of[row]];
      of.unknown |= flows > 1;  // when the others began is not said
      of.times.push_back(ftime.has(row) ? ftime.at<Nanos>(row) : stime.at<Nanos>(row));
      held_++;
    }
  }
  void take_over(const Tally& other, std::span<const std::uint32_t> group_of, std::size_t groups) override {
    const auto& from = static_cast<const Intervals&>(other);
    starts_.resize(std::max(starts_.size(), groups));
    for (std::size_t i = 0; i < from.starts_.size(); i++) {
      Starts& of = starts_[group_of[i]];
      of.unknown |= from.starts_[i].unknown;
      of.times.insert(of.times.end(), from.starts_[i].times.begin(), from.starts_[i].times.end());
    }
    held_ += from.held_;
  }
  void keep(std::span<const std::uint32_t> stay) override {
    std::vector<Starts> left(stay.size());
    held_ = 0;
    for (std::size_t i = 0; i < stay.size(); i++) {
      if (stay[i] < starts_.size()) left[i] = std::move(starts_[stay[i]]);
      held_ += left[i].times.size();
    }
    starts_ = std::move(left);
  }
  void set(std::span<const std::uint32_t> groups, Batch& out) const override {
    ColumnBuilder<std::uint64_t> mean, deviation;
    for (const std::uint32_t group : groups) {
      const Regularity found = group < starts_.size() ? regularity(starts_[group]) : Regularity{};
      found.intervals > 0 ? mean.add(found.mean) : mean.add_absent();
      found.intervals > 1 ? deviation.add(found.deviation) : deviation.add_absent();
    }
    out.set(Field::intvl, mean.finish());
    out.set(Field::intvldev, deviation.finish());
  }
  std::size_t bytes() const override {
    return starts_.capacity() * sizeof(Starts) + 2 * held_ * sizeof(Nanos);  // vectors grow by halves
  }

 private:
  struct Starts {
    std::vector<Nanos> times;
    bool unknown = false;
  };
  struct Regularity {
    std::size_t intervals = 0;
    std::uint64_t mean = 0, deviation = 0;  // ns
  };
  static Regularity regularity(const Starts& starts) {
    if (starts.unknown || starts.times.size() < 2) return {};
    std::vector<Nanos> times = starts.times;
    std::sort(times.begin(), times.end());
    const std::size_t n = times.size() - 1;
    // Times are at most 2^63 apart; a double is exact to a part in 2^53.
    const auto apart = [](Nanos a, Nanos b) { return static_cast<double>(ordered_image(b) - ordered_image(a)); };
    const double mean = apart(times.front(), times.back()) / static_cast<double>(n);
    double squares = 0;
    for (std::size_t i = 0; i < n; i++) {
      const double off = apart(times[i], times[i + 1]) - mean;
      squares += off * off;
    }
    const auto whole = [](double ns) { return static_cast<std::uint64_t>(std::llround(std::min(ns, 0x1p62))); };
    return {n, whole(mean), whole(std::sqrt(squares / static_cast<double>(n)))};
  }

  std::vector<Starts> starts_;  // a group
  std::size_t held_ = 0;        // times
};

}  // namespace

const FieldSet& tallied_fields() {
  static const FieldSet fields = [] {
    FieldSet out = {Field::intvl, Field::intvldev};
    for (const DistinctField& one : distinct_fields()) out.add(one.made);
    return out;
  }();
  return fields;
}

std::vector<TallyPtr> tallies_for(const FieldSet& fields) {
  std::vector<TallyPtr> out;
  for (const DistinctField& one : distinct_fields())
    if (fields.has(one.made)) out.push_back(std::make_unique<DifferentValues>(one.made, one.of));
  if (fields.has(Field::intvl) || fields.has(Field::intvldev)) out.push_back(std::make_unique<Intervals>());
  return out;
}

}  // namespace argus
