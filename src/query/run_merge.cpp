#include "query/run_merge.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <string>
#include <utility>

#include "query/placed.h"

namespace argus {

namespace {

// Where the words of one list stand in a longer one that has them all.
std::vector<std::uint32_t> places_in(const std::vector<std::string>& all, const std::vector<std::string>& some) {
  std::vector<std::uint32_t> out;
  out.reserve(some.size());
  auto at = all.begin();
  for (const std::string& word : some) {
    at = std::lower_bound(at, all.end(), word);
    out.push_back(static_cast<std::uint32_t>(at - all.begin()));
  }
  return out;
}

}  // namespace

RunMerge::RunMerge(std::vector<SortedRun> runs, std::size_t words) : words_(words), cursors_(runs.size()) {
  for (std::size_t i = 0; i < runs.size(); i++) cursors_[i].run = std::move(runs[i]);
  join_ranks();
}

void RunMerge::join_ranks() {
  if (cursors_.empty()) return;
  ranked_ = cursors_[0].run.ranked;
  for (std::size_t i = 0; i < ranked_.size(); i++) {
    std::vector<std::string>& all = ranked_[i].words;
    for (const Cursor& cursor : cursors_) {
      const std::vector<std::string>& own = cursor.run.ranked[i].words;
      if (own == all) continue;
      std::vector<std::string> both;
      std::set_union(all.begin(), all.end(), own.begin(), own.end(), std::back_inserter(both));
      all = std::move(both);
    }
    for (Cursor& cursor : cursors_) {
      const std::vector<std::string>& own = cursor.run.ranked[i].words;
      cursor.ranks.push_back(own == all ? std::vector<std::uint32_t>() : places_in(all, own));
    }
  }
}

void RunMerge::number_batches(std::size_t run, std::span<const std::uint32_t> numbers) {
  cursors_[run].batches.assign(numbers.begin(), numbers.end());
}

void RunMerge::translate(Cursor& cursor) const {
  std::vector<std::uint64_t>& entries = cursor.piece.entries;
  for (std::size_t i = 0; i < cursor.ranks.size(); i++)
    if (!cursor.ranks[i].empty()) rerank(entries, words_, cursor.run.ranked[i], cursor.ranks[i]);
  if (cursor.batches.empty()) return;
  constexpr std::uint64_t kBatch = ((std::uint64_t{1} << (kPlaceBits - kPlaceRowBits)) - 1) << kPlaceRowBits;
  const std::uint32_t* const numbers = cursor.batches.data();
  for (std::size_t i = words_ - 1; i < entries.size(); i += words_) {
    std::uint64_t& word = entries.data()[i];
    const std::uint64_t number = numbers[(word & kBatch) >> kPlaceRowBits];
    word = (word & ~kBatch) | number << kPlaceRowBits;
  }
}

// The next piece of a run, if there is one.
Result<> RunMerge::load(Cursor& cursor) {
  cursor.piece = {};
  cursor.first = 0;
  if (cursor.run.scratch) {
    ARGUS_TRY(cursor.run.scratch->read(cursor.piece.rows, cursor.piece.entries));
  } else if (!cursor.run.pieces.empty()) {
    cursor.piece = std::move(cursor.run.pieces.front());
    cursor.run.pieces.pop_front();
  }
  translate(cursor);
  cursor.at = cursor.piece.entries.data();
  cursor.end = cursor.at + cursor.piece.entries.size();
  cursor.head = cursor.at == cursor.end ? ~std::uint64_t{0} : *cursor.at;
  return {};
}

bool RunMerge::before(std::uint32_t a, std::uint32_t b) const {
  const Cursor &x = cursors_.data()[a], &y = cursors_.data()[b];
  if (x.head != y.head) return x.head < y.head;
  if (x.at == x.end || y.at == y.end) return x.at != x.end;
  for (std::size_t w = 1; w < words_; w++)
    if (x.at[w] != y.at[w]) return x.at[w] < y.at[w];
  return false;
}

// Plays the matches of a cursor whose entry is another one, up to the top.
void RunMerge::replay(std::uint32_t leaf) {
  std::uint32_t winner = leaf;
  for (std::size_t node = (leaf + cursors_.size()) / 2; node > 0; node /= 2) {
    std::uint32_t& loser = tree_.data()[node];
    if (before(loser, winner)) std::swap(loser, winner);
  }
  tree_[0] = winner;
}

Result<> RunMerge::begin() {
  if (std::exchange(begun_, true)) return {};
  for (Cursor& cursor : cursors_) ARGUS_TRY(load(cursor));
  // Matches from the leaves to the top: a node has the winner of the two below it, until it is known who lost.
  const std::size_t count = cursors_.size();
  std::vector<std::uint32_t> winners(2 * count);
  tree_.resize(std::max<std::size_t>(count, 1));
  for (std::size_t i = 0; i < count; i++) winners[count + i] = static_cast<std::uint32_t>(i);
  for (std::size_t node = count - 1; node > 0 && node < count; node--) {
    const std::uint32_t a = winners[2 * node], b = winners[2 * node + 1];
    const bool first = !before(b, a);
    winners[node] = first ? a : b;
    tree_[node] = first ? b : a;
  }
  if (count != 0) tree_[0] = count == 1 ? 0 : winners[1];
  return {};
}

Result<Batch> RunMerge::next(std::size_t most, std::vector<std::uint64_t>* entries) {
  ARGUS_TRY(begin());
  if (cursors_.empty()) return Batch();
  std::vector<Placing> placings;
  std::deque<std::vector<std::uint32_t>> ended;  // of pieces of which all rows are taken
  std::uint32_t count = 0;
  while (count < most) {
    Cursor& cursor = cursors_[tree_[0]];
    if (cursor.at == cursor.end) break;
    if (entries != nullptr) entries->insert(entries->end(), cursor.at, cursor.at + words_);
    cursor.to.push_back(count++);
    cursor.at += words_;
    if (cursor.at != cursor.end) {
      cursor.head = *cursor.at;
    } else {
      ended.push_back(std::exchange(cursor.to, {}));
      placings.push_back({cursor.piece.rows, cursor.first, ended.back()});
      ARGUS_TRY(load(cursor));
    }
    replay(tree_[0]);
  }
  for (Cursor& cursor : cursors_)
    if (!cursor.to.empty()) placings.push_back({cursor.piece.rows, cursor.first, cursor.to});
  Batch out = placings.empty() ? Batch() : placed(placings, count);
  for (Cursor& cursor : cursors_) {
    cursor.first += cursor.to.size();
    cursor.to.clear();
  }
  return out;
}

Result<Batch> RunMerge::rows(std::size_t most) { return next(most, nullptr); }

Result<SortedPiece> RunMerge::piece(std::size_t most) {
  SortedPiece out;
  ARGUS_TRY_LET(Batch rows, next(most, &out.entries));
  out.rows = std::make_shared<const Batch>(std::move(rows));
  return out;
}

}  // namespace argus
