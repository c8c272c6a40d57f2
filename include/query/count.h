// Totals of records (racount): of all, by protocol, of the largest groups, and how many addresses of each kind
// there are.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/merge.h"
#include "flow/source.h"
#include "query/distinct.h"

namespace argus {

// Sums of stored fields that add up, saturating. Records without a value count as merging counts them.
class Sums {
 public:
  explicit Sums(const FieldSet& stored);
  // The stored fields that rows must come with.
  [[nodiscard]] FieldSet needs() const;
  void add(const Batch& batch);
  void add(const Sums& others);     // of the same fields
  [[nodiscard]] Batch row() const;  // one, 0 where nothing came
  // What the rows of another batch leave of it.
  [[nodiscard]] Sums without(const Batch& rows) const;

 private:
  std::vector<Field> fields_;
  std::vector<std::uint64_t> sums_;
};

// How many different addresses of a kind were sources, and destinations.
struct AddressKind {
  std::string_view text;  // "IPv4 unicast private"; lives for ever
  std::uint64_t sources = 0, destinations = 0;
};

struct CountOptions {
  FieldSet sums;  // stored, each adds_up()
  bool protocols = false, addresses = false;
};

// Of any order of the records, and of any division of them between counters that are added up, the same.
class Counter {
 public:
  explicit Counter(const CountOptions& options);
  // The stored fields that rows must come with.
  [[nodiscard]] FieldSet needs() const;
  // Errc::limit when there are more addresses than memory for them.
  [[nodiscard]] Result<> add(const Batch& batch, std::uint64_t memory_max);
  // What another one with the same options counted, likewise.
  [[nodiscard]] Result<> add(const Counter& others, std::uint64_t memory_max);
  [[nodiscard]] std::uint64_t records() const { return records_; }
  [[nodiscard]] std::size_t bytes() const { return sources_.bytes() + destinations_.bytes(); }  // of addresses

  [[nodiscard]] const Sums& total() const { return total_; }
  // A row each with proto and the sums, in the order of their numbers, those without one last.
  [[nodiscard]] Batch protocols() const;
  // Only kinds that occurred, in a fixed order.
  [[nodiscard]] std::vector<AddressKind> address_kinds() const;

 private:
  void add_protocols(const Batch& batch);

  CountOptions options_;
  Sums total_;
  std::vector<std::uint32_t> group_of_proto_;  // by proto, the last for none; 0: not seen, else group + 1
  std::vector<std::uint32_t> protos_;          // of the groups
  Groups groups_;                              // of protocols
  std::uint64_t records_ = 0;
  DistinctAddresses sources_, destinations_;
};

// Counts what passes, on as many threads as there are, where the input can be divided. Rows are passed on without their
// columns. `counter`, which must outlive this, has all of them at the end.
[[nodiscard]] SourcePtr counted(SourcePtr input, const CountOptions& options, Counter& counter);

// Adds up all rows that pass, before those behind it choose among them. `sums` and `rows`, which must outlive this,
// have all of them at the end.
[[nodiscard]] SourcePtr summed(SourcePtr input, Sums& sums, std::uint64_t& rows);

// The rows with the most of a counter, in falling order; those that came first where they are equal.
class TopRows {
 public:
  TopRows(Field metric, std::size_t rows_max) : metric_(metric), rows_max_(rows_max) {}
  void add(const Batch& batch);
  [[nodiscard]] const Batch& rows() const { return top_; }

 private:
  Field metric_;
  std::size_t rows_max_;
  Batch top_;
};
inline constexpr std::size_t kTopRowsMax = 10'000;

// The rows in falling order of a counter, at most `rows_max` of them; equal ones in the order given.
[[nodiscard]] Batch largest(const Batch& batch, Field metric, std::size_t rows_max);

}  // namespace argus
