// Records of a set into rows: the steps of their template, and what is made of several elements together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "collect/exporters.h"
#include "collect/extras.h"
#include "collect/row_table.h"
#include "collect/template.h"

namespace argus {

// What the message around the records says.
struct MessageFacts {
  Nanos exported = 0;
  std::optional<std::uint32_t> uptime;  // of the exporter at that time, in milliseconds
  std::uint32_t rate = 0;               // of sampling; 0: it does not say
  bool post_is_reverse = false;         // counters "behind" are those of the other direction
};

// Appends a row a record.
void add_rows(const RecordSet& records, const Template& shape, const MessageFacts& message, const Domain& domain,
              Extras& extras, RowTable& rows);

// Of rows whose elements stand in their columns: ports, times, sampling, names and what all rows of an exporter have.
void finish_rows(std::size_t first, std::size_t count, const MessageFacts& message, const Domain& domain,
                 const Extras& extras, RowTable& rows);

// Of an options record: what it says of samplers, applications and the exporter. False: nothing that we know.
[[nodiscard]] bool learn_options(const RecordSet& records, std::size_t record, const Template& shape,
                                 const MessageFacts& message, Domain& domain);

}  // namespace argus
