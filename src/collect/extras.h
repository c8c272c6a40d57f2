// What the records of a set say that is no field of theirs (elements.def, EXTRA), for as long as the set is read.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "collect/elements.h"

namespace argus {

class Extras {
 public:
  // For the records of the next set.
  void begin(std::size_t count) {
    count_ = count;
    used_.fill(false);
  }
  [[nodiscard]] bool any(Extra extra) const { return used_[index(extra)]; }
  [[nodiscard]] bool has(Extra extra, std::size_t record) const {
    return any(extra) && masks_[index(extra)][record] != 0;
  }
  // Of a record that has it.
  [[nodiscard]] std::uint64_t at(Extra extra, std::size_t record) const { return values_[index(extra)][record]; }
  [[nodiscard]] std::optional<std::uint64_t> of(Extra extra, std::size_t record) const {
    if (!has(extra, record)) return std::nullopt;
    return at(extra, record);
  }
  void put(Extra extra, std::size_t record, std::uint64_t value) {
    const std::size_t i = index(extra);
    begin_using(i);
    values_[i][record] = value, masks_[i][record] = 1;
  }
  // Places of the values of all records, each of which counts as put; valid until the next put.
  [[nodiscard]] std::uint64_t* put_all(Extra extra) {
    const std::size_t i = index(extra);
    begin_using(i);
    std::fill_n(masks_[i].begin(), count_, std::uint8_t{1});
    return values_[i].data();
  }

 private:
  void begin_using(std::size_t i) {
    if (used_[i]) return;
    used_[i] = true;
    values_[i].resize(std::max(values_[i].size(), count_));
    masks_[i].assign(std::max(masks_[i].size(), count_), 0);
  }
  [[nodiscard]] static std::size_t index(Extra extra) { return static_cast<std::size_t>(extra); }

  std::size_t count_ = 0;
  std::array<bool, kExtras> used_{};
  std::array<std::vector<std::uint64_t>, kExtras> values_;
  std::array<std::vector<std::uint8_t>, kExtras> masks_;
};

}  // namespace argus
