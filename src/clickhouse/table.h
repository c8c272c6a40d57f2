// What a server's table is like.
#pragma once

#include <string>

#include "base/result.h"
#include "clickhouse/dialect.h"
#include "clickhouse/shard.h"
#include "flow/field.h"

namespace argus {

struct TableColumns {
  bool there = false;              // the table exists
  FieldSet fields;                 // that it has a column for
  const Dialect* types = nullptr;  // whose types its columns have
  [[nodiscard]] FieldSet lacking() const;
};
[[nodiscard]] Result<TableColumns> table_columns(ClickHouseShard& server, const std::string& table);

// The last field that all of an older table's columns go up to, for schema --since.
[[nodiscard]] std::uint16_t last_field_of(const TableColumns& columns);

}  // namespace argus
