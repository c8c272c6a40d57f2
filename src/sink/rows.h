// What the text sinks share: resolved columns, their printers, and an output buffer that is written in large pieces.
#pragma once

#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/sink.h"
#include "sink/text.h"

namespace argus {

class RowText {
 public:
  // `columns` were checked before; an unknown word (a key of a newer program in a stream's defaults) is passed over.
  RowText(const TextOptions& options, const TextStyle& style);

  [[nodiscard]] const std::vector<ColumnSpec>& columns() const { return columns_; }
  [[nodiscard]] FieldSet fields() const;
  void start(const Batch& batch);
  [[nodiscard]] const FieldPrinter& printer(std::size_t column) const { return printers_[column]; }
  void append(std::size_t column, std::size_t row, std::string& out) const { printers_[column].append(row, out); }

 private:
  std::vector<ColumnSpec> columns_;
  std::vector<FieldPrinter> printers_;
};

class TextBuffer {
 public:
  explicit TextBuffer(File& out) : out_(out) {}
  [[nodiscard]] std::string& text() { return text_; }
  // Writes when enough has gathered.
  [[nodiscard]] Result<> settle() { return text_.size() < kPiece ? Result<>() : flush(); }
  [[nodiscard]] Result<> flush();

 private:
  static constexpr std::size_t kPiece = 64 * 1024;
  File& out_;
  std::string text_;
};

// Values with options.separator between, quoted where they must be; what csv_sink and -c make.
[[nodiscard]] SinkPtr separated_sink(File& out, const TextOptions& options, const TextStyle& style);

}  // namespace argus
