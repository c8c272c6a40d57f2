// Tables for people, and -c separated text.
#include <algorithm>
#include <utility>

#include "base/file.h"
#include "base/result.h"
#include "base/text.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "sink/rows.h"
#include "sink/text.h"

namespace argus {

namespace {

constexpr std::size_t kMeasuredRows = 200;

// Aligned columns. The first rows are held back until their widths are known; later rows are never cut.
class Table final : public RowSink {
 public:
  Table(File& out, const TextOptions& options)
      : options_(options), rows_(options, options.style), buffer_(out), columns_(rows_.columns().size()) {}

  FieldSet fields() const override { return rows_.fields(); }
  Result<> begin(const StreamHeader& header) override {
    std::string zone = options_.zone;
    for (std::size_t i = 0; i < columns_.size(); i++) {
      const ColumnSpec& column = rows_.columns()[i];
      columns_[i].heading = table_heading(column.field, zone);
      const FieldInfo& about = info(column.field);
      columns_[i].right = aligns_right(column.field);
      columns_[i].ascii = about.format != Format::text && about.format != Format::time;
      columns_[i].width = std::max(screen_width(columns_[i].heading), static_cast<std::size_t>(column.width));
      // What is printed as it comes has only few rows to measure: the usual widths, so that lines stay aligned.
      if (header.live) columns_[i].width = std::max(columns_[i].width, std::size_t{about.width});
    }
    return {};
  }
  Result<> write(const Batch& batch) override {
    rows_.start(batch);
    std::size_t row = 0;
    for (; row < batch.rows() && !measured_; row++) {
      std::vector<std::string> cells(columns_.size());
      for (std::size_t i = 0; i < cells.size(); i++) {
        rows_.append(i, row, cells[i]);
        columns_[i].width = std::max(columns_[i].width, screen_width(cells[i]));
      }
      held_.push_back(std::move(cells));
      if (held_.size() == kMeasuredRows) release();
    }
    for (; row < batch.rows(); row++) {
      print_line([&](std::size_t i, std::string& out) { rows_.append(i, row, out); });
      ARGUS_TRY(buffer_.settle());
    }
    return buffer_.settle();
  }
  Result<> tick() override {
    if (!held_.empty()) release();
    return buffer_.flush();
  }
  Result<> finish() override {
    release();  // a heading over nothing says which columns there would have been
    return buffer_.flush();
  }

 private:
  struct Measure {
    std::string heading;
    std::size_t width = 0;
    bool right = false;
    bool ascii = false;  // a byte is a screen column
  };

  void release() {
    if (measured_) return;
    measured_ = true;
    if (options_.header_every >= 0) print_header();
    for (const auto& cells : held_) print_line([&](std::size_t i, std::string& out) { out += cells[i]; });
    held_ = {};
  }
  template <class Append>
  void print_line(const Append& append) {
    if (headed_after_ == static_cast<std::uint64_t>(options_.header_every) && options_.header_every > 0) print_header();
    put_cells(append);
    headed_after_++;
  }
  void print_header() {
    put_cells([&](std::size_t i, std::string& out) { out += columns_[i].heading; });
    headed_after_ = 0;
  }
  template <class Append>
  void put_cells(const Append& append) {
    std::string& out = buffer_.text();
    for (std::size_t i = 0; i < columns_.size(); i++) {
      if (i != 0) out += "  ";
      const std::size_t start = out.size();
      append(i, out);
      const std::size_t size = out.size() - start;
      const std::size_t width = columns_[i].ascii ? size : screen_width(std::string_view(out).substr(start));
      if (width < columns_[i].width) out.insert(columns_[i].right ? start : out.size(), columns_[i].width - width, ' ');
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    out += '\n';
  }

  TextOptions options_;
  RowText rows_;
  TextBuffer buffer_;
  std::vector<Measure> columns_;
  std::vector<std::vector<std::string>> held_;
  bool measured_ = false;
  std::uint64_t headed_after_ = 0;  // lines since the heading
};

}  // namespace

std::string table_heading(Field field, std::string& zone) {
  std::string out(info(field).name);
  if (info(field).format == Format::time && !zone.empty()) out += " (" + std::exchange(zone, {}) + ")";
  return out;
}

SinkPtr table_sink(File& out, TextOptions options) {
  if (!options.separator.empty()) return separated_sink(out, options, options.style);
  return std::make_unique<Table>(out, options);
}

}  // namespace argus
