#include "filter/address_set.h"

#include <bit>
#include <optional>

#include "filter/net.h"

namespace argus {

namespace {

constexpr unsigned kIndexBitsMost = 22;

constexpr u128 kV4Least = u128{0xffff} << 32;  // where IPv4 addresses are kept (base/address.h)
constexpr u128 kV4Most = kV4Least + UINT32_MAX;

template <class T>
unsigned width_of(T value) {
  unsigned out = 0;
  for (; value != 0; value >>= 1) out++;
  return out;
}

std::uint64_t big_endian(std::uint64_t value) {
  return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
}

// The part of the span that is IPv4 addresses, as their numbers.
std::optional<std::pair<std::uint32_t, std::uint32_t>> v4_part(const Span& images) {
  if (images.most < kV4Least || images.least > kV4Most) return std::nullopt;
  return std::pair{static_cast<std::uint32_t>(std::max(images.least, kV4Least)),
                   static_cast<std::uint32_t>(std::min(images.most, kV4Most))};
}

}  // namespace

template <class T>
void RangeTable<T>::join(std::vector<Range>& ranges) {
  const auto before = [](const Range& a, const Range& b) { return a.least < b.least; };
  if (!std::is_sorted(ranges.begin(), ranges.end(), before)) std::sort(ranges.begin(), ranges.end(), before);
  std::size_t n = 0;
  for (const Range& range : ranges) {
    const bool touches = n != 0 && (range.least <= ranges[n - 1].most || range.least - ranges[n - 1].most == 1);
    if (touches) ranges[n - 1].most = std::max(ranges[n - 1].most, range.most);
    else ranges[n++] = range;
  }
  ranges.resize(n);
}

template <class T>
RangeTable<T>::RangeTable(std::vector<Range> ranges) : ranges_(std::move(ranges)) {
  join(ranges_);
  if (ranges_.empty()) return;
  ranges_.shrink_to_fit();
  const unsigned differing = width_of<T>(ranges_.front().least ^ ranges_.back().least);
  const unsigned bits = std::min(static_cast<unsigned>(std::bit_width(ranges_.size())), kIndexBitsMost);
  shift_ = differing > bits ? differing - bits : 0;
  const auto key = [this](T value) { return static_cast<std::size_t>((value >> shift_) - first_); };
  first_ = ranges_.front().least >> shift_;
  index_.assign(key(ranges_.back().least) + 2, 0);
  for (const Range& range : ranges_) index_[key(range.least) + 1]++;
  for (std::size_t i = 1; i < index_.size(); i++) index_[i] += index_[i - 1];
}

template <class T>
std::pair<std::size_t, std::size_t> RangeTable<T>::between(T least, T most) const {
  const auto from =
      std::partition_point(ranges_.begin(), ranges_.end(), [=](const Range& r) { return r.most < least; });
  const auto to = std::partition_point(from, ranges_.end(), [=](const Range& r) { return r.least <= most; });
  return {static_cast<std::size_t>(from - ranges_.begin()), static_cast<std::size_t>(to - ranges_.begin())};
}

template class RangeTable<std::uint32_t>;
template class RangeTable<u128>;

bool AddressSet::contains(const Address& address) const {
  const std::uint64_t high = big_endian(address.high()), low = big_endian(address.low());
  if (high == 0 && low >> 32 == kV4Least >> 32) return v4_.contains(static_cast<std::uint32_t>(low));
  return others_.contains(u128{high} << 64 | low);
}

AddressSet::Holds AddressSet::holds(const Span& images) const {
  const auto covers = [](const auto& table, std::size_t at, auto least, auto most) {
    return table.ranges()[at].least <= least && table.ranges()[at].most >= most;
  };
  const auto v4 = v4_part(images);
  const auto [from, to] = others_.between(images.least, images.most);
  bool any = from != to, all = any && !v4 && covers(others_, from, images.least, images.most);
  if (v4) {
    const auto [v4_from, v4_to] = v4_.between(v4->first, v4->second);
    any |= v4_from != v4_to;
    all = v4_from != v4_to && images.least >= kV4Least && images.most <= kV4Most &&
          covers(v4_, v4_from, v4->first, v4->second);
  }
  return all ? Holds::all : any ? Holds::some : Holds::none;
}

std::vector<Address> AddressSet::singles(const Span& images, std::size_t most) const {
  std::vector<Address> out;
  const auto add = [&](const auto& table, const std::pair<std::size_t, std::size_t>& between, u128 base) {
    if (out.size() + between.second - between.first > most) return false;
    for (std::size_t i = between.first; i < between.second; i++) {
      if (table.ranges()[i].least != table.ranges()[i].most) return false;
      out.push_back(address_of(base + table.ranges()[i].least));
    }
    return true;
  };
  const auto v4 = v4_part(images);
  const bool few = add(others_, others_.between(images.least, images.most), 0) &&
                   (!v4 || add(v4_, v4_.between(v4->first, v4->second), kV4Least));
  if (!few) out.clear();
  return out;
}

}  // namespace argus
