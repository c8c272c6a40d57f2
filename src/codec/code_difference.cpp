#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "base/result.h"
#include "codec/coding.h"
#include "codec/codings.h"
#include "codec/numbers.h"
#include "codec/planes.h"
#include "flow/column.h"
#include "flow/type.h"

namespace argus {

namespace {

// The base column's values of the rows that the column has; 0 where the base has none.
template <class T>
std::vector<UnsignedOf<T>> base_values(const ColumnToCode& from) {
  const Flat<T> other = flat<T>(*from.base(), from.rows());
  std::vector<UnsignedOf<T>> out(from.rows());
  UnsignedOf<T>* to = out.data();
  const auto& mask = from.column().mask();
  const std::uint8_t* has = mask.empty() ? nullptr : mask.data();
  for (std::size_t i = 0; i < from.rows(); i++) {
    *to = to_unsigned(other.values[i]);
    to += has == nullptr || has[i] != 0 ? 1 : 0;
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
  return out;
}

// Whether every row has its value of the base, which is not the same in all of them: found without making differences.
template <class T>
bool repeats_base(const ColumnToCode& from) {
  const Column &own = from.column(), &base = *from.base();
  for (const Column* column : {&own, &base})
    if (column->shape() != Column::Shape::flat || !column->mask().empty()) return false;
  const std::span<const T> values = own.values<T>(), others = base.values<T>();
  return !values.empty() && std::memcmp(values.data(), others.data(), from.rows() * sizeof(T)) == 0 &&
         std::any_of(values.begin(), values.end(), [&](const T& value) { return value != values[0]; });
}

template <class T>
bool encode_against_base(ColumnToCode& from, CodedColumn& out) {
  if (repeats_base<T>(from)) {
    append_no_differences<UnsignedOf<T>>(out.bytes);
    return true;
  }
  const auto& values = from.values<T>();
  std::vector<UnsignedOf<T>> differences = base_values<T>(from);
  for (std::size_t i = 0; i < differences.size(); i++)
    differences.data()[i] = minus(values.data()[i], differences.data()[i]);
  if (bits_of_differences(differences) >= from.plain_bits<T>()) return false;
  append_differences(differences, out.bytes);
  return true;
}

template <class T, class U>
void add_base(const Flat<T>& base, const Present& which, std::size_t row, std::size_t rows, U* values) {
  const T* const from = base.values.data() + row;
  const std::uint8_t* has = which.mask.empty() ? nullptr : which.mask.data() + row;
  if (has == nullptr) {
    for (std::size_t i = 0; i < rows; i++) values[i] = plus(to_unsigned(from[i]), values[i]);
    return;
  }
  for (std::size_t i = 0, next = 0; i < rows; i++)
    if (has[i] != 0) values[next] = plus(to_unsigned(from[i]), values[next]), next++;
}

}  // namespace

bool encode_difference(ColumnToCode& from, CodedColumn& out) {
  return with_type(from.column().type(), [&]<class T>() {
    if constexpr (is_coded_number<T>) return encode_against_base<T>(from, out);
    else return false;
  });
}

Result<Column> decode_difference(StoredColumn& from) {
  return with_number(from, [&]<class T>() -> Result<Column> {
    using U = UnsignedOf<T>;
    if (from.base == nullptr || (!from.base->absent() && from.base->type() != type_of<T>))
      return bad_column("has no base");
    const Flat<T> base = flat<T>(*from.base, from.which.rows);
    return decode_numbers<T>(from, true, [&](U* values, std::size_t, std::size_t row, std::size_t rows) {
      add_base(base, from.which, row, rows, values);
    });
  });
}

}  // namespace argus
