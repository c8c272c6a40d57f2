#include <cstdint>
#include <vector>

#include "base/result.h"
#include "codec/coding.h"
#include "codec/codings.h"
#include "codec/numbers.h"
#include "codec/planes.h"
#include "flow/column.h"
#include "flow/type.h"

namespace argus {

// Only times come in an order that differences from the one before can gain from.
bool encode_delta(ColumnToCode& from, CodedColumn& out) {
  if (from.column().type() != Type::i64 || from.base() != nullptr) return false;
  const std::vector<std::uint64_t>& values = from.values<std::int64_t>();
  std::vector<std::uint64_t> steps(values.size());
  if (!steps.empty()) steps[0] = values[0];
  for (std::size_t i = 1; i < steps.size(); i++) steps.data()[i] = minus(values.data()[i], values.data()[i - 1]);
  if (bits_of_differences(steps) * 10 >= from.plain_bits<std::int64_t>() * 9) return false;
  append_differences(steps, out.bytes);
  return true;
}

Result<Column> decode_delta(StoredColumn& from) {
  return with_number(from, [&]<class T>() -> Result<Column> {
    using U = UnsignedOf<T>;
    return decode_numbers<T>(from, true, [before = U{0}](U* values, std::size_t n, std::size_t, std::size_t) mutable {
      for (std::size_t i = 0; i < n; i++) values[i] = before = plus(before, values[i]);
    });
  });
}

}  // namespace argus
