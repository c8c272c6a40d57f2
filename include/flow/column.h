// One field of many flows. A column is an immutable handle: cheap to copy, shared between batches, never changed once
// made.
#pragma once

#include <algorithm>
#include <cassert>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "flow/type.h"

namespace argus {

class Column {
 public:
  enum class Shape : std::uint8_t {
    absent,      // no row has a value; no storage
    constant,    // every row has the same value
    flat,        // a value a row, with an optional mask of which rows have one
    dictionary,  // a code a row into a list of distinct values, with an optional mask
  };
  using Mask = std::vector<std::uint8_t>;  // 1: the row has a value, 0: absent. An empty mask: all have one

  Column() = default;  // absent

  template <class T>
  static Column constant(T value);
  // Where the mask says absent, the value must be T{}.
  template <class T>
  static Column flat(std::vector<T> values, Mask mask = {});
  // Codes index `words`; where the mask says absent, the code is 0 (and words may not be empty unless there are no
  // rows).
  template <class T>
  static Column dictionary(std::vector<std::uint32_t> codes, std::shared_ptr<const std::vector<T>> words,
                           Mask mask = {});

  [[nodiscard]] Shape shape() const { return shape_; }
  [[nodiscard]] bool absent() const { return shape_ == Shape::absent; }
  [[nodiscard]] Type type() const { return type_; }  // meaningless when absent
  // Rows that storage covers; absent and constant columns cover any number and give 0.
  [[nodiscard]] std::size_t stored_rows() const { return storage_ ? storage_->rows() : 0; }

  [[nodiscard]] bool has(std::size_t row) const {
    if (shape_ == Shape::absent) return false;
    if (shape_ == Shape::constant) return true;
    return storage_->mask.empty() || storage_->mask[row] != 0;
  }
  // The value of a row that has one. Slow path for single rows; loops take flat() or the spans below.
  template <class T>
  [[nodiscard]] const T& at(std::size_t row) const {
    const auto& s = of<T>();
    if (shape_ == Shape::constant) return s.values[0];
    if (shape_ == Shape::flat) return s.values[row];
    return (*s.words)[s.codes[row]];
  }
  template <class T>
  [[nodiscard]] const T& constant_value() const {
    return of<T>().values[0];
  }
  template <class T>
  [[nodiscard]] std::span<const T> values() const {
    return of<T>().values;
  }                                                                                       // flat only
  [[nodiscard]] std::span<const std::uint32_t> codes() const { return storage_->codes; }  // dictionary only
  template <class T>
  [[nodiscard]] const std::vector<T>& words() const {
    return *of<T>().words;
  }  // dictionary only
  template <class T>
  [[nodiscard]] std::shared_ptr<const std::vector<T>> shared_words() const {
    return of<T>().words;
  }
  [[nodiscard]] const Mask& mask() const {
    static const Mask none;
    return storage_ ? storage_->mask : none;
  }

 private:
  struct Storage {
    Mask mask;
    std::vector<std::uint32_t> codes;
    virtual ~Storage() = default;
    [[nodiscard]] virtual std::size_t rows() const = 0;
  };
  template <class T>
  struct StorageOf final : Storage {
    std::vector<T> values;                        // flat: a row each; constant: one
    std::shared_ptr<const std::vector<T>> words;  // dictionary
    bool one = false;
    [[nodiscard]] std::size_t rows() const override { return one ? 0 : words ? this->codes.size() : values.size(); }
  };
  template <class T>
  [[nodiscard]] const StorageOf<T>& of() const {
    assert(storage_ && type_ == type_of<T>);
    return static_cast<const StorageOf<T>&>(*storage_);
  }

  Shape shape_ = Shape::absent;
  Type type_ = Type::u8;
  std::shared_ptr<const Storage> storage_;
};

template <class T>
Column Column::constant(T value) {
  auto s = std::make_shared<StorageOf<T>>();
  s->values.push_back(std::move(value));
  s->one = true;
  Column c;
  c.shape_ = Shape::constant, c.type_ = type_of<T>, c.storage_ = std::move(s);
  return c;
}
template <class T>
Column Column::flat(std::vector<T> values, Mask mask) {
  assert(mask.empty() || mask.size() == values.size());
  auto s = std::make_shared<StorageOf<T>>();
  s->values = std::move(values), s->mask = std::move(mask);
  Column c;
  c.shape_ = Shape::flat, c.type_ = type_of<T>, c.storage_ = std::move(s);
  return c;
}
template <class T>
Column Column::dictionary(std::vector<std::uint32_t> codes, std::shared_ptr<const std::vector<T>> words, Mask mask) {
  assert(mask.empty() || mask.size() == codes.size());
  auto s = std::make_shared<StorageOf<T>>();
  s->codes = std::move(codes), s->words = std::move(words), s->mask = std::move(mask);
  Column c;
  c.shape_ = Shape::dictionary, c.type_ = type_of<T>, c.storage_ = std::move(s);
  return c;
}

// A column as plain values, for code that does not care about its shape. Values of absent rows are T{}.
// Views into the column (or into `own`) and lives no longer than this object and the column.
template <class T>
struct Flat {
  std::span<const T> values;
  std::span<const std::uint8_t> mask;  // empty: every row has a value
  std::vector<T> own;
  Column::Mask own_mask;
  Flat() = default;
  Flat(Flat&&) = default;
  Flat& operator=(Flat&&) = default;
  [[nodiscard]] bool has(std::size_t row) const { return mask.empty() || mask[row] != 0; }
};

template <class T>
[[nodiscard]] Flat<T> flat(const Column& column, std::size_t rows) {
  Flat<T> out;
  switch (column.shape()) {
    case Column::Shape::absent:
      out.own.assign(rows, T{});
      out.own_mask.assign(rows, 0);
      break;
    case Column::Shape::constant: out.own.assign(rows, column.constant_value<T>()); break;
    case Column::Shape::flat:
      out.values = column.values<T>();
      out.mask = column.mask();
      return out;
    case Column::Shape::dictionary: {
      const auto codes = column.codes();
      const auto& words = column.words<T>();
      out.own.resize(rows);
      for (std::size_t i = 0; i < rows; i++)
        if (column.has(i)) out.own[i] = words[codes[i]];
      out.mask = column.mask();
      out.values = out.own;
      return out;
    }
  }
  out.values = out.own;
  out.mask = out.own_mask;
  return out;
}

// The rows named, in that order. `rows` is the number of rows of the batch the column stands in.
[[nodiscard]] Column gathered(const Column& column, std::span<const std::uint32_t> which);

// Collects values of one column row by row and makes the smallest fitting shape of them (absent, constant, flat).
// Absent rows cost nothing until a value comes; storage beyond `rows_` is T{} and 0, so that later ones cost a count.
template <class T>
class ColumnBuilder {
 public:
  void reserve(std::size_t rows) { reserved_ = rows; }
  void add(T value) {
    if (rows_ >= values_.size()) grow();
    if (!any_) start();
    values_[rows_] = std::move(value);
    if (!mask_.empty()) mask_[rows_] = 1;
    rows_++;
  }
  void add_absent() {
    if (any_) {
      if (rows_ >= values_.size()) grow();
      if (mask_.empty()) start_mask(1);
    }
    rows_++;
  }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] Column finish();

 private:
  void grow() {
    values_.resize(std::max({rows_ + 1, reserved_, values_.size() * 2}));
    if (!mask_.empty()) mask_.resize(values_.size());
  }
  void start() {
    any_ = true;
    if (rows_ > 0) start_mask(0);
  }
  void start_mask(std::uint8_t before) {
    mask_.resize(values_.size());
    std::fill_n(mask_.begin(), rows_, before);
  }

  std::vector<T> values_;
  Column::Mask mask_;
  std::size_t rows_ = 0, reserved_ = 0;
  bool any_ = false;
};

template <class T>
Column ColumnBuilder<T>::finish() {
  auto values = std::exchange(values_, {});
  auto mask = std::exchange(mask_, {});
  const std::size_t rows = std::exchange(rows_, 0);
  if (!std::exchange(any_, false)) return {};
  values.resize(rows);
  if (!mask.empty()) mask.resize(rows);
  if (mask.empty()) {
    bool same = true;
    for (std::size_t i = 1; same && i < values.size(); i++) same = values[i] == values[0];
    if (same) return Column::constant(std::move(values[0]));
  }
  return Column::flat(std::move(values), std::move(mask));
}

}  // namespace argus
