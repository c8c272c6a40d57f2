#include "shell/classic.h"

#include <array>

namespace argus {

namespace {

constexpr auto kClassic = std::to_array<ClassicName>({
#define CLASSIC(name, command) {#name, #command},
#include "shell/classic.def"
});

}  // namespace

std::span<const ClassicName> classic_names() { return kClassic; }

std::string_view command_of_classic(std::string_view name) {
  for (const ClassicName& classic : kClassic)
    if (classic.name == name) return classic.command;
  return {};
}

}  // namespace argus
