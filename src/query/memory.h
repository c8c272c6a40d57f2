// The ceiling that stages which hold all rows obey.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "flow/batch.h"

namespace argus {

// Errc::limit with what to do when `bytes` is over the ceiling. `stage`: "cluster".
[[nodiscard]] Result<> check_memory(std::string_view stage, std::uint64_t records, std::uint64_t bytes,
                                    std::uint64_t bytes_max);

// About what a batch holds; columns shared with other batches are counted again.
[[nodiscard]] std::size_t bytes_of(const Batch& batch);

}  // namespace argus
