// Whether a meter observes what costs something, by its options and by what its reader wants.
#pragma once

#include "flow/field.h"
#include "flow/source.h"
#include "meter/meter.h"

namespace argus {

[[nodiscard]] inline bool meters_details(FieldsMetered fields, const Needs& needs) {
  if (fields == FieldsMetered::basic || fields == FieldsMetered::full) return fields == FieldsMetered::full;
  if (needs.where && stored_inputs(needs.where->fields()).meets(detail_fields())) return true;
  return fields == FieldsMetered::by_need && needs.fields.meets(detail_fields());
}

[[nodiscard]] inline bool meters_names(const MeterOptions& meter, const Needs& needs) {
  const auto names = [](const FieldSet& fields) { return fields.has(Field::sname) || fields.has(Field::dname); };
  if (meter.names) return true;
  if (needs.where && meter.fields != FieldsMetered::basic && names(stored_inputs(needs.where->fields()))) return true;
  return meter.fields == FieldsMetered::by_need && names(needs.fields);
}

}  // namespace argus
