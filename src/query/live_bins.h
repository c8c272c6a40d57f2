// Bins of live input: each is given once its time has passed.
#pragma once

#include "flow/field.h"
#include "flow/source.h"
#include "query/bins.h"
#include "query/key.h"

namespace argus {

// Marked rows merged within their bins (live), as clustered() does it for input that ends: in the order of bins and, in
// one, of keys. A bin is given when the latest time that a record spoke of is `options.hold` past its end; while
// nothing comes, the clock takes the place of records. Records that come later are merged among themselves, given as
// rows of their bin all the same, counted, and told at the end.
[[nodiscard]] SourcePtr live_bins(SourcePtr marked, const BinOptions& options, KeyWords key, Field bin);

}  // namespace argus
