// Filters and time ranges as conditions of SQL. NULL is two-valued there: a test of an absent field is false.
#pragma once

#include <optional>
#include <string>

#include "clickhouse/table.h"
#include "filter/node.h"
#include "flow/field.h"
#include "flow/source.h"

namespace argus {

struct Condition {
  std::string text;   // true of every record that is wanted; empty: of all
  bool exact = true;  // and of no other
};

[[nodiscard]] Condition condition_of(const Node& filter, const TableColumns& columns);
// Records that share an instant with the span.
[[nodiscard]] Condition condition_of(const TimeSpan& span);
[[nodiscard]] Condition both(const Condition& a, const Condition& b);

// A field's value as an expression: of a stored one its column, of a derived one of whole numbers its formula. Empty:
// there is none.
[[nodiscard]] std::string expression_of(Field field, const TableColumns& columns);

}  // namespace argus
