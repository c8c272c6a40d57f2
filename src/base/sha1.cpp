// RFC 3174, method 1 (6.1).
#include "base/sha1.h"

#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace argus {

namespace {

constexpr std::size_t kBlock = 64;
using State = std::array<std::uint32_t, 5>;

// What each of 20 of the 80 words adds: a choice of b, c and d, and a constant.
template <std::size_t kPart>
std::uint32_t round_of(std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  if constexpr (kPart == 0) return ((b & c) | (~b & d)) + 0x5a827999;
  else if constexpr (kPart == 1) return (b ^ c ^ d) + 0x6ed9eba1;
  else if constexpr (kPart == 2) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  else return (b ^ c ^ d) + 0xca62c1d6;
}

void add_block_by_words(State& state, Bytes block) {
  std::array<std::uint32_t, 80> words;
  ByteReader in(block);
  for (std::size_t t = 0; t < 16; t++) words[t] = in.be<std::uint32_t>();
  for (std::size_t t = 16; t < words.size(); t++)
    words[t] = std::rotl(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1);
  std::uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];  // clang 14 captures no bindings
  const auto rounds = [&]<std::size_t kPart>() {
    for (std::size_t t = 20 * kPart; t < 20 * (kPart + 1); t++) {
      const std::uint32_t next = std::rotl(a, 5) + round_of<kPart>(b, c, d) + e + words[t];
      e = d, d = c, c = std::rotl(b, 30), b = a, a = next;
    }
  };
  rounds.template operator()<0>(), rounds.template operator()<1>();
  rounds.template operator()<2>(), rounds.template operator()<3>();
  state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
}

#if defined(__x86_64__)
bool processor_has_sha() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b >> 29 & 1) != 0 && __builtin_cpu_supports("sse4.1") != 0;
}

// Words four at a time, the first of them on top (Gulley et al., Intel SHA Extensions, 2013).
[[gnu::target("sha,sse4.1")]] void add_block_by_processor(State& state, Bytes block) {
  constexpr int kReversed = 0x1b;
  const __m128i upside_down = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
  constexpr std::size_t kWords = 20;
  __m128i words[kWords];
  for (std::size_t t = 0; t < kWords; t++) {
    if (t < 4) {
      words[t] =
          _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(block.data() + 16 * t)), upside_down);
    } else {
      const __m128i mixed = _mm_xor_si128(_mm_sha1msg1_epu32(words[t - 4], words[t - 3]), words[t - 2]);
      words[t] = _mm_sha1msg2_epu32(mixed, words[t - 1]);
    }
  }
  const __m128i begun = _mm_shuffle_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(state.data())), kReversed);
  const __m128i begun_e = _mm_set_epi32(static_cast<int>(state[4]), 0, 0, 0);
  __m128i abcd = begun, before = begun;
  for (std::size_t t = 0; t < kWords; t++) {
    const __m128i e = t == 0 ? _mm_add_epi32(begun_e, words[0]) : _mm_sha1nexte_epu32(before, words[t]);
    before = abcd;
    switch (t / 5) {  // the instruction has the number in it
      case 0: abcd = _mm_sha1rnds4_epu32(abcd, e, 0); break;
      case 1: abcd = _mm_sha1rnds4_epu32(abcd, e, 1); break;
      case 2: abcd = _mm_sha1rnds4_epu32(abcd, e, 2); break;
      default: abcd = _mm_sha1rnds4_epu32(abcd, e, 3);
    }
  }
  state[4] = static_cast<std::uint32_t>(_mm_extract_epi32(_mm_sha1nexte_epu32(before, begun_e), 3));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state.data()), _mm_shuffle_epi32(_mm_add_epi32(abcd, begun), kReversed));
}
#endif

using AddBlock = void (*)(State& state, Bytes block);

std::array<std::uint8_t, 20> sha1_by(AddBlock add_block, Bytes message) {
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

}  // namespace

std::array<std::uint8_t, 20> sha1_by_words(Bytes message) { return sha1_by(add_block_by_words, message); }

std::array<std::uint8_t, 20> sha1(Bytes message) {
#if defined(__x86_64__)
  static const bool has_it = processor_has_sha();
  if (has_it) return sha1_by(add_block_by_processor, message);
#endif
  return sha1_by_words(message);
}

}  // namespace argus
