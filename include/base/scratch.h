// Room on a disk for what memory has none for.
#pragma once

#include <string>

#include "base/file.h"
#include "base/result.h"

namespace argus {

// The folder that TMPDIR names, or /var/tmp.
[[nodiscard]] std::string scratch_place();

// A file without a name in that folder, to be written and read: it is gone when it is closed, however the process ends.
// Its errors, Errc::io, name the folder.
[[nodiscard]] Result<File> open_scratch();

// The same error, with what can be done about a folder that has no room.
[[nodiscard]] Error scratch_error(Error error);

}  // namespace argus
