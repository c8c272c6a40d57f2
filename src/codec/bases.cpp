#include "codec/bases.h"

#include <array>

namespace argus {

namespace {

struct Pair {
  Field field, base;
};
constexpr auto kBases = std::to_array<Pair>({
#define BASE(field, base) {Field::field, Field::base},
#include "flow/fields.def"
});

}  // namespace

std::optional<Field> base_of(Field field) {
  for (const auto& pair : kBases)
    if (pair.field == field) return pair.base;
  return std::nullopt;
}

const std::vector<Field>& coding_order() {
  static const auto made = [] {
    std::vector<Field> out;
    FieldSet placed;
    const auto place = [&](auto&& self, Field field) -> void {
      if (placed.has(field)) return;
      if (const auto base = base_of(field)) self(self, *base);
      placed.add(field);
      out.push_back(field);
    };
    for (const Field field : FieldSet::all_stored().list()) place(place, field);
    return out;
  }();
  return made;
}

}  // namespace argus
