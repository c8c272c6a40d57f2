// Small tables that are not records: totals, shares. The same looks as records have as text.
#pragma once

#include <string>
#include <vector>

namespace argus {

struct ReportColumn {
  std::string name;
  bool right = true;  // aligned so in a table
};
struct ReportCell {
  std::string text;  // safe to print
  std::string json;  // the value as JSON; empty: there is none
};
struct Report {
  std::vector<ReportColumn> columns;
  std::vector<std::vector<ReportCell>> rows;  // each as long as `columns`
};

// Aligned, two blanks between columns, no line ends in blanks.
void append_table(const Report& report, bool heading, std::string& out);
// Values with a separator between, in quotes where they need them.
void append_separated(const Report& report, const std::string& separator, bool heading, std::string& out);
// An object a line, without the keys of which there is no value.
void append_json_lines(const Report& report, std::string& out);

}  // namespace argus
