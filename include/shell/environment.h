// Variables of the process.
#pragma once

#include <cstdlib>
#include <string>

namespace argus {

// Empty where it is not set.
[[nodiscard]] inline std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace argus
