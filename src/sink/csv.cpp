// Values with a separator between: CSV (RFC 4180) and the classic -c.
#include <algorithm>
#include <array>
#include <utility>

#include "base/file.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "sink/classic.h"
#include "sink/rows.h"
#include "sink/text.h"

namespace argus {

namespace {

class Separated final : public Sink {
 public:
  Separated(File& out, const TextOptions& options, const TextStyle& style)
      : options_(options), rows_(options, style), lines_(out, options.header_every) {
    for (const char c : options.separator + "\"\r\n") special_[static_cast<unsigned char>(c)] = true;
  }

  FieldSet fields() const override { return rows_.fields(); }
  Result<> begin(const StreamHeader&) override {
    if (options_.header_every < 0) return {};
    std::string heading;
    append_line(
        [&](std::size_t i, std::string& out) { out += heading_of(rows_.columns()[i].field, options_.headings); },
        heading);
    heading_ = std::move(heading);
    if (options_.headings == Headings::own) lines_.head(std::exchange(heading_, {}));
    return {};
  }
  Result<> encode(const Batch& batch, const TakeEncoded& take) const override {
    const RowPrinter printer = rows_.of(batch);
    return lines_.encode(batch.rows(), take, [&](std::size_t row, std::string& out) {
      const auto append_value = [&](std::size_t i, std::string& text) {
        const std::size_t start = text.size();
        printer.append(i, row, text);
        if (options_.headings != Headings::own) place_classic(rows_.columns()[i].field, start, text);
        if (options_.guarded && info(rows_.columns()[i].field).format == Format::text) guard_formula(start, text);
      };
      append_line(append_value, out);
    });
  }
  Result<> append(Encoded rows) override {
    if (!heading_.empty()) lines_.head(std::exchange(heading_, {}));
    return lines_.append(std::move(rows));
  }
  Result<> tick() override { return lines_.flush(); }
  Result<> finish() override { return lines_.flush(); }

 private:
  template <class Append>
  void append_line(const Append& append, std::string& out) const {
    for (std::size_t i = 0; i < rows_.columns().size(); i++) {
      if (i != 0) out += options_.separator;
      const std::size_t start = out.size();
      append(i, out);
      quote_from(start, out);
      // A line of nothing would be no row at all.
      if (rows_.columns().size() == 1 && out.size() == start) out += "\"\"";
    }
    out += '\n';
  }
  // Puts the value written since `start` in quotes where it needs them.
  void quote_from(std::size_t start, std::string& out) const {
    const auto is_special = [&](char c) { return special_[static_cast<unsigned char>(c)]; };
    if (std::none_of(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(), is_special)) return;
    const std::string value = out.substr(start);
    out.resize(start);
    out += '"';
    for (const char c : value) {
      if (c == '"') out += '"';
      out += c;
    }
    out += '"';
  }

  TextOptions options_;
  RowText rows_;
  TextLines lines_;
  std::string heading_;              // of the classic, which has none over nothing, until it is printed
  std::array<bool, 256> special_{};  // bytes that need quotes
};

}  // namespace

void guard_formula(std::size_t start, std::string& out) {
  if (start < out.size() && std::string_view("=+-@").find(out[start]) != std::string_view::npos)
    out.insert(start, 1, '\'');
}

SinkPtr separated_sink(File& out, const TextOptions& options, const TextStyle& style) {
  return std::make_unique<Separated>(out, options, style);
}

SinkPtr csv_sink(File& out, TextOptions options) {
  if (options.separator.empty()) options.separator = ",";
  options.headings = Headings::own;
  return separated_sink(out, options, exact_style(options.style));
}

}  // namespace argus
