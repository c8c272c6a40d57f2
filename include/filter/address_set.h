// Addresses by the million as sorted ranges: a filter asks about each of them, and about frames as wholes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/int128.h"
#include "filter/span.h"

namespace argus {

// Ranges of unsigned numbers with an index over the leading bits in which they differ, so that a search begins among a
// few of them.
template <class T>
class RangeTable {
 public:
  struct Range {
    T least, most;
  };
  RangeTable() = default;
  explicit RangeTable(std::vector<Range> ranges);  // in any order, overlapping or not

  [[nodiscard]] bool contains(T value) const {
    if (ranges_.empty() || value < ranges_.front().least) return false;
    const T key = (value >> shift_) - first_;
    if (key >= index_.size() - 1) return value <= ranges_.back().most;  // behind the beginning of the last one
    const Range* at = ranges_.data() + index_[static_cast<std::size_t>(key)];
    // Ahead to the first range that begins behind the value, without branches that a processor has to guess.
    for (std::size_t left = index_[static_cast<std::size_t>(key) + 1] - index_[static_cast<std::size_t>(key)];
         left > 0;) {
      const std::size_t half = (left + 1) / 2;
      at = at[half - 1].least <= value ? at + half : at;
      left -= half;
    }
    return value <= at[-1].most;
  }
  // The ranges that have something of least..most.
  [[nodiscard]] std::pair<std::size_t, std::size_t> between(T least, T most) const;
  [[nodiscard]] const std::vector<Range>& ranges() const { return ranges_; }  // sorted, apart

  // Sorted, with what overlaps or follows without a gap made one.
  static void join(std::vector<Range>& ranges);

 private:
  std::vector<Range> ranges_;
  std::vector<std::uint32_t> index_;  // by leading bits, counted from first_: how many ranges begin below
  T first_ = 0;                       // leading bits of the first range
  unsigned shift_ = 0;
};

extern template class RangeTable<std::uint32_t>;
extern template class RangeTable<u128>;

class AddressSet {
 public:
  using V4 = RangeTable<std::uint32_t>;
  using Wide = RangeTable<u128>;
  enum class Holds : std::uint8_t { none, some, all };

  explicit AddressSet(std::string path) : path_(std::move(path)) {}
  AddressSet(std::string path, std::vector<V4::Range> v4, std::vector<Wide::Range> others)
      : path_(std::move(path)), v4_(std::move(v4)), others_(std::move(others)) {}

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::size_t ranges() const { return v4_.ranges().size() + others_.ranges().size(); }
  [[nodiscard]] bool contains(const Address& address) const;
  // Of all addresses whose ordered images (flow/where.h) are in the span.
  [[nodiscard]] Holds holds(const Span& images) const;
  // Its single addresses in the span; nothing when there are networks, or more than `most`.
  [[nodiscard]] std::vector<Address> singles(const Span& images, std::size_t most) const;

 private:
  std::string path_;
  V4 v4_;
  Wide others_;  // IPv6 and MAC addresses by their images
};

}  // namespace argus
