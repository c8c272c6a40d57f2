// Exported records as lines: what a format prints, and the sink that sends it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "export/cell.h"
#include "export/formats.h"
#include "export/outlet.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/sink.h"

namespace argus {

// Appends the line of a row with its end; false where the format has none for it.
using LinePrinter = std::function<bool(std::size_t row, std::string& out)>;

struct LineFormat {
  FieldSet reads;
  std::string head;  // lines before the first record, which each reader needs
  std::function<LinePrinter(const Batch&)> of;
  std::string left_out = {};  // why a record has no line: "have no IP addresses, which conn.log needs"
};

// A name and its value, in the order of the output.
struct Member {
  std::string_view name;
  ExportCell cell;
};
// A JSON object a line. Dots in names make objects in it, where `nested`; those of one object stand together.
[[nodiscard]] LineFormat json_lines(std::vector<Member> members, bool nested);

[[nodiscard]] SinkPtr line_sink(OutletPtr out, LineFormat format, const ExportOptions& options);

}  // namespace argus
