// What the codings of numbers share: planes with a unit, and reading them back a block of rows at a time.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/result.h"
#include "codec/coding.h"
#include "codec/planes.h"
#include "flow/column.h"

namespace argus {

template <std::uint64_t kUnit, class U>
bool all_divide(const std::vector<U>& values, bool with_sign) {
  if (with_sign) {
    for (const U v : values)
      if (static_cast<std::int64_t>(v) % static_cast<std::int64_t>(kUnit) != 0) return false;
  } else {
    for (const U v : values)
      if (v % kUnit != 0) return false;
  }
  return true;
}

// Divides by the largest unit that leaves no rest, and says which; differences have a sign.
template <class U>
unsigned take_unit(std::vector<U>& values, bool with_sign) {
  if constexpr (sizeof(U) == 8) {
    if (!all_divide<kUnits[1]>(values, with_sign)) return 0;
    const unsigned unit = all_divide<kUnits[2]>(values, with_sign) ? 2 : 1;
    const auto by = static_cast<std::int64_t>(kUnits[unit]);
    for (U& v : values) v = with_sign ? static_cast<U>(static_cast<std::int64_t>(v) / by) : v / kUnits[unit];
    return unit;
  } else {
    return 0;
  }
}

// Bits that differences will take about, once compression has its way with them.
template <class U>
std::uint64_t bits_of_differences(const std::vector<U>& values) {
  std::uint64_t bits = 0;
  for (const U v : values) bits += significant_bits(zigzag(v));
  return bits;
}

// As many differences of 0, in the largest unit that divides them.
template <class U>
void append_no_differences(std::vector<std::byte>& out) {
  out.push_back(static_cast<std::byte>((sizeof(U) == 8 ? kUnits.size() - 1 : 0) << kUnitShift));
}

// In the largest unit that divides them all. Changes the vector.
template <class U>
void append_differences(std::vector<U>& values, std::vector<std::byte>& out) {
  const unsigned unit = take_unit(values, true);
  for (U& v : values) v = zigzag(v);
  append_planes(values, out, unit);
}

// Numbers of rows, appended a block at a time; those of rows without a value are T{}.
template <class T, class U>
class RowValues {
 public:
  explicit RowValues(std::size_t rows) { values_.reserve(rows); }

  void append(const U* present, const Present& which, std::size_t n) {
    const std::uint8_t* has = which.mask.empty() ? nullptr : which.mask.data() + values_.size();
    if (has == nullptr) {
      for (std::size_t i = 0; i < n; i++) block_.data()[i] = from_unsigned<T>(present[i]);
    } else {
      for (std::size_t i = 0, next = 0; i < n; i++) {
        block_.data()[i] = has[i] != 0 ? from_unsigned<T>(present[next]) : T{};
        next += has[i];
      }
    }
    values_.insert(values_.end(), block_.data(), block_.data() + n);
  }
  [[nodiscard]] std::vector<T> take() { return std::move(values_); }

 private:
  std::vector<T> values_;
  std::array<T, PlaneReader<U>::kBlock> block_;
};

// Reads numbers in planes. restore(U* values, std::size_t present, std::size_t row, std::size_t rows) makes the values
// of the column from those stored for `rows` rows from `row` on, of which `present` have one.
template <class T, class Restore>
Result<Column> decode_numbers(StoredColumn& from, bool with_sign, Restore&& restore) {
  using U = UnsignedOf<T>;
  PlaneReader<U> planes;
  if (!planes.open(from.in, from.which.count, true)) return bad_column("has no such planes");
  typename PlaneReader<U>::Block block;
  RowValues<T, U> out(from.which.rows);
  const auto unit = static_cast<U>(planes.unit());
  for (std::size_t row = 0; row < from.which.rows; row += block.size()) {
    const std::size_t rows = std::min(block.size(), from.which.rows - row);
    const std::size_t n = from.which.among(row, rows);
    U* const values = block.data();
    planes.read(n, block);
    if (with_sign)
      for (std::size_t i = 0; i < n; i++) values[i] = unzigzag(values[i]);
    if (planes.unit() != 1)
      for (std::size_t i = 0; i < n; i++) values[i] = static_cast<U>(values[i] * unit);
    restore(values, n, row, rows);
    out.append(values, from.which, rows);
  }
  return Column::flat<T>(out.take(), std::move(from.which.mask));
}

// Calls decode.template operator()<T>() with the type of a column that is of numbers.
template <class Decode>
Result<Column> with_number(const StoredColumn& from, Decode&& decode) {
  return with_type(from.type, [&]<class T>() -> Result<Column> {
    if constexpr (is_coded_number<T>) return decode.template operator()<T>();
    else return bad_column("has a coding that text does not take");
  });
}

}  // namespace argus
