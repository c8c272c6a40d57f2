// What is known of a group from all its rows together, and of merged records no more: how many different values a field
// had, and how regularly the group's flows came. Exact; what it remembers counts as memory of the aggregation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "flow/batch.h"
#include "flow/field.h"

namespace argus {

class Tally {
 public:
  virtual ~Tally() = default;
  // The stored fields that rows must come with.
  [[nodiscard]] virtual FieldSet needs() const = 0;
  // Rows with the group of each, of `groups` there are by now.
  virtual void add(const Batch& batch, std::span<const std::uint32_t> group_of, std::size_t groups) = 0;
  // What another one of the same kind knows, whose groups have these numbers here.
  virtual void take_over(const Tally& other, std::span<const std::uint32_t> group_of, std::size_t groups) = 0;
  // Forgets all groups but these, which are numbered anew in this order.
  virtual void keep(std::span<const std::uint32_t> stay) = 0;
  // Its columns for these groups. A group that no row told anything has none.
  virtual void set(std::span<const std::uint32_t> groups, Batch& out) const = 0;
  [[nodiscard]] virtual std::size_t bytes() const = 0;
};
using TallyPtr = std::unique_ptr<Tally>;

// The fields that tallies make.
[[nodiscard]] const FieldSet& tallied_fields();
// Those that make these fields of them.
[[nodiscard]] std::vector<TallyPtr> tallies_for(const FieldSet& fields);

}  // namespace argus
