#include "query/spilled_groups.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <span>
#include <utility>

#include "base/pages.h"
#include "flow/type.h"
#include "query/scratch_run.h"

namespace argus {

namespace {

constexpr std::size_t kRunsMost = 128;  // then they are joined to one
constexpr std::uint64_t kPiecesBytesMost = 32u << 20;
constexpr std::size_t kReadRowsMost = 16'384, kReadRowsLeast = 64;

bool has_strings(const std::vector<KeyPacker::Spec>& specs) {
  return std::any_of(specs.begin(), specs.end(), [](const auto& spec) { return spec.type == Type::bytes; });
}

}  // namespace

SpilledGroups::SpilledGroups(const KeyWords& key, const FieldSet& wanted, std::uint64_t memory)
    : piece_bytes_(std::min(memory / 8, kPiecesBytesMost) / kRunsMost), folded_(key, wanted) {
  for (const Key& one : keys_of(key)) specs_.push_back({info(one.field).type, false, false});
  words_ = KeyPacker(specs_).words();
}

std::size_t SpilledGroups::piece_rows(const Clusterer& from) const {
  const std::uint64_t bytes_a_group = from.bytes() / std::max<std::size_t>(from.groups(), 1) + 1;
  return static_cast<std::size_t>(
      std::clamp<std::uint64_t>(piece_bytes_ / bytes_a_group, kReadRowsLeast, kReadRowsMost));
}

// Not in the order of their values yet where they have strings.
std::vector<std::uint64_t> SpilledGroups::entries_of(const Batch& records, KeyPacker& packer) const {
  std::vector<std::uint64_t> out;
  packer.pack(folded_.merged_keys(records), records.rows(), out);
  return out;
}

Result<> SpilledGroups::add(Clusterer& from) {
  if (from.groups() == 0) return {};
  const std::vector<std::uint32_t> order = from.in_key_order();
  const std::size_t most = piece_rows(from);
  const auto each_piece = [&](const auto& take) -> Result<> {
    for (std::size_t at = 0; at < order.size(); at += most)
      ARGUS_TRY(take(from.records(std::span(order).subspan(at, std::min(most, order.size() - at)))));
    return {};
  };
  KeyPacker packer(specs_);
  // Strings have ranks once all of them are known.
  if (has_strings(specs_))
    ARGUS_TRY(each_piece([&](const Batch& records) {
      (void)entries_of(records, packer);
      return Result<>();
    }));
  SortedRun run;
  ARGUS_TRY_LET(run.scratch, ScratchRun::create());
  ARGUS_TRY(each_piece(
      [&](const Batch& records) { return run.scratch->write(records, packer.ordered(entries_of(records, packer))); }));
  run.ranked = packer.ranked();
  run.rows = order.size();
  runs_.push_back(std::move(run));
  from.keep({});
  shrink_heap();
  return runs_.size() < kRunsMost ? Result<>() : join_runs();
}

// Equal keys stay beside each other.
Result<> SpilledGroups::join_runs() {
  RunMerge merge(std::exchange(runs_, {}), words_);
  SortedRun out;
  out.ranked = merge.ranked();
  ARGUS_TRY_LET(out.scratch, ScratchRun::create());
  for (;;) {
    ARGUS_TRY_LET(const SortedPiece piece, merge.piece(kReadRowsLeast));
    if (piece.rows->rows() == 0) break;
    out.rows += piece.rows->rows();
    ARGUS_TRY(out.scratch->write(*piece.rows, piece.entries));
  }
  runs_.push_back(std::move(out));
  return {};
}

Result<Batch> SpilledGroups::next() {
  if (!merge_) merge_.emplace(std::exchange(runs_, {}), words_);
  // The last group may go on in the records that follow.
  while (!ended_ && folded_.groups() <= kBatchRowsMax) {
    ARGUS_TRY_LET(const Batch records, merge_->rows(kReadRowsMost));
    ended_ = records.rows() == 0;
    folded_.add_records(records);
  }
  const std::vector<std::uint32_t> order = folded_.in_key_order();
  const std::size_t count = std::min(order.size(), kBatchRowsMax);
  Batch out = folded_.records(std::span(order).first(count));
  folded_.keep(std::span(order).subspan(count));
  return out;
}

}  // namespace argus
