// Fields under their own names: CSV (RFC 4180) and JSON lines, as `show --csv` and `show --json` write them.
#include "export/columns.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "export/cell.h"
#include "export/lines.h"
#include "export/outlet.h"
#include "flow/batch.h"
#include "flow/format.h"
#include "flow/sink.h"

namespace argus {

std::vector<Field> columns_of(const ExportOptions& options) {
  if (!options.columns.empty()) return options.columns;
  std::vector<Field> out;
  for (const FieldInfo& field : all_fields())
    if (is_stored(field.field)) out.push_back(field.field);
  return out;
}

namespace {

// Puts the value written since `start` in quotes where it needs them.
void quote_from(std::size_t start, std::string& out) {
  if (out.find_first_of(",\"\r\n", start) == std::string::npos) return;
  for (std::size_t at = start; (at = out.find('"', at)) != std::string::npos; at += 2) out.insert(at, 1, '"');
  out.insert(start, 1, '"');
  out += '"';
}

LineFormat csv_lines(const std::vector<Field>& columns) {
  LineFormat out;
  std::vector<ExportCell> cells;
  for (const Field column : columns) {
    if (!out.head.empty()) out.head += ',';
    out.head += info(column).name;
    cells.push_back(word(column));
    out.reads |= cells.back().reads;
  }
  out.head += '\n';
  out.of = [cells = std::move(cells)](const Batch& batch) -> LinePrinter {
    std::vector<CellPrinter> printers;
    for (const ExportCell& cell : cells) printers.push_back(cell.of(batch));
    return [printers = std::move(printers)](std::size_t row, std::string& line) {
      for (const CellPrinter& print : printers) {
        const std::size_t start = line.size();
        if (print(row, line)) quote_from(start, line);
        else if (printers.size() == 1) line += "\"\"";  // a line of nothing would be no row at all
        line += ',';
      }
      line.back() = '\n';
      return true;
    };
  };
  return out;
}

ExportCell json_cell(Field field) {
  if (info(field).format == Format::text) return json_text(field);
  return is_json_number(field) ? number(field) : word(field);
}

}  // namespace

SinkPtr csv_export(OutletPtr out, const ExportOptions& options) {
  return line_sink(std::move(out), csv_lines(columns_of(options)), options);
}

SinkPtr json_export(OutletPtr out, const ExportOptions& options) {
  std::vector<Member> members;
  FieldSet seen;  // a column asked for twice is one key
  for (const Field column : columns_of(options)) {
    if (!seen.has(column)) members.push_back({info(column).name, json_cell(column)});
    seen.add(column);
  }
  return line_sink(std::move(out), json_lines(std::move(members), false), options);
}

}  // namespace argus
