#include "flow/batch.h"

#include <algorithm>

#include "flow/type.h"

namespace argus {

namespace {

Column::Mask gathered_mask(const Column::Mask& mask, std::span<const std::uint32_t> which) {
  if (mask.empty()) return {};
  Column::Mask out(which.size());
  bool all = true;
  for (std::size_t i = 0; i < which.size(); i++) all &= (out[i] = mask[which[i]]) != 0;
  if (all) out.clear();
  return out;
}

template <class T>
bool same_constant(std::span<const Batch> batches, Field field) {
  const Column& first = batches[0][field];
  return std::all_of(batches.begin(), batches.end(), [&](const Batch& batch) {
    const Column& column = batch[field];
    return column.shape() == Column::Shape::constant && first.shape() == Column::Shape::constant &&
           column.constant_value<T>() == first.constant_value<T>();
  });
}

template <class T>
Column joined_columns(std::span<const Batch> batches, Field field, std::size_t rows) {
  if (same_constant<T>(batches, field)) return batches[0][field];
  const bool plain = std::all_of(batches.begin(), batches.end(), [&](const Batch& batch) {
    return batch[field].shape() == Column::Shape::flat && batch[field].mask().empty();
  });
  if (plain) {
    std::vector<T> all;
    all.reserve(rows);
    for (const Batch& batch : batches) {
      const std::span<const T> values = batch[field].values<T>();
      all.insert(all.end(), values.begin(), values.end());
    }
    return Column::flat(std::move(all));
  }
  ColumnBuilder<T> out;
  out.reserve(rows);
  for (const Batch& batch : batches) {
    const Flat<T> values = flat<T>(batch[field], batch.rows());
    for (std::size_t row = 0; row < batch.rows(); row++) {
      if (values.has(row)) out.add(values.values[row]);
      else out.add_absent();
    }
  }
  return out.finish();
}

}  // namespace

Column gathered(const Column& column, std::span<const std::uint32_t> which) {
  switch (column.shape()) {
    case Column::Shape::absent:
    case Column::Shape::constant: return column;
    case Column::Shape::flat:
      return with_type(column.type(), [&]<class T>() {
        const auto values = column.values<T>();
        std::vector<T> out(which.size());
        for (std::size_t i = 0; i < which.size(); i++) out[i] = values[which[i]];
        return Column::flat<T>(std::move(out), gathered_mask(column.mask(), which));
      });
    case Column::Shape::dictionary: break;
  }
  return with_type(column.type(), [&]<class T>() {
    const auto codes = column.codes();
    std::vector<std::uint32_t> out(which.size());
    for (std::size_t i = 0; i < which.size(); i++) out[i] = codes[which[i]];
    return Column::dictionary<T>(std::move(out), column.shared_words<T>(), gathered_mask(column.mask(), which));
  });
}

Batch gathered(const Batch& batch, std::span<const std::uint32_t> rows) {
  Batch out(rows.size());
  out.set_ordinal(batch.ordinal());
  for (std::size_t i = 0; i < kFields; i++) {
    const auto field = static_cast<Field>(i);
    if (!batch[field].absent()) out.set(field, gathered(batch[field], rows));
  }
  return out;
}

Batch reversed(const Batch& batch) {
  Batch out(batch.rows());
  out.set_ordinal(batch.ordinal());
  for (std::size_t i = 0; i < kFields; i++) {
    const auto field = static_cast<Field>(i);
    if (!batch[field].absent()) out.set(info(field).reverse, batch[field]);
  }
  return out;
}

Batch concatenated(std::span<const Batch> batches) {
  if (batches.size() == 1) return batches[0];
  std::size_t rows = 0;
  FieldSet fields;
  for (const Batch& batch : batches) {
    rows += batch.rows();
    fields |= present_fields(batch);
  }
  assert(rows <= kBatchRowsMax);
  Batch out(rows);
  for (const Field field : fields.list())
    out.set(field, with_type(info(field).type, [&]<class T>() { return joined_columns<T>(batches, field, rows); }));
  return out;
}

FieldSet present_fields(const Batch& batch) {
  FieldSet out;
  for (std::size_t i = 0; i < kFields; i++)
    if (!batch[static_cast<Field>(i)].absent()) out.add(static_cast<Field>(i));
  return out;
}

std::size_t bytes_of(const Batch& batch) {
  std::size_t sum = sizeof(Batch);
  for (const Field field : present_fields(batch).list()) {
    const Column& column = batch[field];
    const std::size_t width = width_of(column.type());
    sum += column.mask().size();
    if (column.shape() == Column::Shape::flat) sum += column.stored_rows() * width;
    if (column.shape() != Column::Shape::dictionary) continue;
    sum += column.stored_rows() * sizeof(std::uint32_t);
    sum += with_type(column.type(), [&]<class T>() { return column.words<T>().size() * width; });
  }
  return sum;
}

}  // namespace argus
