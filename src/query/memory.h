// The ceiling that stages which hold all rows obey.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "flow/source.h"

namespace argus {

// Errc::limit with what to do when `bytes` is over the ceiling.
[[nodiscard]] Result<> check_memory(std::uint64_t records, std::uint64_t bytes, std::uint64_t bytes_max);

// Bytes that each of several workers may hold of what it has not added to the whole yet: what a cache holds, and little
// beside the ceiling.
[[nodiscard]] std::uint64_t partial_bytes(const Resources& resources);

}  // namespace argus
