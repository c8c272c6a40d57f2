// What an input is that argus does not read, in words that say what to do.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace argus {

// Of its first bytes, at most kHeadBytes of them.
[[nodiscard]] Error foreign_input(const std::string& name, Bytes head, bool from_pipe);

}  // namespace argus
