// Rows in order, as much of them as a cache holds, and how they are made. All of them merged (query/run_merge.h) are
// the sorted whole.
//
// A row is ordered by its entry: the words of its key (query/packed.h), and in the lowest bits of the last word where
// it came from, a batch and a row of it. So no two entries are equal, ties stay in the order of the input, and neither
// threads nor the sizes of runs show in the result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "query/first_rows.h"
#include "query/packed.h"
#include "query/scratch_run.h"
#include "query/sort.h"

namespace argus {

// Of an entry's last word: the batch, and the row in it.
inline constexpr unsigned kPlaceRowBits = 16, kPlaceBits = 48;

// A stretch of a run.
struct SortedPiece {
  std::shared_ptr<const Batch> rows;
  std::vector<std::uint64_t> entries;
};

struct SortedRun {
  std::vector<KeyPacker::Ranked> ranked;  // what ranks in its entries stand for
  std::deque<SortedPiece> pieces;         // in memory
  std::optional<ScratchRun> scratch;      // or out of it, read as it is needed
  std::size_t rows = 0, bytes = 0;        // bytes: in memory
};

struct SortPlan {
  std::vector<KeyPacker::Spec> specs;  // of the keys
  std::vector<Field> fields;           // likewise
  std::optional<std::uint64_t> first;  // rows that are wanted of the whole
  std::size_t words = 0;               // of an entry
  std::uint64_t memory = 0;            // bytes, of each maker of runs
  std::shared_ptr<FirstRows> hopeful;  // of the first rows, where their keys can be compared before all are known
};
[[nodiscard]] SortPlan sort_plan(const std::vector<SortKey>& keys, std::optional<std::uint64_t> first,
                                 std::uint64_t memory);

// Makes runs of batches, on one thread. What memory has no room for goes to the scratch folder.
class RunMaker {
 public:
  explicit RunMaker(const SortPlan& plan) : plan_(plan), packer_(plan.specs) {}

  // `from`: increases from batch to batch.
  [[nodiscard]] Result<> add(const Batch& batch, const Ordinal& from);
  [[nodiscard]] Result<> finish();
  // Then:
  [[nodiscard]] std::vector<SortedRun>& runs() { return runs_; }
  // Of the batches, by the numbers that entries have.
  [[nodiscard]] const std::vector<Ordinal>& batches() const { return batches_; }

 private:
  struct Open {
    std::shared_ptr<const Batch> rows;
    std::size_t at = 0;  // in the run that is being made
  };

  [[nodiscard]] std::vector<std::uint32_t> hopeful(std::span<const std::uint64_t> keys, std::size_t rows) const;
  void keep(const Batch& batch, std::span<const std::uint64_t> keys, std::span<const std::uint32_t> rows);
  [[nodiscard]] bool is_full() const;
  [[nodiscard]] std::uint64_t open_most() const;
  [[nodiscard]] std::uint64_t held_most() const;
  [[nodiscard]] Result<> close();
  [[nodiscard]] std::vector<std::uint64_t> ordered_entries(std::vector<std::uint32_t>& order);
  [[nodiscard]] Result<> choose_first();
  [[nodiscard]] Result<> spill();
  [[nodiscard]] std::size_t held_bytes() const;

  const SortPlan& plan_;
  KeyPacker packer_;
  std::vector<Ordinal> batches_;
  // The run that is being made:
  std::vector<Open> open_;
  std::vector<std::uint64_t> keys_, places_;
  std::size_t open_bytes_ = 0;
  std::vector<SortedRun> runs_;
  std::vector<std::uint64_t> bound_;  // the last key of the first rows, as far as they are known
};

}  // namespace argus
