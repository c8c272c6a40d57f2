// Column codings: how the values of one column become bytes before compression. Numbers stand in files and never
// change.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "base/result.h"
#include "flow/column.h"
#include "flow/type.h"

namespace argus {

enum class Coding : std::uint8_t {
  planes = 1,      // less the least value, in as few bytes as the largest needs, byte plane by byte plane
  delta = 2,       // differences from the value before, zigzag, in planes
  difference = 3,  // differences from the base column's value of the same row, zigzag, in planes
  words = 4,       // sorted distinct values, and which of them each row has, in planes
};

struct Coded {
  Coding coding = Coding::planes;
  std::vector<std::byte> bytes;
  std::vector<Address> distinct;  // of an address column, in order
};

// Of the rows that have a value. `base`: the column that differences may refer to, or null.
[[nodiscard]] Coded encode_column(const Column& column, std::size_t rows, const Column* base);
// The inverse: `has_absent` says whether a bitmap of rows comes first. Errc::corrupt for anything that is not exactly a
// column of so many rows.
[[nodiscard]] Result<Column> decode_column(Coding coding, Type type, bool has_absent, Bytes bytes, std::size_t rows,
                                           const Column* base);

}  // namespace argus
