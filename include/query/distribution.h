// How the values of a field lie: all of them, each different one once with how often it came. So order statistics are
// exact, and memory is that of the different values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/type.h"
#include "query/clusterer.h"
#include "query/key.h"

namespace argus {

// Counters, sizes, durations, rates and percentages, as far as their values have 64 bits.
[[nodiscard]] bool has_distribution(Field field);

// A value as a number that is ordered as the values are, and back. A long double holds each exactly.
[[nodiscard]] long double number_of_image(Type type, std::uint64_t image);
// Visits the rows that have a value, in order. `column` is that of a field with a distribution.
void each_image(const Column& column, std::size_t rows,
                const std::function<void(std::size_t row, std::uint64_t image)>& visit);

class Distribution {
 public:
  struct Count {
    std::uint64_t image = 0, times = 0;
    friend bool operator==(const Count&, const Count&) = default;
  };

  void add(std::uint64_t image);
  // Each value once, in order. Valid until the next add().
  [[nodiscard]] const std::vector<Count>& counts();
  [[nodiscard]] std::size_t bytes() const;  // at most, while it folds

 private:
  void fold();

  std::vector<std::uint64_t> fresh_;
  std::vector<Count> counts_;
};

// The values that a field has in each group of records.
class GroupDistributions {
 public:
  // `shown`: stored fields that keys are printed with. Without keys all records are one group. Records are doubled by
  // whoever adds them, where `key` says so.
  GroupDistributions(const KeyWords& key, const FieldSet& shown, Field field);

  // The stored fields that rows must come with.
  [[nodiscard]] FieldSet needs() const;
  // Errc::limit over memory_max.
  [[nodiscard]] Result<> add(const Batch& batch, std::uint64_t memory_max);

  // In the order of their keys.
  [[nodiscard]] std::vector<std::uint32_t> groups() const;
  // The keys of these groups, and what is shown with them; nothing without keys.
  [[nodiscard]] Batch keys(std::span<const std::uint32_t> groups) const;
  [[nodiscard]] Distribution& of(std::uint32_t group) { return all_[group]; }
  // Records of a group that have no value.
  [[nodiscard]] std::uint64_t without(std::uint32_t group) const { return without_[group]; }

 private:
  void add_rows(const Batch& batch, std::span<const std::uint32_t> group_of);

  Field field_;
  std::optional<Clusterer> clusterer_;
  std::vector<Distribution> all_;
  std::vector<std::uint64_t> without_;
  std::uint64_t records_ = 0;
  std::size_t bytes_ = 0;  // of distributions
};

// Of some values that follow each other in order. Nothing is known of none.
struct Summary {
  std::uint64_t values = 0;
  long double mean = 0, deviation = 0;  // the deviation of these values, not an estimate for more of them
  long double least = 0, most = 0;
  long double median = 0;           // of an even number of values the mean of the middle two
  std::optional<long double> mode;  // what came most often, the smallest of several; none where all came once
  std::vector<long double> percentiles;
};
// `percents`: above 0, up to 100. Each percentile is the smallest value that so many percent of the values do not
// exceed.
[[nodiscard]] Summary summary_of(Type type, std::span<const Distribution::Count> counts,
                                 std::span<const double> percents);

}  // namespace argus
