#include "codec/membership.h"

#include <algorithm>
#include <array>

#include "base/hash.h"

namespace argus {

namespace {

constexpr std::size_t kLeast = 16, kMost = 4096;

// Three bit places of an address in a filter of `bits`. The constants stand in docs/format.md and never change.
std::array<std::size_t, 3> places(const Address& address, std::uint32_t bits) {
  ByteReader in(std::as_bytes(std::span(address.bytes)));
  const auto high = in.be<std::uint64_t>(), low = in.be<std::uint64_t>();
  const std::uint64_t h = mix(low ^ 0x9e3779b97f4a7c15ull, high ^ 0xc2b2ae3d27d4eb4full);
  return {(static_cast<std::uint32_t>(h) & 0x1fffff) % bits, (static_cast<std::uint32_t>(h >> 21) & 0x1fffff) % bits,
          static_cast<std::uint32_t>(h >> 42) % bits};
}

}  // namespace

std::vector<std::byte> make_membership(std::span<const Address> distinct) {
  if (distinct.empty()) return {};
  std::vector<std::byte> out(std::clamp(distinct.size(), kLeast, kMost));
  const auto bits = static_cast<std::uint32_t>(out.size() * 8);
  for (const Address& address : distinct)
    for (const std::size_t bit : places(address, bits)) out[bit / 8] |= static_cast<std::byte>(1u << (bit % 8));
  return out;
}

bool may_contain(Bytes filter, const Address& address) {
  if (filter.empty()) return true;
  for (const std::size_t bit : places(address, static_cast<std::uint32_t>(filter.size() * 8)))
    if ((static_cast<unsigned>(filter[bit / 8]) >> (bit % 8) & 1) == 0) return false;
  return true;
}

}  // namespace argus
