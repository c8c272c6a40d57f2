#include "query/memory.h"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/count_text.h"

namespace argus {

namespace {

std::string size_text(std::uint64_t bytes) {
  for (const auto& [unit, name] : {std::pair{1u << 30, "GiB"}, {1u << 20, "MiB"}, {1u << 10, "KiB"}})
    if (bytes >= unit && bytes % unit == 0) return fmt::format("{} {}", bytes / unit, name);
  return count_text(bytes, "byte");
}

}  // namespace

std::uint64_t partial_bytes(const Resources& resources) {
  constexpr std::uint64_t kMost = 4u << 20;
  return std::min(kMost, resources.memory_max / 8 / std::max<std::uint64_t>(resources.threads, 1));
}

Result<> check_memory(std::uint64_t records, std::uint64_t bytes, std::uint64_t bytes_max) {
  if (bytes <= bytes_max) return {};
  return fail(Errc::limit,
              "{} held, which takes more than {}; choose fewer with a filter or -t, use a coarser key, "
              "or allow more with --memory",
              count_is(records, "record"), size_text(bytes_max));
}

}  // namespace argus
