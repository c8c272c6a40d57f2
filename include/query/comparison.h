// The same groups in several sets of records, their counters side by side: a part against the whole, today against
// yesterday, an hour against the same hour of earlier days.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/merge.h"
#include "flow/source.h"
#include "query/clusterer.h"
#include "query/count.h"
#include "query/key.h"

namespace argus {

// Groups are numbered from 0, in the order in which they first came.
class Comparison {
 public:
  // `shown`: stored fields that keys are printed with. `counters`: stored fields, each adds_up(). `sides`: sets, at
  // least one. Records are doubled by whoever adds them, where `key` says so.
  Comparison(const KeyWords& key, const FieldSet& shown, const FieldSet& counters, std::size_t sides);

  // The stored fields that rows must come with.
  [[nodiscard]] FieldSet needs() const { return clusterer_.needs(counters_); }
  // Errc::limit over memory_max.
  [[nodiscard]] Result<> add(std::size_t side, const Batch& batch, std::uint64_t memory_max);

  [[nodiscard]] std::size_t sides() const { return sides_.size(); }
  [[nodiscard]] std::uint64_t records(std::size_t side) const { return sides_[side].records; }
  [[nodiscard]] const Sums& total(std::size_t side) const { return sides_[side].total; }
  [[nodiscard]] std::size_t groups() const { return clusterer_.groups(); }
  // All of them, in the order of their keys.
  [[nodiscard]] std::vector<std::uint32_t> in_key_order() const { return clusterer_.in_key_order(); }
  // The keys of these groups, and what is shown with them.
  [[nodiscard]] Batch keys(std::span<const std::uint32_t> groups) const { return clusterer_.records(groups); }
  // What a side counted of them: 0 where it has no record of a group.
  [[nodiscard]] Batch counters(std::size_t side, std::span<const std::uint32_t> groups) const;
  [[nodiscard]] bool has(std::size_t side, std::uint32_t group) const {
    return group < sides_[side].seen.size() && sides_[side].seen[group] != 0;
  }

 private:
  struct Side {
    Groups groups;
    Sums total;
    std::vector<std::uint8_t> seen;  // of groups: this side has records of it
    std::uint64_t records = 0;
  };

  [[nodiscard]] std::size_t bytes() const;

  FieldSet counters_;
  Clusterer clusterer_;
  std::vector<Side> sides_;
};

// Reads the inputs to their ends, one after the other, each into the side of its number. The rows pass on without their
// columns. `comparison`, which must outlive this, has all of them at the end.
[[nodiscard]] SourcePtr compared(std::vector<SourcePtr> inputs, const KeyWords& key, Comparison& comparison);

}  // namespace argus
