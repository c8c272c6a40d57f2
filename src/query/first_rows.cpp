#include "query/first_rows.h"

#include <algorithm>

#include "flow/column.h"

namespace argus {

void FirstRows::bound(std::span<const std::uint64_t> key) {
  auto fresh = std::make_shared<const std::vector<std::uint64_t>>(key.begin(), key.end());
  bound_.use([&](Key& now) {
    if (!now || *fresh < *now) now = std::move(fresh);
  });
}

FieldSet FirstRows::fields() const {
  FieldSet out;
  for (const Field field : fields_) out.add(field);
  return out;
}

void FirstRows::select(const Batch& batch, std::span<std::uint8_t> keep) const {
  const Key bound = bound_.use([](const Key& now) { return now; });
  if (!bound) return;
  KeyPacker packer(specs_);
  std::vector<Column> columns;
  for (const Field field : fields_) columns.push_back(column_of(batch, field));
  std::vector<std::uint64_t> keys;
  packer.pack(columns, batch.rows(), keys);
  const std::size_t words = packer.words();
  for (std::size_t row = 0; row < batch.rows(); row++) {
    const std::uint64_t* const key = keys.data() + row * words;
    if (key[0] < bound->front()) continue;
    if (std::lexicographical_compare(bound->begin(), bound->end(), key, key + words)) keep[row] = 0;
  }
}

}  // namespace argus
