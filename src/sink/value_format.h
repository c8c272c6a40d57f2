// How -s writes the values of a column: "dur:9:%.2f", "stime:20:%H:%M:%S".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "flow/field.h"

namespace argus {

// Usage error for another than a format of strftime for times, and one value of printf for other fields: %d %i %u %x %X
// %o, %f %e %g, %s, with flags, a width and a precision up to 100, and text around it.
[[nodiscard]] Result<> check_value_format(Field field, std::string_view format);
// Rewrites the value from `start` on, which is not one of times. What is absent, or a word where a number is asked for,
// stays as it is.
void format_value(std::string_view format, std::size_t start, std::string& out);

}  // namespace argus
