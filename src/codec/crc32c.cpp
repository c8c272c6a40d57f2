#include "codec/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace argus {

namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // reflected

constexpr std::array<std::array<std::uint32_t, 256>, 8> kTables = [] {
  std::array<std::array<std::uint32_t, 256>, 8> out{};
  for (std::uint32_t i = 0; i < 256; i++) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ ((crc & 1) != 0 ? kPolynomial : 0);
    out[0][i] = crc;
  }
  for (std::size_t t = 1; t < 8; t++)
    for (std::size_t i = 0; i < 256; i++) out[t][i] = out[t - 1][i] >> 8 ^ out[0][out[t - 1][i] & 255];
  return out;
}();

#if defined(__x86_64__)
[[gnu::target("sse4.2")]] std::uint32_t crc32c_by_processor(std::uint32_t crc, Bytes bytes) {
  std::uint64_t state = ~crc;
  while (bytes.size() >= 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data(), 8);
    state = _mm_crc32_u64(state, word);
    bytes = bytes.subspan(8);
  }
  auto rest = static_cast<std::uint32_t>(state);
  for (const std::byte b : bytes) rest = _mm_crc32_u8(rest, static_cast<std::uint8_t>(b));
  return ~rest;
}
#endif

}  // namespace

std::uint32_t crc32c_by_table(std::uint32_t crc, Bytes bytes) {
  crc = ~crc;
  while (bytes.size() >= 8) {
    std::uint32_t low = crc, high = 0;
    for (std::size_t i = 0; i < 4; i++) low ^= static_cast<std::uint32_t>(bytes[i]) << (8 * i);
    for (std::size_t i = 0; i < 4; i++) high |= static_cast<std::uint32_t>(bytes[4 + i]) << (8 * i);
    crc = 0;
    for (std::size_t i = 0; i < 4; i++)
      crc ^= kTables[7 - i][low >> (8 * i) & 255] ^ kTables[3 - i][high >> (8 * i) & 255];
    bytes = bytes.subspan(8);
  }
  for (const std::byte b : bytes) crc = crc >> 8 ^ kTables[0][(crc ^ static_cast<std::uint32_t>(b)) & 255];
  return ~crc;
}

std::uint32_t crc32c(std::uint32_t crc, Bytes bytes) {
#if defined(__x86_64__)
  static const bool has_it = __builtin_cpu_supports("sse4.2") != 0;
  if (has_it) return crc32c_by_processor(crc, bytes);
#endif
  return crc32c_by_table(crc, bytes);
}

}  // namespace argus
