// The state of one aggregation: rows go in, merged records come out in the order of their keys. `cluster` has one, a
// rules file has one for each rule.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/merge.h"
#include "query/grouping.h"
#include "query/key.h"
#include "query/packed.h"
#include "query/tally.h"

namespace argus {

// The keys that are meant when none are named: a flow's identity, or one end of a protocol's port with `rmon`.
[[nodiscard]] std::vector<Key> default_keys(bool rmon);
[[nodiscard]] std::vector<Key> keys_of(const KeyWords& words);  // those that are named, or these

// Ends of groups in record time; 0: none.
struct GroupLimits {
  Nanos status = 0;  // a group takes records that begin within this time of its first
  Nanos idle = 0;    // a group that had no record for this time takes none any more
  [[nodiscard]] bool any() const { return status != 0 || idle != 0; }
};

class Clusterer {
 public:
  // `wanted`: the stored fields that its records are asked for. What tallies make is among them where only some are.
  Clusterer(const KeyWords& words, const FieldSet& wanted, GroupLimits limits = {});

  // The stored fields that rows must come with; `followed`: with those that whoever follows the rows folds by itself.
  [[nodiscard]] FieldSet needs() const;
  [[nodiscard]] FieldSet needs(const FieldSet& followed) const;
  // `follow`, when given, sees the rows as they were grouped (turned round for a matrix), with the group of each.
  using Follow = std::function<void(const Batch&, std::span<const std::uint32_t>)>;
  void add(const Batch& batch, const Follow& follow = {});
  // The records of groups of another one with the same keys and wanted fields, and no limits.
  void add_records(const Batch& records);
  // The keys of such records.
  [[nodiscard]] std::vector<Column> merged_keys(const Batch& records) const;
  // Whether a group's records are all that is known of it: nothing is tallied, and it has no limits.
  [[nodiscard]] bool has_only_records() const { return tallies_.empty() && !limits_.any(); }
  // Adds the groups of another one with the same keys and no limits, as the merged records that they are, and leaves it
  // without any.
  void take_over(Clusterer& other);

  // The records of these groups as they are; `fields`: what of them is wanted.
  [[nodiscard]] Batch records(std::span<const std::uint32_t> groups, const FieldSet& fields) const;
  // All groups in key order, of a clusterer without limits.
  [[nodiscard]] std::vector<std::uint32_t> in_key_order() const;
  // All of what is wanted of them.
  [[nodiscard]] Batch records(std::span<const std::uint32_t> groups) const { return records(groups, shown_); }
  // Forgets all groups but these, which are numbered anew in this order.
  void keep(std::span<const std::uint32_t> stay);

  // What is left, in key order, at most kBatchRowsMax records a batch; groups of equal keys in the order of their
  // making. Ends the clusterer's life: no add() afterwards. An empty batch is the end.
  [[nodiscard]] Batch next();
  // Groups that take no more records, in key order: because of their limits, or because nothing before `watermark`
  // comes any more.
  [[nodiscard]] std::vector<Batch> finished(Nanos watermark);

  [[nodiscard]] std::size_t groups() const { return limits_.any() ? lives_.size() - gone_ : grouping_.size(); }
  [[nodiscard]] std::size_t bytes() const;

 private:
  // One use of a key between two endings, when there are limits. Its number is its group in `groups_`.
  struct Life {
    std::uint32_t key = 0;
    bool open = true, gone = false;
    Nanos stime = INT64_MAX, ltime = INT64_MIN;
  };
  // A derived key that comes from one stored field is shown right only if a value of that field stays.
  struct Witness {
    Field field;
    std::vector<std::uint64_t> least;  // a group; the smallest value seen, all ones: none
  };

  void add_oriented(const Batch& batch, const Follow& follow);
  void find_groups(const Batch& batch, const std::vector<Column>& keys);
  [[nodiscard]] std::size_t all_groups() const { return limits_.any() ? lives_.size() : grouping_.size(); }
  void follow_limits(const Batch& batch);
  void add_witnesses(const Batch& batch, std::span<const std::uint32_t> group_of, std::size_t groups);
  void set_masks(Batch& out) const;
  void order();

  std::vector<Key> keys_;
  bool matrix_;
  GroupLimits limits_;
  FieldSet merged_, shown_;  // shown: with keys and witnesses
  KeyPacker packer_;
  Grouping grouping_;
  Groups groups_;
  FieldSet tallied_;
  std::vector<TallyPtr> tallies_;
  std::vector<Witness> witnesses_;
  std::vector<Life> lives_;
  std::vector<std::uint32_t> life_of_key_;
  std::size_t gone_ = 0;

  std::vector<std::uint64_t> packed_;  // of the batch in hand
  std::vector<std::uint32_t> group_of_;
  std::optional<std::vector<std::uint32_t>> order_;  // once it is known, at the end
  std::size_t next_ = 0;
};

}  // namespace argus
