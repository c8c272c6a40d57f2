// Merging records by column: rows of many batches are folded into groups, field by field, by the rules of the table.
#pragma once

#include <memory>
#include <span>

#include "flow/batch.h"
#include "flow/field.h"
#include "flow/state.h"

namespace argus {

// Counters whose sum over records is the counter of all: u64 fields that merge by sum, and derived u64 fields of those.
[[nodiscard]] bool adds_up(Field field);

// The merged records of up to 2^32 groups. Groups are numbered by the caller, densely from 0, and come into being when
// first used.
class Groups {
 public:
  // `merged`: the stored fields to fold by their rules; others stay absent in the result.
  explicit Groups(const FieldSet& merged);
  ~Groups();
  Groups(Groups&&) noexcept;
  Groups& operator=(Groups&&) noexcept;

  // Folds row i of `batch` into group group_of[i]. `groups` is one more than the largest number used so far.
  void add(const Batch& batch, std::span<const std::uint32_t> group_of, std::size_t groups);
  // The same for records of other groups: what was absent in all that they were made of counts as nothing here too,
  // whatever their times would say.
  void add_merged(const Batch& merged, std::span<const std::uint32_t> group_of, std::size_t groups);

  [[nodiscard]] std::size_t size() const;   // groups
  [[nodiscard]] std::size_t bytes() const;  // memory held
  // The merged records of these groups, in this order.
  [[nodiscard]] Batch batch(std::span<const std::uint32_t> which) const;
  // Of them only these fields.
  [[nodiscard]] Batch batch(std::span<const std::uint32_t> which, const FieldSet& fields) const;
  void clear();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace argus
