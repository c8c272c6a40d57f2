// Single values in a directory, and what the values of a column lie between.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "base/address.h"
#include "base/bytes.h"
#include "base/int128.h"
#include "base/result.h"
#include "flow/column.h"
#include "flow/each_value.h"
#include "flow/where.h"

namespace argus {

// Of an entry in the directory, and of the directory.
enum EntryFlag : std::uint8_t { kHasAbsent = 1, kConstant = 2, kHasRange = 4, kHasFilter = 8 };
enum Layout : std::uint8_t { kSeparate = 0, kShared = 1 };

template <class T>
void append_value(const T& value, ByteWriter& out) {
  if constexpr (std::is_same_v<T, std::string>) {
    const auto size = static_cast<std::uint8_t>(std::min<std::size_t>(value.size(), 255));
    out.le(size);
    out.bytes(value.data(), size);
  } else if constexpr (std::is_same_v<T, Address>) {
    out.bytes(value.bytes.data(), value.bytes.size());
  } else if constexpr (std::is_same_v<T, u128>) {
    out.le(static_cast<std::uint64_t>(value));
    out.le(static_cast<std::uint64_t>(value >> 64));
  } else if constexpr (std::is_integral_v<T>) {
    out.le(value);
  }
}

template <class T>
T value_at(Bytes bytes) {
  ByteReader in(bytes);
  if constexpr (std::is_same_v<T, std::string>) {
    const Bytes text = in.take(in.u8());
    return {reinterpret_cast<const char*>(text.data()), text.size()};
  } else if constexpr (std::is_same_v<T, Address>) {
    Address out;
    in.copy(out.bytes.data(), out.bytes.size());
    return out;
  } else if constexpr (std::is_same_v<T, u128>) {
    const u128 low = in.le<std::uint64_t>();
    return static_cast<u128>(in.le<std::uint64_t>()) << 64 | low;
  } else if constexpr (std::is_integral_v<T>) {
    return in.le<T>();
  } else {
    return {};
  }
}

// Ordered as the values are; of those that have an order.
template <class T>
u128 image_of(const T& value) {
  if constexpr (std::is_same_v<T, std::int64_t> || std::is_same_v<T, Address>) return ordered_image(value);
  else if constexpr (std::is_integral_v<T> || std::is_same_v<T, u128>) return value;
  else return 0;
}

// Of the rows that have a value; zeros when none has.
template <class T>
std::pair<T, T> range_of(const Column& column, std::size_t rows) {
  if (column.shape() == Column::Shape::flat && column.mask().empty() && rows != 0) {
    const std::span<const T> values = column.values<T>();
    T least = values[0], most = values[0];
    for (const T& v : values) {
      least = v < least ? v : least;
      most = most < v ? v : most;
    }
    return {least, most};
  }
  // By choice instead of by branch, which the processor could not foresee.
  if constexpr (std::is_integral_v<T>) {
    if (column.shape() == Column::Shape::flat) {
      const std::span<const T> values = column.values<T>();
      const std::uint8_t* has = column.mask().data();
      constexpr T kLeast = std::numeric_limits<T>::min(), kMost = std::numeric_limits<T>::max();
      T least = kMost, most = kLeast;
      for (std::size_t i = 0; i < rows; i++) {
        const T low = has[i] != 0 ? values[i] : kMost, high = has[i] != 0 ? values[i] : kLeast;
        least = low < least ? low : least;
        most = most < high ? high : most;
      }
      return least <= most ? std::pair<T, T>(least, most) : std::pair<T, T>();
    }
  }
  bool any = false;
  T least{}, most{};
  each_value<T>(column, rows, [&](std::size_t, const T& v) {
    if (!any || v < least) least = v;
    if (!any || most < v) most = v;
    any = true;
  });
  return {least, most};
}

// Whether what a column says is possible: of times, that they are times (is_time).
[[nodiscard]] bool is_possible(std::uint16_t wire, u128 least, u128 most);
[[nodiscard]] Error impossible(std::uint16_t wire);

}  // namespace argus
