// The queries that a source asks.
#pragma once

#include <string>

#include "clickhouse/condition.h"
#include "clickhouse/table.h"
#include "flow/field.h"

namespace argus {

// Records as they are, each with its stream and number where they are `ordered` by them. A column has its field's name.
[[nodiscard]] std::string rows_query(const std::string& table, const TableColumns& columns, const FieldSet& fields,
                                     const Condition& condition, bool ordered);

// Records merged by the rules of the field table, one for each group of those with the same values of the fields
// `by`. A column's name is its field's behind kMergedPrefix.
inline constexpr std::string_view kMergedPrefix = "o_";
[[nodiscard]] std::string groups_query(const std::string& table, const TableColumns& columns, const FieldSet& fields,
                                       const FieldSet& by, const Condition& condition);

// What shows whether sums of these fields stay below what their types hold: of all records that are wanted, how many
// there are, the largest value that is summed up, and the largest duration that is squared. Empty: nothing is summed
// up.
[[nodiscard]] std::string largest_query(const std::string& table, const TableColumns& columns, const FieldSet& fields,
                                        const Condition& condition);
// Of its answer, which may be of several shards: no sum passes its type.
[[nodiscard]] bool sums_fit(double records, double largest, double longest);

// Whether records that are put together by these fields can be put together by the server.
[[nodiscard]] bool may_group_by(const FieldSet& by);

}  // namespace argus
