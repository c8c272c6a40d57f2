// Runs merged into one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"
#include "query/packed.h"
#include "query/sorted_run.h"

namespace argus {

class RunMerge {
 public:
  // `words`: of an entry.
  RunMerge(std::vector<SortedRun> runs, std::size_t words);
  // Before anything else: what the batch numbers in the entries of the i-th run are among all; empty: what they are.
  void number_batches(std::size_t run, std::span<const std::uint32_t> numbers);

  // What the ranks in merged entries stand for.
  [[nodiscard]] const std::vector<KeyPacker::Ranked>& ranked() const { return ranked_; }
  // The next rows, `most` of them or all that are left. An error is that of the scratch folder.
  [[nodiscard]] Result<Batch> rows(std::size_t most);
  [[nodiscard]] Result<SortedPiece> piece(std::size_t most);

 private:
  struct Cursor {
    SortedRun run;
    std::vector<std::vector<std::uint32_t>> ranks;  // new ones of each string; empty: they stay
    std::vector<std::uint32_t> batches;             // new numbers; empty: they stay
    SortedPiece piece;
    const std::uint64_t *at = nullptr, *end = nullptr;  // equal: no more
    std::uint64_t head = ~std::uint64_t{0};             // of the entry that is next
    std::size_t first = 0;                              // row of the piece
    std::vector<std::uint32_t> to;                      // where the rows from there on go
  };

  void join_ranks();
  [[nodiscard]] Result<> begin();
  [[nodiscard]] Result<> load(Cursor& cursor);
  void translate(Cursor& cursor) const;
  [[nodiscard]] bool before(std::uint32_t a, std::uint32_t b) const;
  void replay(std::uint32_t leaf);
  [[nodiscard]] Result<Batch> next(std::size_t most, std::vector<std::uint64_t>* entries);

  std::size_t words_;
  bool begun_ = false;
  std::vector<Cursor> cursors_;
  std::vector<KeyPacker::Ranked> ranked_;
  std::vector<std::uint32_t> tree_;  // [0]: the least; behind it the loser of each match
};

}  // namespace argus
