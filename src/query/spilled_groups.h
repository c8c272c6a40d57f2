// Groups for which memory has no room. All that a clusterer holds is written to the scratch folder as a run: its merged
// records in the order of their keys. The runs merged (query/run_merge.h) have the records of a key beside each other,
// from wherever they come, and these are folded once more, as a merged record is a record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "query/clusterer.h"
#include "query/key.h"
#include "query/packed.h"
#include "query/run_merge.h"
#include "query/sorted_run.h"

namespace argus {

class SpilledGroups {
 public:
  // Of clusterers with these keys and wanted fields, and neither limits nor tallies; `memory`: bytes that all of them
  // and this may take.
  SpilledGroups(const KeyWords& key, const FieldSet& wanted, std::uint64_t memory);

  // All groups of `from`, which has none then. Errors are those of the scratch folder.
  [[nodiscard]] Result<> add(Clusterer& from);
  // When all are added: the groups in the order of their keys, kBatchRowsMax of them or all that are left.
  [[nodiscard]] Result<Batch> next();

 private:
  [[nodiscard]] std::size_t piece_rows(const Clusterer& from) const;
  [[nodiscard]] std::vector<std::uint64_t> entries_of(const Batch& records, KeyPacker& packer) const;
  [[nodiscard]] Result<> join_runs();

  std::vector<KeyPacker::Spec> specs_;  // of the keys
  std::size_t words_;                   // of a key
  std::uint64_t piece_bytes_;
  std::vector<SortedRun> runs_;
  std::optional<RunMerge> merge_;  // of all runs, once next() was called
  bool ended_ = false;             // it has no more
  Clusterer folded_;               // groups that come next
};

}  // namespace argus
