// The merge algebra by column: one fold a field, a vector of values and a byte of state a group. A fold is a kernel
// built for its type and rule, so that a row costs an indexed load, an operation and a store.
#include "flow/merge.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "base/int128.h"
#include "flow/column.h"
#include "flow/each_value.h"
#include "flow/type.h"

namespace argus {

namespace {

// What a group knows of one field. `lost` belongs to `same` alone: values differed or a record had none, for good.
enum GroupState : std::uint8_t { nothing = 0, value = 1, lost = 2 };

using GroupIds = std::span<const std::uint32_t>;

class Fold {
 public:
  virtual ~Fold() = default;
  // `before` groups had a record already when the batch came.
  virtual void add(const Column& column, GroupIds group_of, std::size_t before, std::size_t groups) = 0;
  [[nodiscard]] virtual Column column(GroupIds which) const = 0;
  [[nodiscard]] virtual std::size_t bytes() const = 0;
};

template <class T>
T saturating_sum(T a, T b) {
  const T sum = static_cast<T>(a + b);
  return sum < a ? std::numeric_limits<T>::max() : sum;
}
template <>
u128 saturating_sum<u128>(u128 a, u128 b) {
  const u128 sum = a + b;
  return sum < a ? ~u128{0} : sum;
}

template <Merge rule, class T>
T combined(T a, T b) {
  if constexpr (rule == Merge::sum) return saturating_sum<T>(a, b);
  else if constexpr (rule == Merge::min) return std::min(a, b);
  else if constexpr (rule == Merge::max) return std::max(a, b);
  else return static_cast<T>(a | b);
}

// Values and states of groups as the smallest fitting column.
template <class T, class Of>
Column column_of_groups(GroupIds which, const std::vector<std::uint8_t>& states, Of&& value_of) {
  std::vector<T> values(which.size());
  Column::Mask mask(which.size());
  std::size_t present = 0;
  for (std::size_t i = 0; i < which.size(); i++) {
    const std::uint32_t group = which[i];
    if (group >= states.size() || states[group] != value) continue;
    values[i] = value_of(group);
    mask[i] = 1;
    present++;
  }
  if (present == 0) return {};
  if (present < which.size()) return Column::flat<T>(std::move(values), std::move(mask));
  const bool same = std::all_of(values.begin(), values.end(), [&](const T& v) { return v == values[0]; });
  if (same) return Column::constant<T>(std::move(values[0]));
  return Column::flat<T>(std::move(values));
}

// sum, min, max, or: absent changes nothing.
template <class T, Merge rule>
class FoldWithIdentity final : public Fold {
 public:
  void add(const Column& column, GroupIds group_of, std::size_t, std::size_t groups) override {
    if (column.absent()) return;
    if (states_.size() < groups) {
      values_.resize(groups);
      states_.resize(groups);
    }
    T* const values = values_.data();
    std::uint8_t* const states = states_.data();
    each_value<T>(column, group_of.size(), [&](std::size_t row, const T& given) {
      const std::uint32_t group = group_of[row];
      if constexpr (rule == Merge::sum || rule == Merge::max || rule == Merge::or_) {
        if constexpr (!std::is_signed_v<T>) {  // zero is neutral, no need to ask
          values[group] = combined<rule, T>(values[group], given);
          states[group] = value;
          return;
        }
      }
      values[group] = states[group] == value ? combined<rule, T>(values[group], given) : given;
      states[group] = value;
    });
  }
  Column column(GroupIds which) const override {
    return column_of_groups<T>(which, states_, [&](std::uint32_t group) { return values_[group]; });
  }
  std::size_t bytes() const override { return values_.capacity() * sizeof(T) + states_.capacity(); }

 private:
  std::vector<T> values_;
  std::vector<std::uint8_t> states_;
};

// Strings are folded by number.
class Numbering {
 public:
  std::uint32_t number_of(const std::string& word) {
    const auto [at, fresh] = known_.try_emplace(word, static_cast<std::uint32_t>(words_.size()));
    if (fresh) words_.push_back(&at->first);
    return at->second;
  }
  [[nodiscard]] const std::string& word(std::uint32_t number) const { return *words_[number]; }
  [[nodiscard]] std::size_t bytes() const { return words_.size() * 128; }

 private:
  std::map<std::string, std::uint32_t> known_;
  std::vector<const std::string*> words_;
};

// The value all records of a group agree on; a record without one, or with another one, ends that for good.
template <class T>
class FoldSame final : public Fold {
  static constexpr bool numbered = std::is_same_v<T, std::string>;
  using Kept = std::conditional_t<numbered, std::uint32_t, T>;

 public:
  void add(const Column& column, GroupIds group_of, std::size_t before, std::size_t groups) override {
    if (column.absent() && values_.empty()) return;  // still nothing but absent: `before` tells it later
    if (states_.size() < groups) {
      const bool first = values_.empty();
      values_.resize(groups);
      states_.resize(groups);
      // Groups that had records without this field before it first came.
      if (first) std::fill_n(states_.begin(), before, std::uint8_t{lost});
    }
    if (column.absent() || !column.mask().empty()) lose_absent(column, group_of);
    switch (column.shape()) {
      case Column::Shape::absent: return;
      case Column::Shape::dictionary:
        if constexpr (numbered) return add_numbered(column, group_of);
        break;
      case Column::Shape::constant: {
        const Kept one = kept(column.constant_value<T>());
        for (const std::uint32_t group : group_of) agree(group, one);
        return;
      }
      case Column::Shape::flat: break;
    }
    each_value<T>(column, group_of.size(), [&](std::size_t row, const T& given) { agree(group_of[row], kept(given)); });
  }
  Column column(GroupIds which) const override {
    return column_of_groups<T>(which, states_, [&](std::uint32_t group) -> T {
      if constexpr (numbered) return numbers_.word(values_[group]);
      else return values_[group];
    });
  }
  std::size_t bytes() const override {
    return values_.capacity() * sizeof(Kept) + states_.capacity() + (numbered ? numbers_.bytes() : 0);
  }

 private:
  Kept kept(const T& given) {
    if constexpr (numbered) return numbers_.number_of(given);
    else return given;
  }
  void agree(std::uint32_t group, const Kept& given) {
    std::uint8_t& state = states_[group];
    if (state == nothing) {
      values_[group] = given;
      state = value;
    } else if (state == value && !(values_[group] == given)) {
      state = lost;
    }
  }
  void lose_absent(const Column& column, GroupIds group_of) {
    for (std::size_t i = 0; i < group_of.size(); i++)
      if (!column.has(i)) states_[group_of[i]] = lost;
  }
  void add_numbered(const Column& column, GroupIds group_of) {
    const auto codes = column.codes();
    const auto& words = column.words<T>();
    constexpr std::uint32_t kUnknown = ~std::uint32_t{0};
    std::vector<std::uint32_t> number_of(words.size(), kUnknown);
    for (std::size_t i = 0; i < group_of.size(); i++) {
      if (!column.has(i)) continue;
      std::uint32_t& number = number_of[codes[i]];
      if constexpr (numbered) {
        if (number == kUnknown) number = numbers_.number_of(words[codes[i]]);
        agree(group_of[i], number);
      }
    }
  }

  std::vector<Kept> values_;
  std::vector<std::uint8_t> states_;
  Numbering numbers_;
};

template <class T>
std::unique_ptr<Fold> fold_of(Merge rule) {
  if constexpr (std::is_integral_v<T> || std::is_same_v<T, u128>) {
    switch (rule) {
      case Merge::sum: return std::make_unique<FoldWithIdentity<T, Merge::sum>>();
      case Merge::min: return std::make_unique<FoldWithIdentity<T, Merge::min>>();
      case Merge::max: return std::make_unique<FoldWithIdentity<T, Merge::max>>();
      case Merge::or_: return std::make_unique<FoldWithIdentity<T, Merge::or_>>();
      case Merge::same:
      case Merge::none: break;
    }
  }
  if constexpr (!std::is_same_v<T, double>)
    if (rule == Merge::same) return std::make_unique<FoldSame<T>>();
  return nullptr;  // none: absent
}

}  // namespace

struct Groups::State {
  struct Entry {
    Field field;
    std::unique_ptr<Fold> fold;
  };
  FieldSet merged;
  std::vector<Entry> entries;
  std::size_t size = 0;

  void start() {
    entries.clear();
    size = 0;
    for (const Field field : merged.list()) {
      assert(is_stored(field));
      const FieldInfo& about = info(field);
      auto fold = with_type(about.type, [&]<class T>() { return fold_of<T>(about.merge); });
      if (fold) entries.push_back({field, std::move(fold)});
    }
  }
  template <class ColumnOf>
  void add(GroupIds group_of, std::size_t groups, [[maybe_unused]] std::size_t rows, ColumnOf&& column_of_field) {
    assert(group_of.size() == rows);
    groups = std::max(groups, size);
    for (const auto& [field, fold] : entries) fold->add(column_of_field(field), group_of, size, groups);
    size = groups;
  }
};

Groups::Groups(const FieldSet& merged) : state_(std::make_unique<State>()) {
  state_->merged = merged;
  state_->start();
}
Groups::~Groups() = default;
Groups::Groups(Groups&&) noexcept = default;
Groups& Groups::operator=(Groups&&) noexcept = default;

void Groups::add(const Batch& batch, std::span<const std::uint32_t> group_of, std::size_t groups) {
  state_->add(group_of, groups, batch.rows(), [&](Field field) { return merge_column(batch, field); });
}

void Groups::add_merged(const Batch& merged, std::span<const std::uint32_t> group_of, std::size_t groups) {
  state_->add(group_of, groups, merged.rows(), [&](Field field) { return merged[field]; });
}

std::size_t Groups::size() const { return state_->size; }

std::size_t Groups::bytes() const {
  std::size_t sum = 0;
  for (const auto& entry : state_->entries) sum += entry.fold->bytes();
  return sum;
}

Batch Groups::batch(std::span<const std::uint32_t> which) const { return batch(which, state_->merged); }

Batch Groups::batch(std::span<const std::uint32_t> which, const FieldSet& fields) const {
  assert(which.size() <= kBatchRowsMax);
  Batch out(which.size());
  for (const auto& [field, fold] : state_->entries)
    if (fields.has(field)) out.set(field, fold->column(which));
  return out;
}

void Groups::clear() { state_->start(); }

bool adds_up(Field field) {
  const FieldInfo& about = info(field);
  if (about.type != Type::u64) return false;
  if (is_stored(field)) return about.merge == Merge::sum;
  const std::vector<Field> inputs = stored_inputs({field}).list();
  return std::all_of(inputs.begin(), inputs.end(), [](Field input) { return adds_up(input); });
}

}  // namespace argus
