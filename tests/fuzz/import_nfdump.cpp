// Any bytes as a file of nfdump.
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/stream.h"
#include "flow/batch.h"
#include "import/nfdump.h"
#include "support/capture_writer.h"

using namespace argus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = std::as_bytes(std::span(data, size));
  if (!looks_like_nfdump(bytes)) return 0;
  auto input = InputStream::open(file_of(bytes));
  if (!input) return 0;
  const auto reader = read_nfdump(*std::move(input));
  if (!reader) return 0;
  Batch batch;
  std::size_t rows = 0;
  for (auto more = (*reader)->next(batch); more && *more; more = (*reader)->next(batch)) rows += batch.rows();
  if (rows != (*reader)->facts().records) __builtin_trap();
  return 0;
}
