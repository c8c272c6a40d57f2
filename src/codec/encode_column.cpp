#include "codec/codings.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/hash.h"
#include "codec/planes.h"
#include "flow/each_value.h"

namespace argus {

namespace {

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

void append_mask(const Column& column, std::size_t rows, std::vector<std::byte>& out) {
  if (column.mask().empty()) return;
  const std::size_t start = out.size();
  out.resize(start + (rows + 7) / 8);
  std::byte* bits = out.data() + start;
  const std::uint8_t* has = column.mask().data();
  for (std::size_t i = 0; i + 8 <= rows; i += 8) {
    unsigned eight = 0;
    for (unsigned b = 0; b < 8; b++) eight |= (has[i + b] != 0 ? 1u : 0u) << b;
    bits[i / 8] = static_cast<std::byte>(eight);
  }
  for (std::size_t i = rows & ~std::size_t{7}; i < rows; i++)
    bits[i / 8] |= static_cast<std::byte>((has[i] != 0 ? 1u : 0u) << (i % 8));
}

// The values of the rows that have one.
template <class T>
std::vector<UnsignedOf<T>> present_values(const Column& column, std::size_t rows) {
  std::vector<UnsignedOf<T>> out(rows);
  UnsignedOf<T>* to = out.data();
  const auto& mask = column.mask();
  if (column.shape() == Column::Shape::flat && !mask.empty()) {
    // Without a branch: the next value overwrites one that is not there.
    const auto values = column.values<T>();
    const std::uint8_t* has = mask.data();
    for (std::size_t i = 0; i < rows; i++) {
      *to = to_unsigned(values[i]);
      to += has[i] != 0 ? 1 : 0;
    }
  } else {
    each_value<T>(column, rows, [&](std::size_t, const T& v) { *to++ = to_unsigned(v); });
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
  return out;
}

template <class U>
std::vector<U> deltas_of(const std::vector<U>& values) {
  std::vector<U> out(values.size());
  const U* from = values.data();
  if (!out.empty()) out[0] = from[0];
  for (std::size_t i = 1; i < out.size(); i++) out[i] = minus(from[i], from[i - 1]);
  return out;
}

// Bits that values, or differences with a sign, will take about, once compression has its way with them.
template <class U>
std::uint64_t cost_of(const std::vector<U>& values, bool with_sign) {
  std::uint64_t bits = 0;
  if (with_sign) {
    for (const U v : values) bits += significant_bits(zigzag(v));
  } else {
    for (const U v : values) bits += significant_bits(v);
  }
  return bits;
}

// The base column's values of the rows that this column has; 0 where the base has none.
template <class T>
std::vector<UnsignedOf<T>> base_values(const Column& column, std::size_t rows, const Column& base) {
  const Flat<T> other = flat<T>(base, rows);
  std::vector<UnsignedOf<T>> out(rows);
  UnsignedOf<T>* to = out.data();
  const auto& mask = column.mask();
  const std::uint8_t* has = mask.empty() ? nullptr : mask.data();
  for (std::size_t i = 0; i < rows; i++) {
    *to = to_unsigned(other.values[i]);
    to += has == nullptr || has[i] != 0 ? 1 : 0;
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
  return out;
}

template <class T>
Coded encode_numbers(const Column& column, std::size_t rows, const Column* base) {
  using U = UnsignedOf<T>;
  std::vector<U> values = present_values<T>(column, rows);
  Coded out;
  append_mask(column, rows, out.bytes);
  const U least = values.empty() ? U{0} : *std::min_element(values.begin(), values.end());
  std::vector<U> best(values.size());
  for (std::size_t i = 0; i < values.size(); i++) best[i] = minus(values[i], least);
  // Only times come in an order that differences from the one before can gain from.
  if constexpr (std::is_same_v<T, std::int64_t>) {
    if (base == nullptr) {
      if (std::vector<U> other = deltas_of(values); cost_of(other, true) * 10 < cost_of(best, false) * 9) {
        best = std::move(other);
        out.coding = Coding::delta;
      }
    }
  }
  if (base != nullptr) {
    std::vector<U> other = base_values<T>(column, rows, *base);
    for (std::size_t i = 0; i < other.size(); i++) other[i] = minus(values[i], other[i]);
    if (cost_of(other, true) < cost_of(best, false)) {
      best = std::move(other);
      out.coding = Coding::difference;
    }
  }
  const bool with_sign = out.coding != Coding::planes;
  if (!with_sign)
    for (std::size_t i = 0; i < sizeof(U); i++) out.bytes.push_back(static_cast<std::byte>(least >> (8 * i)));
  const unsigned unit = take_unit(best, with_sign);
  if (with_sign)
    for (U& v : best) v = zigzag(v);
  append_planes(best, out.bytes, unit);
  return out;
}

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
  explicit Numbering(std::size_t rows) : slots_(std::bit_ceil(rows * 2 + 2), UINT32_MAX) {}
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
  // Values beside their numbers, so that comparing does not jump about.
  std::vector<std::pair<T, std::uint32_t>> order;
  order.reserve(seen.values().size());
  for (T& value : seen.values()) order.emplace_back(std::move(value), static_cast<std::uint32_t>(order.size()));
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::uint32_t> rank(order.size());
  out.sorted.reserve(order.size());
  for (auto& [value, number] : order) {
    rank[number] = static_cast<std::uint32_t>(out.sorted.size());
    out.sorted.push_back(std::move(value));
  }
  for (auto& code : out.codes) code = rank[code];
  return out;
}

// count u32, the words (numbers as ascending differences in planes), the codes in planes.
template <class T>
Coded encode_words(const Column& column, std::size_t rows, const Words<T>& words) {
  Coded out;
  out.coding = Coding::words;
  append_mask(column, rows, out.bytes);
  for (std::size_t i = 0; i < 4; i++) out.bytes.push_back(static_cast<std::byte>(words.sorted.size() >> (8 * i)));
  if constexpr (std::is_same_v<T, std::string>) {
    for (const std::string& word : words.sorted) append_word(word, out.bytes);
  } else {
    std::vector<UnsignedOf<T>> steps;
    UnsignedOf<T> before = 0;
    for (const T& word : words.sorted) steps.push_back(minus(to_unsigned(word), before)), before = to_unsigned(word);
    append_planes(steps, out.bytes);
  }
  append_planes(words.codes, out.bytes);
  return out;
}

// How many distinct values a list of them may have to pay: any number of addresses, a few of counters, and of what is
// wide (MAC addresses) as many as leave two rows a word.
template <class T>
std::size_t words_most(const Column& column, std::size_t rows) {
  constexpr std::size_t kFew = 256;
  constexpr std::uint64_t kWideBits = 24;
  if constexpr (std::is_same_v<T, Address>) return rows;
  if constexpr (!std::is_same_v<T, std::uint64_t>) return 0;
  else {
    std::uint64_t bits = 0, values = 0;
    each_value<T>(column, rows, [&](std::size_t, const T& v) { bits += significant_bits(v), values++; });
    return bits > kWideBits * values ? std::max(kFew, values / 2) : kFew;
  }
}

}  // namespace

Coded encode_column(const Column& column, std::size_t rows, const Column* base) {
  return with_type(column.type(), [&]<class T>() -> Coded {
    if constexpr (std::is_same_v<T, std::string>) {
      return encode_words<T>(column, rows, *words_of<T>(column, rows, rows));
    } else if constexpr (std::is_same_v<T, double>) {
      return {};
    } else {
      // Wide values repeat; narrow ones compress as well without a list.
      if (const std::size_t most = base == nullptr ? words_most<T>(column, rows) : 0; most != 0)
        if (auto words = words_of<T>(column, rows, most)) {
          Coded out = encode_words<T>(column, rows, *words);
          if constexpr (std::is_same_v<T, Address>) out.distinct = std::move(words->sorted);
          return out;
        }
      return encode_numbers<T>(column, rows, base);
    }
  });
}

}  // namespace argus
