#include "clickhouse/table.h"

#include <algorithm>

#include "base/text.h"

namespace argus {

FieldSet TableColumns::lacking() const {
  FieldSet out;
  for (const Field field : FieldSet::all_stored().list())
    if (!fields.has(field)) out.add(field);
  return out;
}

Result<TableColumns> table_columns(ClickHouseShard& server, const std::string& table) {
  TableColumns out;
  out.types = &dialects().front();
  ARGUS_TRY_LET(const std::string text,
                server.ask(fmt::format("SELECT name, type FROM system.columns WHERE database = currentDatabase() AND "
                                       "table = '{}' FORMAT TabSeparated",
                                       table)));
  for (const std::string_view line : split_words(text, "\n")) {
    out.there = true;
    const std::string_view name = line.substr(0, line.find('\t'));
    const auto field = find_field(name);
    if (!field || !is_stored(*field) || info(*field).name != name) continue;
    out.fields.add(*field);
    for (const Dialect& dialect : dialects())
      if (*field == Field::saddr && line.find(dialect.address) != std::string_view::npos) out.types = &dialect;
  }
  return out;
}

std::uint16_t last_field_of(const TableColumns& columns) {
  std::uint16_t out = 0;
  for (const Field field : columns.fields.list()) out = std::max(out, info(field).wire);
  return out;
}

}  // namespace argus
