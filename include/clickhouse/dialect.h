// The two dialects of ClickHouse that argus speaks. All that differs between them stands in one table,
// src/clickhouse/dialect.cpp; all other SQL is the same text in both.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "flow/field.h"

namespace argus {

struct Dialect {
  std::string_view name;  // "18", as --engine takes it
  std::string_view says;  // "ClickHouse 18.16 and later"
  unsigned since = 0;     // least version that has all it says, its first number
  std::string_view wide;  // types whose names differ; each has the same bytes in FORMAT Native
  std::string_view address;
  std::string_view wide_from, wide_end;        // around a number, a value of the first
  std::string_view address_from, address_end;  // around 32 hexadecimal digits, one of the second
  std::string_view text;                       // type of a column of text
  bool codecs = false;                         // CODEC, INDEX and TTL are understood
  std::string_view insert_settings;            // of every INSERT, "&name=value"
  std::string_view select_settings;            // of every SELECT
};

[[nodiscard]] std::span<const Dialect> dialects();                       // the most portable first
[[nodiscard]] const Dialect* find_dialect(std::string_view name);        // null: none is called so
[[nodiscard]] const Dialect& dialect_of_version(std::string_view text);  // "18.16.1", as SELECT version() says

// The type of a field's column as a table declares it, without codec: "Nullable(UInt16)".
[[nodiscard]] std::string column_type(Field stored, const Dialect& dialect);
// The same as FORMAT Native names it where rows are inserted.
[[nodiscard]] std::string native_type(Field stored, const Dialect& dialect);

}  // namespace argus
