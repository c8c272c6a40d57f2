#include "argus/report_form.h"

#include <cmath>
#include <utility>

#include "base/text.h"
#include "flow/column.h"
#include "flow/merge.h"

namespace argus {

namespace {

double percent_of(std::uint64_t part, std::uint64_t whole) {
  return 100 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

ReportForm::ReportForm(OutputOptions::Form form, TextOptions text)
    : form_(form),
      text_(std::move(text)),
      exact_(form_ != OutputOptions::Form::table),
      style_(exact_ ? exact_style(text_.style) : text_.style) {}

void ReportForm::append(const Report& report, std::string& out) const {
  if (form_ == OutputOptions::Form::json) append_json_lines(report, out);
  else if (says_what()) append_separated(report, text_.separator.empty() ? "," : text_.separator, heading(), out);
  else append_table(report, heading(), out);
}

ReportCell ReportForm::word(std::string_view text) {
  ReportCell out{std::string(text), {}};
  append_json_string(text, out.json);
  return out;
}

ReportCell ReportForm::number(std::uint64_t value) const {
  ReportCell out;
  if (style_.human) append_human(static_cast<double>(value), out.text);
  else out.text = fmt::format("{}", value);
  out.json = fmt::format("{}", value);
  return out;
}

ReportCell ReportForm::real(double value) const {
  ReportCell out;
  out.json = fmt::format("{:.{}f}", value, says_what() ? 4 : 1);
  if (style_.human) append_human(value, out.text);
  else out.text = out.json;
  return out;
}

ReportCell ReportForm::value(const FieldPrinter& printer, Field field, std::size_t row) const {
  ReportCell out;
  printer.append(row, out.text);
  if (printer.has(row)) printer.append_json(row, out.json);
  if (text_.guarded && info(field).format == Format::text) guard_formula(0, out.text);
  return out;
}

ReportCell ReportForm::change(std::uint64_t before, std::uint64_t after) const {
  if (before == after) return {"0", "0"};
  const ReportCell distance = number(before < after ? after - before : before - after);
  if (before < after) return {(says_what() ? "" : "+") + distance.text, distance.json};
  return {'-' + distance.text, '-' + distance.json};
}

ReportCell ReportForm::percent(double value, bool always_signed) const {
  const int digits = says_what() ? 4 : 1;
  if (std::abs(value) < 0.5 * std::pow(10.0, -digits)) value = 0;  // which has no sign
  const std::string exact = fmt::format("{:.{}f}", value, digits);
  return {always_signed && !says_what() ? fmt::format("{:+.{}f}", value, digits) : exact, exact};
}

KeyColumns::KeyColumns(std::vector<Field> keys, const ReportForm& form) : form_(form), keys_(std::move(keys)) {
  for (const Field key : keys_) printers_.emplace_back(key, form_.style());
}

FieldSet KeyColumns::beside() const {
  FieldSet out;
  for (const FieldPrinter& printer : printers_) out |= printer.also_reads();
  return out;
}

void KeyColumns::add_headings(std::vector<ReportColumn>& out) const {
  if (form_.says_what()) out.push_back({"row", false});
  std::string zone = form_.zone();
  for (const Field key : keys_) out.push_back({table_heading(key, zone), aligns_right(key)});
}

void KeyColumns::start(const Batch& keys, NameLookup* names) {
  FieldSet fields;
  for (const Field key : keys_) fields.add(key);
  if (names != nullptr) names->look_up(keys, fields, NameLookup::Waits::run);
  for (FieldPrinter& printer : printers_) printer.start(keys);
}

void KeyColumns::add_group(std::size_t row, std::vector<ReportCell>& out) const {
  if (form_.says_what()) out.push_back(ReportForm::word("group"));
  for (std::size_t i = 0; i < keys_.size(); i++) out.push_back(form_.value(printers_[i], keys_[i], row));
}

void KeyColumns::add_sum(std::string_view what, std::vector<ReportCell>& out) const {
  const std::size_t first = out.size();
  out.resize(first + keys_.size() + (form_.says_what() ? 1 : 0));
  if (out.size() != first) out[first] = ReportForm::word(what);
}

namespace {

const std::vector<std::string>& usual_key() {
  static const std::vector<std::string> words = {"proto", "dport"};
  return words;
}

}  // namespace

Result<KeyWords> compared_key(const std::vector<std::string>& words, bool rmon) {
  auto key = parse_keys(words.empty() ? usual_key() : words);
  if (!key) return while_doing("-m", std::move(key.error()));
  if (key->none) return fail(Errc::usage, "-m: 'none' makes no groups that could be compared");
  key->rmon |= rmon;
  return key;
}

std::string compared_key_text(const std::vector<std::string>& words) {
  return joined(words.empty() ? usual_key() : words, " ");
}

bool counts_values(Field field) {
  const auto all = distinct_fields();
  return std::any_of(all.begin(), all.end(), [field](const DistinctField& one) { return one.made == field; });
}

Result<Field> counter_named(std::string_view word) {
  const auto field = find_field(word);
  if (!field) return no_field(word);
  if (counts_values(*field))
    return fail(Errc::usage,
                "'{0}' cannot be added up; cluster counts different values: argus cluster -m KEY --top 5 {0}",
                escaped(word));
  if (!adds_up(*field))
    return fail(Errc::usage, "'{}' cannot be added up; use a counter: bytes, pkts, trans, sbytes, loss", escaped(word));
  return *field;
}

ShareReport::ShareReport(const ReportForm& form, std::vector<Field> columns, bool shares)
    : form_(form), columns_(std::move(columns)), shares_(shares) {
  says_what_ = form_.says_what() || columns_.empty() || (shares_ && adds_up(columns_.front()));
  if (says_what_) report_.columns.push_back({"row", false});
  std::string zone = form_.zone();
  for (const Field field : columns_) {
    report_.columns.push_back({table_heading(field, zone), aligns_right(field)});
    if (shares_ && adds_up(field))
      report_.columns.push_back({form_.says_what() ? fmt::format("{}_percent", info(field).name) : "%", true});
    printers_.emplace_back(field, form_.style());
  }
}

void ShareReport::add(std::string_view what, bool named, const Batch& rows, const Batch& whole) {
  for (FieldPrinter& printer : printers_) printer.start(rows);
  std::vector<Column> parts, wholes;
  for (const Field field : columns_) {
    const bool shared = shares_ && adds_up(field);
    parts.push_back(shared ? column_of(rows, field) : Column());
    wholes.push_back(shared && whole.rows() != 0 ? column_of(whole, field) : Column());
  }
  for (std::size_t row = 0; row < rows.rows(); row++) {
    std::vector<ReportCell>& cells = report_.rows.emplace_back();
    if (says_what_) cells.push_back(ReportForm::word(what));
    for (std::size_t i = 0; i < columns_.size(); i++) {
      cells.push_back(form_.value(printers_[i], columns_[i], row));
      if (i == 0 && named && !says_what_) cells.back() = ReportForm::word(what);
      if (!shares_ || !adds_up(columns_[i])) continue;
      const std::size_t of = whole.rows() == 1 ? 0 : row;
      const bool known = parts[i].has(row) && wholes[i].has(of) && wholes[i].at<std::uint64_t>(of) != 0;
      cells.push_back(known
                          ? form_.percent(percent_of(parts[i].at<std::uint64_t>(row), wholes[i].at<std::uint64_t>(of)))
                          : ReportCell());
    }
  }
}

}  // namespace argus
