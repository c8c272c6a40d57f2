#include "collect/row_table.h"

namespace argus {

RowTable::RowTable() {
  for (const FieldInfo& field : all_fields())
    if (is_stored(field.field))
      with_type(field.type, [&]<class T>() { slots_[index_of(field.field)] = std::make_unique<Slot<T>>(); });
}

Batch RowTable::take() {
  const std::size_t rows = std::exchange(rows_, 0);
  Batch out(rows);
  for (std::size_t i = 0; i < slots_.size(); i++)
    if (Column column = slots_[i]->finish(rows); !column.absent()) out.set(static_cast<Field>(i), std::move(column));
  return out;
}

}  // namespace argus
