#include "query/memory.h"

namespace argus {

namespace {

constexpr std::uint64_t kMebibyte = 1 << 20;

}  // namespace

Result<> check_memory(std::string_view stage, std::uint64_t records, std::uint64_t bytes, std::uint64_t bytes_max) {
  if (bytes <= bytes_max) return {};
  return fail(Errc::limit,
              "{} holds {} records and needs more than {} MiB; take fewer with a filter or -t, use a coarser key, "
              "or allow more with --memory",
              stage, records, bytes_max / kMebibyte);
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
