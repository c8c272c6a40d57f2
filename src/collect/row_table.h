// Records that are being made, a value at a place: what comes of an exporter is put down field by field, not row by
// row.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "base/address.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"

namespace argus {

template <class T>
[[nodiscard]] bool is_nothing(const T& value) {
  return value == T{};
}
template <>
[[nodiscard]] inline bool is_nothing(const Address& value) {
  static constexpr std::array<std::uint8_t, 4> kNone{};
  return value == Address() || value == Address::from_v4(kNone.data());
}

class AnySlot {
 public:
  virtual ~AnySlot() = default;
  [[nodiscard]] virtual Column finish(std::size_t rows) = 0;  // and is empty again
  virtual void remove(std::size_t row) = 0;
};

// The values of one field; rows that were never put have none.
template <class T>
class Slot final : public AnySlot {
 public:
  [[nodiscard]] bool has(std::size_t row) const { return row < dense_ || (row < mask_.size() && mask_[row] != 0); }
  // Of a row that has one.
  [[nodiscard]] const T& at(std::size_t row) const { return values_[row]; }
  // Rows below `rows` can be put then.
  void reach(std::size_t rows) {
    if (mask_.size() >= rows) return;
    const std::size_t size = std::max(rows, mask_.size() * 2);
    values_.resize(size), mask_.resize(size);
  }
  // Places of `count` values from `first` on, each of which counts as put; valid until the next reach().
  [[nodiscard]] T* put_all(std::size_t first, std::size_t count) {
    reach(first + count);
    if (first <= dense_) dense_ = std::max(dense_, first + count);
    else mark(first, first + count);
    return values_.data() + first;
  }
  // Whether all of the rows, or none of them, have a value.
  [[nodiscard]] bool has_all(std::size_t first, std::size_t count) const {
    for (std::size_t row = std::max(first, dense_); row < first + count; row++)
      if (!has(row)) return false;
    return true;
  }
  [[nodiscard]] bool has_none(std::size_t first, std::size_t count) const {
    if (first < dense_) return count == 0;
    for (std::size_t row = first, end = std::min(first + count, mask_.size()); row < end; row++)
      if (mask_[row] != 0) return false;
    return true;
  }
  void put(std::size_t row, T value) {
    values_[row] = std::move(value);
    if (row == dense_) dense_++;
    else mask_[row] = 1;
  }
  void remove(std::size_t row) override {
    if (!has(row)) return;
    if (row < dense_) mark(row + 1, std::exchange(dense_, row));
    values_[row] = T{}, mask_[row] = 0;
  }
  Column finish(std::size_t rows) override;

 private:
  void mark(std::size_t from, std::size_t to) {
    for (std::size_t row = from; row < to; row++) mask_[row] = 1;
  }

  std::vector<T> values_;
  std::size_t dense_ = 0;  // rows at the front that all have a value: of most columns, all rows
  Column::Mask mask_;      // of the rows behind them
};

class RowTable {
 public:
  RowTable();
  [[nodiscard]] std::size_t rows() const { return rows_; }
  // Makes room for further rows and gives the first of them.
  std::size_t append(std::size_t count) { return std::exchange(rows_, rows_ + count); }
  template <class T>
  [[nodiscard]] Slot<T>& of(Field field) {
    return static_cast<Slot<T>&>(*slots_[index_of(field)]);
  }
  [[nodiscard]] AnySlot& slot(Field field) { return *slots_[index_of(field)]; }
  // Whatever was put there.
  void clear(std::size_t row) {
    for (const auto& slot : slots_) slot->remove(row);
  }
  // All rows as a batch; the table is empty then. At most kBatchRowsMax rows.
  [[nodiscard]] Batch take();

 private:
  std::size_t rows_ = 0;
  std::array<std::unique_ptr<AnySlot>, kStoredFields> slots_;
};

template <class T>
Column Slot<T>::finish(std::size_t rows) {
  std::vector<T> values = std::exchange(values_, {});
  Column::Mask mask = std::exchange(mask_, {});
  if (mask.empty()) return {};
  values.resize(rows), mask.resize(rows);
  assert(dense_ <= rows);
  std::fill_n(mask.begin(), std::exchange(dense_, 0), std::uint8_t{1});
  if (std::memchr(mask.data(), 1, rows) == nullptr) return {};
  const std::size_t before = values.capacity();
  reach(std::min(before, rows));  // the next batch is about as large
  if (std::memchr(mask.data(), 0, rows) != nullptr) return Column::flat(std::move(values), std::move(mask));
  if (std::all_of(values.begin(), values.end(), [&](const T& value) { return value == values[0]; }))
    return Column::constant(std::move(values[0]));
  return Column::flat(std::move(values));
}

}  // namespace argus
