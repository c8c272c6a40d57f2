#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "base/result.h"
#include "codec/coding.h"
#include "codec/codings.h"
#include "codec/numbers.h"
#include "codec/planes.h"
#include "codec/value_order.h"
#include "flow/column.h"
#include "flow/each_value.h"

namespace argus {

namespace {

void append_word(const std::string& word, std::vector<std::byte>& out) {
  const std::size_t size = std::min<std::size_t>(word.size(), 255);
  out.push_back(static_cast<std::byte>(size));
  const auto* p = reinterpret_cast<const std::byte*>(word.data());
  out.insert(out.end(), p, p + size);
}

// Keyed: strangers choose the addresses. Words are sorted afterwards, so that the key never shows in a file.
template <class T>
std::size_t word_hash(const T& v, const HashKey& key) {
  if constexpr (std::is_same_v<T, std::string>) return std::hash<std::string>()(v) ^ key.k0;
  else if constexpr (std::is_same_v<T, Address>) return mix(mix(v.low() ^ key.k0, key.k1) ^ v.high(), key.k2);
  else return mix(static_cast<std::uint64_t>(v) ^ key.k0, key.k1);
}
const HashKey& word_key() {
  static const HashKey key = random_hash_key();
  return key;
}

// Numbers distinct values from 0 in the order in which they come.
template <class T>
class Numbering {
 public:
  explicit Numbering(std::size_t rows) : slots_(std::bit_ceil(rows + rows / 2 + 2), UINT32_MAX) {}
  std::uint32_t number_of(const T& value) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = word_hash(value, key_) & mask;; i = (i + 1) & mask) {
      if (slots_[i] == UINT32_MAX) {
        slots_[i] = static_cast<std::uint32_t>(values_.size());
        values_.push_back(value);
        return slots_[i];
      }
      if (values_[slots_[i]] == value) return slots_[i];
    }
  }
  [[nodiscard]] std::vector<T>& values() { return values_; }

 private:
  HashKey key_ = word_key();
  std::vector<std::uint32_t> slots_;
  std::vector<T> values_;
};

// Distinct values in order, and the code of each row that has one; nothing when there are too many to be worth it.
template <class T>
struct Words {
  std::vector<T> sorted;
  std::vector<std::uint32_t> codes;
};
template <class T>
std::optional<Words<T>> words_of(const Column& column, std::size_t rows, std::size_t most) {
  Numbering<T> seen(std::min(rows, most + 1));
  Words<T> out;
  out.codes.reserve(rows);
  bool many = false;
  each_value<T>(column, rows, [&](std::size_t, const T& v) {
    if (many) return;
    out.codes.push_back(seen.number_of(v));
    many = seen.values().size() > most;
  });
  if (many) return std::nullopt;
  auto order = in_order(std::move(seen.values()));
  std::vector<std::uint32_t> rank(order.size());
  out.sorted.reserve(order.size());
  for (auto& [value, place] : order) {
    rank[place] = static_cast<std::uint32_t>(out.sorted.size());
    out.sorted.push_back(std::move(value));
  }
  for (auto& code : out.codes) code = rank[code];
  return out;
}

// count u32, the words (numbers as ascending differences in planes), the codes in planes.
template <class T>
void append_words(const Words<T>& words, std::vector<std::byte>& out) {
  for (std::size_t i = 0; i < 4; i++) out.push_back(static_cast<std::byte>(words.sorted.size() >> (8 * i)));
  if constexpr (std::is_same_v<T, std::string>) {
    for (const std::string& word : words.sorted) append_word(word, out);
  } else {
    std::vector<UnsignedOf<T>> steps;
    UnsignedOf<T> before = 0;
    for (const T& word : words.sorted) steps.push_back(minus(to_unsigned(word), before)), before = to_unsigned(word);
    append_planes(steps, out);
  }
  append_planes(words.codes, out);
}

// How many distinct values a list of them may have to pay: any number of texts and addresses, a few of counters, and of
// what is wide (MAC addresses) as many as leave two rows a word. Narrow values compress as well without a list.
template <class T>
std::size_t words_most(const Column& column, std::size_t rows) {
  constexpr std::size_t kFew = 256;
  constexpr std::uint64_t kWideBits = 24;
  if constexpr (std::is_same_v<T, Address> || std::is_same_v<T, std::string>) return rows;
  if constexpr (!std::is_same_v<T, std::uint64_t>) return 0;
  else {
    std::uint64_t bits = 0, values = 0;
    each_value<T>(column, rows, [&](std::size_t, const T& v) { bits += significant_bits(v), values++; });
    return bits > kWideBits * values ? std::max(kFew, values / 2) : kFew;
  }
}

template <class T>
Result<std::vector<T>> decode_list(ByteReader& in, std::size_t size) {
  std::vector<T> out;
  out.reserve(size);
  if constexpr (std::is_same_v<T, std::string>) {
    for (std::size_t i = 0; i < size; i++) {
      const Bytes word = in.take(in.u8());
      if (!in.ok()) return bad_column("ends early");
      out.emplace_back(reinterpret_cast<const char*>(word.data()), word.size());
    }
  } else {
    using U = UnsignedOf<T>;
    PlaneReader<U> steps;
    if (!steps.open(in, size, false)) return bad_column("has no such words");
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
Result<Column> decode_list_and_codes(StoredColumn& from) {
  const std::size_t size = from.in.le<std::uint32_t>();
  if (!from.in.ok() || size > from.which.count || (size == 0 && from.which.count != 0))
    return bad_column("has an impossible number of words");
  ARGUS_TRY_LET(std::vector<T> words, decode_list<T>(from.in, size));
  PlaneReader<std::uint32_t> planes;
  if (!planes.open(from.in, from.which.count, false)) return bad_column("has no such codes");
  PlaneReader<std::uint32_t>::Block block;
  RowValues<std::uint32_t, std::uint32_t> codes(from.which.rows);
  for (std::size_t row = 0; row < from.which.rows; row += block.size()) {
    const std::size_t rows = std::min(block.size(), from.which.rows - row);
    const std::size_t n = from.which.among(row, rows);
    planes.read(n, block);
    std::uint32_t largest = 0;
    for (std::size_t i = 0; i < n; i++) largest = std::max(largest, block.data()[i]);
    if (n != 0 && largest >= size) return bad_column("names a word that it does not have");
    codes.append(block.data(), from.which, rows);
  }
  return Column::dictionary<T>(codes.take(), std::make_shared<const std::vector<T>>(std::move(words)),
                               std::move(from.which.mask));
}

template <class T>
bool encode_list(ColumnToCode& from, CodedColumn& out) {
  if (from.base() != nullptr && is_coded_number<T>) return false;
  const std::size_t most = words_most<T>(from.column(), from.rows());
  if (most == 0) return false;
  auto words = words_of<T>(from.column(), from.rows(), most);
  if (!words) return false;
  append_words(*words, out.bytes);
  if constexpr (std::is_same_v<T, Address>) out.distinct = std::move(words->sorted);
  return true;
}

}  // namespace

bool encode_words(ColumnToCode& from, CodedColumn& out) {
  return with_type(from.column().type(), [&]<class T>() {
    if constexpr (std::is_same_v<T, double>) return false;
    else return encode_list<T>(from, out);
  });
}

Result<Column> decode_words(StoredColumn& from) {
  return with_type(from.type, [&]<class T>() -> Result<Column> {
    if constexpr (std::is_same_v<T, double>) return bad_column("has a type that is never stored");
    else return decode_list_and_codes<T>(from);
  });
}

}  // namespace argus
