// A column of records under construction, for rows that come one at a time with dozens of columns: what most of them
// do not have costs a counter.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "flow/column.h"

namespace argus {

template <class T>
class RowColumn {
 public:
  void reserve(std::size_t rows) { reserved_ = rows; }
  void add(T value) {
    if (rows_ >= room_) grow();
    values_.data()[rows_] = std::move(value);
    mask_.data()[rows_] = 1;
    rows_++;
    present_++;
  }
  void add_absent() { rows_++; }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  // What was added, as ColumnBuilder makes it; begins afresh.
  [[nodiscard]] Column finish();

 private:
  void grow() {
    room_ = std::max({rows_ + 1, reserved_, room_ * 2});
    values_.resize(room_);
    mask_.resize(room_);
  }

  std::vector<T> values_;  // room_ of them, T{} where a row has none
  Column::Mask mask_;
  std::size_t rows_ = 0, present_ = 0, room_ = 0, reserved_ = 0;
};

template <class T>
Column RowColumn<T>::finish() {
  auto values = std::exchange(values_, {});
  auto mask = std::exchange(mask_, {});
  const std::size_t rows = std::exchange(rows_, 0), present = std::exchange(present_, 0);
  room_ = 0;
  if (present == 0) return {};
  values.resize(rows);
  if (present != rows) {
    mask.resize(rows);
    return Column::flat(std::move(values), std::move(mask));
  }
  const bool same = std::all_of(values.begin() + 1, values.end(), [&](const T& value) { return value == values[0]; });
  return same ? Column::constant(std::move(values[0])) : Column::flat(std::move(values));
}

}  // namespace argus
