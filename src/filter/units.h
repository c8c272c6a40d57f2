// Units behind the numbers of a filter: 5MB, 64KiB, 10Mbit/s, 2kpps.
#pragma once

#include <string>
#include <string_view>

#include "flow/field.h"

namespace argus {

// The number as parse_value() and parse_real_value() take it: without the unit of the field, and with KiB, MiB, GiB
// and TiB (powers of 1024) worked out. Text that is none of these comes back as it is.
[[nodiscard]] std::string without_unit(Field field, std::string_view text);

}  // namespace argus
