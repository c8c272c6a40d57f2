// What changed between two sets of records (argus diff).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "flow/field.h"
#include "query/comparison.h"

namespace argus {

enum class Change : std::uint8_t { appeared, gone, more, less, same };
[[nodiscard]] std::string_view change_word(Change change);  // "new", "gone", "more", "less", "same"
[[nodiscard]] Change change_of(std::uint64_t before, std::uint64_t after);

struct GroupChange {
  std::uint32_t group = 0;
  Change change = Change::same;  // of the counter that ranks; or new, or gone
};

// The groups that one side alone has, or of which one of `counters` differs, those with the largest difference of `by`
// first; where it is equal, in the order of their keys. Side 0 is before, side 1 after.
[[nodiscard]] std::vector<GroupChange> changes_of(const Comparison& comparison, Field by,
                                                  std::span<const Field> counters);

}  // namespace argus
