// What a coding is given: the column to write, or the bytes to read.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/int128.h"
#include "base/result.h"
#include "codec/planes.h"
#include "flow/column.h"
#include "flow/each_value.h"
#include "flow/type.h"

namespace argus {

template <class T>
inline constexpr bool is_coded_number = !std::is_same_v<T, std::string> && !std::is_same_v<T, double>;

// A column that is to be written, and what several codings ask about it, made when it is first asked. T is the column's
// type, a number or an address.
class ColumnToCode {
 public:
  // All outlive it; `base` may be null.
  ColumnToCode(const Column& column, std::size_t rows, const Column* base)
      : column_(column), rows_(rows), base_(base) {}

  [[nodiscard]] const Column& column() const { return column_; }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] const Column* base() const { return base_; }
  // The values of the rows that have one.
  template <class T>
  [[nodiscard]] const std::vector<UnsignedOf<T>>& values();
  // The least of them; 0 where there are none.
  template <class T>
  [[nodiscard]] UnsignedOf<T> least();
  // Bits that they take above the least one: what a coding must stay below to be worth it.
  template <class T>
  [[nodiscard]] std::uint64_t plain_bits();

 private:
  template <class T>
  [[nodiscard]] std::vector<UnsignedOf<T>> present_values() const;

  const Column& column_;
  std::size_t rows_;
  const Column* base_;
  std::variant<std::monostate, std::vector<std::uint8_t>, std::vector<std::uint16_t>, std::vector<std::uint32_t>,
               std::vector<std::uint64_t>, std::vector<u128>>
      values_;
};

template <class T>
std::vector<UnsignedOf<T>> ColumnToCode::present_values() const {
  std::vector<UnsignedOf<T>> out(rows_);
  UnsignedOf<T>* to = out.data();
  const auto& mask = column_.mask();
  if (column_.shape() == Column::Shape::flat && !mask.empty()) {
    // Without a branch: the next value overwrites one that is not there.
    const auto values = column_.values<T>();
    const std::uint8_t* has = mask.data();
    for (std::size_t i = 0; i < rows_; i++) {
      *to = to_unsigned(values[i]);
      to += has[i] != 0 ? 1 : 0;
    }
  } else {
    each_value<T>(column_, rows_, [&](std::size_t, const T& v) { *to++ = to_unsigned(v); });
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
  return out;
}

template <class T>
const std::vector<UnsignedOf<T>>& ColumnToCode::values() {
  using Values = std::vector<UnsignedOf<T>>;
  if (values_.index() == 0) values_ = present_values<T>();
  return std::get<Values>(values_);
}

template <class T>
UnsignedOf<T> ColumnToCode::least() {
  const auto& all = values<T>();
  return all.empty() ? UnsignedOf<T>{0} : *std::min_element(all.begin(), all.end());
}

template <class T>
std::uint64_t ColumnToCode::plain_bits() {
  const UnsignedOf<T> from = least<T>();
  std::uint64_t bits = 0;
  for (const UnsignedOf<T> v : values<T>()) bits += significant_bits(minus(v, from));
  return bits;
}

// Which rows have a value: 1 or 0 each. Empty: all have one.
struct Present {
  Column::Mask mask;
  std::size_t rows = 0, count = 0;

  [[nodiscard]] std::size_t among(std::size_t from, std::size_t n) const {
    if (mask.empty()) return n;
    std::size_t sum = 0;
    for (const std::uint8_t *has = mask.data() + from, *end = has + n; has != end; ++has) sum += *has;
    return sum;
  }
};

// A column that is to be read. All that it refers to outlives it.
struct StoredColumn {
  ByteReader& in;  // behind the bitmap
  Type type;
  Present which;
  const Column* base;  // or null
};

[[nodiscard]] inline Error bad_column(const char* what) { return fail(Errc::corrupt, "a column {}", what); }

}  // namespace argus
