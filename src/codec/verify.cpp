#include "codec/verify.h"

#include <algorithm>
#include <vector>

#include "base/address.h"
#include "codec/block_reader.h"
#include "codec/membership.h"
#include "codec/values.h"
#include "flow/column.h"
#include "flow/each_value.h"
#include "flow/field.h"
#include "flow/type.h"

namespace argus {

namespace {

template <class T>
bool is_within(const Column& column, std::size_t rows, const ColumnEntry& entry) {
  const Column::Mask& mask = column.mask();
  const bool any = mask.empty() ? rows != 0 : std::find(mask.begin(), mask.end(), 1) != mask.end();
  if (!any) return true;
  const auto [least, most] = range_of<T>(column, rows);
  return entry.least <= image_of(least) && image_of(most) <= entry.most;
}

bool are_members(const Column& column, std::size_t rows, Bytes filter) {
  bool all = true;
  each_value<Address>(column, rows,
                      [&](std::size_t, const Address& address) { all = all && may_contain(filter, address); });
  return all;
}

// What searches are told of a column is true of its values.
bool holds(const Column& column, std::size_t rows, const ColumnEntry& entry) {
  if (column.absent() || entry.constant) return true;
  const bool ranged = entry.has_range && entry.type != Type::bytes;
  const bool within = !ranged || with_type(entry.type, [&]<class T>() { return is_within<T>(column, rows, entry); });
  return within && (entry.type != Type::addr || entry.filter.empty() || are_members(column, rows, entry.filter));
}

}  // namespace

Result<Batch> verified_rows(const BlockDirectory& directory, Bytes columns, const FrameHead& head) {
  ARGUS_TRY(ColumnChecksums(directory, columns).verify(head.stream));
  Batch batch(head.rows);
  ARGUS_TRY(BlockReader(directory, columns, head).read(FieldSet::all_stored(), batch));
  for (const ColumnEntry& entry : directory.entries()) {
    const auto field = field_of_wire(entry.wire);
    if (field && !holds(batch[*field], head.rows, entry))
      return fail(Errc::corrupt, "{} has values that its directory excludes", info(*field).name);
  }
  return batch;
}

bool repair_holds(const FrameHead& head, Bytes payload) {
  if (head.repair == 0) return true;
  const std::size_t size = payload.size() - head.repair;
  std::vector<std::byte> sums(payload.begin() + static_cast<std::ptrdiff_t>(size), payload.end());
  for (std::size_t at = 0; at < size; at += sums.size())
    for (std::size_t i = 0, n = std::min(sums.size(), size - at); i < n; i++) sums[i] ^= payload[at + i];
  return std::all_of(sums.begin(), sums.end(), [](std::byte sum) { return sum == std::byte{0}; });
}

}  // namespace argus
