// Rows under construction: a column a stored field, each as long as the last row that has a value.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/int128.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/type.h"

namespace argus {

inline constexpr std::size_t kImportedAtOnce = 16'384;  // rows of a batch

// Rows that are passed over cost nothing until a value comes behind them.
template <class T>
class SparseColumn {
 public:
  void keep(bool wanted) { wanted_ = wanted; }
  void put(std::size_t row, T value) {
    if (!wanted_) return;
    if (values_.size() > row) {
      values_[row] = std::move(value);
      return;
    }
    if (values_.size() < row) pad(row);
    values_.push_back(std::move(value));
    if (!mask_.empty()) mask_.push_back(1);
  }
  // Forgets the rows from this one on.
  void cut(std::size_t row) {
    if (values_.size() > row) values_.resize(row);
    if (mask_.size() > row) mask_.resize(row);
  }
  [[nodiscard]] Column finish(std::size_t rows);

 private:
  void pad(std::size_t rows) {
    if (mask_.empty()) mask_.assign(values_.size(), 1);
    values_.resize(rows);
    mask_.resize(rows, 0);
  }

  std::vector<T> values_;
  Column::Mask mask_;  // as ColumnBuilder's
  bool wanted_ = true;
};

template <class T>
Column SparseColumn<T>::finish(std::size_t rows) {
  if (values_.empty()) return {};
  if (values_.size() < rows) pad(rows);
  auto values = std::exchange(values_, {});
  auto mask = std::exchange(mask_, {});
  values_.reserve(rows);
  if (mask.empty()) {
    bool same = true;
    for (std::size_t i = 1; same && i < values.size(); i++) same = values[i] == values[0];
    if (same) return Column::constant(std::move(values[0]));
  }
  return Column::flat(std::move(values), std::move(mask));
}

// The columns by their names: rows.spkts.put(rows.at(), 3). A row counts once done() was said.
class Rows {
 public:
  [[nodiscard]] std::size_t at() const { return at_; }  // the row that is filled
  void done() { at_++; }
  // Forgets what was put into the row at().
  void undo();
  // Others than these are not kept.
  void want(const FieldSet& fields);
  [[nodiscard]] Batch take();

#define FIELD(name, wire, type, ...) SparseColumn<Value<Type::type>> name;
#include "flow/fields.def"

 private:
  std::size_t at_ = 0;
};

}  // namespace argus
