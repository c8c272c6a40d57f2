#include "codec/value_order.h"

#include <array>
#include <cstddef>

namespace argus {

namespace {

// An IPv4 address in the upper half, its place in the lower one.
using Four = std::uint64_t;
constexpr unsigned kHalf = 32;

// By the upper half, a byte at a time from the lowest on (radix sort); a byte that all have is passed over.
void sort_by_address(std::vector<Four>& fours) {
  constexpr unsigned kBytes = 4;
  constexpr std::size_t kValues = 256;
  const auto byte_of = [](Four four, unsigned byte) { return four >> (kHalf + 8 * byte) & 0xff; };
  std::array<std::array<std::uint32_t, kValues>, kBytes> counts{};
  for (const Four four : fours)
    for (unsigned byte = 0; byte < kBytes; byte++) counts[byte][byte_of(four, byte)]++;
  std::vector<Four> other(fours.size());
  for (unsigned byte = 0; byte < kBytes; byte++) {
    auto& starts = counts[byte];
    if (!fours.empty() && starts[byte_of(fours[0], byte)] == fours.size()) continue;
    std::uint32_t next = 0;
    for (std::uint32_t& start : starts) next += std::exchange(start, next);
    for (const Four four : fours) other[starts[byte_of(four, byte)]++] = four;
    fours.swap(other);
  }
}

std::uint32_t four_of(const Address& address) {
  std::uint32_t out = 0;
  for (std::size_t i = 12; i < 16; i++) out = out << 8 | address.bytes[i];
  return out;
}

Address address_of(Four four) {
  std::array<std::uint8_t, 4> bytes;
  for (std::size_t i = 0; i < 4; i++) bytes[i] = static_cast<std::uint8_t>(four >> (56 - 8 * i));
  return Address::from_v4(bytes.data());
}

}  // namespace

std::vector<Placed<Address>> in_order(std::vector<Address> values) {
  std::vector<Four> fours;
  std::vector<Placed<Address>> out;
  fours.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); i++) {
    const auto place = static_cast<std::uint32_t>(i);
    if (values[i].is_v4()) fours.push_back(Four{four_of(values[i])} << kHalf | place);
    else out.push_back({values[i], place});
  }
  sort_by_address(fours);
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
  // No address of another family lies between those of IPv4.
  const auto behind = std::partition_point(out.begin(), out.end(),
                                           [least = address_of(0)](const auto& one) { return one.value < least; });
  const std::size_t before = static_cast<std::size_t>(behind - out.begin()), others = out.size() - before;
  out.resize(values.size());
  std::move_backward(out.begin() + static_cast<std::ptrdiff_t>(before),
                     out.begin() + static_cast<std::ptrdiff_t>(before + others), out.end());
  for (std::size_t i = 0; i < fours.size(); i++)
    out[before + i] = {address_of(fours[i]), static_cast<std::uint32_t>(fours[i])};
  return out;
}

}  // namespace argus
