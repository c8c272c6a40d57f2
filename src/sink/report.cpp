#include "sink/report.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace argus {

namespace {

void append_padded(std::string_view text, std::size_t width, bool right, std::string& out) {
  const std::size_t missing = width - std::min(width, screen_width(text));
  if (right) out.append(missing, ' ');
  out += text;
  if (!right) out.append(missing, ' ');
}

void append_quoted(std::string_view text, const std::string& separator, std::string& out) {
  if (text.find_first_of(separator + "\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace

void append_table(const Report& report, bool heading, std::string& out) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < report.columns.size(); i++) {
    std::size_t width = screen_width(report.columns[i].name);
    for (const auto& row : report.rows) width = std::max(width, screen_width(row[i].text));
    widths.push_back(width);
  }
  const auto line = [&](auto&& text_of) {
    for (std::size_t i = 0; i < widths.size(); i++) {
      if (i != 0) out += "  ";
      append_padded(text_of(i), widths[i], report.columns[i].right, out);
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    out += '\n';
  };
  if (heading) line([&](std::size_t i) { return std::string_view(report.columns[i].name); });
  for (const auto& row : report.rows) line([&](std::size_t i) { return std::string_view(row[i].text); });
}

void append_separated(const Report& report, const std::string& separator, bool heading, std::string& out) {
  const auto line = [&](auto&& text_of) {
    for (std::size_t i = 0; i < report.columns.size(); i++) {
      if (i != 0) out += separator;
      append_quoted(text_of(i), separator, out);
    }
    out += '\n';
  };
  if (heading) line([&](std::size_t i) { return std::string_view(report.columns[i].name); });
  for (const auto& row : report.rows) line([&](std::size_t i) { return std::string_view(row[i].text); });
}

void append_json_lines(const Report& report, std::string& out) {
  for (const auto& row : report.rows) {
    out += '{';
    bool first = true;
    for (std::size_t i = 0; i < row.size(); i++) {
      if (row[i].json.empty()) continue;
      if (!first) out += ',';
      first = false;
      append_json_string(report.columns[i].name, out);
      out += ':';
      out += row[i].json;
    }
    out += "}\n";
  }
}

}  // namespace argus
