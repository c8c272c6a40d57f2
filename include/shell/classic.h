// The names by which old hands call the program (classic.def).
#pragma once

#include <span>
#include <string_view>

namespace argus {

struct ClassicName {
  std::string_view name, command;  // "rasort", "sort"
};
[[nodiscard]] std::span<const ClassicName> classic_names();  // in the order of their names
// The command that a name stands for; empty for any other word.
[[nodiscard]] std::string_view command_of_classic(std::string_view name);

}  // namespace argus
