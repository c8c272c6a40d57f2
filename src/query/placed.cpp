#include "query/placed.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <type_traits>

#include "flow/column.h"
#include "flow/field.h"

namespace argus {

namespace {

template <class T>
class PlacedColumn {
 public:
  // `masked`: some row may have no value.
  PlacedColumn(std::size_t rows, bool masked) : values_(rows), mask_(masked ? rows : 0) {}

  void place(const Column& column, std::size_t first, std::span<const std::uint32_t> to) {
    if (column.absent()) return;
    const std::uint8_t* const has = column.mask().empty() ? nullptr : column.mask().data() + first;
    if (column.shape() == Column::Shape::constant) {
      const T& value = column.constant_value<T>();
      put(to, has, [at = &value](std::size_t) -> const T& { return *at; });
    } else if (column.shape() == Column::Shape::flat) {
      const T* const from = column.values<T>().data() + first;
      put(to, has, [from](std::size_t i) -> const T& { return from[i]; });
    } else {
      const std::uint32_t* const codes = column.codes().data() + first;
      const T* const words = column.words<T>().data();
      const T none{};
      if (has == nullptr) put(to, has, [=](std::size_t i) -> const T& { return words[codes[i]]; });
      else
        put(to, has,
            [=, absent = &none](std::size_t i) -> const T& { return has[i] != 0 ? words[codes[i]] : *absent; });
    }
  }

  [[nodiscard]] Column finish() {
    if (!mask_.empty()) {
      const auto having = static_cast<std::size_t>(std::count(mask_.begin(), mask_.end(), std::uint8_t{1}));
      if (having == 0) return {};
      if (having != mask_.size()) return Column::flat(std::move(values_), std::move(mask_));
    }
    const bool same = std::all_of(values_.begin(), values_.end(), [&](const T& value) { return value == values_[0]; });
    if (same && !values_.empty()) return Column::constant(std::move(values_[0]));
    return Column::flat(std::move(values_));
  }

 private:
  // value(i) goes to row to[i]. All is held by value, as a byte that is written could be part of anything else.
  template <class Value>
  void put(std::span<const std::uint32_t> to, const std::uint8_t* has, const Value value) {
    T* const out = values_.data();
    std::uint8_t* const mask = mask_.empty() ? nullptr : mask_.data();
    const std::uint32_t* const places = to.data();
    const std::size_t rows = to.size();
    for (std::size_t i = 0; i < rows; i++) {
      const std::uint32_t at = places[i];
      out[at] = value(i);
      if (mask != nullptr) mask[at] = has == nullptr ? std::uint8_t{1} : has[i];
    }
  }

  std::vector<T> values_;
  Column::Mask mask_;
};

template <class T>
Column placed_column(std::span<const Placing> placings, std::size_t rows, Field field) {
  const Column& one = (*placings[0].from)[field];
  bool masked = false, same = one.shape() == Column::Shape::constant;
  for (const Placing& placing : placings) {
    const Column& column = (*placing.from)[field];
    masked = masked || column.absent() || !column.mask().empty();
    same = same && column.shape() == Column::Shape::constant && column.constant_value<T>() == one.constant_value<T>();
  }
  if (same) return one;
  PlacedColumn<T> out(rows, masked);
  for (const Placing& placing : placings) out.place((*placing.from)[field], placing.first, placing.to);
  return out.finish();
}

}  // namespace

Batch placed(std::span<const Placing> placings, std::size_t rows) {
  FieldSet fields;
  for (const Placing& placing : placings) fields |= present_fields(*placing.from);
  Batch out(rows);
  for (const Field field : fields.list())
    out.set(field, with_type(info(field).type, [&]<class T>() { return placed_column<T>(placings, rows, field); }));
  return out;
}

}  // namespace argus
