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
    if (!mask_.empty()) place_mask(column.mask(), first, to);
    T* const out = values_.data();
    const std::uint32_t* const at = to.data();
    const std::size_t rows = to.size();
    if (column.shape() == Column::Shape::constant) {
      const T& value = column.constant_value<T>();
      for (std::size_t i = 0; i < rows; i++) out[at[i]] = value;
    } else if (column.shape() == Column::Shape::flat) {
      const T* const from = column.values<T>().data() + first;
      for (std::size_t i = 0; i < rows; i++) out[at[i]] = from[i];
    } else {
      const std::uint32_t* const codes = column.codes().data() + first;
      const T* const words = column.words<T>().data();
      const std::uint8_t* const has = column.mask().empty() ? nullptr : column.mask().data() + first;
      if (has == nullptr) {
        for (std::size_t i = 0; i < rows; i++) out[at[i]] = words[codes[i]];
      } else {
        for (std::size_t i = 0; i < rows; i++)
          if (has[i] != 0) out[at[i]] = words[codes[i]];
      }
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
  void place_mask(const Column::Mask& mask, std::size_t first, std::span<const std::uint32_t> to) {
    std::uint8_t* const out = mask_.data();
    if (mask.empty()) {
      for (const std::uint32_t at : to) out[at] = 1;
    } else {
      const std::uint8_t* const from = mask.data() + first;
      for (std::size_t i = 0; i < to.size(); i++) out[to.data()[i]] = from[i] != 0;
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
