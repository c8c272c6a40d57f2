// Keyed hashing for tables that strangers fill. The key is random for each run and never leaves the process, so that
// nobody can choose packets or records that collide (SipHash's aim; docs/decisions/flow-hash.md says why not SipHash).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/int128.h"

namespace argus {

struct HashKey {
  std::uint64_t k0 = 0, k1 = 0, k2 = 0, k3 = 0;
};
[[nodiscard]] HashKey random_hash_key();  // from getrandom(2)

// Folded 64x64 multiplication, both operands secret: one step of the keyed hash.
[[nodiscard]] inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const u128 product = static_cast<u128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace argus
