// Commands and options of other programs, and what does the same here.
#pragma once

#include <string_view>

namespace argus {

// Of "merge" or "--limit": "'-N COUNT' limits the rows". Empty for any other word.
[[nodiscard]] std::string_view found_elsewhere(std::string_view word);

}  // namespace argus
