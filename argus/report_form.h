// How commands print reports of their own, which are not records: in the form that was asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "argus/name_lookup.h"
#include "argus/output_options.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/format.h"
#include "query/key.h"
#include "sink/report.h"
#include "sink/text.h"

namespace argus {

// The form of a report, and cells that suit it.
class ReportForm {
 public:
  ReportForm(OutputOptions::Form form, TextOptions text);

  // Programs read it (CSV, JSON): values are exact.
  [[nodiscard]] bool exact() const { return exact_; }
  // The same, or text with a separator: a column says what each line is.
  [[nodiscard]] bool says_what() const { return exact_ || !text_.separator.empty(); }
  // An aligned table, which may have other tables below it.
  [[nodiscard]] bool is_table() const { return !says_what(); }
  [[nodiscard]] bool heading() const { return text_.header_every >= 0; }
  [[nodiscard]] const TextStyle& style() const { return style_; }
  // What a time's heading says of its zone.
  [[nodiscard]] std::string zone() const { return says_what() ? std::string() : text_.zone; }
  void append(const Report& report, std::string& out) const;

  [[nodiscard]] static ReportCell word(std::string_view text);
  // Exact, or 2.31M where people want that.
  [[nodiscard]] ReportCell number(std::uint64_t value) const;
  // A mean and the like: with one digit behind the point for people, else with four.
  [[nodiscard]] ReportCell real(double value) const;
  // Where it was started (FieldPrinter); empty where the row has no value.
  [[nodiscard]] ReportCell value(const FieldPrinter& printer, Field field, std::size_t row) const;
  // From one number to another: "+120", "-3", "0"; for programs without a plus.
  [[nodiscard]] ReportCell change(std::uint64_t before, std::uint64_t after) const;
  // With one digit behind the point for people, else with four. `always_signed`: "+3.2" for people.
  [[nodiscard]] ReportCell percent(double value, bool always_signed = false) const;

 private:
  OutputOptions::Form form_;
  TextOptions text_;
  bool exact_;
  TextStyle style_;
};

// The columns of groups in a report: what each line is, where the form says so, then its key.
class KeyColumns {
 public:
  KeyColumns(std::vector<Field> keys, const ReportForm& form);  // `form` must outlive it

  [[nodiscard]] FieldSet beside() const;  // fields that the text of the keys reads, too
  void add_headings(std::vector<ReportColumn>& out) const;
  // The keys of the lines that follow, and where addresses have names, who looks them up; or null.
  void start(const Batch& keys, NameLookup* names);
  void add_group(std::size_t row, std::vector<ReportCell>& out) const;
  // A line of sums; people see `what` in the place of the first key.
  void add_sum(std::string_view what, std::vector<ReportCell>& out) const;

 private:
  const ReportForm& form_;
  std::vector<Field> keys_;
  std::vector<FieldPrinter> printers_;
};

// "-m": the keys by which two times or files are compared, and what they are if none are given. Usage errors.
[[nodiscard]] Result<KeyWords> compared_key(const std::vector<std::string>& words, bool rmon);
[[nodiscard]] std::string compared_key_text(const std::vector<std::string>& words);

// The field of this name, which must be a counter; usage error otherwise.
[[nodiscard]] Result<Field> counter_named(std::string_view word);

// Rows of groups and of sums, with the share of each counter in a whole behind it.
class ShareReport {
 public:
  // Of the columns, those that add up have shares, where `shares` is set; `form` must outlive it.
  ShareReport(const ReportForm& form, std::vector<Field> columns, bool shares);

  // Lines that stand together. Programs see `what` in a column of its own; with `named`, people see it in the place of
  // the first column. `whole`: what shares are of, one row for all lines or one for each.
  void add(std::string_view what, bool named, const Batch& rows, const Batch& whole);
  [[nodiscard]] const Report& report() const { return report_; }

 private:
  const ReportForm& form_;
  std::vector<Field> columns_;
  bool shares_, says_what_;
  std::vector<FieldPrinter> printers_;
  Report report_;
};

}  // namespace argus
