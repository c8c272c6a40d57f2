// Physical types of columns. A type has kernels (merge, compare, code); how a value looks is its format.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>

#include "base/address.h"
#include "base/int128.h"

namespace argus {

enum class Type : std::uint8_t {  // these numbers are written to files and never change
  u8 = 1,
  u16 = 2,
  u32 = 3,
  u64 = 4,
  i64 = 5,
  u128 = 6,
  addr = 7,
  bytes = 8,
  f64 = 9,  // derived only, never stored
};

template <Type type>
struct ValueOf;
template <>
struct ValueOf<Type::u8> {
  using type = std::uint8_t;
};
template <>
struct ValueOf<Type::u16> {
  using type = std::uint16_t;
};
template <>
struct ValueOf<Type::u32> {
  using type = std::uint32_t;
};
template <>
struct ValueOf<Type::u64> {
  using type = std::uint64_t;
};
template <>
struct ValueOf<Type::i64> {
  using type = std::int64_t;
};
template <>
struct ValueOf<Type::u128> {
  using type = u128;
};
template <>
struct ValueOf<Type::addr> {
  using type = Address;
};
template <>
struct ValueOf<Type::bytes> {
  using type = std::string;
};
template <>
struct ValueOf<Type::f64> {
  using type = double;
};
template <Type type>
using Value = typename ValueOf<type>::type;

template <class T>
inline constexpr Type type_of = [] {
  if constexpr (std::is_same_v<T, std::uint8_t>) return Type::u8;
  else if constexpr (std::is_same_v<T, std::uint16_t>) return Type::u16;
  else if constexpr (std::is_same_v<T, std::uint32_t>) return Type::u32;
  else if constexpr (std::is_same_v<T, std::uint64_t>) return Type::u64;
  else if constexpr (std::is_same_v<T, std::int64_t>) return Type::i64;
  else if constexpr (std::is_same_v<T, u128>) return Type::u128;
  else if constexpr (std::is_same_v<T, Address>) return Type::addr;
  else if constexpr (std::is_same_v<T, std::string>) return Type::bytes;
  else if constexpr (std::is_same_v<T, double>) return Type::f64;
}();

// Calls f.template operator()<T>() with the C++ type of `type`.
template <class F>
decltype(auto) with_type(Type type, F&& f) {
  switch (type) {
    case Type::u8: return f.template operator()<std::uint8_t>();
    case Type::u16: return f.template operator()<std::uint16_t>();
    case Type::u32: return f.template operator()<std::uint32_t>();
    case Type::u64: return f.template operator()<std::uint64_t>();
    case Type::i64: return f.template operator()<std::int64_t>();
    case Type::u128: return f.template operator()<u128>();
    case Type::addr: return f.template operator()<Address>();
    case Type::bytes: return f.template operator()<std::string>();
    case Type::f64: break;
  }
  return f.template operator()<double>();
}

// Bytes of one value in memory; strings count their handle only.
[[nodiscard]] inline std::size_t width_of(Type type) {
  return with_type(type, []<class T>() -> std::size_t { return sizeof(T); });
}

}  // namespace argus
