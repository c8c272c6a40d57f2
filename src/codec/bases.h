// Which column's differences a column may be written as: values that move together.
#pragma once

#include <optional>
#include <vector>

#include "flow/field.h"

namespace argus {

[[nodiscard]] std::optional<Field> base_of(Field field);  // of the same type
// All stored fields, bases before what may refer to them.
[[nodiscard]] const std::vector<Field>& coding_order();

}  // namespace argus
