#include "archive/grouped_rows.h"

#include <cstring>
#include <string_view>
#include <unordered_map>

#include "base/hash.h"
#include "base/int128.h"
#include "base/time.h"
#include "flow/each_value.h"

namespace argus {

namespace {

// Values come from outside: the key keeps strangers from choosing ones that collide.
struct KeyedHash {
  HashKey key = random_hash_key();

  [[nodiscard]] std::size_t operator()(std::uint64_t value) const { return mix(value ^ key.k0, key.k1); }
  [[nodiscard]] std::size_t operator()(u128 value) const {
    return mix(static_cast<std::uint64_t>(value) ^ key.k0, static_cast<std::uint64_t>(value >> 64) ^ key.k1) ^ key.k2;
  }
  [[nodiscard]] std::size_t operator()(const std::string& text) const {
    std::uint64_t out = key.k2 ^ text.size();
    for (std::size_t at = 0; at < text.size(); at += 8) {
      std::uint64_t piece = 0;
      std::memcpy(&piece, text.data() + at, std::min<std::size_t>(8, text.size() - at));
      out = mix(out ^ piece ^ key.k0, key.k1);
    }
    return out;
  }
};

// What values are told apart by.
template <class T>
auto image_of(const T& value) {
  if constexpr (std::is_same_v<T, std::string>) return value;
  else if constexpr (std::is_same_v<T, u128>) return value;
  else if constexpr (sizeof(T) == 16) {
    u128 out;
    std::memcpy(&out, &value, sizeof out);
    return out;
  } else if constexpr (std::is_same_v<T, double>) {
    std::uint64_t out;
    std::memcpy(&out, &value, sizeof out);
    return out;
  } else {
    return static_cast<std::uint64_t>(value);
  }
}

template <class T>
std::vector<std::uint32_t> codes_of(const Column& column, std::size_t rows, const KeyedHash& hash) {
  using Image = decltype(image_of(std::declval<T>()));
  std::vector<std::uint32_t> out(rows, 0);
  std::unordered_map<Image, std::uint32_t, KeyedHash> known(64, hash);
  const T* last = nullptr;
  std::uint32_t last_code = 0;
  each_value<T>(column, rows, [&](std::size_t row, const T& value) {
    if (last == nullptr || !(*last == value)) {
      last = &value;
      last_code = known.emplace(image_of(value), static_cast<std::uint32_t>(known.size() + 1)).first->second;
    }
    out[row] = last_code;
  });
  return out;
}

}  // namespace

void RowGroups::divide(const std::vector<std::uint32_t>& codes) {
  if (of.empty()) of.assign(codes.size(), 0);
  static const KeyedHash hash;
  std::unordered_map<std::uint64_t, std::uint32_t, KeyedHash> known(64, hash);
  std::uint64_t last = UINT64_MAX;
  std::uint32_t group = 0;
  for (std::size_t row = 0; row < codes.size(); row++) {
    const std::uint64_t pair = static_cast<std::uint64_t>(of[row]) << 32 | codes[row];
    if (pair != last) group = known.emplace(pair, static_cast<std::uint32_t>(known.size())).first->second;
    last = pair;
    of[row] = group;
  }
  count = static_cast<std::uint32_t>(known.size());
}

void RowGroups::divide(const Column& column, std::size_t rows) {
  if (column.absent() || column.shape() == Column::Shape::constant || rows == 0) return;
  static const KeyedHash hash;
  divide(with_type(column.type(), [&]<class T>() { return codes_of<T>(column, rows, hash); }));
}

void RowGroups::divide(const Column& times, std::size_t rows, ClockSpans& spans) {
  if (times.absent() || rows == 0) return;
  std::vector<std::uint32_t> codes(rows, 0);
  std::unordered_map<Nanos, std::uint32_t> known;
  ClockSpan last;
  std::uint32_t code = 0;
  each_value<Nanos>(times, rows, [&](std::size_t row, Nanos time) {
    if (!last.holds(time)) {
      last = spans.at(time);
      code = known.emplace(last.begin, static_cast<std::uint32_t>(known.size() + 1)).first->second;
    }
    codes[row] = code;
  });
  divide(codes);
}

std::vector<std::vector<std::uint32_t>> RowGroups::rows(std::size_t all) const {
  std::vector<std::vector<std::uint32_t>> out(count);
  std::vector<std::size_t> sizes(count, 0);
  if (of.empty()) sizes[0] = all;
  else
    for (const std::uint32_t group : of) sizes[group]++;
  for (std::uint32_t group = 0; group < count; group++) out[group].reserve(sizes[group]);
  for (std::size_t row = 0; row < all; row++) out[of.empty() ? 0 : of[row]].push_back(static_cast<std::uint32_t>(row));
  return out;
}

}  // namespace argus
