// RFC 3174, method 1 (6.1).
#include "base/sha1.h"

#include <bit>
#include <cstring>

namespace argus {

namespace {

constexpr std::size_t kBlock = 64;
using State = std::array<std::uint32_t, 5>;

// What word `t` of 80 adds: a choice of b, c and d, and a constant.
std::uint32_t round_of(std::size_t t, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  if (t < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (t < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

void add_block(State& state, Bytes block) {
  std::array<std::uint32_t, 80> words;
  ByteReader in(block);
  for (std::size_t t = 0; t < 16; t++) words[t] = in.be<std::uint32_t>();
  for (std::size_t t = 16; t < words.size(); t++)
    words[t] = std::rotl(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1);
  auto [a, b, c, d, e] = state;
  for (std::size_t t = 0; t < words.size(); t++) {
    const std::uint32_t next = std::rotl(a, 5) + round_of(t, b, c, d) + e + words[t];
    e = d, d = c, c = std::rotl(b, 30), b = a, a = next;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
}

}  // namespace

std::array<std::uint8_t, 20> sha1(Bytes message) {
  State state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  const std::uint64_t bits = std::uint64_t{message.size()} * 8;
  while (message.size() >= kBlock) {
    add_block(state, message.first(kBlock));
    message = message.subspan(kBlock);
  }
  // The rest, a one, zeros, and the length in the last eight bytes of a block.
  std::array<std::byte, 2 * kBlock> last{};
  if (!message.empty()) std::memcpy(last.data(), message.data(), message.size());
  last[message.size()] = std::byte{0x80};
  const std::size_t size = message.size() + 9 <= kBlock ? kBlock : 2 * kBlock;
  for (std::size_t i = 0; i < 8; i++) last[size - 1 - i] = static_cast<std::byte>(bits >> (8 * i));
  for (std::size_t at = 0; at < size; at += kBlock) add_block(state, Bytes(last).subspan(at, kBlock));
  std::array<std::uint8_t, 20> out;
  for (std::size_t i = 0; i < out.size(); i++) out[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  return out;
}

}  // namespace argus
