// Variables of the process.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace argus {

// Empty where it is not set.
[[nodiscard]] inline std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

// Names of all that begin with `prefix`.
[[nodiscard]] inline std::vector<std::string> environment_names(std::string_view prefix) {
  std::vector<std::string> out;
  for (char** at = ::environ; at != nullptr && *at != nullptr; at++) {
    const std::string_view variable = *at;
    if (variable.starts_with(prefix)) out.emplace_back(variable.substr(0, variable.find('=')));
  }
  return out;
}

}  // namespace argus
