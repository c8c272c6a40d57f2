// Numbers as planes of bytes: the lowest byte of each of them, then the next one, up to what the largest needs. All
// arithmetic on them is unsigned, of their own width, and wraps.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "base/int128.h"

namespace argus {

template <class T>
struct Unsigned {
  using type = T;
};
template <>
struct Unsigned<std::int64_t> {
  using type = std::uint64_t;
};
template <>
struct Unsigned<Address> {
  using type = u128;
};
template <class T>
using UnsignedOf = typename Unsigned<T>::type;

template <class T>
[[nodiscard]] UnsignedOf<T> to_unsigned(const T& value) {
  if constexpr (std::is_same_v<T, Address>) {
    ByteReader in(std::as_bytes(std::span(value.bytes)));
    const auto high = in.be<std::uint64_t>();
    return u128{high} << 64 | in.be<std::uint64_t>();
  } else {
    return static_cast<UnsignedOf<T>>(value);
  }
}
template <class T>
[[nodiscard]] T from_unsigned(UnsignedOf<T> value) {
  if constexpr (std::is_same_v<T, Address>) {
    std::array<std::uint64_t, 2> halves = {static_cast<std::uint64_t>(value >> 64), static_cast<std::uint64_t>(value)};
    if constexpr (std::endian::native == std::endian::little)
      for (std::uint64_t& half : halves) half = byte_swapped(half);
    return std::bit_cast<Address>(halves);
  } else {
    return static_cast<T>(value);
  }
}

// Arithmetic that does not promote small types to signed int.
template <class U>
[[nodiscard]] U minus(U a, U b) {
  return static_cast<U>(a - b);
}
template <class U>
[[nodiscard]] U plus(U a, U b) {
  return static_cast<U>(a + b);
}
template <class U>
[[nodiscard]] U zigzag(U difference) {
  const U sign = static_cast<U>(difference >> (8 * sizeof(U) - 1));
  return static_cast<U>(static_cast<U>(difference << 1) ^ static_cast<U>(0 - sign));
}
template <class U>
[[nodiscard]] U unzigzag(U value) {
  return static_cast<U>(static_cast<U>(value >> 1) ^ static_cast<U>(0 - static_cast<U>(value & 1)));
}

template <class U>
[[nodiscard]] unsigned significant_bits(U value) {
  if constexpr (sizeof(U) == 16) {
    const auto high = static_cast<std::uint64_t>(value >> 64);
    return high != 0 ? 64 + static_cast<unsigned>(std::bit_width(high))
                     : static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(value)));
  } else {
    return static_cast<unsigned>(std::bit_width(value));
  }
}

// How often 1000 divides each number, at most twice: captured times are whole microseconds, or milliseconds, where
// they were not taken in nanoseconds.
inline constexpr std::array<std::uint64_t, 3> kUnits = {1, 1'000, 1'000'000};
inline constexpr unsigned kUnitShift = 5;  // the unit stands in the byte of the width

// width and unit u8, then `width` planes of one byte a value, the lowest byte first.
template <class U>
void append_planes(const std::vector<U>& values, std::vector<std::byte>& out, unsigned unit = 0) {
  U all = 0;
  for (const U v : values) all = static_cast<U>(all | v);
  const unsigned width = (significant_bits(all) + 7) / 8;
  out.push_back(static_cast<std::byte>(unit << kUnitShift | width));
  const std::size_t start = out.size();
  out.resize(start + width * values.size());
  for (unsigned p = 0; p < width; p++) {
    std::byte* plane = out.data() + start + p * values.size();
    const U* from = values.data();
    if constexpr (sizeof(U) == 16) {
      const auto take = [&]<unsigned kHalf>(unsigned shift) {
        for (std::size_t i = 0, n = values.size(); i < n; i++)
          plane[i] = static_cast<std::byte>(static_cast<std::uint64_t>(from[i] >> kHalf) >> shift);
      };
      if (p < 8) take.template operator()<0>(8 * p);
      else take.template operator()<64>(8 * (p - 8));
    } else {
      for (std::size_t i = 0, n = values.size(); i < n; i++) plane[i] = static_cast<std::byte>(from[i] >> (8 * p));
    }
  }
}

// Reads planes a block of values at a time, so that what is then done to a value finds it in the cache.
template <class U>
class PlaneReader {
 public:
  static constexpr std::size_t kBlock = 512;
  using Block = std::array<U, kBlock>;

  // Takes the planes of `count` numbers from the input; false: there are none. Reads from the input's bytes later.
  [[nodiscard]] bool open(ByteReader& in, std::size_t count, bool may_have_unit) {
    const unsigned first = in.u8();
    width_ = first & ((1u << kUnitShift) - 1);
    unit_ = first >> kUnitShift;
    if (width_ > sizeof(U) || unit_ >= kUnits.size()) return false;
    if (unit_ != 0 && !(may_have_unit && sizeof(U) == 8)) return false;
    plane_ = in.take(width_ * count).data();
    count_ = count;
    return in.ok();
  }
  [[nodiscard]] std::uint64_t unit() const { return kUnits[unit_]; }

  // The next n <= kBlock numbers; there must be as many.
  void read(std::size_t n, Block& out) {
    if constexpr (sizeof(U) == 16) {
      constexpr unsigned kHalf = 8;
      std::array<std::uint64_t, kBlock> low, high;
      gather(0, std::min(width_, kHalf), n, low.data());
      gather(kHalf, std::max(width_, kHalf), n, high.data());
      for (std::size_t i = 0; i < n; i++) out.data()[i] = static_cast<U>(high.data()[i]) << 64 | low.data()[i];
    } else {
      gather(0, width_, n, out.data());
    }
    at_ += n;
  }

 private:
  template <class Part>
  void gather(unsigned from, unsigned to, std::size_t n, Part* out) const {
    if (from == to) std::fill_n(out, n, Part{0});
    for (unsigned p = from; p < to; p++) {
      const std::byte* plane = plane_ + p * count_ + at_;
      const unsigned shift = 8 * (p - from);
      if (p == from) {
        for (std::size_t i = 0; i < n; i++) out[i] = static_cast<Part>(plane[i]);
      } else {
        for (std::size_t i = 0; i < n; i++)
          out[i] = static_cast<Part>(out[i] | static_cast<Part>(static_cast<Part>(plane[i]) << shift));
      }
    }
  }

  const std::byte* plane_ = nullptr;
  std::size_t count_ = 0, at_ = 0;
  unsigned width_ = 0, unit_ = 0;
};

}  // namespace argus
