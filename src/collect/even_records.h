// One element of records that all have the same length: numbers and addresses at equal distances, which are copied
// without asking of each record what it is.
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "base/bytes.h"
#include "collect/row_table.h"

namespace argus {

class EvenElement {
 public:
  // `length` bytes at `offset` of each of the records that follow each other in `bytes`.
  EvenElement(Bytes bytes, std::size_t records, std::size_t record_length, std::size_t offset, std::size_t length)
      : at_(bytes.data() + offset), count_(records), step_(record_length), length_(length) {
    assert(records * record_length <= bytes.size() && offset + length <= record_length);
  }
  [[nodiscard]] std::size_t count() const { return count_; }

  // Calls with_number.template operator()<W>(), where W is the unsigned type of the element's length. False: it has
  // none.
  template <class WithNumber>
  bool as_number(WithNumber&& with_number) const {
    switch (length_) {
      case 1: return with_number.template operator()<std::uint8_t>(), true;
      case 2: return with_number.template operator()<std::uint16_t>(), true;
      case 4: return with_number.template operator()<std::uint32_t>(), true;
      case 8: return with_number.template operator()<std::uint64_t>(), true;
      default: return false;
    }
  }
  // Of type W, which has the element's length: to[i] = convert(number of record i).
  template <class W, class T, class Convert>
  void copy(T* to, Convert&& convert) const {
    assert(sizeof(W) == length_);
    const std::byte* at = at_;
    for (std::size_t i = 0; i < count_; i++, at += step_) to[i] = convert(be_at<W>(at));
  }
  // to[i] = convert(where the bytes of record i begin).
  template <class T, class Convert>
  void copy_bytes(T* to, Convert&& convert) const {
    const std::byte* at = at_;
    for (std::size_t i = 0; i < count_; i++, at += step_) to[i] = convert(at);
  }

  // Into the rows from `first` on of a column: of those records for which convert(number) gives a value.
  template <class W, class T, class Convert>
  void put_some(std::size_t first, Slot<T>& slot, Convert&& convert) const {
    assert(sizeof(W) == length_);
    slot.reach(first + count_);
    const std::byte* at = at_;
    for (std::size_t i = 0; i < count_; i++, at += step_)
      if (const std::optional<T> value = convert(be_at<W>(at))) slot.put(first + i, *value);
  }

 private:
  template <class W>
  [[nodiscard]] static W be_at(const std::byte* at) {
    W value;
    std::memcpy(&value, at, sizeof value);
    return std::endian::native == std::endian::little ? byte_swapped(value) : value;
  }

  const std::byte* at_;
  std::size_t count_, step_, length_;
};

}  // namespace argus
