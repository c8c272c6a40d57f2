#include "sink/rows.h"

#include <utility>

#include "base/time.h"

namespace argus {

RowText::RowText(const TextOptions& options, const TextStyle& style) : state_(options.state) {
  auto columns = parse_columns(options.column_words, options.defaults.empty() ? default_columns() : options.defaults,
                               options.first_place);
  if (!columns) columns = parse_columns({}, default_columns());
  columns_ = *std::move(columns);
  for (ColumnSpec& column : columns_) {
    TextStyle own = style;
    if (info(column.field).format == Format::time && !column.format.empty()) {
      own.time.form = TimeStyle::Form::strftime;
      own.time.format = std::exchange(column.format, {});
    }
    printers_.emplace_back(column.field, own);
  }
}

FieldSet RowText::fields() const {
  FieldSet out = fields_of(columns_);
  for (const FieldPrinter& printer : printers_) out |= printer.also_reads();
  if (out.has(Field::state)) out |= state_.also_reads();
  return out;
}

RowPrinter::RowPrinter(const std::vector<FieldPrinter>& printers, const std::vector<ColumnSpec>& columns,
                       const StatePrinter& state, const Batch& batch)
    : printers_(printers), columns_(columns), state_(state) {
  state_.start(batch);
  for (FieldPrinter& printer : printers_) printer.start(batch);
}

void TextLines::head(std::string heading) {
  heading_ = std::move(heading);
  text_ += heading_;
  headed_after_ = 0;
}

Result<> TextLines::append(Encoded lines) {
  if (heading_every_ <= 0) {
    if (text_.empty()) text_ = std::move(lines.text);
    else text_ += lines.text;
  }
  std::size_t from = 0;
  for (const std::size_t end : lines.line_ends) {
    if (headed_after_++ == static_cast<std::uint64_t>(heading_every_)) {
      text_ += heading_;
      headed_after_ = 1;
    }
    text_ += std::string_view(lines.text).substr(from, end - from);
    from = end;
  }
  return text_.size() < kPiece ? Result<>() : flush();
}

Result<> TextLines::flush() {
  const std::string piece = std::exchange(text_, {});
  return out_.write(piece);
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
