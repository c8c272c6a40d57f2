#include "base/bytes.h"
#include "base/result.h"
#include "codec/coding.h"
#include "codec/codings.h"
#include "codec/numbers.h"
#include "codec/planes.h"
#include "flow/column.h"

namespace argus {

// The least value, and what the values are above it.
bool encode_planes(ColumnToCode& from, CodedColumn& out) {
  return with_type(from.column().type(), [&]<class T>() {
    if constexpr (is_coded_number<T>) {
      using U = UnsignedOf<T>;
      const U least = from.least<T>();
      std::vector<U> above(from.values<T>());
      for (U& v : above) v = minus(v, least);
      for (std::size_t i = 0; i < sizeof(U); i++) out.bytes.push_back(static_cast<std::byte>(least >> (8 * i)));
      const unsigned unit = take_unit(above, false);
      append_planes(above, out.bytes, unit);
    }
    return is_coded_number<T>;
  });
}

Result<Column> decode_planes(StoredColumn& from) {
  return with_number(from, [&]<class T>() -> Result<Column> {
    using U = UnsignedOf<T>;
    const Bytes bytes = from.in.take(sizeof(U));
    if (!from.in.ok()) return bad_column("ends early");
    U least = 0;
    for (std::size_t i = 0; i < sizeof(U); i++)
      least = static_cast<U>(least | static_cast<U>(static_cast<U>(bytes[i]) << (8 * i)));
    return decode_numbers<T>(from, false, [least](U* values, std::size_t n, std::size_t, std::size_t) {
      for (std::size_t i = 0; i < n; i++) values[i] = plus(values[i], least);
    });
  });
}

}  // namespace argus
