#include "query/gather.h"

#include <algorithm>

#include "flow/column.h"
#include "flow/field.h"

namespace argus {

namespace {

// A column as pointers, so that a picked row costs no question about types.
template <class T>
struct View {
  const T* values = nullptr;             // null: absent
  const std::uint32_t* codes = nullptr;  // null: by row
  const std::uint8_t* mask = nullptr;    // null: every row has a value
  bool constant = false;

  explicit View(const Column& column) {
    if (column.absent()) return;
    if (!column.mask().empty()) mask = column.mask().data();
    switch (column.shape()) {
      case Column::Shape::absent: break;
      case Column::Shape::constant:
        values = &column.constant_value<T>();
        constant = true;
        break;
      case Column::Shape::flat: values = column.values<T>().data(); break;
      case Column::Shape::dictionary:
        values = column.words<T>().data();
        codes = column.codes().data();
        break;
    }
  }
  [[nodiscard]] bool has(std::uint32_t row) const { return values != nullptr && (mask == nullptr || mask[row] != 0); }
  [[nodiscard]] const T& at(std::uint32_t row) const {
    return constant ? *values : codes != nullptr ? values[codes[row]] : values[row];
  }
};

template <class T>
Column picked_column(std::span<const Batch> batches, std::span<const Pick> picks, Field field) {
  std::vector<View<T>> views;
  views.reserve(batches.size());
  for (const Batch& batch : batches) views.emplace_back(batch[field]);
  const bool all_constant = std::all_of(views.begin(), views.end(), [&](const View<T>& view) {
    return view.constant && *view.values == *views[0].values;
  });
  if (all_constant) return batches[0][field];
  ColumnBuilder<T> out;
  out.reserve(picks.size());
  for (const Pick& pick : picks) {
    const View<T>& view = views[pick.batch];
    if (view.has(pick.row)) out.add(view.at(pick.row));
    else out.add_absent();
  }
  return out.finish();
}

}  // namespace

Batch picked(std::span<const Batch> batches, std::span<const Pick> picks) {
  assert(picks.size() <= kBatchRowsMax);
  FieldSet fields;
  for (const Batch& batch : batches) fields |= present_fields(batch);
  Batch out(picks.size());
  for (const Field field : fields.list())
    out.set(field, with_type(info(field).type, [&]<class T>() { return picked_column<T>(batches, picks, field); }));
  return out;
}

}  // namespace argus
