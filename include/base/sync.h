// What a power cut must not take: bytes of a file, and its name in its folder.
#pragma once

#include <string>

#include "base/file.h"
#include "base/result.h"

namespace argus {

// Errc::io where it may not be on the disk. Nothing to do for pipes and the like.
[[nodiscard]] Result<> sync_file(const File& file);
// The same for the names in the folder of `path`.
[[nodiscard]] Result<> sync_folder_of(const std::string& path);

}  // namespace argus
