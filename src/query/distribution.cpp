#include "query/distribution.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>
#include <utility>

#include "flow/each_value.h"
#include "query/memory.h"

namespace argus {

namespace {

constexpr std::uint64_t kSignBit = 1ull << 63;
constexpr long double kSlack = 1e-9L;        // 99.9 is a little more than that, as a double
constexpr std::size_t kFreshMost = 1 << 16;  // values that wait to be counted, at least

template <class T>
std::uint64_t ordered_bits(T value) {
  if constexpr (std::is_same_v<T, double>) {
    const auto bits = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);  // there is one zero
    return (bits & kSignBit) != 0 ? ~bits : bits | kSignBit;
  } else if constexpr (std::is_signed_v<T>) {
    return static_cast<std::uint64_t>(value) ^ kSignBit;
  } else {
    return value;
  }
}

// The value of this number among all, from 0.
std::uint64_t image_at(std::span<const Distribution::Count> counts, std::uint64_t number) {
  for (const Distribution::Count& count : counts) {
    if (number < count.times) return count.image;
    number -= count.times;
  }
  return counts.back().image;
}

}  // namespace

bool has_distribution(Field field) {
  const FieldInfo& about = info(field);
  const bool narrow = about.type <= Type::i64 || about.type == Type::f64;
  return narrow && info(about.format).is_number();
}

long double number_of_image(Type type, std::uint64_t image) {
  if (type == Type::f64) return std::bit_cast<double>((image & kSignBit) != 0 ? image ^ kSignBit : ~image);
  if (type == Type::i64) return static_cast<std::int64_t>(image ^ kSignBit);
  return image;
}

void each_image(const Column& column, std::size_t rows,
                const std::function<void(std::size_t row, std::uint64_t image)>& visit) {
  if (column.absent()) return;
  with_type(column.type(), [&]<class T>() {
    if constexpr (std::is_arithmetic_v<T>)
      each_value<T>(column, rows, [&](std::size_t row, const T& value) { visit(row, ordered_bits(value)); });
  });
}

void Distribution::add(std::uint64_t image) {
  fresh_.push_back(image);
  if (fresh_.size() >= std::max(kFreshMost, counts_.size())) fold();
}

const std::vector<Distribution::Count>& Distribution::counts() {
  fold();
  return counts_;
}

std::size_t Distribution::bytes() const {
  return fresh_.capacity() * sizeof(fresh_[0]) + 2 * (counts_.capacity() + fresh_.size()) * sizeof(Count);
}

void Distribution::fold() {
  if (fresh_.empty()) return;
  std::sort(fresh_.begin(), fresh_.end());
  std::vector<Count> out;
  out.reserve(counts_.size() + fresh_.size());
  const auto take = [&](const Count& count) {
    if (!out.empty() && out.back().image == count.image) out.back().times += count.times;
    else out.push_back(count);
  };
  auto known = counts_.begin();
  for (const std::uint64_t image : fresh_) {
    while (known != counts_.end() && known->image <= image) take(*known++);
    take({image, 1});
  }
  while (known != counts_.end()) take(*known++);
  out.shrink_to_fit();
  counts_ = std::move(out);
  fresh_.clear();
}

GroupDistributions::GroupDistributions(const KeyWords& key, const FieldSet& shown, Field field) : field_(field) {
  if (!key.keys.empty()) {
    clusterer_.emplace(key, shown);
  } else {
    all_.resize(1);
    without_.resize(1);
  }
}

FieldSet GroupDistributions::needs() const {
  const FieldSet own = stored_inputs({field_});
  return clusterer_ ? clusterer_->needs(own) : own;
}

Result<> GroupDistributions::add(const Batch& batch, std::uint64_t memory_max) {
  if (!clusterer_) {
    add_rows(batch, std::vector<std::uint32_t>(batch.rows(), 0));
    return check_memory(records_, bytes_, memory_max);
  }
  clusterer_->add(batch, [&](const Batch& rows, std::span<const std::uint32_t> group_of) {
    all_.resize(clusterer_->groups());
    without_.resize(clusterer_->groups());
    add_rows(rows, group_of);
  });
  return check_memory(records_, bytes_ + clusterer_->bytes(), memory_max);
}

void GroupDistributions::add_rows(const Batch& batch, std::span<const std::uint32_t> group_of) {
  records_ += batch.rows();
  for (const std::uint32_t group : group_of) without_[group]++;
  each_image(column_of(batch, field_), batch.rows(), [&](std::size_t row, std::uint64_t image) {
    Distribution& to = all_[group_of[row]];
    const std::size_t before = to.bytes();
    to.add(image);
    bytes_ += to.bytes() - before;
    without_[group_of[row]]--;
  });
}

std::vector<std::uint32_t> GroupDistributions::groups() const {
  return clusterer_ ? clusterer_->in_key_order() : std::vector<std::uint32_t>{0};
}

Batch GroupDistributions::keys(std::span<const std::uint32_t> groups) const {
  return clusterer_ ? clusterer_->records(groups) : Batch(groups.size());
}

Summary summary_of(Type type, std::span<const Distribution::Count> counts, std::span<const double> percents) {
  Summary out;
  long double sum = 0;
  Distribution::Count most;
  for (const Distribution::Count& count : counts) {
    out.values += count.times;
    sum += number_of_image(type, count.image) * static_cast<long double>(count.times);
    if (count.times > most.times) most = count;
  }
  if (out.values == 0) return out;
  const auto values = static_cast<long double>(out.values);
  out.mean = sum / values;
  long double squares = 0;
  for (const Distribution::Count& count : counts) {
    const long double off = number_of_image(type, count.image) - out.mean;
    squares += off * off * static_cast<long double>(count.times);
  }
  out.deviation = std::sqrt(squares / values);
  out.least = number_of_image(type, counts.front().image);
  out.most = number_of_image(type, counts.back().image);
  const auto at = [&](std::uint64_t number) { return number_of_image(type, image_at(counts, number)); };
  out.median = (at((out.values - 1) / 2) + at(out.values / 2)) / 2;
  if (most.times > 1 || out.values == 1) out.mode = number_of_image(type, most.image);
  for (const double percent : percents) {
    const auto rank = static_cast<std::uint64_t>(std::ceil(values * static_cast<long double>(percent) / 100 - kSlack));
    out.percentiles.push_back(at(std::clamp<std::uint64_t>(rank, 1, out.values) - 1));
  }
  return out;
}

}  // namespace argus
