#include "flow/batch.h"

#include <algorithm>

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
Column joined_columns(std::span<const Batch> batches, Field field, std::size_t rows) {
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
        std::vector<T> out;
        out.reserve(which.size());
        for (const std::uint32_t row : which) out.push_back(values[row]);
        return Column::flat<T>(std::move(out), gathered_mask(column.mask(), which));
      });
    case Column::Shape::dictionary: break;
  }
  return with_type(column.type(), [&]<class T>() {
    const auto codes = column.codes();
    std::vector<std::uint32_t> out;
    out.reserve(which.size());
    for (const std::uint32_t row : which) out.push_back(codes[row]);
    return Column::dictionary<T>(std::move(out), column.shared_words<T>(), gathered_mask(column.mask(), which));
  });
}

Batch gathered(const Batch& batch, std::span<const std::uint32_t> rows) {
  Batch out(rows.size());
  for (std::size_t i = 0; i < kFields; i++) {
    const auto field = static_cast<Field>(i);
    if (!batch[field].absent()) out.set(field, gathered(batch[field], rows));
  }
  return out;
}

Batch reversed(const Batch& batch) {
  Batch out(batch.rows());
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

}  // namespace argus
