// The columns of formats that have fields under their own names.
#pragma once

#include <vector>

#include "export/formats.h"
#include "flow/field.h"

namespace argus {

[[nodiscard]] std::vector<Field> columns_of(const ExportOptions& options);  // those asked for, or all stored ones

}  // namespace argus
