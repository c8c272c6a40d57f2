// Values with a separator between: CSV (RFC 4180) and the classic -c.
#include "sink/rows.h"

namespace argus {

namespace {

class Separated final : public Sink {
 public:
  Separated(File& out, const TextOptions& options, const TextStyle& style)
      : options_(options), rows_(options, style), buffer_(out), special_(options.separator + "\"\r\n") {}

  FieldSet fields() const override { return rows_.fields(); }
  Result<> begin(const StreamHeader&) override {
    if (options_.header_every >= 0) print_header();
    return {};
  }
  Result<> write(const Batch& batch) override {
    rows_.start(batch);
    for (std::size_t row = 0; row < batch.rows(); row++) {
      if (lines_ != 0 && options_.header_every > 0 && lines_ % static_cast<std::uint64_t>(options_.header_every) == 0)
        print_header();
      std::string& out = buffer_.text();
      for (std::size_t i = 0; i < rows_.columns().size(); i++) {
        if (i != 0) out += options_.separator;
        const std::size_t start = out.size();
        rows_.append(i, row, out);
        quote_from(start, out);
      }
      out += '\n';
      lines_++;
      ARGUS_TRY(buffer_.settle());
    }
    return {};
  }
  Result<> tick() override { return buffer_.flush(); }
  Result<> finish() override { return buffer_.flush(); }

 private:
  void print_header() {
    std::string& out = buffer_.text();
    for (std::size_t i = 0; i < rows_.columns().size(); i++) {
      if (i != 0) out += options_.separator;
      out += info(rows_.columns()[i].field).name;
    }
    out += '\n';
  }
  // Puts the value written since `start` in quotes where it needs them.
  void quote_from(std::size_t start, std::string& out) const {
    if (out.find_first_of(special_, start) == std::string::npos) return;
    std::string value = out.substr(start);
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
  TextBuffer buffer_;
  std::string special_;
  std::uint64_t lines_ = 0;
};

}  // namespace

SinkPtr separated_sink(File& out, const TextOptions& options, const TextStyle& style) {
  return std::make_unique<Separated>(out, options, style);
}

SinkPtr csv_sink(File& out, TextOptions options) {
  if (options.separator.empty()) options.separator = ",";
  return separated_sink(out, options, exact_style(options.style));
}

}  // namespace argus
