// Any bytes as Zeek's conn.log.
#include <cstddef>
#include <cstdint>

#include "import/zeek.h"
#include "support/import_fuzzing.h"

using namespace argus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_import(data, size, &looks_like_zeek, &read_zeek);
}
