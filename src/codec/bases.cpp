#include "codec/bases.h"

#include <array>

namespace argus {

namespace {

struct Pair {
  Field field, base;
};
constexpr auto kBases = std::to_array<Pair>({
    {Field::ltime, Field::stime},
    {Field::ftime, Field::stime},
    {Field::sstime, Field::stime},
    {Field::dstime, Field::stime},
    {Field::sltime, Field::ltime},
    {Field::dltime, Field::ltime},
    {Field::sappbytes, Field::sbytes},
    {Field::dappbytes, Field::dbytes},
    {Field::dpkts, Field::spkts},
    {Field::dflags, Field::sflags},
    {Field::devents, Field::sevents},
    {Field::dtcpopt, Field::stcpopt},
    {Field::dtos, Field::stos},
    {Field::dvlan, Field::svlan},
    {Field::ackdats, Field::synacks},
    {Field::denc, Field::senc},
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
