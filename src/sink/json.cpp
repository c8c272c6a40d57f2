// One JSON object a line (RFC 8259); absent values leave their key out.
#include <utility>

#include "base/file.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "sink/rows.h"
#include "sink/text.h"

namespace argus {

namespace {

class Json final : public Sink {
 public:
  Json(File& out, const TextOptions& options) : rows_(options, exact_style(options.style)), lines_(out, 0) {
    FieldSet seen;  // a column asked for twice is one key
    for (std::size_t i = 0; i < rows_.columns().size(); i++) {
      const Field field = rows_.columns()[i].field;
      if (!seen.has(field)) keys_.push_back({i, '"' + std::string(info(field).name) + "\":"});
      seen.add(field);
    }
  }

  FieldSet fields() const override { return rows_.fields(); }
  Result<> begin(const StreamHeader&) override { return {}; }
  Result<> encode(const Batch& batch, const TakeEncoded& take) const override {
    const RowPrinter printer = rows_.of(batch);
    return lines_.encode(batch.rows(), take, [&](std::size_t row, std::string& out) { append_row(printer, row, out); });
  }
  Result<> append(Encoded rows) override { return lines_.append(std::move(rows)); }
  Result<> tick() override { return lines_.flush(); }
  Result<> finish() override { return lines_.flush(); }

 private:
  struct Key {
    std::size_t column;
    std::string text;
  };

  void append_row(const RowPrinter& rows, std::size_t row, std::string& out) const {
    out += '{';
    bool first = true;
    for (const Key& key : keys_) {
      const FieldPrinter& printer = rows.column(key.column);
      if (!printer.has(row)) continue;
      if (!std::exchange(first, false)) out += ',';
      out += key.text;
      printer.append_json(row, out);
    }
    out += "}\n";
  }

  RowText rows_;
  TextLines lines_;
  std::vector<Key> keys_;
};

}  // namespace

SinkPtr json_sink(File& out, TextOptions options) { return std::make_unique<Json>(out, options); }

}  // namespace argus
