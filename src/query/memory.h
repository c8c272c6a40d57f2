// The ceiling that stages which hold all rows obey.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace argus {

// Errc::limit with what to do when `bytes` is over the ceiling.
[[nodiscard]] Result<> check_memory(std::uint64_t records, std::uint64_t bytes, std::uint64_t bytes_max);

}  // namespace argus
