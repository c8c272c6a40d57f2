#include "argus/ledger_report.h"

#include <algorithm>
#include <map>

#include "base/log.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "draw/scale.h"
#include "flow/ledger_lost.h"
#include "shell/io.h"

namespace argus {

namespace {

std::map<LedgerItem, std::uint64_t> totals_of(const Journal& journal) {
  std::map<LedgerItem, std::uint64_t> out;
  for (const LedgerEntry& entry : journal.entries()) {
    std::uint64_t& total = out[entry.item];
    total += std::min(entry.count, UINT64_MAX - total);
  }
  return out;
}

// "north 12, south 1"; of one sensor its name alone.
std::string sensors_of(const Journal& journal, LedgerItem item) {
  std::vector<const LedgerEntry*> named;
  for (const LedgerEntry& entry : journal.entries())
    if (entry.item == item && !entry.sensor.empty()) named.push_back(&entry);
  if (named.size() == 1) return escaped(named[0]->sensor);
  std::string out;
  for (const LedgerEntry* entry : named)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", escaped(entry->sensor), entry->count);
  return out;
}

// Of a code that this build does not know, its number.
std::string name_of(LedgerItem item) {
  const std::string_view name = ledger_name(item);
  return name.empty() ? fmt::format("code_{}", static_cast<unsigned>(item)) : std::string(name);
}

void append_instant(std::string_view key, Nanos time, std::string& out) {
  out += fmt::format(",\"{}\":\"", key);
  append_time(time, {TimeStyle::Form::rfc3339, 9, {}}, out);
  out += '"';
}

void append_entry(const LedgerEntry& entry, std::string& out) {
  out += fmt::format("{{\"item\":\"{}\",\"count\":{}", name_of(entry.item), entry.count);
  if (!entry.sensor.empty()) {
    out += ",\"sensor\":";
    append_json_string(entry.sensor, out);
  }
  if (entry.begin != 0 || entry.end != 0) {
    append_instant("begin", entry.begin, out);
    append_instant("end", entry.end, out);
  }
  out += '}';
}

// Each sensor by its name: time without one of them adds up to nothing.
void report_silence(const Journal& journal) {
  for (const LedgerEntry& entry : journal.entries()) {
    if (entry.item != LedgerItem::sensor_silent) continue;
    const std::string sensor = entry.sensor.empty() ? "" : escaped(entry.sensor) + ": ";
    log_warning(sensor + ledger_text(entry.item, entry.count));
  }
}

// What the source has told as a problem with its place.
bool is_problem(LedgerItem item) {
  switch (item) {
    case LedgerItem::capture_cut:
    case LedgerItem::records_lost:
    case LedgerItem::bytes_skipped:
    case LedgerItem::frames_damaged:
    case LedgerItem::records_late: return true;
    default: return false;
  }
}

// Whoever asks for an hour takes sums of ten minutes for its sums, and silence for a sensor that saw nothing.
void report_span(const Journal& journal, TimeSpan asked) {
  constexpr Nanos kLeast = kSecond;
  TimeSpan told{INT64_MAX, INT64_MIN};
  for (const LedgerEntry& entry : journal.entries()) {
    if (is_loss(entry.item) || (entry.begin == 0 && entry.end == 0)) continue;
    told = {std::min(told.begin, entry.begin), std::max(told.end, entry.end)};
  }
  if (told.begin > told.end) return;
  log_note("all of this is of " + range_text(told.begin, told.end));
  std::vector<std::string> untold;
  if (asked.begin != INT64_MIN && asked.begin < told.begin - kLeast)
    untold.push_back(range_text(asked.begin, told.begin));
  if (asked.end != INT64_MAX && asked.end > told.end + kLeast) untold.push_back(range_text(told.end, asked.end));
  if (!untold.empty())
    log_warning("nothing is known of " + joined(untold, " and of ") + ": whether a sensor was at work, no entry says");
}

}  // namespace

void report_losses(const Journal& journal) {
  for (const auto& [item, count] : totals_of(journal)) {
    if (!is_loss(item) || is_problem(item)) continue;
    if (item == LedgerItem::sensor_silent) report_silence(journal);
    else log_warning(ledger_text(item, count));
  }
}

void report_ledger(const Journal& journal, TimeSpan asked) {
  for (const auto& [item, count] : totals_of(journal)) {
    std::string line = ledger_text(item, count);
    if (line.empty()) continue;
    if (const std::string sensors = sensors_of(journal, item); !sensors.empty()) line += fmt::format(" ({})", sensors);
    is_loss(item) ? log_warning(line) : log_note(line);
  }
  if (journal.empty()) log_note("the ledger has no entry for these records");
  report_span(journal, asked);
}

std::string ledger_json(const Pumped& done) {
  std::string out = fmt::format("{{\"type\":\"ledger\",\"rows\":{}", done.rows);
  for (const auto& [item, count] : totals_of(done.journal)) out += fmt::format(",\"{}\":{}", name_of(item), count);
  std::string_view between = "";
  out += ",\"entries\":[";
  for (const LedgerEntry& entry : done.journal.entries()) {
    out += std::exchange(between, ",");
    append_entry(entry, out);
  }
  between = "";
  out += "],\"troubles\":[";
  for (const Error& problem : done.problems) {
    out += std::exchange(between, ",");
    out += fmt::format("{{\"status\":{},\"text\":", static_cast<int>(exit_status(problem.code)));
    append_json_string(whole_text(problem), out);
    out += '}';
  }
  return out + "]}\n";
}

bool has_loss(const Journal& journal) {
  return std::any_of(journal.entries().begin(), journal.entries().end(),
                     [](const LedgerEntry& entry) { return is_lost(entry.item); });
}

}  // namespace argus
