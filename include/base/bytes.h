// Bytes from outside, read through one bounds-checked cursor, and bytes to be written.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace argus {

using Bytes = std::span<const std::byte>;

// Bytes that nobody changes any more. They live as long as a copy of this does, on whatever thread.
class SharedBytes {
 public:
  SharedBytes() = default;
  SharedBytes(Bytes view, std::shared_ptr<const void> owner) : view_(view), owner_(std::move(owner)) {}
  explicit SharedBytes(std::vector<std::byte> bytes) {
    const auto own = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
    view_ = *own, owner_ = own;
  }
  [[nodiscard]] Bytes view() const { return view_; }

 private:
  Bytes view_;
  std::shared_ptr<const void> owner_;
};

template <class T>
[[nodiscard]] constexpr T byte_swapped(T value) {
  if constexpr (sizeof(T) == 1) return value;
  if constexpr (sizeof(T) == 2) return static_cast<T>(__builtin_bswap16(static_cast<std::uint16_t>(value)));
  if constexpr (sizeof(T) == 4) return static_cast<T>(__builtin_bswap32(static_cast<std::uint32_t>(value)));
  if constexpr (sizeof(T) == 8) return static_cast<T>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
}

// A cursor over bytes that nobody vouches for. A read past the end gives zeros and makes the reader not ok(), for good:
// a decoder reads a whole header and asks once.
class ByteReader {
 public:
  ByteReader() = default;
  explicit ByteReader(Bytes bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  [[nodiscard]] Bytes rest() const { return {at_, left()}; }

  template <class T>
  T be() {
    T value = raw<T>();
    if constexpr (std::endian::native == std::endian::little) value = byte_swapped(value);
    return value;
  }
  template <class T>
  T le() {
    T value = raw<T>();
    if constexpr (std::endian::native == std::endian::big) value = byte_swapped(value);
    return value;
  }
  std::uint8_t u8() { return raw<std::uint8_t>(); }

  // The next n bytes as a view into the input; empty and not ok() if there are fewer.
  Bytes take(std::size_t n) {
    if (n > left()) return fail(), Bytes{};
    const Bytes piece(at_, n);
    at_ += n;
    return piece;
  }
  void skip(std::size_t n) { (void)take(n); }
  // The next n bytes copied to `to`; zeros and not ok() if there are fewer.
  void copy(void* to, std::size_t n) {
    if (n > left()) {
      std::memset(to, 0, n);
      return fail();
    }
    std::memcpy(to, at_, n);
    at_ += n;
  }
  // Forgets what lies beyond the next n bytes (padding after a length field); n larger than left() changes nothing.
  void limit(std::size_t n) {
    if (n < left()) end_ = at_ + n;
  }

 private:
  template <class T>
  T raw() {
    T value{};
    if (sizeof(T) > left()) return fail(), value;
    std::memcpy(&value, at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  void fail() {
    ok_ = false;
    at_ = end_;
  }

  const std::byte* at_ = nullptr;
  const std::byte* end_ = nullptr;
  bool ok_ = true;
};

// Grows a buffer with little-endian numbers and raw bytes.
class ByteWriter {
 public:
  template <class T>
  void le(T value) {
    if constexpr (std::endian::native == std::endian::big) value = byte_swapped(value);
    bytes(&value, sizeof(T));
  }
  template <class T>
  void be(T value) {
    if constexpr (std::endian::native == std::endian::little) value = byte_swapped(value);
    bytes(&value, sizeof(T));
  }
  void bytes(const void* from, std::size_t n) {
    if (n == 0) return;
    const auto* const first = static_cast<const std::byte*>(from);
    out_.insert(out_.end(), first, first + n);
  }
  void bytes(Bytes from) { bytes(from.data(), from.size()); }
  void text(std::string_view from) { bytes(from.data(), from.size()); }
  [[nodiscard]] std::size_t size() const { return out_.size(); }
  [[nodiscard]] std::vector<std::byte>& buffer() { return out_; }
  [[nodiscard]] Bytes view() const { return out_; }

 private:
  std::vector<std::byte> out_;
};

}  // namespace argus
