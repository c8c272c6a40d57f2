// An answer of a server: what is read stays within its bounds, whatever it claims.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "clickhouse/native.h"

using namespace argus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::size_t at = 0;
  NativeReader reader([&](std::span<std::byte> to) -> Result<std::size_t> {
    const std::size_t n = std::min({to.size(), size - at, std::size_t{1000}});
    std::memcpy(to.data(), data + at, n);
    at += n;
    return n;
  });
  for (;;) {
    NativeBlock block;
    const auto some = reader.next(block);
    if (!some || !*some) return 0;
    if (block.rows > kNativeRowsMax || block.columns.size() > kNativeColumnsMax) std::abort();
    for (const NativeColumn& one : block.columns)
      if (one.column.stored_rows() != 0 && one.column.stored_rows() != block.rows) std::abort();
  }
}
