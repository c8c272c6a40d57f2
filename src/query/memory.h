// The ceiling that stages which hold all rows obey.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace argus {

// Errc::limit with what to do when `bytes` is over the ceiling. `stage`: "cluster".
[[nodiscard]] Result<> check_memory(std::string_view stage, std::uint64_t records, std::uint64_t bytes,
                                    std::uint64_t bytes_max);

}  // namespace argus
