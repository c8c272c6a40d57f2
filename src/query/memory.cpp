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

}  // namespace argus
