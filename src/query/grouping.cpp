#include "query/grouping.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace argus {

namespace {

constexpr std::size_t kBlock = 64;  // rows whose slots are fetched ahead together
constexpr std::uint64_t kTagMask = ~std::uint64_t{0} << 32;

}  // namespace

Grouping::Grouping(std::size_t words) : words_(words), key_(random_hash_key()), slots_(1024) { assert(words > 0); }

template <std::size_t fixed_words>
std::uint64_t Grouping::hash(const std::uint64_t* key) const {
  const std::size_t words = fixed_words != 0 ? fixed_words : words_;
  std::uint64_t state = key_.k0;
  for (std::size_t w = 0; w < words; w++) state = mix(key[w] ^ key_.k1, state ^ key_.k2);
  return mix(state ^ key_.k3, key_.k0);
}

void Grouping::grow() {
  std::vector<std::uint64_t> wider(slots_.size() * 2);
  const std::size_t last = wider.size() - 1;
  for (std::size_t group = 0; group < size_; group++) {
    const std::uint64_t h = hash<0>(keys_.data() + group * words_);
    std::size_t at = h & last;
    while (wider[at] != 0) at = (at + 1) & last;
    wider[at] = (h & kTagMask) | (group + 1);
  }
  slots_ = std::move(wider);
}

template <std::size_t fixed_words>
void Grouping::find_all(std::span<const std::uint64_t> keys, std::span<std::uint32_t> group_of) {
  const std::size_t words = fixed_words != 0 ? fixed_words : words_;
  std::array<std::uint64_t, kBlock> hashes;
  for (std::size_t begin = 0; begin < group_of.size(); begin += kBlock) {
    const std::size_t count = std::min(kBlock, group_of.size() - begin);
    if ((size_ + count) * 2 > slots_.size()) grow();
    const std::size_t last = slots_.size() - 1;
    for (std::size_t i = 0; i < count; i++) {
      hashes[i] = hash<fixed_words>(keys.data() + (begin + i) * words);
      __builtin_prefetch(slots_.data() + (hashes[i] & last));
    }
    for (std::size_t i = 0; i < count; i++) {
      const std::uint64_t* const key = keys.data() + (begin + i) * words;
      const std::uint64_t tag = hashes[i] & kTagMask;
      std::size_t at = hashes[i] & last;
      while (true) {
        const std::uint64_t slot = slots_[at];
        if (slot == 0) {
          keys_.insert(keys_.end(), key, key + words);
          size_++;
          slots_[at] = tag | size_;
          group_of[begin + i] = static_cast<std::uint32_t>(size_ - 1);
          break;
        }
        const std::uint64_t group = (slot & ~kTagMask) - 1;
        if ((slot & kTagMask) == tag && std::equal(key, key + words, keys_.data() + group * words)) {
          group_of[begin + i] = static_cast<std::uint32_t>(group);
          break;
        }
        at = (at + 1) & last;
      }
    }
  }
}

void Grouping::find(std::span<const std::uint64_t> keys, std::span<std::uint32_t> group_of) {
  assert(keys.size() == group_of.size() * words_);
  switch (words_) {
    case 1: return find_all<1>(keys, group_of);
    case 2: return find_all<2>(keys, group_of);
    case 3: return find_all<3>(keys, group_of);
    default: return find_all<0>(keys, group_of);
  }
}

}  // namespace argus
