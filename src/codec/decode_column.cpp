#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/codings.h"
#include "codec/planes.h"
#include "flow/column.h"
#include "flow/type.h"

namespace argus {

namespace {

Error corrupt(const char* what) { return fail(Errc::corrupt, "a column {}", what); }

// Which rows have a value: 1 or 0 each, from a bit each. Empty: all have one.
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

Column::Mask mask_of(Bytes bits, std::size_t rows) {
  constexpr std::uint64_t kEach = 0x0101010101010101, kBitOfEach = 0x8040201008040201, kCarry = 0x7F7F7F7F7F7F7F7F;
  Column::Mask out(bits.size() * 8);
  for (std::size_t i = 0; i < bits.size(); i++) {
    std::uint64_t eight = static_cast<std::uint64_t>(bits.data()[i]) * kEach & kBitOfEach;
    eight = (eight + kCarry) >> 7 & kEach;
    if constexpr (std::endian::native == std::endian::big) eight = byte_swapped(eight);
    std::memcpy(out.data() + 8 * i, &eight, sizeof eight);
  }
  out.resize(rows);
  return out;
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

// From what was stored to the values themselves, of the present rows of one block after another.
template <class U>
struct Restored {
  Coding coding;
  U least = 0, before = 0;

  void apply(U* values, std::size_t n, std::uint64_t unit) {
    if (coding != Coding::planes)
      for (std::size_t i = 0; i < n; i++) values[i] = unzigzag(values[i]);
    if (unit != 1)
      for (std::size_t i = 0; i < n; i++) values[i] = static_cast<U>(values[i] * static_cast<U>(unit));
    if (coding == Coding::planes) {
      for (std::size_t i = 0; i < n; i++) values[i] = plus(values[i], least);
    } else if (coding == Coding::delta) {
      for (std::size_t i = 0; i < n; i++) values[i] = before = plus(before, values[i]);
    }
  }
};

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

template <class T>
Result<Column> decode_numbers(Coding coding, ByteReader& in, Present which, const Column* base) {
  using U = UnsignedOf<T>;
  Restored<U> restored{coding};
  if (coding == Coding::planes) {
    const Bytes bytes = in.take(sizeof(U));
    if (!in.ok()) return corrupt("ends early");
    for (std::size_t i = 0; i < sizeof(U); i++)
      restored.least = static_cast<U>(restored.least | static_cast<U>(static_cast<U>(bytes[i]) << (8 * i)));
  }
  PlaneReader<U> planes;
  if (!planes.open(in, which.count, true)) return corrupt("has no such planes");
  Flat<T> other;
  if (coding == Coding::difference) {
    if (base == nullptr || (!base->absent() && base->type() != type_of<T>)) return corrupt("has no base");
    other = flat<T>(*base, which.rows);
  }
  typename PlaneReader<U>::Block block;
  RowValues<T, U> out(which.rows);
  for (std::size_t row = 0; row < which.rows; row += block.size()) {
    const std::size_t rows = std::min(block.size(), which.rows - row);
    const std::size_t n = which.among(row, rows);
    planes.read(n, block);
    restored.apply(block.data(), n, planes.unit());
    if (coding == Coding::difference) add_base(other, which, row, rows, block.data());
    out.append(block.data(), which, rows);
  }
  return Column::flat<T>(out.take(), std::move(which.mask));
}

template <class T>
Result<std::vector<T>> decode_list(ByteReader& in, std::size_t size) {
  std::vector<T> out;
  out.reserve(size);
  if constexpr (std::is_same_v<T, std::string>) {
    for (std::size_t i = 0; i < size; i++) {
      const Bytes word = in.take(in.u8());
      if (!in.ok()) return corrupt("ends early");
      out.emplace_back(reinterpret_cast<const char*>(word.data()), word.size());
    }
  } else {
    using U = UnsignedOf<T>;
    PlaneReader<U> steps;
    if (!steps.open(in, size, false)) return corrupt("has no such words");
    typename PlaneReader<U>::Block block;
    U before = 0;
    while (out.size() < size) {
      const std::size_t n = std::min(block.size(), size - out.size());
      steps.read(n, block);
      for (std::size_t i = 0; i < n; i++) out.push_back(from_unsigned<T>(before = plus(before, block[i])));
    }
  }
  return out;
}

template <class T>
Result<Column> decode_words(ByteReader& in, Present which) {
  const std::size_t size = in.le<std::uint32_t>();
  if (!in.ok() || size > which.count || (size == 0 && which.count != 0))
    return corrupt("has an impossible number of words");
  ARGUS_TRY_LET(std::vector<T> words, decode_list<T>(in, size));
  PlaneReader<std::uint32_t> planes;
  if (!planes.open(in, which.count, false)) return corrupt("has no such codes");
  PlaneReader<std::uint32_t>::Block block;
  RowValues<std::uint32_t, std::uint32_t> codes(which.rows);
  for (std::size_t row = 0; row < which.rows; row += block.size()) {
    const std::size_t rows = std::min(block.size(), which.rows - row);
    const std::size_t n = which.among(row, rows);
    planes.read(n, block);
    std::uint32_t largest = 0;
    for (std::size_t i = 0; i < n; i++) largest = std::max(largest, block.data()[i]);
    if (n != 0 && largest >= size) return corrupt("names a word that it does not have");
    codes.append(block.data(), which, rows);
  }
  return Column::dictionary<T>(codes.take(), std::make_shared<const std::vector<T>>(std::move(words)),
                               std::move(which.mask));
}

}  // namespace

Result<Column> decode_column(Coding coding, Type type, bool has_absent, Bytes bytes, std::size_t rows,
                             const Column* base) {
  ByteReader in(bytes);
  Present which{{}, rows, rows};
  if (has_absent) {
    const Bytes bits = in.take((rows + 7) / 8);
    if (!in.ok()) return corrupt("ends early");
    which.mask = mask_of(bits, rows);
    which.count = which.among(0, rows);
  }
  Result<Column> out = with_type(type, [&]<class T>() -> Result<Column> {
    if constexpr (std::is_same_v<T, double>) return corrupt("has a type that is never stored");
    else if (coding == Coding::words) return decode_words<T>(in, std::move(which));
    else if constexpr (std::is_same_v<T, std::string>) return corrupt("has a coding that text does not take");
    else if (coding == Coding::planes || coding == Coding::delta || coding == Coding::difference)
      return decode_numbers<T>(coding, in, std::move(which), base);
    else return corrupt("has an unknown coding");
  });
  if (out && in.left() != 0) return corrupt("is longer than its rows");
  return out;
}

}  // namespace argus
