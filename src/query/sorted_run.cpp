#include "query/sorted_run.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "flow/column.h"
#include "flow/type.h"
#include "query/placed.h"
#include "query/run_merge.h"

namespace argus {

namespace {

constexpr std::size_t kRunRows = 65'536;             // so that a column of a run fits the cache of a core
constexpr std::uint64_t kOpenBytesMost = 48u << 20;  // of the rows of a run, before they are sorted
constexpr std::uint64_t kScratchBytesMost = 32u << 20;
constexpr std::size_t kScratchRunsMost = 32;  // then they are merged into one
constexpr std::size_t kPieceRowsMost = 16'384, kPieceRowsLeast = 64;

constexpr std::uint64_t kPlaceMask = (std::uint64_t{1} << kPlaceBits) - 1;

bool is_in_scratch(const SortedRun& run) { return run.scratch.has_value(); }

}  // namespace

SortPlan sort_plan(const std::vector<SortKey>& keys, std::optional<std::uint64_t> first, std::uint64_t memory) {
  SortPlan out;
  for (const SortKey& key : keys) {
    out.specs.push_back({info(key.field).type, key.descending, false});
    out.fields.push_back(key.field);
  }
  out.first = first;
  out.memory = memory;
  // Numbers of strings have no order before all are known.
  const bool strings = std::any_of(out.specs.begin(), out.specs.end(),
                                   [](const KeyPacker::Spec& spec) { return spec.type == Type::bytes; });
  if (first && !strings) out.hopeful = std::make_shared<FirstRows>(out.specs, out.fields);
  const KeyPacker packer(out.specs);
  out.words = packer.words() + (packer.spare_bits() < kPlaceBits ? 1 : 0);
  return out;
}

Result<> RunMaker::add(const Batch& batch, const Ordinal& from) {
  if (batch.rows() == 0) return {};
  std::vector<Column> columns;
  for (const Field field : plan_.fields) columns.push_back(column_of(batch, field));
  std::vector<std::uint64_t> keys;
  packer_.pack(columns, batch.rows(), keys);
  batches_.push_back(from);
  if (bound_.empty()) {
    const std::size_t at = places_.size();
    keys_.insert(keys_.end(), keys.begin(), keys.end());
    for (std::uint64_t row = 0; row < batch.rows(); row++)
      places_.push_back((batches_.size() - 1) << kPlaceRowBits | row);
    open_.push_back({std::make_shared<const Batch>(batch), at});
    open_bytes_ += bytes_of(batch);
  } else {
    const std::vector<std::uint32_t> rows = hopeful(keys, batch.rows());
    if (rows.empty()) return batches_.pop_back(), Result<>();
    keep(batch, keys, rows);
  }
  return is_full() ? close() : Result<>();
}

// Rows that may be among the first: those with the bound's key all come too late.
std::vector<std::uint32_t> RunMaker::hopeful(std::span<const std::uint64_t> keys, std::size_t rows) const {
  const std::size_t words = packer_.words();
  std::vector<std::uint32_t> out;
  for (std::size_t row = 0; row < rows; row++) {
    const std::uint64_t* const key = keys.data() + row * words;
    if (key[0] > bound_[0]) continue;
    if (std::lexicographical_compare(key, key + words, bound_.begin(), bound_.end()))
      out.push_back(static_cast<std::uint32_t>(row));
  }
  return out;
}

void RunMaker::keep(const Batch& batch, std::span<const std::uint64_t> keys, std::span<const std::uint32_t> rows) {
  const std::size_t words = packer_.words();
  open_.push_back({std::make_shared<const Batch>(gathered(batch, rows)), places_.size()});
  open_bytes_ += bytes_of(*open_.back().rows);
  for (const std::uint32_t row : rows) {
    const auto key = keys.begin() + static_cast<std::ptrdiff_t>(row * words);
    keys_.insert(keys_.end(), key, key + static_cast<std::ptrdiff_t>(words));
    places_.push_back((batches_.size() - 1) << kPlaceRowBits | row);
  }
}

// A share for the open run, and as much for what it becomes; one for what is read back from the disk.
std::uint64_t RunMaker::open_most() const { return std::min(plan_.memory / 8, kOpenBytesMost); }
std::uint64_t RunMaker::held_most() const {
  return plan_.memory - 2 * open_most() - std::min(plan_.memory / 8, kScratchBytesMost);
}

bool RunMaker::is_full() const {
  return places_.size() >= kRunRows || open_bytes_ + (keys_.size() + places_.size()) * 8 >= open_most();
}

std::size_t RunMaker::held_bytes() const {
  std::size_t sum = batches_.size() * sizeof(Ordinal);
  for (const SortedRun& run : runs_) sum += run.bytes;
  return sum;
}

Result<> RunMaker::finish() {
  if (!open_.empty()) ARGUS_TRY(close());
  return {};
}

// The entries of the open run in order, and its rows.
std::vector<std::uint64_t> RunMaker::ordered_entries(std::vector<std::uint32_t>& order) {
  const std::size_t words = packer_.words();
  const std::vector<std::uint64_t> keys = packer_.ordered(std::exchange(keys_, {}));
  order = order_of(keys, words, places_.size());
  if (plan_.first && order.size() > *plan_.first) order.resize(static_cast<std::size_t>(*plan_.first));
  std::vector<std::uint64_t> out(order.size() * plan_.words);
  std::uint64_t* to = out.data();
  for (const std::uint32_t row : order) {
    std::copy_n(keys.data() + row * words, words, to);
    to[plan_.words - 1] |= places_[row];
    to += plan_.words;
  }
  return out;
}

Result<> RunMaker::close() {
  std::vector<std::uint32_t> order;
  SortedPiece piece{nullptr, ordered_entries(order)};
  constexpr std::uint32_t kNowhere = ~std::uint32_t{0};
  std::vector<std::uint32_t> to(places_.size(), kNowhere);
  for (std::uint32_t i = 0; i < order.size(); i++) to[order[i]] = i;
  std::vector<Placing> placings;
  std::vector<std::vector<std::uint32_t>> some;  // where only some rows of a batch stay
  some.reserve(open_.size());
  for (Open& open : open_) {
    const std::span<const std::uint32_t> all = std::span(to).subspan(open.at, open.rows->rows());
    if (order.size() == places_.size()) {
      placings.push_back({std::move(open.rows), 0, all});
      continue;
    }
    std::vector<std::uint32_t> rows;
    some.emplace_back();
    for (std::uint32_t row = 0; row < all.size(); row++)
      if (all[row] != kNowhere) rows.push_back(row), some.back().push_back(all[row]);
    if (!rows.empty()) placings.push_back({std::make_shared<const Batch>(gathered(*open.rows, rows)), 0, some.back()});
  }
  SortedRun run;
  run.ranked = packer_.ranked();
  run.rows = order.size();
  if (run.rows != 0) {
    piece.rows = std::make_shared<const Batch>(placed(placings, order.size()));
    run.bytes = bytes_of(*piece.rows) + piece.entries.size() * sizeof(std::uint64_t);
    run.pieces.push_back(std::move(piece));
    runs_.push_back(std::move(run));
  }
  open_.clear(), places_.clear();
  open_bytes_ = 0;
  packer_ = KeyPacker(plan_.specs);
  if (plan_.first) ARGUS_TRY(choose_first());
  return held_bytes() > held_most() ? spill() : Result<>();
}

// Of several runs, the first rows alone once they are far fewer.
Result<> RunMaker::choose_first() {
  std::size_t rows = 0;
  if (runs_.empty()) return {};
  std::vector<SortedRun> held;
  for (const SortedRun& run : runs_)
    if (!is_in_scratch(run)) rows += run.rows;
  if (rows < *plan_.first || (runs_.size() > 1 && rows < 2 * *plan_.first && rows < *plan_.first + kRunRows)) return {};
  const auto from = std::stable_partition(runs_.begin(), runs_.end(), is_in_scratch);
  std::move(from, runs_.end(), std::back_inserter(held));
  runs_.erase(from, runs_.end());
  RunMerge merge(std::move(held), plan_.words);
  SortedRun out;
  out.ranked = merge.ranked();
  while (out.rows < *plan_.first) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(*plan_.first - out.rows, kRunRows));
    ARGUS_TRY_LET(SortedPiece piece, merge.piece(most));
    if (piece.rows->rows() == 0) break;
    out.rows += piece.rows->rows();
    out.bytes += bytes_of(*piece.rows) + piece.entries.size() * sizeof(std::uint64_t);
    out.pieces.push_back(std::move(piece));
  }
  if (out.rows == *plan_.first && plan_.hopeful) {
    const std::size_t words = packer_.words();
    const std::vector<std::uint64_t>& entries = out.pieces.back().entries;
    const auto last = entries.end() - static_cast<std::ptrdiff_t>(plan_.words);
    bound_.assign(last, last + static_cast<std::ptrdiff_t>(words));
    if (words == plan_.words) bound_.back() &= ~kPlaceMask;
    plan_.hopeful->bound(bound_);
  }
  runs_.push_back(std::move(out));
  return {};
}

// Makes one run in the scratch folder of those in memory; of those there, too, once they are many.
Result<> RunMaker::spill() {
  const auto spilled = static_cast<std::size_t>(std::count_if(runs_.begin(), runs_.end(), is_in_scratch));
  if (spilled == runs_.size()) return {};
  const bool all = spilled >= kScratchRunsMost;
  const auto stays = [&](const SortedRun& run) { return !all && is_in_scratch(run); };
  const auto from = std::stable_partition(runs_.begin(), runs_.end(), stays);
  std::vector<SortedRun> merged;
  std::size_t rows = 0, bytes = 1;
  for (auto run = from; run != runs_.end(); ++run) {
    if (!is_in_scratch(*run)) rows += run->rows, bytes += run->bytes;
    merged.push_back(std::move(*run));
  }
  runs_.erase(from, runs_.end());
  const std::uint64_t piece_bytes = std::min(plan_.memory / 8, kScratchBytesMost) / kScratchRunsMost;
  const auto piece_rows =
      static_cast<std::size_t>(std::clamp<std::uint64_t>(piece_bytes * rows / bytes, kPieceRowsLeast, kPieceRowsMost));
  RunMerge merge(std::move(merged), plan_.words);
  SortedRun out;
  out.ranked = merge.ranked();
  ARGUS_TRY_LET(out.scratch, ScratchRun::create());
  for (;;) {
    if (plan_.first && out.rows == *plan_.first) break;
    std::size_t most = piece_rows;
    if (plan_.first) most = static_cast<std::size_t>(std::min<std::uint64_t>(most, *plan_.first - out.rows));
    ARGUS_TRY_LET(const SortedPiece piece, merge.piece(most));
    if (piece.rows->rows() == 0) break;
    out.rows += piece.rows->rows();
    ARGUS_TRY(out.scratch->write(*piece.rows, piece.entries));
  }
  runs_.push_back(std::move(out));
  return {};
}

}  // namespace argus
