// Any bytes as a file of the classic Argus.
#include <cstdint>
#include <span>

#include "base/stream.h"
#include "flow/batch.h"
#include "import/classic.h"
#include "import/reader.h"
#include "support/capture_writer.h"

using namespace argus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto input = InputStream::open(file_of(std::as_bytes(std::span(data, size))));
  if (!input) return 0;
  const RecordReaderPtr reader = read_classic(*std::move(input));
  Batch batch;
  std::size_t rows = 0;
  for (auto more = reader->next(batch); more && *more; more = reader->next(batch)) rows += batch.rows();
  if (rows != reader->facts().records || rows > size / 4) __builtin_trap();
  return 0;
}
