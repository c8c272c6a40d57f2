// Whether all that a flows frame says is true, as far as it can be known.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "codec/directory.h"
#include "codec/frame.h"
#include "flow/batch.h"

namespace argus {

// All known columns of a frame, of which every check was verified (of unknown columns as well), every column decoded
// and every value found to be where the directory says that values are. `columns`: the bytes behind the directory.
// Errc::corrupt with what does not hold.
[[nodiscard]] Result<Batch> verified_rows(const BlockDirectory& directory, Bytes columns, const FrameHead& head);

// The repair bytes at the end of a payload (all behind the head) are those of what stands before them. Nobody looks at
// them while the rest holds.
[[nodiscard]] bool repair_holds(const FrameHead& head, Bytes payload);

}  // namespace argus
