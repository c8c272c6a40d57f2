// The files of a pattern that are there.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/file_pattern.h"
#include "base/file.h"

namespace argus {

inline constexpr std::string_view kPartSuffix = ".part";  // of a file that is being written

// Calls visit(folder, names) for each name of the pattern's shape, with `suffix` behind it, in folders of its shape:
// `folder` is the open folder that holds it, names.back() its name there. Goes through no symbolic link; what cannot be
// opened is left out. In no order.
using FileVisit = std::function<void(const File& folder, const std::vector<std::string>& names)>;
void walk_pattern(const FilePattern& pattern, const File& base, std::string_view suffix, const FileVisit& visit);

}  // namespace argus
