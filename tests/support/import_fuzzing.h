// Any bytes as a file of another program: it is not one, or every record that is counted comes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "base/stream.h"
#include "flow/batch.h"
#include "support/capture_writer.h"

namespace argus {

// A fuzz target's work: `looks_like` and `read` of one format of src/import.
template <class LooksLike, class Read>
int fuzz_import(const std::uint8_t* data, std::size_t size, LooksLike looks_like, Read read) {
  const Bytes bytes = std::as_bytes(std::span(data, size));
  if (!looks_like(bytes)) return 0;
  auto input = InputStream::open(file_of(bytes));
  if (!input) return 0;
  const auto reader = read(*std::move(input));
  if (!reader) return 0;
  Batch batch;
  std::size_t rows = 0;
  for (auto more = (*reader)->next(batch); more && *more; more = (*reader)->next(batch)) rows += batch.rows();
  if (rows != (*reader)->facts().records) __builtin_trap();
  return 0;
}

}  // namespace argus
