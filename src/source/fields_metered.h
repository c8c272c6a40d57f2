// Whether a meter observes what costs something, by its options and by what its reader wants.
#pragma once

#include "flow/field.h"
#include "flow/source.h"
#include "meter/meter.h"

namespace argus {

// Whether the reader, or its filter, names one of the fields that cost something.
[[nodiscard]] inline bool is_asked_for(const FieldSet& costly, FieldsMetered fields, const Needs& needs) {
  if (fields == FieldsMetered::basic) return false;
  if (needs.where && stored_inputs(needs.where->fields()).meets(costly)) return true;
  return fields == FieldsMetered::by_need && needs.fields.meets(costly);
}

[[nodiscard]] inline bool meters_details(FieldsMetered fields, const Needs& needs) {
  return fields == FieldsMetered::full || is_asked_for(detail_fields(), fields, needs);
}

[[nodiscard]] inline bool meters_names(const MeterOptions& meter, const Needs& needs) {
  return meter.names || is_asked_for({Field::sname, Field::dname}, meter.fields, needs);
}

}  // namespace argus
