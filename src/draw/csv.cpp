#include <cmath>

#include "base/text.h"
#include "base/time.h"
#include "draw/chart.h"
#include "draw/picture.h"

namespace argus {

namespace {

void append_cell(std::string_view text, std::string& out) {
  const std::string safe = escaped(text);
  if (safe.find_first_of(",\"") == std::string::npos) {
    out += safe;
    return;
  }
  out += '"';
  for (const char c : safe) out += c == '"' ? std::string_view("\"\"") : std::string_view(&c, 1);
  out += '"';
}

void append_value(const Trace& trace, std::size_t bin, bool known, bool down, std::string& out) {
  if (!known) return;
  if (!trace.counts.empty()) {
    if (down && trace.counts[bin] != 0) out += '-';
    return append_number(trace.counts[bin], out);
  }
  const double value = trace.values[bin];
  if (!std::isnan(value)) out += fmt::format("{}", down && value != 0 ? -value : value);
}

}  // namespace

std::string csv_picture(const Chart& chart) {
  std::string out = "stime";
  for (const Series& series : chart.series) {
    out += ',';
    append_cell(series.column, out);
    if (!chart.mirrored) continue;
    out += ',';
    append_cell(series.column_down, out);
  }
  out += '\n';
  TimeStyle style;
  style.form = TimeStyle::Form::rfc3339;
  style.digits = 9;
  for (std::size_t bin = 0; bin < chart.bins.size(); bin++) {
    append_time(chart.bins[bin].begin, style, out);
    const bool known = (chart.states[bin] & kBinGap) == 0;
    for (const Series& series : chart.series) {
      out += ',';
      append_value(series.up, bin, known, false, out);
      if (!chart.mirrored) continue;
      out += ',';
      append_value(series.down, bin, known, true, out);
    }
    out += '\n';
  }
  return out;
}

}  // namespace argus
