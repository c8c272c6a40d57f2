// Any bytes as a table or JSON lines.
#include <cstddef>
#include <cstdint>

#include "import/table.h"
#include "support/import_fuzzing.h"

using namespace argus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_import(data, size, &looks_like_table, &read_table);
}
