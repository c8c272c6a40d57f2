// What a field of a record looks like as text.
#pragma once

#include <string>

#include "flow/field.h"
#include "flow/format.h"
#include "support/flow_builder.h"

namespace argus {

inline std::string shown(Field field, const Row& values) {
  FieldPrinter printer(field, {});
  printer.start(batch_of({values}));
  std::string out;
  printer.append(0, out);
  return out;
}

}  // namespace argus
