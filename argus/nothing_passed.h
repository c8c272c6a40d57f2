// Why, maybe, no record passed a filter.
#pragma once

#include <string_view>

#include "flow/field.h"

namespace argus {

// A sentence on fields that a filter reads and records seldom have, or not as people expect; empty: none of them.
[[nodiscard]] std::string_view why_nothing_passed(const FieldSet& read);

}  // namespace argus
