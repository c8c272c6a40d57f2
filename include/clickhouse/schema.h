// The tables of a ClickHouse server that hold flow records, made from the field table.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clickhouse/dialect.h"

namespace argus {

// What each row has beside the fields: where it comes from, so that none is there twice.
inline constexpr std::string_view kStreamColumn = "stream";  // id of its stream
inline constexpr std::string_view kSeqColumn = "seq";        // number of the record in it, from 0
inline constexpr std::string_view kFrameColumn = "frame";    // number of its frame in it

struct SchemaOptions {
  const Dialect* dialect = nullptr;
  std::string cluster;      // name of a cluster: a table over all of its shards besides; empty: none
  std::string ttl;          // "90 DAY", after which rows are removed; empty: never
  bool replicated = false;  // ReplicatedMergeTree, in the place of the macros shard and replica
  std::uint16_t since = 0;  // only what a table lacks that knows fields up to this number (FieldInfo::wire); 0: all
  std::string table = "flows";
};

// SQL statements in the order in which they are to be run, without semicolons. Each may be run again without harm.
[[nodiscard]] std::vector<std::string> schema_statements(const SchemaOptions& options);
// The same to read: with comments, each ended by a semicolon.
[[nodiscard]] std::string schema_text(const SchemaOptions& options);

}  // namespace argus
