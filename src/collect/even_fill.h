// Elements of records that all have the same length: for each of them the one loop that copies it into its column,
// found when the template is compiled.
#pragma once

#include <cstddef>

#include "collect/convert.h"
#include "collect/elements.h"
#include "collect/even_records.h"
#include "collect/row_table.h"
#include "flow/field.h"

namespace argus {

using EvenFill = void (*)(const EvenElement& element, const TimeBase& base, std::size_t first, AnySlot& slot);

// Null: there is no such loop, and each record is looked at.
[[nodiscard]] EvenFill even_fill_of(Field field, How how, std::size_t length);

}  // namespace argus
