#include "argus/destination.h"

#include <array>

namespace argus {

namespace {

constexpr auto kKinds = std::to_array<DestinationKind>({
#define DESTINATION(name, scheme, example, text) {scheme, example, text, &open_##name},
#include "argus/destinations.def"
});

}  // namespace

std::span<const DestinationKind> destination_kinds() { return kKinds; }

const DestinationKind* find_destination(std::string_view to) {
  for (const DestinationKind& kind : kKinds)
    if (to.starts_with(kind.scheme)) return &kind;
  return nullptr;
}

}  // namespace argus
