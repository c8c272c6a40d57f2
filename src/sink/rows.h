// What the text sinks share: resolved columns, their printers, and lines that are written in large pieces.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/sink.h"
#include "sink/state_look.h"
#include "sink/text.h"
#include "sink/value_format.h"

namespace argus {

// The rows of one batch, a value at a time. Of the batch it needs nothing that may go.
class RowPrinter {
 public:
  // `columns` outlives it.
  RowPrinter(const std::vector<FieldPrinter>& printers, const std::vector<ColumnSpec>& columns,
             const StatePrinter& state, const Batch& batch);
  [[nodiscard]] const FieldPrinter& column(std::size_t column) const { return printers_[column]; }
  void append(std::size_t column, std::size_t row, std::string& out) const {
    const std::size_t start = out.size();
    const ColumnSpec& spec = columns_[column];
    if (spec.field != Field::state || !state_.append(row, out)) printers_[column].append(row, out);
    if (!spec.format.empty()) format_value(spec.format, start, out);
  }

 private:
  std::vector<FieldPrinter> printers_;
  const std::vector<ColumnSpec>& columns_;
  StatePrinter state_;
};

class RowText {
 public:
  // `columns` were checked before; an unknown word (a key of a newer program in a stream's defaults) is passed over.
  RowText(const TextOptions& options, const TextStyle& style);

  [[nodiscard]] const std::vector<ColumnSpec>& columns() const { return columns_; }
  [[nodiscard]] FieldSet fields() const;
  [[nodiscard]] RowPrinter of(const Batch& batch) const { return {printers_, columns_, state_, batch}; }

 private:
  std::vector<ColumnSpec> columns_;  // formats of times are their printers'
  std::vector<FieldPrinter> printers_;
  StatePrinter state_;
};

// Lines on their way out, written in large pieces, with a heading between them where that is asked for.
class TextLines {
 public:
  // `heading_every`: lines after which the heading comes again; 0 or less: never.
  TextLines(File& out, int heading_every) : out_(out), heading_every_(heading_every) {}
  // Of so many rows, `append_row(row, text)` adding one's line to a text.
  template <class AppendRow>
  [[nodiscard]] Result<> encode(std::size_t rows, const TakeEncoded& take, const AppendRow& append_row) const {
    Encoded piece;
    for (std::size_t row = 0; row < rows; row++) {
      if (piece.text.empty()) piece.text.reserve(kPiece + kLine);
      append_row(row, piece.text);
      if (heading_every_ > 0) piece.line_ends.push_back(piece.text.size());
      if (piece.text.size() >= kPiece || row + 1 == rows) ARGUS_TRY(take(std::exchange(piece, {})));
    }
    return {};
  }
  void head(std::string heading);
  // Writes when enough has gathered.
  [[nodiscard]] Result<> append(Encoded lines);
  [[nodiscard]] Result<> flush();

 private:
  static constexpr std::size_t kPiece = 64 * 1024, kLine = 1024;  // bytes; a line may be longer
  File& out_;
  int heading_every_;
  std::string heading_, text_;
  std::uint64_t headed_after_ = 0;  // lines since the heading
};

// Values with options.separator between, quoted where they must be; what csv_sink and -c make.
[[nodiscard]] SinkPtr separated_sink(File& out, const TextOptions& options, const TextStyle& style);

}  // namespace argus
