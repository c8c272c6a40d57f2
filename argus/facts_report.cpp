#include "argus/facts_report.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/count_text.h"
#include "base/text.h"
#include "codec/frame.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/ledger.h"
#include "flow/ledger_lost.h"
#include "shell/io.h"
#include "sink/report.h"

namespace argus {

namespace {

constexpr std::string_view kOrderNames[] = {"unknown", "by_frames", "sorted", "unsorted"};
constexpr std::string_view kOrderTexts[] = {
    "not known: the directories of its frames do not tell times",
    "frames follow each other by stime; records inside of them are not looked at", "sorted by stime",
    "not sorted by stime"};
constexpr std::string_view kEndingNames[] = {"closed", "growing", "open"};
constexpr std::string_view kEndingTexts[] = {"complete: its writer closed it", "it is still being written",
                                             "not closed: its writer was stopped, or the file was cut"};

std::string number(std::uint64_t value, const FactsLook& look) {
  if (!look.human) return fmt::format("{}", value);
  std::string out;
  append_human(static_cast<double>(value), out);
  return out;
}

double share(std::uint64_t part, std::uint64_t all) {
  return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
}

std::string field_name(std::uint16_t wire) {
  const auto field = field_of_wire(wire);
  return field ? std::string(info(*field).name) : fmt::format("field {}", wire);
}

// A line below a file's name.
void add_line(std::string_view what, std::string_view text, std::string& out) {
  out += fmt::format("  {:<8} {}\n", what, text);
}

std::string times_text(const TimesRead& times, const FactsLook& look) {
  std::string out;
  append_time(times.first, look.time, out);
  out += " to ";
  append_time(times.last, look.time, out);
  if (!look.zone.empty()) out += fmt::format(" ({})", look.zone);
  out += ", ";
  append_seconds(times.last - times.first, look.time.digits, out);
  return out + " s";
}

std::string sensors_text(const FlowFacts& flows) {
  std::vector<std::string> names;
  for (const std::string& sensor : flows.sensors) names.push_back(escaped(sensor));
  std::string out = names.empty() ? "not named" : joined(names, ", ");
  if (flows.mixed != 0)
    out += fmt::format("; {} of several, argus count -m srcid tells them", count_text(flows.mixed, "frame"));
  return out;
}

std::string loss_text(const Journal& ledger) {
  if (ledger.empty()) return "not told: it has no ledger";
  std::map<LedgerItem, std::uint64_t> lost;
  for (const LedgerEntry& entry : ledger.entries())
    if (is_lost(entry.item)) lost[entry.item] += std::min(entry.count, UINT64_MAX - lost[entry.item]);
  std::string out;
  for (const auto& [item, count] : lost) out += (out.empty() ? "" : ", ") + ledger_text(item, count);
  return out.empty() ? "none recorded" : out;
}

std::uint64_t total_of(const Journal& ledger, LedgerItem item) {
  std::uint64_t out = 0;
  for (const LedgerEntry& entry : ledger.entries())
    if (entry.item == item) out += std::min(entry.count, UINT64_MAX - out);
  return out;
}

std::string damage_text(const DamageLog::Lost& lost) {
  if (lost.records == 0 && lost.frames == 0 && lost.bytes == 0)
    return "none in heads and directories; argus check reads everything";
  std::vector<std::string> parts;
  const auto add = [&](std::uint64_t count, std::string_view noun, std::string_view what) {
    if (count != 0) parts.push_back(fmt::format("{} {}", count_text(count, noun), what));
  };
  add(lost.records, "record", "lost");
  add(lost.frames, "frame", "damaged");
  add(lost.bytes, "byte", "skipped");
  return joined(parts, ", ");
}

std::string size_text(const InputFacts& facts, const FactsLook& look) {
  std::string out = number(facts.bytes, look) + " bytes";
  if (facts.records != 0) out += fmt::format(", {:.1f} a record", share(facts.bytes, facts.records));
  if (facts.compressed && facts.records != 0)
    out += fmt::format("; compressed as a whole, from {}", number(facts.unpacked, look));
  else if (facts.compressed) out += ", compressed";
  return out;
}

std::string frames_text(const FlowFacts& flows) {
  std::string out = fmt::format("{} with records", flows.row_frames);
  if (flows.row_frames != 0) out += fmt::format(", up to {} in one", flows.rows_most);
  if (flows.streams > 1) out += fmt::format("; {} one behind the other", count_text(flows.streams, "stream"));
  return out;
}

void append_member(std::string_view key, std::uint64_t value, std::string& out) {
  out += fmt::format(",\"{}\":{}", key, value);
}
void append_member(std::string_view key, std::string_view value, std::string& out) {
  out += fmt::format(",\"{}\":", key);
  append_json_string(value, out);
}
void append_time_member(std::string_view key, Nanos time, std::string& out) {
  std::string text;
  append_time(time, {TimeStyle::Form::rfc3339, 9, {}}, text);
  append_member(key, text, out);
  out += fmt::format(",\"{}_ns\":{}", key, time);
}
void append_times(const TimesRead& times, std::string& out) {
  if (!times.known()) return;
  append_time_member("first", times.first, out);
  append_time_member("last", times.last, out);
}

template <class Each>
void append_list(std::string_view key, const Each& each, std::string& out) {
  out += fmt::format(",\"{}\":[", key);
  std::string_view between;
  each([&] { out += std::exchange(between, ","); });
  out += ']';
}

void append_sensors(const FlowFacts& flows, std::string& out) {
  append_list(
      "sensors",
      [&](auto&& next) {
        for (const std::string& sensor : flows.sensors) next(), append_json_string(sensor, out);
      },
      out);
}

void append_lost(const DamageLog::Lost& lost, std::string& out) {
  append_member("records_lost", lost.records, out);
  append_member("frames_damaged", lost.frames, out);
  append_member("bytes_skipped", lost.bytes, out);
}

void append_columns(const FlowFacts& flows, std::string& out) {
  append_list(
      "columns",
      [&](auto&& next) {
        for (const auto& [wire, column] : flows.columns) {
          next();
          out += "{\"name\":";
          append_json_string(field_name(wire), out);
          append_member("frames", column.frames, out);
          append_member("records", column.rows, out);
          append_member("constant", column.constant, out);
          append_member("raw", column.raw, out);
          append_member("stored", column.stored, out);
          out += '}';
        }
      },
      out);
  const FrameBytes& bytes = flows.bytes;
  out += fmt::format(",\"rest\":{{\"together\":{},\"directories\":{},\"repair\":{},\"heads\":{},\"others\":{}}}",
                     bytes.together, bytes.directories, bytes.repair, bytes.heads, bytes.others);
}

void append_flows(const InputFacts& facts, std::string& out) {
  const FlowFacts& flows = facts.flows;
  append_member("format", kFormatVersion, out);
  append_member("records", facts.records, out);
  append_times(facts.times, out);
  append_sensors(flows, out);
  append_member("mixed", flows.mixed, out);
  append_member("streams", flows.streams, out);
  append_member("frames", flows.row_frames, out);
  append_member("largest", flows.rows_most, out);
  append_member("order", kOrderNames[static_cast<std::size_t>(flows.order)], out);
  out += fmt::format(",\"live\":{}", flows.live);
  out += ",\"ledger\":{";
  std::map<std::string_view, std::uint64_t> totals;
  for (const LedgerEntry& entry : flows.ledger.entries())
    if (const std::string_view name = ledger_name(entry.item); !name.empty())
      totals[name] = total_of(flows.ledger, entry.item);
  std::string_view between;
  for (const auto& [name, count] : totals) out += fmt::format("{}\"{}\":{}", std::exchange(between, ","), name, count);
  out += '}';
  append_columns(flows, out);
}

void append_troubles(const std::vector<Error>& problems, std::string& out) {
  append_list(
      "troubles",
      [&](auto&& next) {
        for (const Error& problem : problems) {
          next();
          out += fmt::format("{{\"status\":{}", static_cast<int>(exit_status(problem.code)));
          append_member("text", whole_text(problem), out);
          out += '}';
        }
      },
      out);
}

// Of records that another program wrote.
std::string foreign_text(const InputFacts& facts, const FactsLook& look) {
  std::string out;
  add_line("kind", facts.foreign.form, out);
  add_line("records", number(facts.records, look), out);
  if (facts.times.known()) add_line("time", times_text(facts.times, look), out);
  add_line("sensors", sensors_text(facts.flows), out);
  add_line("size", size_text(facts, look), out);
  if (!facts.flows.ledger.empty()) add_line("loss", loss_text(facts.flows.ledger), out);
  add_line("left out", facts.foreign.unheld.empty() ? "nothing: fields hold all of it" : facts.foreign.unheld, out);
  if (facts.lost.records != 0) add_line("damage", damage_text(facts.lost), out);
  return out;
}

}  // namespace

std::string facts_text(const InputFacts& facts, const FactsLook& look) {
  std::string out = escaped(facts.name) + '\n';
  if (!facts.capture.form.empty()) {
    add_line("kind", fmt::format("a capture: {}", facts.capture.form), out);
    add_line("size", size_text(facts, look), out);
    add_line("packets", "not counted: argus check counts them, argus count -r makes records of them", out);
    return out;
  }
  if (!facts.foreign.form.empty()) return out + foreign_text(facts, look);
  const FlowFacts& flows = facts.flows;
  add_line("kind", fmt::format("a flow file{}, format {}", flows.live ? " of a sensor" : "", kFormatVersion), out);
  add_line("records", number(facts.records, look), out);
  if (facts.times.known()) add_line("time", times_text(facts.times, look), out);
  else if (flows.row_frames != 0) add_line("time", "not told: its records have none, or in no directory", out);
  add_line("sensors", sensors_text(flows), out);
  add_line("size", size_text(facts, look), out);
  add_line("frames", frames_text(flows), out);
  add_line("order", kOrderTexts[static_cast<std::size_t>(flows.order)], out);
  if (const std::uint64_t received = total_of(flows.ledger, LedgerItem::received); received != 0)
    add_line("packets",
             fmt::format("{} received, {} in flows", number(received, look),
                         number(total_of(flows.ledger, LedgerItem::metered), look)),
             out);
  add_line("loss", loss_text(flows.ledger), out);
  add_line("damage", damage_text(facts.lost), out);
  add_line("end", kEndingTexts[static_cast<std::size_t>(facts.ending)], out);
  return out;
}

std::string columns_text(const FlowFacts& flows, std::uint64_t records, const FactsLook& look) {
  struct Line {
    std::string name;
    std::uint64_t raw, bytes;
  };
  std::vector<Line> lines;
  for (const auto& [wire, column] : flows.columns) lines.push_back({field_name(wire), column.raw, column.stored});
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Line& a, const Line& b) { return std::pair(a.bytes, a.raw) > std::pair(b.bytes, b.raw); });
  const FrameBytes& rest = flows.bytes;
  const std::pair<std::string_view, std::uint64_t> others[] = {{"(columns of small frames)", rest.together},
                                                               {"(directories)", rest.directories},
                                                               {"(repair)", rest.repair},
                                                               {"(heads)", rest.heads},
                                                               {"(other frames)", rest.others}};
  std::uint64_t raw = 0, bytes = 0;
  for (const Line& line : lines) raw += line.raw, bytes += line.bytes;
  for (const auto& [name, size] : others)
    if (bytes += size; size != 0) lines.push_back({std::string(name), 0, size});
  lines.push_back({"total", raw, bytes});
  Report report{{{"column", false}, {"raw"}, {"bytes"}, {"%"}, {"a record"}}, {}};
  const auto cell = [](std::string text) { return ReportCell{std::move(text), {}}; };
  for (const Line& line : lines)
    report.rows.push_back({cell(line.name), cell(line.raw == 0 ? "" : number(line.raw, look)),
                           cell(number(line.bytes, look)), cell(fmt::format("{:.1f}", 100 * share(line.bytes, bytes))),
                           cell(records == 0 ? "" : fmt::format("{:.2f}", share(line.bytes, records)))});
  std::string out;
  append_table(report, true, out);
  return out;
}

std::string facts_json(const InputFacts& facts) {
  std::string out = "{\"type\":\"file\"";
  append_member("name", facts.name, out);
  append_member("kind", facts.kind, out);
  append_member("bytes", facts.bytes, out);
  out += fmt::format(",\"compressed\":{}", facts.compressed);
  if (!facts.capture.form.empty()) {
    append_member("form", facts.capture.form, out);
    return out + '}';
  }
  if (!facts.foreign.form.empty()) {
    append_member("form", facts.foreign.form, out);
    append_member("records", facts.records, out);
    append_times(facts.times, out);
    append_sensors(facts.flows, out);
    append_member("left_out", facts.foreign.unheld, out);
    append_lost(facts.lost, out);
    append_troubles(facts.problems, out);
    return out + '}';
  }
  append_member("unpacked", facts.unpacked, out);
  append_member("end", kEndingNames[static_cast<std::size_t>(facts.ending)], out);
  append_lost(facts.lost, out);
  append_flows(facts, out);
  append_troubles(facts.problems, out);
  return out + '}';
}

std::string verdict_json(const InputFacts& facts, std::string_view verdict) {
  std::string out = "{\"type\":\"file\"";
  append_member("name", facts.name, out);
  append_member("verdict", verdict, out);
  append_member("kind", facts.kind, out);
  append_member("bytes", facts.bytes, out);
  if (!facts.capture.form.empty()) {
    append_member("packets", facts.packets, out);
  } else if (!facts.foreign.form.empty()) {
    append_member("records", facts.records, out);
    append_lost(facts.lost, out);
  } else {
    append_member("records", facts.records, out);
    append_member("frames", facts.flows.row_frames, out);
    append_member("order", kOrderNames[static_cast<std::size_t>(facts.flows.order)], out);
    append_member("end", kEndingNames[static_cast<std::size_t>(facts.ending)], out);
    append_lost(facts.lost, out);
  }
  append_troubles(facts.problems, out);
  return out + '}';
}

std::string verdict_json(const std::string& name, std::string_view verdict, const Error& why) {
  std::string out = "{\"type\":\"file\"";
  append_member("name", name, out);
  append_member("verdict", verdict, out);
  append_troubles({why}, out);
  return out + '}';
}

void FactsTotal::add(const InputFacts& facts) {
  files++;
  bytes += facts.bytes;
  records += facts.records;
  if (facts.times.known()) times.widen(facts.times.first, facts.times.last);
  lost.records += facts.lost.records, lost.bytes += facts.lost.bytes, lost.frames += facts.lost.frames;
  flows.row_frames += facts.flows.row_frames;
  flows.mixed += facts.flows.mixed;
  flows.sensors.insert(facts.flows.sensors.begin(), facts.flows.sensors.end());
  for (const auto& [wire, column] : facts.flows.columns) {
    ColumnFacts& all = flows.columns[wire];
    all.frames += column.frames, all.rows += column.rows, all.constant += column.constant;
    all.raw += column.raw, all.stored += column.stored;
  }
  FrameBytes& all = flows.bytes;
  const FrameBytes& own = facts.flows.bytes;
  all.heads += own.heads, all.directories += own.directories, all.repair += own.repair;
  all.together += own.together, all.others += own.others;
}

std::string total_text(const FactsTotal& total, const FactsLook& look) {
  std::string out = count_text(total.files, "file") + '\n';
  add_line("records", number(total.records, look), out);
  if (total.times.known()) add_line("time", times_text(total.times, look), out);
  add_line("sensors", sensors_text(total.flows), out);
  std::string size = number(total.bytes, look) + " bytes";
  if (total.records != 0) size += fmt::format(", {:.1f} a record", share(total.bytes, total.records));
  add_line("size", size, out);
  const DamageLog::Lost& lost = total.lost;
  if (lost.records != 0 || lost.frames != 0 || lost.bytes != 0) add_line("damage", damage_text(lost), out);
  return out;
}

std::string total_json(const FactsTotal& total) {
  std::string out = "{\"type\":\"total\"";
  append_member("files", total.files, out);
  append_member("bytes", total.bytes, out);
  append_member("records", total.records, out);
  append_times(total.times, out);
  append_sensors(total.flows, out);
  append_member("frames", total.flows.row_frames, out);
  append_lost(total.lost, out);
  append_columns(total.flows, out);
  return out + '}';
}

}  // namespace argus
