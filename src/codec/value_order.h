// Which of several different values comes first, which next.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/address.h"

namespace argus {

// A value and where it stood before.
template <class T>
struct Placed {
  T value;
  std::uint32_t place;
};

// In rising order.
template <class T>
[[nodiscard]] std::vector<Placed<T>> in_order(std::vector<T> values) {
  std::vector<Placed<T>> out;
  out.reserve(values.size());
  for (T& value : values) out.push_back({std::move(value), static_cast<std::uint32_t>(out.size())});
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
  return out;
}
// IPv4 addresses, of which there are most, are sorted by their bytes and without comparing.
[[nodiscard]] std::vector<Placed<Address>> in_order(std::vector<Address> values);

}  // namespace argus
