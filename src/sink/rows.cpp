#include "sink/rows.h"

#include "base/time.h"
#include "flow/field.h"

namespace argus {

RowText::RowText(const TextOptions& options, const TextStyle& style) {
  auto columns = parse_columns(options.column_words, options.defaults.empty() ? default_columns() : options.defaults);
  if (!columns) columns = parse_columns({}, default_columns());
  columns_ = *std::move(columns);
  for (const ColumnSpec& column : columns_) printers_.emplace_back(column.field, style);
}

FieldSet RowText::fields() const {
  FieldSet out = fields_of(columns_);
  for (const FieldPrinter& printer : printers_) out |= printer.also_reads();
  return out;
}

void RowText::start(const Batch& batch) {
  for (FieldPrinter& printer : printers_) printer.start(batch);
}

Result<> TextBuffer::flush() {
  const std::string piece = std::exchange(text_, {});
  auto done = out_.write(piece);
  text_.reserve(kPiece + 4096);
  return done;
}

TextStyle exact_style(const TextStyle& style) {
  TextStyle out;
  out.names = style.names == Names::none ? Names::none : Names::proto;
  out.digits = 9;
  out.time.digits = 9;
  out.time.form = style.time.form == TimeStyle::Form::epoch ? TimeStyle::Form::epoch : TimeStyle::Form::rfc3339;
  return out;
}

}  // namespace argus
