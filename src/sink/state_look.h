// What stands in the column of the state, where --state asks for more than its name.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/format.h"
#include "sink/text.h"

namespace argus {

class StatePrinter {
 public:
  explicit StatePrinter(StateLook look);
  [[nodiscard]] FieldSet also_reads() const;
  void start(const Batch& batch);
  // False, and nothing appended, where the row has none: it is not TCP, or the look is the name.
  [[nodiscard]] bool append(std::size_t row, std::string& out) const;

 private:
  StateLook look_;
  std::vector<FieldPrinter> flags_;  // of each side that is asked for
  Column source_, destination_;      // events
};

}  // namespace argus
