// A source pulled by several threads at once.
#pragma once

#include <cstddef>
#include <functional>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/source.h"

namespace argus {

// Pulls the parts of a source, bound but not pulled yet, on up to `threads` threads. `take(worker, batch)` is called on
// all of them at once, for each worker (numbered from 0, below `threads`) one batch after the other, the batches of all
// in no order. Then what is left is to be had from the source itself. False: it cannot be divided, and nothing was
// pulled. The error is that of the batch that stands first among those that had one; others may not have been pulled.
[[nodiscard]] Result<bool> pull_parts(Source& source, std::size_t threads,
                                      const std::function<Result<>(std::size_t worker, const Batch&)>& take);

}  // namespace argus
