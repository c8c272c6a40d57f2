// What looking at a flow from its other end needs.
#pragma once

#include "flow/field.h"

namespace argus {

// The fields and the fields they become when the ends change places.
[[nodiscard]] FieldSet with_reverses(const FieldSet& fields);

}  // namespace argus
