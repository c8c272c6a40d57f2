// The words that values of a field are written with.
#pragma once

#include <string_view>
#include <vector>

#include "flow/field.h"

namespace argus {

// Of codes with words that can stand in a shell without quotes: "CON", "gre", "closed". Empty: there are none.
[[nodiscard]] std::vector<std::string_view> value_words(Field field);

}  // namespace argus
