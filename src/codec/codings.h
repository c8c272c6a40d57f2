// Column codings (codings.def): how the values of one column become bytes before compression.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "base/result.h"
#include "codec/coding.h"
#include "flow/column.h"
#include "flow/type.h"

namespace argus {

enum class Coding : std::uint8_t {
#define CODING(name, number, base) name = number,
#include "codec/codings.def"
};

struct CodedColumn {
  Coding coding{};
  std::vector<std::byte> bytes;   // begins with the bitmap of the rows that have a value, where some have none
  std::vector<Address> distinct;  // of an address column, in order
};

class ColumnToCode;
struct StoredColumn;

struct CodingInfo {
  Coding coding;
  std::string_view name;
  bool has_base;  // its frames say which column the values refer to
  bool (*encode)(ColumnToCode& from, CodedColumn& out);
  Result<Column> (*decode)(StoredColumn& from);
};

#define CODING(name, number, base)                                        \
  [[nodiscard]] bool encode_##name(ColumnToCode& from, CodedColumn& out); \
  [[nodiscard]] Result<Column> decode_##name(StoredColumn& from);
#include "codec/codings.def"

[[nodiscard]] std::span<const CodingInfo> all_codings();     // in the order in which they are tried
[[nodiscard]] const CodingInfo* find_coding(Coding coding);  // null: a number that no coding has

// Of the rows that have a value. `base`: the column that differences may refer to, or null.
[[nodiscard]] CodedColumn encode_column(const Column& column, std::size_t rows, const Column* base);
// The same by one coding; nothing where it would not be taken for this column.
[[nodiscard]] std::optional<CodedColumn> encode_column(const CodingInfo& by, const Column& column, std::size_t rows,
                                                       const Column* base);
// The inverse: `has_absent` says whether a bitmap of rows comes first. Errc::corrupt for anything that is not exactly a
// column of so many rows.
[[nodiscard]] Result<Column> decode_column(Coding coding, Type type, bool has_absent, Bytes bytes, std::size_t rows,
                                           const Column* base);

}  // namespace argus
