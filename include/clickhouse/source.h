// Flow records out of ClickHouse, for every command that reads.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "clickhouse/place.h"
#include "flow/field.h"
#include "flow/source.h"
#include "flow/where.h"

namespace argus {

struct ClickHouseSourceOptions {
  std::string filter;     // its text, that compiles; empty: none
  TimeSpan span;          // no record outside it is wanted
  bool only_span = true;  // and every one is that shares an instant with it
  WherePtr chosen;        // what filter and time range let through, as Needs::where will have it; null: all
  // Records with the same values of these stored fields may come merged into one; none: as they are. It is not done
  // where the filter cannot be said in SQL, where somebody else chooses among the rows, or where a sum could pass 64
  // bits.
  std::optional<FieldSet> grouped_by;
  bool ordered = true;                      // by stream and number in it, as they were in the file; else in any order
  const std::atomic<bool>* stop = nullptr;  // set: the query is cancelled, and the source ends; may be null
  std::function<void(const std::string&)> explain = {};  // gets the SQL and what is done here; may be empty
};

// Connects to a server of each shard and looks at its table. Fields, filter and time range are part of the query;
// what cannot be said in SQL is filtered here. A shard that cannot be asked is an error that names it: there is no
// part of an answer. The journal has the ledger of the table of losses.
[[nodiscard]] Result<SourcePtr> clickhouse_source(ClickHousePlace place, ClickHouseSourceOptions options);

}  // namespace argus
