// One JSON object a line (RFC 8259); absent values leave their key out.
#include "base/text.h"
#include "sink/rows.h"

namespace argus {

namespace {

class Json final : public Sink {
 public:
  Json(File& out, const TextOptions& options) : rows_(options, exact_style(options.style)), buffer_(out) {
    const bool epoch = options.style.time.form == TimeStyle::Form::epoch;
    for (const ColumnSpec& column : rows_.columns()) {
      const FieldInfo& field = info(column.field);
      const bool bare = is_json_number(column.field) || (epoch && field.format == Format::time);
      keys_.push_back({'"' + std::string(field.name) + "\":", bare});
    }
  }

  FieldSet fields() const override { return rows_.fields(); }
  Result<> begin(const StreamHeader&) override { return {}; }
  Result<> write(const Batch& batch) override {
    rows_.start(batch);
    for (std::size_t row = 0; row < batch.rows(); row++) {
      print(row);
      ARGUS_TRY(buffer_.settle());
    }
    return {};
  }
  Result<> tick() override { return buffer_.flush(); }
  Result<> finish() override { return buffer_.flush(); }

 private:
  void print(std::size_t row) {
    std::string& out = buffer_.text();
    out += '{';
    bool first = true;
    for (std::size_t i = 0; i < keys_.size(); i++) {
      value_.clear();
      rows_.append(i, row, value_);
      if (value_.empty()) continue;
      if (!first) out += ',';
      first = false;
      out += keys_[i].text;
      if (keys_[i].bare) out += value_;
      else append_json_string(value_, out);
    }
    out += "}\n";
  }

  struct Key {
    std::string text;
    bool bare;
  };
  RowText rows_;
  TextBuffer buffer_;
  std::vector<Key> keys_;
  std::string value_;
};

}  // namespace

SinkPtr json_sink(File& out, TextOptions options) { return std::make_unique<Json>(out, options); }

}  // namespace argus
