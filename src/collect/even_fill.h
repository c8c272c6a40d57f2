// Steps of records that all have the same length: for each of them the one loop that copies its element into its column,
// found when the template is compiled.
#pragma once

#include <cstddef>

#include "collect/even_records.h"
#include "collect/row_table.h"

namespace argus {

struct FillStep;
struct TimeBase;

using EvenFill = void (*)(const EvenElement& element, const TimeBase& base, std::size_t first, AnySlot& slot);

// Null: the step takes a look at each record.
[[nodiscard]] EvenFill even_fill_of(const FillStep& step);

}  // namespace argus
